import { createCollector } from '../../src/collector.ts'
import type { CollectorOptions } from '../../src/config.ts'
import { listen } from '../../src/listen.ts'

/** What the process holds when all that could be put away has been. */
export interface Held {
  readonly heapUsed: number
  readonly external: number
  readonly rss: number
  /** What its event loop waits for, by kind. */
  readonly resources: readonly string[]
}

/** A collector in a process of its own, which tells its parent what it holds. */
const collector = createCollector(JSON.parse(process.env.OPTIONS ?? '{}') as CollectorOptions)
await collector.ready
const server = await listen(collector, '127.0.0.1', 0)

process.on('message', (message) => {
  if (message === 'held') void tell()
  if (message === 'close') void close()
})
// Nobody is left to ask it anything.
process.on('disconnect', () => process.exit())
process.send?.({ url: server.url })

async function tell(): Promise<void> {
  // What ended a moment ago is still being put away.
  await new Promise((resolve) => setTimeout(resolve, 1000))
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, rss, external } = process.memoryUsage()
  const held: Held = { heapUsed, rss, external, resources: process.getActiveResourcesInfo() }
  process.send?.(held)
}

async function close(): Promise<void> {
  await server.close()
  await collector.close()
  process.disconnect()
}
