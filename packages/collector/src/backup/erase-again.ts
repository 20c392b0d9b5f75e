import type { DatabaseSync } from 'node:sqlite'
import { createLedger } from '../consent/ledger.ts'
import { FootfallError } from '../errors.ts'
import { createDayOf } from '../normalise/day.ts'
import { createSubjectHash, type SubjectHash } from '../privacy/subject-hash.ts'
import type { Person } from '../privacy/subjects.ts'
import { erase } from '../sinks/sqlite/erase.ts'
import { createLedgerTables } from '../sinks/sqlite/ledger-tables.ts'
import { openForReading, openForWriting, readable } from '../sinks/sqlite/open.ts'
import { inTransaction, runToEnd } from '../sinks/sqlite/slices.ts'

/** That somebody was erased, as a store keeps it: under a pseudonym. */
export interface Grave {
  readonly project: string
  readonly kind: 'anonymous' | 'user'
  readonly subject: string
  /** Ms since 1970 UTC. */
  readonly erased_at: number
  /** 1: a device of which other people, who were not erased, were seen. */
  readonly is_shared: number
}

/**
 * Who was erased from a store, as far as it can be read.
 *
 * @throws FootfallError `store_corrupt`, `store_unavailable`
 */
export function gravesIn(folder: string): readonly Grave[] {
  try {
    const db = openForReading(folder)
    try {
      const all = 'SELECT project, kind, subject, erased_at, is_shared FROM tombstones ORDER BY erased_at'
      return db.prepare(all).all() as unknown as readonly Grave[]
    } finally {
      db.close()
    }
  } catch (cause) {
    throw readable(cause, folder, 'read')
  }
}

export interface EraseAgainPorts {
  readonly signal: AbortSignal
  readonly onErased: (ids: number) => void
}

/**
 * Erases from a restored store whoever was erased after the backup was made. The ids are not known any more, so that all that the store has
 * are held against the pseudonyms: what only mentions an id, in the text of a quarantined row, is not found. What is left of them in free
 * room of the files goes at the next start.
 *
 * @param folder of a store that nobody has open
 * @returns how many ids were erased
 */
export function eraseAgain(folder: string, graves: readonly Grave[], secret: string, ports: EraseAgainPorts): number {
  const { db, lock } = openForWriting(folder)
  try {
    const subjectHash = createSubjectHash(secret)
    const open = notIn(db, graves)
    const ledger = createLedger(createLedgerTables(db), subjectHash)
    const dayOf = createDays(db)
    let erased = 0
    // Users first: to whom a device belongs is known as long as they are, and with them goes what is theirs of a shared one.
    for (const kind of ['user', 'anonymous'] as const) {
      // Asked again: devices that went with their users are done.
      for (const { grave, id } of [...theirs(db, notIn(db, open), kind, subjectHash)]) {
        if (ports.signal.aborted) throw new FootfallError('interrupted', 'Stopped before those were erased again who had been.')
        const ask = { project: grave.project, id, at: grave.erased_at }
        runToEnd(erase(db, ask, { subjectHash, dayOf, ledger }, personIn(grave, id)))
        erased += 1
        ports.onErased(erased)
      }
    }
    bury(db, open)
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return erased
  } finally {
    db.close()
    lock.close()
  }
}

/** Those that the store does not have, or has from an earlier time. */
function notIn(db: DatabaseSync, graves: readonly Grave[]): readonly Grave[] {
  const known = db.prepare('SELECT 1 FROM tombstones WHERE project = ? AND kind = ? AND subject = ? AND erased_at >= ?')
  return graves.filter(({ project, kind, subject, erased_at }) => known.get(project, kind, subject, erased_at) === undefined)
}

const idsOf = {
  user: `SELECT user_id AS id FROM events WHERE project = ?1 AND user_id IS NOT NULL
    UNION SELECT user_id FROM quarantine WHERE project = ?1 AND user_id IS NOT NULL
    UNION SELECT user_id FROM linked_ids WHERE project = ?1`,
  anonymous: `SELECT anonymous_id AS id FROM events WHERE project = ?1 AND anonymous_id IS NOT NULL
    UNION SELECT anonymous_id FROM quarantine WHERE project = ?1 AND anonymous_id IS NOT NULL
    UNION SELECT anonymous_id FROM linked_ids WHERE project = ?1
    UNION SELECT anonymous_id FROM daily_visitors WHERE project = ?1
    UNION SELECT anonymous_id FROM number_runs WHERE project = ?1
    UNION SELECT anonymous_id FROM tracker_drops WHERE project = ?1 AND anonymous_id IS NOT NULL`,
} as const

/**
 * A user's devices are found as ever. A device is itself alone: whose it was then, and whether it was somebody else's as well, its grave says,
 * and the store of an earlier time may say otherwise. Of a shared one goes what names no user.
 */
const personIn = ({ kind, is_shared }: Grave, id: string): Person | undefined =>
  kind === 'user' ? undefined : { users: [], devices: [{ id, isShared: is_shared === 1 }] }

function* theirs(db: DatabaseSync, graves: readonly Grave[], kind: Grave['kind'], hashOf: SubjectHash) {
  const ofKind = graves.filter((grave) => grave.kind === kind)
  for (const project of new Set(ofKind.map((grave) => grave.project))) {
    const bySubject = new Map(ofKind.filter((grave) => grave.project === project).map((grave) => [grave.subject, grave]))
    for (const { id } of db.prepare(idsOf[kind]).iterate(project)) {
      const grave = bySubject.get(hashOf(project, String(id)))
      if (grave !== undefined) yield { grave, id: String(id) }
    }
  }
}

/** Also of those of whom the store has nothing: something of them may still come. */
function bury(db: DatabaseSync, graves: readonly Grave[]): void {
  const set = db.prepare(`INSERT INTO tombstones VALUES (?, ?, ?, ?, ?) ON CONFLICT (project, kind, subject)
    DO UPDATE SET erased_at = max(erased_at, excluded.erased_at), is_shared = min(is_shared, excluded.is_shared)`)
  inTransaction(db, () => {
    for (const { project, kind, subject, erased_at, is_shared } of graves) set.run(project, kind, subject, erased_at, is_shared)
  })
}

function createDays(db: DatabaseSync) {
  const zones = db.prepare('SELECT id, time_zone FROM projects').all() as unknown as readonly { id: string; time_zone: string }[]
  const dayOfs = new Map(zones.map(({ id, time_zone }) => [id, createDayOf(time_zone)]))
  return (project: string) => dayOfs.get(project) ?? createDayOf('UTC')
}
