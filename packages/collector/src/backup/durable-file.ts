import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { BackupFile } from './manifest.ts'

/** Who may read what is in a backup: it holds what the store and `keys.json` hold. */
const ownerOnly = 0o600

export interface Reading {
  readonly signal: AbortSignal
  /** Hears from time to time how much has been read. */
  readonly onBytes?: (bytes: number) => void
}

/** Copies a file to where none is, and answers what was read: durable, and for its owner only. */
export async function copyDurably(from: string, to: string, reading: Reading): Promise<BackupFile> {
  const hash = createHash('sha256')
  let bytes = 0
  await pipeline(
    createReadStream(from, { highWaterMark: 2 ** 20 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        bytes += chunk.length
        reading.onBytes?.(bytes)
        yield chunk
      }
    },
    createWriteStream(to, { flags: 'wx', mode: ownerOnly, flush: true }),
    { signal: reading.signal },
  )
  return { bytes, sha256: hash.digest('hex') }
}

/** What a file holds. */
export async function measure(file: string, { signal, onBytes }: Reading): Promise<BackupFile> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20, signal }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
    onBytes?.(bytes)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Writes a file where none is: durable, and for its owner only. */
export const writeDurably = (file: string, text: string): Promise<void> =>
  writeFile(file, text, { flag: 'wx', mode: ownerOnly, flush: true })

/** Makes durable which names a folder has. Windows does it by itself, and opens no folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
