import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Ledger } from '../../consent/ledger.ts'
import type { DayOf } from '../../normalise/day.ts'
import { type Erased, type Erasure, type ErasureAsk, nothingErased } from '../../privacy/erasure.ts'
import type { SubjectHash } from '../../privacy/subject-hash.ts'
import { createIsTheirs, idsOf, type Person } from '../../privacy/subjects.ts'
import { createConcerns, textIdsIn } from '../../privacy/subjects-mentions.ts'
import { createAgedFirsts } from './aged-firsts.ts'
import { type Counted, createChangeCounts, createCountChanges } from './day-counts.ts'
import { createBequeath, type Heir } from './duplicates.ts'
import { createUnlink } from './links.ts'
import { createLeaveSession, createRecountSession } from './sessions.ts'
import { inSlices, inTransaction, rowsPerStep, type Slices } from './slices.ts'
import { createFindPerson, createKnown, isNameless, type NamingRow, namedBy, sessionsOf } from './subjects.ts'
import { createBury } from './tombstones.ts'
import { createLeaveDay } from './visitor-days.ts'

/** What erasing needs beside the store. */
export interface ErasePorts {
  readonly subjectHash: SubjectHash
  readonly dayOf: (project: string) => DayOf
  /** It records the erasure, in the transaction that begins it. */
  readonly ledger: Pick<Ledger, 'begin' | 'erase'>
}

/** An erasure that has begun. */
interface Job {
  readonly number: number
  readonly project: string
  readonly id: string
  readonly erasedAt: number
  readonly person: Person
  readonly lastEvent: number
  readonly lastQuarantined: number
  readonly tombstones: number
  readonly erased: Erased
}

/** Erasures that an earlier life of the writer has begun and not finished. */
export const unfinishedErasures = (db: DatabaseSync): readonly ErasureAsk[] =>
  db
    .prepare("SELECT project, id, erased_at AS at FROM erasures_under_way WHERE id <> '' ORDER BY number")
    .all() as unknown as ErasureAsk[]

/**
 * Erases somebody, slice by slice. The first sets the tombstones: from then on nothing more of them is stored. Each one takes what it
 * erases out of the counts of days in the same transaction. A writer that ends in the middle goes on where it was at its next start.
 *
 * What was erased still stands in the files, until they are tidied.
 *
 * @param whom where it is known already who is meant by the id. @defaultValue whoever the store finds by it
 */
export function* erase(
  db: DatabaseSync,
  ask: ErasureAsk,
  ports: ErasePorts,
  whom?: Person,
): Slices<Omit<Erasure, 'isOutOfFiles'>> {
  const job = inTransaction(db, () => begin(db, ask, ports, whom))
  yield
  const save = db.prepare('UPDATE erasures_under_way SET erased = ? WHERE number = ?')
  // What is left to do needs no id.
  const end = db.prepare("UPDATE erasures_under_way SET id = '', person = '' WHERE number = ?")
  const steps = eraseSteps(db, job, ports.dayOf(job.project), () => end.run(job.number))
  const erased = yield* inSlices(db, steps, job.erased, (sums) => save.run(JSON.stringify(sums), job.number))
  const { erasedAt, tombstones } = job
  return { ...erased, erasedAt, subjectHash: ports.subjectHash(job.project, job.id), tombstones }
}

/** What is erased, step by step, in the end the job itself. */
type Steps = Generator<Partial<Erased>, void, void>

function* eraseSteps(db: DatabaseSync, job: Job, dayOf: DayOf, end: () => void): Steps {
  const { project, person } = job
  const remove = createRemove(db, job, dayOf)
  const ofSession = remove.where('session_id = ?')
  const isAlone = createIsAlone(db, job)
  const leave = createLeaveSession(db)
  const recount = createRecountSession(db, 'as left')
  const seen = new Set<string>()
  const ids = [
    ...person.users.map((id) => ({ kind: 'user', id }) as const),
    ...person.devices.map(({ id }) => ({ kind: 'anonymous', id }) as const),
  ]
  for (const { kind, id } of ids) {
    for (const session of sessionsOf(db, project, kind, id)) {
      // Most sessions are found by a user and by a device.
      if (!seen.has(session)) yield* ofSession([session], isAlone(session) ? session : null)
      seen.add(session)
      leave(project, kind, id, session)
      yield { sessions: recount(project, session).isGone ? 1 : 0 }
    }
  }
  const ofUser = remove.where('session_id IS NULL AND user_id = ?')
  const ofDevice = remove.where('session_id IS NULL AND user_id IS NULL AND anonymous_id = ?')
  for (const user of person.users) yield* ofUser([user])
  for (const { id } of person.devices) yield* ofDevice([id])
  yield* siftQuarantine(db, job)
  yield* forgetIds(db, job, dayOf)
  end()
}

