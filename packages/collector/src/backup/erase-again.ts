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
import { createFindPerson } from '../sinks/sqlite/subjects.ts'
import { createSetTombstone, type Grave } from '../sinks/sqlite/tombstones.ts'

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
    const personOf = createPersonOf(db, graves, subjectHash)
    let erased = 0
    // Users first: to whom a device belongs is known as long as they are, and with them goes what is theirs of a shared one.
    for (const kind of ['user', 'anonymous'] as const) {
      // Asked again: devices that went with their users are done.
      for (const { grave, id } of [...theirs(db, notIn(db, open), kind, subjectHash)]) {
        if (ports.signal.aborted) throw new FootfallError('interrupted', 'Stopped before those were erased again who had been.')
        const ask = { project: grave.project, id, at: grave.erased_at }
        runToEnd(erase(db, ask, { subjectHash, dayOf, ledger }, personOf(grave, id)))
        erased += 1
        ports.onErased(erased)
      }
    }
    const setTombstone = createSetTombstone(db)
    // Also of those of whom the store has nothing: something of them may still come.
    inTransaction(db, () => open.forEach(setTombstone))
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
 * A user's devices are found as ever, a device is itself alone: whose it was then its grave says, and the store of an earlier time may say
 * otherwise. It is shared if it was then, or else the others who came to it since would be refused for good; and if the store has others
 * at it, whose part stays. For what comes its grave decides in the end.
 */
function createPersonOf(db: DatabaseSync, graves: readonly Grave[], hashOf: SubjectHash): (grave: Grave, id: string) => Person {
  const find = createFindPerson(db)
  const keyOf = ({ project, subject }: Pick<Grave, 'project' | 'subject'>): string => JSON.stringify([project, subject])
  const shared = new Set(graves.filter(({ is_shared }) => is_shared === 1).map(keyOf))
  const isAnybodys = db.prepare('SELECT 1 FROM linked_ids WHERE project = ? AND anonymous_id = ?')
  return ({ project, kind, subject }, id) => {
    const { users, devices } =
      kind === 'user'
        ? find(project, id, subject)
        : { users: [], devices: [{ id, isShared: isAnybodys.get(project, id) !== undefined }] }
    const wasShared = (device: string): boolean => shared.has(keyOf({ project, subject: hashOf(project, device) }))
    return { users, devices: devices.map((device) => ({ ...device, isShared: device.isShared || wasShared(device.id) })) }
  }
}

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

function createDays(db: DatabaseSync) {
  const zones = db.prepare('SELECT id, time_zone FROM projects').all() as unknown as readonly { id: string; time_zone: string }[]
  const dayOfs = new Map(zones.map(({ id, time_zone }) => [id, createDayOf(time_zone)]))
  return (project: string) => dayOfs.get(project) ?? createDayOf('UTC')
}
