import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FootfallError } from '../../errors.ts'
import { makeFolder } from '../../make-folder.ts'
import { createDayOf, type DayOf } from '../../normalise/day.ts'
import { rememberStatements } from './remember-statements.ts'
import { inTransaction } from './slices.ts'
import { whatIsWrongIn, whatIsWrongWith } from './whole.ts'

/** The store's file. */
export const storeFile = (folder: string): string => join(folder, 'footfall.db')

/** Folder, in that of the store, where `footfall restore` makes one ready. */
export const restoreDraft = (folder: string): string => join(folder, '.footfall.restored')

/** Marks the file as ours in its header: 'FOOT'. */
export const applicationId = 0x464f4f54

const migrationsFolder = join(import.meta.dirname, 'migrations')

/** A store that is brought to a newer version: each row may have to be looked at. */
export interface Migration {
  readonly from: number
  readonly to: number
  /** How far it has come: `from` when it begins. What is done counts only once all of it is. */
  readonly reached: number
}

/**
 * Opens the store for writing, creates or migrates it, and makes sure that nobody else writes. A file that is damaged, as far as can be
 * told at once, is left as it is.
 *
 * @param onMigration hears before an existing store is migrated, and after each version: one can take minutes
 * @param mayBeOpenHere something in this process may have the store open: see `whatIsWrongWith`
 * @throws FootfallError `store_corrupt`, `store_in_use`, `store_too_new`, `disk_low`, `store_unavailable`
 */
export function openForWriting(
  folder: string,
  onMigration: (migration: Migration) => void = () => {},
  mayBeOpenHere = false,
): { readonly db: DatabaseSync; readonly lock: DatabaseSync } {
  makeFolder(folder)
  const lock = takeLock(folder)
  try {
    const wrong = whatIsWrongWith(storeFile(folder), mayBeOpenHere)
    if (wrong !== null) throw corrupt(folder, new Error(wrong))
    makeStore(folder)
    const db = new DatabaseSync(storeFile(folder), { timeout: 5000 })
    try {
      prepare(db, folder, onMigration)
      return { db: rememberStatements(db), lock }
    } catch (cause) {
      db.close()
      throw cause
    }
  } catch (cause) {
    lock.close()
    throw readable(cause, folder, 'opened')
  }
}

/**
 * Makes a store where there is none, under another name until it is whole: whatever ends this in the middle, what is called a store is
 * one. It is for its owner only; SQLite gives the log and its index the same rights.
 *
 * A file that is there is not touched: closing it would take away the locks that a reader in this process holds, and the next program
 * that looks at the store would remove the log from under the writer.
 *
 * @see https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
 */
function makeStore(folder: string): void {
  const file = storeFile(folder)
  if (existsSync(file)) return
  const unfinished = `${file}.new`
  rmSync(unfinished, { force: true })
  closeSync(openSync(unfinished, 'ax', 0o600))
  const db = new DatabaseSync(unfinished)
  try {
    // auto_vacuum counts only before the first table. What is half done is thrown away, so that nothing is kept for the way back.
    db.exec('PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF')
    migrate(db, () => {})
  } finally {
    db.close()
  }
  settle(unfinished, 'r+')
  renameSync(unfinished, file)
  // Windows opens no folders.
  if (process.platform !== 'win32') settle(folder, 'r')
}

/** Waits until a file, or the names in a folder, outlive a power cut. */
function settle(path: string, flags: 'r' | 'r+'): void {
  const fd = openSync(path, flags)
  fsyncSync(fd)
  closeSync(fd)
}

/** Opens the store for questions. */
export function openForReading(folder: string): DatabaseSync {
  const db = new DatabaseSync(storeFile(folder), { readOnly: true, timeout: 5000 })
  db.exec('PRAGMA query_only=ON; PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456')
  return rememberStatements(db)
}

/**
 * A second writer would only collect SQLITE_BUSY. The lock is a transaction on a file of its own, so that the system lets go of it
 * however the process ends.
 *
 * @throws FootfallError `store_in_use`, `store_unavailable`
 */
export function takeLock(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'footfall.lock'), { timeout: 2000 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    clearRestoreDraft(folder)
    return lock
  } catch (cause) {
    lock.close()
    const code = errcodeOf(cause)
    if (code === sqliteNotADatabase || code === sqliteCorrupt) {
      const sentence = `${join(folder, 'footfall.lock')} is damaged; it holds nothing: remove it and start again.`
      throw new FootfallError('store_unavailable', sentence, { cause })
    }
    if (!isBusy(cause)) throw readable(cause, folder, 'opened')
    const sentence = `Another collector writes to ${folder}; stop it, or set FOOTFALL_DATA_DIR to another folder.`
    throw new FootfallError('store_in_use', sentence, { cause })
  }
}

/**
 * A restore that was killed leaves a whole store and its keys, which no erasure and no retention would ever reach. Whoever works at one has
 * the lock, so that what stands there when we have it is nobody's.
 */
