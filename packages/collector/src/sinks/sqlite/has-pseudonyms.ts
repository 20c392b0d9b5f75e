import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { openForReading, readable, storeFile } from './open.ts'

/**
 * Does the store know somebody by a pseudonym alone: who decided about consent, and who was erased?
 *
 * @throws FootfallError `store_corrupt`, `store_unavailable`: nobody can tell
 */
export function hasPseudonyms(folder: string): boolean {
  if (!existsSync(storeFile(folder))) return false
  try {
    const db = openForReading(folder)
    try {
      return ['consent_ledger', 'tombstones'].some((table) => hasRows(db, table))
    } finally {
      db.close()
    }
  } catch (cause) {
    throw readable(cause, folder, 'opened')
  }
}

/** Stores of earlier versions lack the table. */
function hasRows(db: DatabaseSync, table: string): boolean {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table) !== undefined
  return isThere && db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined
}
