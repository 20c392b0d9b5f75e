import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { isBusy } from './open.ts'
import { inTransaction } from './slices.ts'

/** Empties the log, if nobody reads what was before. Tries once, without waiting: commits would wait as well. */
export const emptyLog = (db: DatabaseSync): boolean => withoutWaiting(db, () => emptied(db))

/**
 * Acts on the file beside SQLite: while the log is empty and nobody can write, so that the file is all there is.
 *
 * @returns `null` when that cannot be had at once
 */
export function whileLogIsEmpty<T>(db: DatabaseSync, file: string, act: () => T): T | null {
  return withoutWaiting(db, () => {
    try {
      // Another program may have written between the two.
      return emptied(db) ? inTransaction(db, () => (logSize(file) === 0 ? act() : null)) : null
    } catch (cause) {
      if (isBusy(cause)) return null
      throw cause
    }
  })
}

function emptied(db: DatabaseSync): boolean {
  const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
  return busy === 0
}

const logSize = (file: string): number => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0

function withoutWaiting<T>(db: DatabaseSync, act: () => T): T {
  const { timeout } = db.prepare('PRAGMA busy_timeout').get() as { timeout: number }
  db.exec('PRAGMA busy_timeout=0')
  try {
    return act()
  } finally {
    db.exec(`PRAGMA busy_timeout=${timeout}`)
  }
}