/** Finds the person and sets the tombstones, or takes up what was begun. */
function begin(db: DatabaseSync, { project, id, at }: ErasureAsk, { subjectHash, ledger }: ErasePorts, whom?: Person): Job {
  const begun = db.prepare('SELECT * FROM erasures_under_way WHERE project = ? AND id = ?').get(project, id) as JobRow | undefined
  if (begun !== undefined) return jobOf(begun)
  const person = whom ?? createFindPerson(db)(project, id, subjectHash(project, id))
  const known = createKnown(db)(project, person)
  const erased: Erased = { ...nothingErased, users: known.users.length, devices: known.devices.length }
  const tombstones = createBury(db, subjectHash)(project, person, at)
  ledger.begin()
  for (const subject of idsOf(person)) ledger.erase(project, subject, at)
  const row = db
    .prepare(`INSERT INTO erasures_under_way (project, id, erased_at, person, last_event, last_quarantined, tombstones, erased)
      SELECT ?, ?, ?, ?, (SELECT coalesce(max(position), 0) FROM events), (SELECT coalesce(max(position), 0) FROM quarantine), ?, ?
      RETURNING *`)
    .get(project, id, at, JSON.stringify(person), tombstones, JSON.stringify(erased))
  return jobOf(row as unknown as JobRow)
}

interface JobRow {
  readonly number: number
  readonly project: string
  readonly id: string
  readonly erased_at: number
  readonly person: string
  readonly last_event: number
  readonly last_quarantined: number
  readonly tombstones: number
  readonly erased: string
}

const jobOf = (row: JobRow): Job => ({
  number: row.number,
  project: row.project,
  id: row.id,
  erasedAt: row.erased_at,
  person: JSON.parse(row.person) as Person,
  lastEvent: row.last_event,
  lastQuarantined: row.last_quarantined,
  tombstones: row.tombstones,
  erased: JSON.parse(row.erased) as Erased,
})

/** An event that may be theirs. */
interface Candidate extends NamingRow {
  readonly session_id: string | null
}

interface Found extends Candidate {
  readonly position: number
  readonly event_id: Uint8Array
}

interface ErasableEvent extends Omit<Counted, 'isDuplicate'> {
  readonly duplicate_of: Uint8Array | null
}

