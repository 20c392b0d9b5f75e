import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Ledger } from '../../consent/ledger.ts'
import type { DayOf } from '../../normalise/day.ts'
import { type Erased, type Erasure, type ErasureAsk, nothingErased } from '../../privacy/erasure.ts'
import type { SubjectHash } from '../../privacy/subject-hash.ts'
import { idsOf, isTheirs, ownIds, type Person } from '../../privacy/subjects.ts'
import { idsIn, mentions, writtenForms } from '../../privacy/subjects-mentions.ts'
import { type Counted, createChangeCounts, createCountChanges } from './day-counts.ts'
import { createBequeath } from './duplicates.ts'
import { createUnlink } from './links.ts'
import { createRecountSession } from './sessions.ts'
import { inSlices, inTransaction, rowsPerStep, type Slices } from './slices.ts'
import { createFindPerson, createIsAlone, createKnown, sessionsOf, theirs } from './subjects.ts'
import { tidyFiles } from './tidy-files.ts'
import { createBury } from './tombstones.ts'
import type { StoreBytes } from './unused-bytes.ts'
import { createLeaveDay } from './visitor-days.ts'

/** What erasing needs beside the store. */
export interface ErasePorts {
  readonly subjectHash: SubjectHash
  readonly dayOf: (project: string) => DayOf
  /** It records the erasure, in the transaction that begins it. */
  readonly ledger: Pick<Ledger, 'begin' | 'erase'>
  /** Without it, what stays behind in the free room of pages is not overwritten. */
  readonly bytes: StoreBytes | null
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
  erased: Erased
}

/** Erasures that an earlier life of the writer has begun and not finished. */
export const unfinishedErasures = (db: DatabaseSync): readonly ErasureAsk[] =>
  db
    .prepare("SELECT project, id, erased_at AS at FROM erasures_under_way WHERE id <> '' ORDER BY number")
    .all() as unknown as ErasureAsk[]

/**
 * Erases somebody, slice by slice. The first sets the tombstones: from then on nothing more of them is stored. Each one takes what it
 * erases out of the counts of days in the same transaction. A writer that ends in the middle goes on where it was at its next start.
 */
export function* erase(db: DatabaseSync, ask: ErasureAsk, ports: ErasePorts): Slices<Erasure> {
  const job = inTransaction(db, () => begin(db, ask, ports))
  yield 0
  const save = db.prepare('UPDATE erasures_under_way SET erased = ? WHERE number = ?')
  // What is left to do needs no id.
  const end = db.prepare("UPDATE erasures_under_way SET id = '', person = '' WHERE number = ?")
  yield* inSlices(
    db,
    eraseSteps(db, job, ports.dayOf(job.project), () => end.run(job.number)),
    (more) => {
      job.erased = sumOf(job.erased, more)
    },
    () => save.run(JSON.stringify(job.erased), job.number),
  )
  return {
    ...job.erased,
    erasedAt: job.erasedAt,
    subjectHash: ports.subjectHash(job.project, job.id),
    tombstones: job.tombstones,
    isOutOfFiles: yield* tidyFiles(db, ports.bytes),
  }
}

/** What is erased, step by step, in the end the job itself. */
type Steps = Generator<Partial<Erased>, void, void>

function* eraseSteps(db: DatabaseSync, job: Job, dayOf: DayOf, end: () => void): Steps {
  const { project, person } = job
  const remove = createRemove(db, job, dayOf)
  const isAlone = createIsAlone(db, project, person)
  const finishSession = createFinishSession(db, job)
  const { sql, values } = theirs(person)
  const removeNamed = remove.where(`session_id = ? AND ${sql}`)
  const removeAll = remove.where(`session_id = ? AND (${sql} OR coalesce(user_id, anonymous_id) IS NULL)`)
  for (const session of sessionsOf(db, project, person)) {
    // Decided once: afterwards what made it theirs may be gone.
    const removeSession = isAlone(session) ? removeAll : removeNamed
    yield* removeSession([session, ...values])
    yield finishSession(session)
  }
  const removeOfUser = remove.where('session_id IS NULL AND user_id = ?')
  const removeOfDevice = remove.where('session_id IS NULL AND user_id IS NULL AND anonymous_id = ?')
  for (const user of person.users) yield* removeOfUser([user])
  for (const { id } of person.devices) yield* removeOfDevice([id])
  yield* siftQuarantine(db, job)
  yield* forgetIds(db, job, dayOf)
  end()
}

