import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { FootfallError } from '../errors.ts'
import { keysFile } from '../keys.ts'
import { ratesFile, reasonOf } from '../rates-file.ts'
import { checkedStore } from './checked-store.ts'
import { type CopyPorts, copyStore, type StoreFacts } from './copy-store.ts'
import { copyDurably, measure, syncFolder, writeDurably } from './durable-file.ts'
import { type FileName, keysName, type Manifest, manifestName, ratesName, storeName } from './manifest.ts'

/** What is copied, and where to. */
export interface BackupAsk {
  readonly storeFolder: string
  readonly dataDir: string
  /** A folder that does not exist, in one that does. */
  readonly to: string
  /** The program's version. */
  readonly version: string
}

/** Hears what is being done: `copied`, `checked`, and how far it is, from 0 to 1. */
export interface BackupPorts {
  readonly signal: AbortSignal
  readonly onProgress: (deed: 'copied' | 'checked' | 'measured', share: number) => void
}

/**
 * Copies a store while it is written, with the keys beside it, into a folder that appears when all of it is durable and has been looked
 * through: not before, and never half.
 *
 * @throws FootfallError `backup_exists`, `backup_failed`, `interrupted`, `disk_low`, `store_unavailable`, `store_corrupt`
 */
export async function makeBackup(ask: BackupAsk, ports: BackupPorts): Promise<Manifest> {
  const to = resolve(ask.to)
  if (await exists(to)) throw standsAlready(to)
  const draft = join(dirname(to), `.${basename(to)}.${process.pid}.new`)
  try {
    await mkdir(draft, { mode: 0o700 })
    try {
      const manifest = await fill(draft, ask, ports)
      await writeDurably(join(draft, manifestName), `${JSON.stringify(manifest, null, 2)}\n`)
      await syncFolder(draft)
      if (await exists(to)) throw standsAlready(to)
      await rename(draft, to)
      await syncFolder(dirname(to))
      return manifest
    } catch (cause) {
      await rm(draft, { recursive: true, force: true }).catch(() => {})
      throw cause
    }
  } catch (cause) {
    throw failed(cause, ports.signal, dirname(to))
  }
}

async function fill(draft: string, ask: BackupAsk, { signal, onProgress }: BackupPorts): Promise<Manifest> {
  const copying: CopyPorts = { signal, onProgress: (share) => onProgress('copied', share) }
  const store = join(draft, storeName)
  const facts = await copyStore(ask.storeFolder, store, copying)
  await checkedStore({ file: store, schemaVersion: facts.schemaVersion, signal, onStart: () => onProgress('checked', 0) })
  const { size } = await stat(store)
  const files = { [storeName]: await measure(store, { signal, onBytes: (bytes) => onProgress('measured', bytes / size) }) }
  const beside: readonly (readonly [FileName, string])[] = [
    [keysName, keysFile(ask.dataDir)],
    [ratesName, ratesFile(ask.dataDir)],
  ]
  for (const [name, from] of beside) {
    if (await exists(from)) Object.assign(files, { [name]: await copyDurably(from, join(draft, name), { signal }) })
  }
  return manifestOf(facts, files, ask.version)
}

const manifestOf = (facts: StoreFacts, files: Manifest['files'], version: string): Manifest => ({
  format: 'footfall-backup/1',
  made_at: new Date(facts.takenAt).toISOString(),
  made_by: version,
  schema_version: facts.schemaVersion,
  events: facts.events,
  quarantined: facts.quarantined,
  consent_entries: facts.consentEntries,
  newest_received_at: facts.newestReceivedAt === null ? null : new Date(facts.newestReceivedAt).toISOString(),
  files,
})

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch((cause: NodeJS.ErrnoException) => (cause.code === 'ENOENT' ? null : cause))) !== null
}

const standsAlready = (to: string): FootfallError =>
  new FootfallError(
    'backup_exists',
    `${to} exists already, and nothing is overwritten; name a folder that does not, such as ${join(to, 'today')}.`,
  )

function failed(cause: unknown, signal: AbortSignal, parent: string): FootfallError {
  if (cause instanceof FootfallError) return cause
  if (signal.aborted)
    return new FootfallError('interrupted', 'Stopped before the backup was whole; nothing of it was left.', { cause })
  const sentence = `No backup can be made in ${parent} (${reasonOf(cause)}); name a folder in one that exists and can be written.`
  return new FootfallError('backup_failed', sentence, { cause })
}
