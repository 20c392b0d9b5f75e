import { chown, lstat, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { FootfallError } from '../errors.ts'
import { keptSubjectSecret, keysFile } from '../keys.ts'
import { makeFolder } from '../make-folder.ts'
import { reasonOf } from '../rates-file.ts'
import { newestVersion, restoreDraft, storeFile, takeLock, tooNew } from '../sinks/sqlite/open.ts'
import type { Grave } from '../sinks/sqlite/tombstones.ts'
import { checkedStore } from './checked-store.ts'
import { floorBytes, freeBytes, tooFull } from './copy-store.ts'
import { copyDurably, syncFolder } from './durable-file.ts'
import { eraseAgain, gravesIn } from './erase-again.ts'
import { exists } from './make-backup.ts'
import {
  type BackupFile,
  type FileName,
  filesOf,
  keysName,
  type Manifest,
  ratesName,
  readManifest,
  storeName,
} from './manifest.ts'

export interface RestoreAsk {
  /** What `footfall backup` has made. */
  readonly from: string
  readonly storeFolder: string
  readonly dataDir: string
  /** Folder of a store: whoever was erased in it is erased in what is restored. @defaultValue nobody */
  readonly erasedIn?: string | undefined
}

export interface RestorePorts {
  readonly signal: AbortSignal
  /** Shares go from 0 to 1; of those who are erased again it is the number. */
  readonly onProgress: (deed: 'copied' | 'checked' | 'erased', share: number) => void
}

export interface Restored {
  readonly manifest: Manifest
  /** Files that were there already, other than those of the backup, and stay. */
  readonly kept: readonly FileName[]
  /** Ids that were erased again. */
  readonly erased: number
}

/**
 * Puts a backup where a collector finds it. Held against its manifest and looked through before anything stands under its name: a restore
 * that is refused or stopped has changed nothing that a collector would read.
 *
 * @throws FootfallError `bad_backup`, `store_exists`, `store_in_use`, `store_corrupt`, `store_too_new`, `disk_low`, `data_dir_unusable`,
 * `bad_keys_file`, `interrupted`
 */
export async function restoreBackup(ask: RestoreAsk, ports: RestorePorts): Promise<Restored> {
  const from = resolve(ask.from)
  const manifest = await readManifest(from)
  if (manifest.schema_version > newestVersion()) throw tooNew(manifest.schema_version)
  await checkSizes(from, manifest)
  try {
    for (const folder of [ask.storeFolder, ask.dataDir]) makeFolder(folder)
    const lock = takeLock(ask.storeFolder)
    try {
      await checkVacant(ask.storeFolder)
      return { manifest, ...(await put(from, manifest, ask, ports)) }
    } finally {
      lock.close()
      await giveToOwner(ask.storeFolder, join(ask.storeFolder, 'footfall.lock'))
    }
  } catch (cause) {
    if (cause instanceof FootfallError) throw cause
    if (ports.signal.aborted) throw new FootfallError('interrupted', 'Stopped before the backup was restored.', { cause })
    const sentence = `The backup cannot be put into ${ask.storeFolder} (${reasonOf(cause)}); make the folder writable for the user who runs this, or set FOOTFALL_DATA_DIR to another one.`
    throw new FootfallError('data_dir_unusable', sentence, { cause })
  }
}

/** What is cut short is found before much is copied. */
async function checkSizes(from: string, manifest: Manifest): Promise<void> {
  for (const [name, { bytes }] of filesOf(manifest)) {
    const stats = await lstat(join(from, name)).catch(() => null)
    if (stats?.isFile() !== true) throw changed(from, name, 'it is missing')
    if (stats.size !== bytes) throw changed(from, name, `it has ${stats.size} bytes, not ${bytes}`)
  }
}

/** Also of a store that is gone a log may be left, which SQLite would read into the one that takes its place. */
async function checkVacant(folder: string): Promise<void> {
  const file = storeFile(folder)
  for (const path of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) {
    if (!(await exists(path))) continue
    const sentence = `${path} stands already, and nothing is overwritten; move away all that begins with ${file}, or name another folder.`
    throw new FootfallError('store_exists', sentence)
  }
}

/** The store comes last: until it stands under its name, the whole can be done again. */
async function put(from: string, manifest: Manifest, ask: RestoreAsk, ports: RestorePorts): Promise<Omit<Restored, 'manifest'>> {
  const files = filesOf(manifest)
  const needed = files.reduce((sum, [, { bytes }]) => sum + bytes, floorBytes)
  if (freeBytes(ask.storeFolder) < needed) throw tooFull(ask.storeFolder, needed)
  const graves = ask.erasedIn === undefined ? [] : gravesIn(ask.erasedIn)
  const drafts = restoreDraft(ask.storeFolder)
  try {
    await mkdir(drafts, { mode: 0o700 })
    await giveToOwner(ask.storeFolder, drafts) // so that the next start can remove it, should this be killed
    const draftOf = (name: FileName): string => join(drafts, name)
    for (const [name, expected] of files) await copyChecked(from, name, expected, draftOf(name), ports)
    const { schema_version: schemaVersion } = manifest
    await checkedStore({
      file: draftOf(storeName),
      schemaVersion,
      signal: ports.signal,
      onStart: () => ports.onProgress('checked', 0),
    })
    await checkKeys(ask.dataDir, drafts)
    const erased = graves.length === 0 ? 0 : eraseIn(drafts, graves, ask, ports)
    const kept: FileName[] = []
    for (const [name, folder] of [
      [keysName, ask.dataDir],
      [ratesName, ask.dataDir],
      [storeName, ask.storeFolder],
    ] as const) {
      if (manifest.files[name] === undefined) continue
      if (!(await exists(join(folder, name)))) await place(draftOf(name), folder, name)
      else if (!(await hasSameContent(join(folder, name), draftOf(name)))) kept.push(name)
    }
    return { kept, erased }
  } finally {
    await rm(drafts, { recursive: true, force: true }).catch(() => {})
  }
}

/** Keys are changed, also because they leaked: those that are there stay, as long as the pseudonyms of the backup are made with their secret. */
async function checkKeys(dataDir: string, drafts: string): Promise<void> {
  const [present, backedUp] = [keysFile(dataDir), keysFile(drafts)]
  if (!(await exists(present)) || !(await exists(backedUp))) return
  if (keptSubjectSecret(dataDir) !== keptSubjectSecret(drafts)) throw otherSecret(present)
}

/** Pseudonyms of another secret would find nobody, without a word. */
function eraseIn(
  drafts: string,
  graves: readonly Grave[],
  { erasedIn = '' }: RestoreAsk,
  { signal, onProgress }: RestorePorts,
): number {
  const secret = keptSubjectSecret(drafts)
  const theirs = keptSubjectSecret(erasedIn)
  if (secret === null || (theirs !== null && theirs !== secret)) {
    const sentence = `Who was erased in ${erasedIn} cannot be told with the secret of the backup, which is another one or missing; restore without --erased-in, and erase again by id.`
    throw new FootfallError('bad_backup', sentence)
  }
  return eraseAgain(drafts, graves, secret, { signal, onErased: (ids) => onProgress('erased', ids) })
}

/** Moves a file to where it belongs. A data folder on another disk than the store takes a copy. */
async function place(draft: string, folder: string, name: FileName): Promise<void> {
  const target = join(folder, name)
  await giveToOwner(folder, draft)
  try {
    await rename(draft, target)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EXDEV') throw cause
    await copyInto(folder, draft, target)
  }
  await syncFolder(folder)
}

/** The copy has its name only once it is whole: half of the keys would pass for those of somebody else. */
async function copyInto(folder: string, draft: string, target: string): Promise<void> {
  const unfinished = `${target}.new`
  await rm(unfinished, { force: true }) // of a restore that was killed
  try {
    await copyDurably(draft, unfinished, { signal: new AbortController().signal })
    await giveToOwner(folder, unfinished)
    await rename(unfinished, target)
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {})
    throw cause
  }
}

async function copyChecked(from: string, name: FileName, expected: BackupFile, to: string, ports: RestorePorts): Promise<void> {
  const onBytes = (bytes: number): void => ports.onProgress('copied', bytes / expected.bytes)
  const copied = await copyDurably(join(from, name), to, { signal: ports.signal, onBytes })
  if (copied.bytes !== expected.bytes || copied.sha256 !== expected.sha256)
    throw changed(from, name, 'its content is another one')
}

async function hasSameContent(one: string, other: string): Promise<boolean> {
  return (await readFile(one)).equals(await readFile(other))
}

/** Whoever restores as root does so for the user whose folder it is. */
async function giveToOwner(folder: string, file: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(folder)
  await chown(file, uid, gid)
}

const changed = (from: string, name: FileName, finding: string): FootfallError =>
  new FootfallError(
    'bad_backup',
    `${join(from, name)} is not as it was when the backup was made (${finding}); take another backup.`,
  )

const otherSecret = (file: string): FootfallError =>
  new FootfallError(
    'store_exists',
    `${file} holds another subject secret than the backup, with which the store would no longer know who was erased; move it away to have the keys of the backup.`,
  )