/** Finds the person and sets the tombstones, or takes up what was begun. */
function begin(db: DatabaseSync, { project, id, at }: ErasureAsk, { subjectHash, ledger }: ErasePorts): Job {
  const begun = db.prepare('SELECT * FROM erasures_under_way WHERE project = ? AND id = ?').get(project, id) as JobRow | undefined
  if (begun !== undefined) return jobOf(begun)
  const person = createFindPerson(db)(project, id, subjectHash(project, id))
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

const sumOf = (sums: Erased, more: Partial<Erased>): Erased =>
  Object.fromEntries(
    Object.entries(sums).map(([what, count]) => [what, count + (more[what as keyof Erased] ?? 0)]),
  ) as unknown as Erased // the same keys

interface Found {
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
  const changeCounts = createChangeCounts(db, dayOf)

  return {
    /** Prepares the removal of the events that a condition finds, in the order of their receipt. */
    where(condition: string): (values: readonly SQLInputValue[]) => Steps {
      const find = db.prepare(`SELECT position, event_id FROM events
        WHERE project = ? AND ${condition} AND position > ? AND position <= ? ORDER BY position LIMIT ${rowsPerStep}`)
      return function* (values) {
        let last = 0
        for (;;) {
          const found = find.all(project, ...values, last, lastEvent) as unknown as readonly Found[]
          yield { events: found.length, naturalKeys: removeAll(found) }
          if (found.length < rowsPerStep) return
          last = found.at(-1)?.position ?? last
        }
      }
    },
  }

  function removeAll(found: readonly Found[]): number {
    const changes = createCountChanges(dayOf)
    let naturalKeys = 0
    for (const { position, event_id } of found) {
      // Read one by one: the one before may have left its key to this one.
      const event = current.get(position) as unknown as ErasableEvent
      changes.add({ ...event, isDuplicate: event.duplicate_of !== null }, -1)
      const { hadKey, heir } = bequeath(project, event_id)
      if (hadKey && heir === undefined) naturalKeys += 1
      if (heir !== undefined) {
        changes.add({ ...heir, bot: 0, isDuplicate: true }, -1)
        changes.add({ ...heir, bot: 0, isDuplicate: false }, 1)
        const { anonymous_id: anonymousId, user_id: userId } = heir
        // One of their own goes soon as well.
        if (anonymousId !== null && !isTheirs(person, { anonymousId, userId })) {
          addVisitor.run(project, dayOf(heir.occurred_at), anonymousId)
        }
      }
      drop.run(position)
    }
    changeCounts(project, changes)
    return naturalKeys
  }
}

/** Brings what is derived from one session in line with the events that are left of it. */
function createFinishSession(db: DatabaseSync, { project, person }: Job): (session: string) => Partial<Erased> {
  const recount = createRecountSession(db)
  const dropSubject = (kind: 'user' | 'anonymous', column: string) =>
    db.prepare(`DELETE FROM subject_sessions WHERE project = ?1 AND kind = '${kind}' AND subject = ?2 AND session_id = ?3
      AND NOT EXISTS (SELECT 1 FROM events WHERE project = ?1 AND session_id = ?3 AND ${column} = ?2)`)
  const dropUser = dropSubject('user', 'user_id')
  const dropDevice = dropSubject('anonymous', 'anonymous_id')
  return (session) => {
    for (const user of person.users) dropUser.run(project, user, session)
    for (const { id } of person.devices) dropDevice.run(project, id, session)
    return { sessions: recount(project, session).isGone ? 1 : 0 }
  }
}

/** Removes from the quarantine what is about the person, or mentions an id that is theirs alone. */
function* siftQuarantine(db: DatabaseSync, { project, person, lastQuarantined }: Job): Steps {
  const ids = ownIds(person)
  const forms = [...new Set(idsOf(person).flatMap(writtenForms))]
  const boundary = db.prepare(`SELECT max(position) AS last FROM
    (SELECT position FROM quarantine WHERE position > ? AND position <= ? ORDER BY position LIMIT ${rowsPerStep})`)
  const find =
    db.prepare(`SELECT position, raw, anonymous_id, user_id FROM quarantine WHERE +project = ? AND position > ? AND position <= ?
    AND (${forms.map(() => 'instr(raw, ?)').join(' OR ')})`)
  const drop = db.prepare('DELETE FROM quarantine WHERE position = ?')
  const unlink = createUnlink(db, project)
  for (let after = 0; ; ) {
    const { last } = boundary.get(after, lastQuarantined) as { last: number | null }
    if (last === null) return
    let quarantined = 0
    let links = 0
    for (const { position, raw, anonymous_id, user_id } of find.all(project, after, last, ...forms)) {
      const sent: unknown = JSON.parse(String(raw))
      if (!isTheirs(person, idsIn(sent)) && !ids.some((id) => mentions(sent, id))) continue
      drop.run(Number(position))
      quarantined += 1
      // It may have been somebody else's.
      if (anonymous_id !== null && user_id !== null) links += unlink(String(anonymous_id), String(user_id))
    }
    yield { quarantined, links }
    after = last
  }
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
