import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FootfallError } from '../../errors.ts'
import { createDayOf, type DayOf } from '../../normalise/day.ts'
import { inTransaction } from './slices.ts'

/** The store's file. */
export const storeFile = (folder: string): string => join(folder, 'footfall.db')

/** Marks the file as ours in its header: 'FOOT'. */
const applicationId = 0x464f4f54

const migrationsFolder = join(import.meta.dirname, 'migrations')

/** A store that is brought to a newer version: each row may have to be looked at. */
export interface Migration {
  readonly from: number
  readonly to: number
}

/**
 * Opens the store for writing, creates or migrates it, and makes sure that nobody else writes.
 *
 * @param onMigration hears before an existing store is migrated, which can take minutes
 */
export function openForWriting(
  folder: string,
  onMigration: (migration: Migration) => void = () => {},
): { readonly db: DatabaseSync; readonly lock: DatabaseSync } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = takeLock(folder)
  try {
    createFile(storeFile(folder))
    const db = new DatabaseSync(storeFile(folder), { timeout: 5000 })
    try {
      prepare(db, folder, onMigration)
      return { db, lock }
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
 * For its owner only; SQLite gives the log and its index the same rights. A file that is there is not touched: closing it would take away
 * the locks that a reader in this process holds, and the next program that looks at the store would remove the log from under the writer.
 *
 * @see https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
 */
function createFile(file: string): void {
  try {
    closeSync(openSync(file, 'ax', 0o600))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  }
}

/** Opens the store for questions. */
export function openForReading(folder: string): DatabaseSync {
  const db = new DatabaseSync(storeFile(folder), { readOnly: true, timeout: 5000 })
  db.exec('PRAGMA query_only=ON; PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456')
  return db
}

/**
 * A second writer would only collect SQLITE_BUSY. The lock is a transaction on a file of its own, so that the system lets go of it
 * however the process ends.
 */
function takeLock(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'footfall.lock'), { timeout: 2000 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    if (!isBusy(cause)) throw readable(cause, folder, 'opened')
    const sentence = `Another collector writes to ${folder}; stop it, or set FOOTFALL_DATA_DIR to another folder.`
    throw new FootfallError('store_in_use', sentence, { cause })
  }
}

function prepare(db: DatabaseSync, folder: string, onMigration: (migration: Migration) => void): void {
  const { application_id } = db.prepare('PRAGMA application_id').get() as { application_id: number }
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  if (tables > 0 && application_id !== applicationId) throw corrupt(folder)
  // auto_vacuum counts only before the first table; secure_delete keeps erased people erased.
  db.exec(`
    PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;
    PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=FILE; PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;
  `)
  migrate(db, onMigration)
  // Only now: a migration sorts all ids of the store.
  db.exec('PRAGMA temp_store=MEMORY')
}

/** Applies the numbered SQL files that the store has not seen, all in one transaction: a store is never half-way between two versions. */
function migrate(db: DatabaseSync, onMigration: (migration: Migration) => void): void {
  const migrations = readdirSync(migrationsFolder)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .map((file) => ({ version: Number(file.slice(0, 4)), file }))
    .sort((a, b) => a.version - b.version)
  const newest = migrations.at(-1)?.version ?? 0
  const { user_version: current } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (current > newest) {
    const sentence = `The store has version ${current}, this collector knows ${newest}; start a collector that is at least as new as the store.`
    throw new FootfallError('store_too_new', sentence)
  }
  if (current === newest) return
  if (current > 0) onMigration({ from: current, to: newest })
  const dayIn = createDayIn()
  db.function('day_in', { deterministic: true }, (timeZone, instant) => dayIn(String(timeZone ?? 'UTC'), Number(instant)))
  inTransaction(db, () => {
    for (const { version, file } of migrations) if (version > current) db.exec(readFileSync(join(migrationsFolder, file), 'utf8'))
    db.exec(`PRAGMA application_id=${applicationId}; PRAGMA user_version=${newest}`)
  })
}

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
const sqliteNotADatabase = 26

/** SQLite's primary result code of an error, where it is one. */
const errcodeOf = (error: unknown): number | null => {
  const code = (error as { readonly errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code & 0xff : null
}

/** Did another connection hold what was needed? */
export const isBusy = (error: unknown): boolean => errcodeOf(error) === sqliteBusy

/** The fault that an operator can act on. */
export function readable(cause: unknown, folder: string, deed: 'opened' | 'written' | 'read'): FootfallError {
  if (cause instanceof FootfallError) return cause
  const code = errcodeOf(cause)
  if (code === sqliteCorrupt || code === sqliteNotADatabase) return corrupt(folder, cause)
  const reason = cause instanceof Error ? cause.message : String(cause)
  const sentence = `The store in ${folder} cannot be ${deed} (${reason}); check that the folder is on a local disk, has room and can be written.`
  return new FootfallError('store_unavailable', sentence, { cause })
}

const corrupt = (folder: string, cause?: unknown): FootfallError =>
  new FootfallError(
    'store_corrupt',
    `${storeFile(folder)} is damaged or not a Footfall store; it was left as it is: restore it from a backup, or move it away to start anew.`,
    { cause },
  )
