import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Latencies, latenciesOf } from './latencies.ts'

const writes = 400

/** How long the disk takes to make 4 KB durable that were appended to a file. */
export async function fsyncLatencies(folder: string): Promise<Latencies> {
  const path = join(folder, 'fsync-probe')
  const file = await open(path, 'a')
  const page = Buffer.alloc(4096, 1)
  const took: number[] = []
  try {
    for (let index = 0; index < writes; index++) {
      const started = performance.now()
      await file.write(page)
      await file.datasync()
      took.push(performance.now() - started)
    }
  } finally {
    await file.close()
    await rm(path)
  }
  return latenciesOf(took)
}
