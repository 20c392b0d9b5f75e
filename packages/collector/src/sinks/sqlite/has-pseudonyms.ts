import { existsSync } from 'node:fs'
import { openForReading, storeFile } from './open.ts'

/**
 * Does the store know somebody by a pseudonym alone: who decided about consent, and who was erased? Of one that cannot be read, whoever
 * opens it says what is wrong.
 */
export function hasPseudonyms(folder: string): boolean {
  return existsSync(storeFile(folder)) && ['consent_ledger', 'tombstones'].some((table) => hasRows(folder, table))
}

/** Stores of earlier versions lack the table. */
function hasRows(folder: string, table: string): boolean {
  try {
    const db = openForReading(folder)
    try {
      return db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined
    } finally {
      db.close()
    }
  } catch {
    return false
  }
}
