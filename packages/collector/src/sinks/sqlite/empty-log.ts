import type { DatabaseSync } from 'node:sqlite'

/** Empties the log, if nobody reads what was before. Tries once, without waiting: commits would wait as well. */
export function emptyLog(db: DatabaseSync): boolean {
  const { timeout } = db.prepare('PRAGMA busy_timeout').get() as { timeout: number }
  db.exec('PRAGMA busy_timeout=0')
  try {
    const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
    return busy === 0
  } finally {
    db.exec(`PRAGMA busy_timeout=${timeout}`)
  }
}