/** Removes events, and what the derived tables of days hold of them. */
function createRemove(db: DatabaseSync, { project, person, lastEvent }: Job, dayOf: DayOf) {
  const current = db.prepare('SELECT name, occurred_at, bot, value, base_value, duplicate_of FROM events WHERE position = ?')
  const drop = db.prepare('DELETE FROM events WHERE position = ?')
  const addVisitor = db.prepare('INSERT INTO daily_visitors VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const bequeath = createBequeath(db)
  const firsts = createAgedFirsts(db)
  const changeCounts = createChangeCounts(db, dayOf)
  const isTheirs = createIsTheirs(person)

  return {
    /**
     * Prepares the removal of their events among those that a condition finds, in the order of their receipt. Of the session in which they
     * are alone, what came without any id is theirs as well.
     */
    where(condition: string): (values: readonly SQLInputValue[], alone?: string | null) => Steps {
      const find = db.prepare(`SELECT position, event_id, anonymous_id, user_id, session_id FROM events
        WHERE project = ? AND ${condition} AND position > ? AND position <= ? ORDER BY position LIMIT ${rowsPerStep}`)
      return function* (values, alone = null) {
        const goes = (event: Candidate): boolean =>
          isTheirs(namedBy(event)) || (alone !== null && event.session_id === alone && isNameless(event))
        const goesToo = (heir: Heir): boolean => heir.position <= lastEvent && goes(heir)
        let last = 0
        for (;;) {
          const found = find.all(project, ...values, last, lastEvent) as unknown as readonly Found[]
          const going = found.filter(goes)
          yield { events: going.length, naturalKeys: removeAll(going, goesToo) }
          if (found.length < rowsPerStep) return
          last = found.at(-1)?.position ?? last
        }
      }
    },
  }

  function removeAll(going: readonly Found[], goesToo: (heir: Heir) => boolean): number {
    const changes = createCountChanges(dayOf)
    let naturalKeys = 0
    for (const { position, event_id } of going) {
      // Read one by one: the one before may have left its key to this one.
      const event = current.get(position) as unknown as ErasableEvent
      changes.add({ ...event, isDuplicate: event.duplicate_of !== null }, -1)
      const { hadKey, heir, revalued } = bequeath(project, event_id, goesToo)
      if (hadKey && heir === undefined) naturalKeys += 1
      if (heir !== undefined) {
        changes.add({ ...heir, isDuplicate: true }, -1)
        changes.add({ ...heir, isDuplicate: false }, 1)
        if (heir.anonymous_id !== null && heir.bot === 0) addVisitor.run(project, dayOf(heir.occurred_at), heir.anonymous_id)
      }
      if (revalued !== null) {
        changes.add(revalued.before, -1)
        changes.add(revalued.after, 1)
      }
      drop.run(position)
      if (event.duplicate_of !== null) naturalKeys += firsts.leave(project, event.duplicate_of)
    }
    changeCounts(project, changes)
    return naturalKeys
  }
}

/** Is nobody else in a session? Then what came in it without any id is the person's, too. */
function createIsAlone(db: DatabaseSync, { project, person, lastEvent }: Job): (session: string) => boolean {
  const named = db.prepare(`SELECT user_id, anonymous_id FROM events
    WHERE project = ? AND session_id = ? AND position <= ? AND coalesce(user_id, anonymous_id) IS NOT NULL`)
  const isTheirs = createIsTheirs(person)
  return (session) => {
    for (const row of named.iterate(project, session, lastEvent)) {
      if (!isTheirs(namedBy(row as unknown as NamingRow))) return false
    }
    return true
  }
}

/** Texts are looked for in texts so often per step at most. */
const maxSearches = 100_000

/** Removes from the quarantine what is about the person, or mentions an id that is theirs alone. */
function* siftQuarantine(db: DatabaseSync, { project, person, lastQuarantined }: Job): Steps {
  const concerns = createConcerns(person)
  const rows = Math.ceil(Math.min(rowsPerStep, maxSearches / idsOf(person).length))
  const next = db.prepare(`SELECT position, project FROM quarantine
    WHERE position > ? AND position <= ? ORDER BY position LIMIT ${rows}`)
  // One at a time: each may be as large as a request.
  const rawOf = db.prepare('SELECT raw FROM quarantine WHERE position = ?')
  const drop = db.prepare('DELETE FROM quarantine WHERE position = ?')
  const unlink = createUnlink(db, project)
  for (let after = 0; ; ) {
    const found = next.all(after, lastQuarantined) as unknown as readonly Quarantined[]
    let quarantined = 0
    let links = 0
    for (const row of found) {
      after = row.position
      if (row.project !== project) continue
      const { raw } = rawOf.get(row.position) as { raw: string }
      if (!concerns(raw)) continue
      drop.run(row.position)
      quarantined += 1
      // It may have been somebody else's.
      const { anonymousId, userId } = textIdsIn(JSON.parse(raw))
      if (anonymousId !== null && userId !== null) links += unlink(anonymousId, userId)
    }
    yield { quarantined, links }
    if (found.length < rows) return
  }
}

interface Quarantined {
  readonly position: number
  readonly project: string
}

/** Removes the ids from where they stand beside the events. */
function* forgetIds(db: DatabaseSync, { project, person }: Job, dayOf: DayOf): Steps {
  const leave = createLeaveDay(db, dayOf)
  const dropDay = db.prepare('DELETE FROM daily_visitors WHERE project = ? AND day = ? AND anonymous_id = ?')
  const dropRuns = db.prepare(`DELETE FROM number_runs WHERE project = ?1 AND anonymous_id = ?2 AND first IN
    (SELECT first FROM number_runs WHERE project = ?1 AND anonymous_id = ?2 ORDER BY first LIMIT ${rowsPerStep})`)
  const unname = db.prepare(
    'UPDATE tracker_drops INDEXED BY tracker_drops_by_visitor SET anonymous_id = NULL WHERE project = ? AND anonymous_id = ?',
  )
  const unlink = db.prepare('DELETE FROM linked_ids WHERE project = ? AND anonymous_id = ? AND user_id = ?')

  const days = daysOfVisitors(db, project)
  for (const { id, isShared } of person.devices) {
    for (const day of days) {
      // A shared device was there on the days of its other users.
      const isGone = isShared ? leave(project, day, id) : dropDay.run(project, day, id).changes === 1
      yield { visitorDays: isGone ? 1 : 0 }
    }
    for (const user of person.users) yield { links: Number(unlink.run(project, id, user).changes) }
    if (isShared) continue
    for (let numberRuns = -1; numberRuns !== 0; ) {
      numberRuns = Number(dropRuns.run(project, id).changes)
      yield { numberRuns }
    }
    yield { trackerDrops: Number(unname.run(project, id).changes) }
  }
}

/** Found one after the other: an index led by the day answers each at once, and the rows are many. */
function daysOfVisitors(db: DatabaseSync, project: string): readonly string[] {
  const next = db.prepare('SELECT min(day) AS day FROM daily_visitors WHERE project = ? AND day > ?')
  const days: string[] = []
  for (;;) {
    const { day } = next.get(project, days.at(-1) ?? '') as { day: string | null }
    if (day === null) return days
    days.push(day)
  }
}