function clearRestoreDraft(folder: string): void {
  try {
    rmSync(restoreDraft(folder), { recursive: true, force: true })
  } catch {
    // Somebody else's, or held open: no reason for a collector not to start.
  }
}

function prepare(db: DatabaseSync, folder: string, onMigration: (migration: Migration) => void): void {
  const { application_id } = db.prepare('PRAGMA application_id').get() as { application_id: number }
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  if (tables > 0 && application_id !== applicationId) throw corrupt(folder)
  const wrong = whatIsWrongIn(db)
  if (wrong !== null) throw corrupt(folder, new Error(wrong))
  // secure_delete keeps erased people erased.
  db.exec(`
    PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192;
    PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=FILE; PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;
  `)
  migrate(db, onMigration)
  // What may not be written, SQLite opens for reading, and says so at the first change only. A full disk stops no start: room may come.
  try {
    inTransaction(db, () => db.exec(`PRAGMA user_version=${newestVersion()}`))
  } catch (cause) {
    if (errcodeOf(cause) !== sqliteFull) throw cause
  }
  // Only now: a migration sorts all ids of the store.
  db.exec('PRAGMA temp_store=MEMORY')
}

/** Applies the numbered SQL files that the store has not seen, all in one transaction: a store is never half-way between two versions. */
function migrate(db: DatabaseSync, onMigration: (migration: Migration) => void): void {
  const migrations = allMigrations()
  const newest = newestVersion()
  const { user_version: current } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (current > newest) throw tooNew(current)
  if (current === newest) return
  const tell = (reached: number): void => {
    if (current > 0) onMigration({ from: current, to: newest, reached })
  }
  tell(current)
  const dayIn = createDayIn()
  db.function('day_in', { deterministic: true }, (timeZone, instant) => dayIn(String(timeZone ?? 'UTC'), Number(instant)))
  inTransaction(db, () => {
    for (const { version, file } of migrations) {
      if (version <= current) continue
      db.exec(readFileSync(join(migrationsFolder, file), 'utf8'))
      tell(version)
    }
    db.exec(`PRAGMA application_id=${applicationId}; PRAGMA user_version=${newest}`)
  })
}

const allMigrations = (): readonly { readonly version: number; readonly file: string }[] =>
  readdirSync(migrationsFolder)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .map((file) => ({ version: Number(file.slice(0, 4)), file }))
    .sort((a, b) => a.version - b.version)

/** The version that a store has after its migration. */
export const newestVersion = (): number => allMigrations().at(-1)?.version ?? 0

export const tooNew = (version: number): FootfallError =>
  new FootfallError(
    'store_too_new',
    `The store has version ${version}, this collector knows ${newestVersion()}; start a collector that is at least as new as the store.`,
  )

function createDayIn(): (timeZone: string, instant: number) => string {
  const zones = new Map<string, DayOf>()
  return (timeZone, instant) => {
    const dayOf = zones.get(timeZone) ?? createDayOf(timeZone)
    zones.set(timeZone, dayOf)
    return dayOf(instant)
  }
}

const sqliteBusy = 5
const sqliteCorrupt = 11
const sqliteFull = 13
const sqliteNotADatabase = 26
/** What an error can be that says nothing about the row: too large, a broken constraint, a wrong type, a value out of range. */
const sqliteOfRow: ReadonlySet<number> = new Set([18, 19, 20, 25])

/** SQLite's primary result code of an error, where it is one. */
const errcodeOf = (error: unknown): number | null => {
  const code = (error as { readonly errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code & 0xff : null
}

/** Did another connection hold what was needed? */
export const isBusy = (error: unknown): boolean => errcodeOf(error) === sqliteBusy

/** Is it the store that cannot be written, rather than what was to be written? Then whatever else waits would meet the same. */
export function isOfStore(error: unknown): boolean {
  if (error instanceof FootfallError) return true
  const code = errcodeOf(error)
  return code !== null && !sqliteOfRow.has(code)
}

/** The fault that an operator can act on. */
export function readable(cause: unknown, folder: string, deed: 'opened' | 'written' | 'read'): FootfallError {
  if (cause instanceof FootfallError) return cause
  const code = errcodeOf(cause)
  if (code === sqliteCorrupt || code === sqliteNotADatabase) return corrupt(folder, cause)
  if (code === sqliteFull || (cause as NodeJS.ErrnoException).code === 'ENOSPC') {
    return new FootfallError('disk_low', `The disk of ${folder} is full; make room, nothing is stored until then.`, { cause })
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  const sentence = `The store in ${folder} cannot be ${deed} (${reason}); check that the folder is on a local disk, has room and can be written.`
  return new FootfallError('store_unavailable', sentence, { cause })
}

function corrupt(folder: string, cause?: unknown): FootfallError {
  const what = cause instanceof Error ? ` (${cause.message.replaceAll(/\s+/g, ' ').slice(0, 200)})` : ''
  return new FootfallError(
    'store_corrupt',
    `${storeFile(folder)} is damaged or not a Footfall store${what}; it was left as it is: restore it from a backup, or move it and footfall.db-wal away to start anew.`,
    { cause },
  )
}
