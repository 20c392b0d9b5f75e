import type { DatabaseSync } from 'node:sqlite'
import { type Purpose, purposes } from '@footfall/events'
import { exceptions } from '../../consent/purposes.ts'
import type { DayOf } from '../../normalise/day.ts'
import { type Aged, type Cutoffs, clockDoubtful, nothingAged, type RetentionAsk } from '../../privacy/retention.ts'
import { createAgedFirsts } from './aged-firsts.ts'
import { type CountChanges, createCountChanges } from './day-counts.ts'
import { createUnlink } from './links.ts'
import { daysOfProof } from './receipt-days.ts'
import { createLeaveSession, createRecountSession } from './sessions.ts'
import { inSlices, rowsPerStep, type Slices } from './slices.ts'
import { leaveUntidy } from './tidy-files.ts'
import { createLeaveDay } from './visitor-days.ts'

/**
 * Removes what has been kept for long enough, slice by slice, by its receipt. The figures of reports stay: what goes out of the events
 * is added to `aged_counts` and `aged_days` in the same transaction, without ids.
 *
 * What was removed still stands in the files, until they are tidied.
 *
 * @param proof the day that `provenSince` is held against: see `proofBegins`
 */
export function* retain(
  db: DatabaseSync,
  asks: readonly RetentionAsk[],
  dayOf: (project: string) => DayOf,
  proof: string | null = null,
): Slices<readonly Aged[]> {
  const aged: Aged[] = []
  refuseUnproven(proof, asks)
  for (const { project, cutoffs } of asks) {
    const steps = retainSteps(db, { project, dayOf: dayOf(project) }, cutoffs)
    const sums = yield* inSlices<Sums>(db, steps, nothingAged, ({ events, quarantined, numberRuns }) => {
      if (events + quarantined + numberRuns > 0) leaveUntidy(db)
    })
    aged.push({ project, ...sums })
  }
  return aged
}

function refuseUnproven(proof: string | null, asks: readonly RetentionAsk[]): void {
  const limits = asks.flatMap(({ provenSince }) => provenSince ?? [])
  if (proof === null || limits.every((limit) => proof >= new Date(limit).toISOString().slice(0, 10))) return
  throw clockDoubtful(`anything came on fewer than ${daysOfProof} days between ${proof} and the start`)
}

type Sums = Omit<Aged, 'project'>
type Steps = Generator<Partial<Sums>, void, void>

interface Ageing {
  readonly project: string
  readonly dayOf: DayOf
}

function* retainSteps(db: DatabaseSync, ageing: Ageing, cutoffs: Cutoffs): Steps {
  for (const purpose of purposes) {
    const cutoff = cutoffs[purpose]
    if (cutoff === undefined) continue
    for (const kind of eventsFor(purpose)) yield* ageEvents(db, ageing, kind, cutoff)
  }
  if (cutoffs.quarantine !== undefined) yield* ageQuarantine(db, ageing, cutoffs.quarantine)
  if (cutoffs.analytics !== undefined) yield* ageNumbers(db, ageing, cutoffs.analytics)
}

/** Some of the events of a purpose, and how they are found. */
export interface EventKind {
  readonly sql: string
  readonly values: readonly string[]
  /** Nearly all events, found along the table; the others have one name each, and an index that leads to them alone. */
  readonly isMost: boolean
}

export function eventsFor(purpose: Purpose): readonly EventKind[] {
  const named = Object.entries(exceptions)
  if (purpose !== 'analytics') {
    return named
      .filter(([, needed]) => needed === purpose)
      .map(([name]) => ({ sql: 'project = ? AND name = ?', values: [name], isMost: false }))
  }
  const others = named.map(([name]) => name)
  return [{ sql: `+project = ? AND +name NOT IN (${others.map(() => '?').join(', ')})`, values: others, isMost: true }]
}

interface OldEvent {
  readonly position: number
  readonly event_id: Uint8Array
  readonly name: string
  readonly occurred_at: number
  readonly bot: number
  readonly value: number | null
  readonly base_value: number | null
  readonly duplicate_of: Uint8Array | null
  readonly anonymous_id: string | null
  readonly user_id: string | null
  readonly session_id: string | null
}

function* ageEvents(db: DatabaseSync, ageing: Ageing, { sql, values, isMost }: EventKind, cutoff: number): Steps {
  const { project } = ageing
  // Positions are in the order of receipt, but for replayed events.
  const beyond = db.prepare(`SELECT position FROM events WHERE project = ? AND received_at >= ? AND replayed_at IS NULL
    ORDER BY received_at LIMIT 1`)
  const end = Number(beyond.get(project, cutoff)?.position ?? Number.MAX_SAFE_INTEGER)
  // Along the table, what is kept for longer lies in between, and looking past all of it at once could take long.
  const window = db.prepare(`SELECT max(position) AS last FROM
    (SELECT position FROM events WHERE position > ? AND position < ? ORDER BY position LIMIT ${20 * rowsPerStep})`)
  const columns = 'position, event_id, name, occurred_at, bot, value, base_value, duplicate_of, anonymous_id, user_id, session_id'
  const find = db.prepare(`SELECT ${columns}
    FROM events WHERE ${sql} AND +received_at < ? AND position > ? AND position <= ? ORDER BY position LIMIT ${rowsPerStep}`)
  const findReplayed = db.prepare(`SELECT ${columns} FROM events INDEXED BY replayed_events
    WHERE ${sql} AND +received_at < ? AND project = ? AND replayed_at IS NOT NULL LIMIT ${rowsPerStep}`)
  const drop = db.prepare('DELETE FROM events WHERE position = ?')
  const firsts = createAgedFirsts(db)
  const settle = createSettle(db, ageing)
  const lastAfter = (after: number): number | null =>
    isMost ? (window.get(after, end) as { last: number | null }).last : after < end - 1 ? end - 1 : null
  const remove = (found: readonly OldEvent[]): Partial<Sums> => {
    let naturalKeys = 0
    for (const { position, event_id, duplicate_of } of found) {
      drop.run(position)
      naturalKeys += firsts.leave(project, duplicate_of ?? event_id)
    }
    return { events: found.length, naturalKeys, ...settle(found) }
  }
  for (let after = 0; ; ) {
    const last = lastAfter(after)
    if (last === null) break
    const found = find.all(project, ...values, cutoff, after, last) as unknown as readonly OldEvent[]
    yield remove(found)
    after = found.length < rowsPerStep ? last : (found.at(-1)?.position ?? last)
  }
  for (let isMore = true; isMore; ) {
    const found = findReplayed.all(project, ...values, cutoff, project) as unknown as readonly OldEvent[]
    isMore = found.length === rowsPerStep
    yield remove(found)
  }
}

/** Brings what is derived in line after events went, and keeps what they counted for. */
function createSettle(db: DatabaseSync, { project, dayOf }: Ageing): (gone: readonly OldEvent[]) => Partial<Sums> {
  const keepCounts = createKeepCounts(db, project)
  const keepDay = db.prepare(`INSERT INTO aged_days VALUES (?, ?, ?, ?) ON CONFLICT (project, day)
    DO UPDATE SET visitors = visitors + excluded.visitors, sessions = sessions + excluded.sessions`)
  const leaveDay = createLeaveDay(db, dayOf)
  const recount = createRecountSession(db, 'as counted')
  const unlink = createUnlink(db, project)
  const leaveSession = createLeaveSession(db)

  return (gone) => {
    const counts = createCountChanges(dayOf)
    const visits = new Map<string, readonly [day: string, anonymousId: string]>()
    const seen = new Map<string, OldEvent>()
    for (const event of gone) {
      const isDuplicate = event.duplicate_of !== null
      counts.add({ ...event, isDuplicate }, 1)
      const { anonymous_id, user_id, session_id, occurred_at, bot } = event
      const day = dayOf(occurred_at)
      if (anonymous_id !== null && bot === 0 && !isDuplicate) visits.set(JSON.stringify([day, anonymous_id]), [day, anonymous_id])
      seen.set(JSON.stringify([anonymous_id, user_id, session_id]), event)
    }
    keepCounts(counts)
    let visitorDays = 0
    for (const [day, anonymousId] of visits.values()) {
      if (!leaveDay(project, day, anonymousId)) continue
      keepDay.run(project, day, 1, 0)
      visitorDays += 1
    }
    let sessions = 0
    for (const session of new Set([...seen.values()].flatMap(({ session_id }) => session_id ?? []))) {
      const { startedAt } = recount(project, session)
      if (startedAt === null) continue
      keepDay.run(project, dayOf(startedAt), 0, 1)
      sessions += 1
    }
    let links = 0
    for (const { anonymous_id, user_id, session_id } of seen.values()) {
      if (anonymous_id !== null && session_id !== null) leaveSession(project, 'anonymous', anonymous_id, session_id)
      if (user_id !== null && session_id !== null) leaveSession(project, 'user', user_id, session_id)
      if (anonymous_id !== null && user_id !== null) links += unlink(anonymous_id, user_id)
    }
    return { visitorDays, sessions, links }
  }
}

function createKeepCounts(db: DatabaseSync, project: string): (counts: CountChanges) => void {
  const keep = db.prepare(`INSERT INTO aged_counts VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (project, day, name) DO UPDATE SET events = events + excluded.events, bots = bots + excluded.bots,
      duplicates = duplicates + excluded.duplicates,
      base_value = max(-9000000000000000000, min(9000000000000000000, base_value + excluded.base_value)),
      without_rate = without_rate + excluded.without_rate`)
  return (counts) => {
    for (const { day, name, events, bots, duplicates, baseValue, withoutRate } of counts.all()) {
      keep.run(project, day, name, events, bots, duplicates, Math.max(-9e18, Math.min(9e18, baseValue)), withoutRate)
    }
  }
}

function* ageQuarantine(db: DatabaseSync, { project }: Ageing, cutoff: number): Steps {
  const drop = db.prepare(`DELETE FROM quarantine WHERE position IN (
      SELECT position FROM quarantine WHERE project = ? AND received_at < ? ORDER BY received_at LIMIT ${rowsPerStep})
    RETURNING anonymous_id, user_id`)
  const unlink = createUnlink(db, project)
  for (;;) {
    const dropped = drop.all(project, cutoff)
    let links = 0
    for (const { anonymous_id, user_id } of dropped) {
      if (typeof anonymous_id === 'string' && typeof user_id === 'string') links += unlink(anonymous_id, user_id)
    }
    yield { quarantined: dropped.length, links }
    if (dropped.length < rowsPerStep) return
  }
}

/** The numbers of visitors of whom nothing else is left: they would be the last trace of them. */
function* ageNumbers(db: DatabaseSync, { project, dayOf }: Ageing, cutoff: number): Steps {
  const next = db.prepare(`SELECT anonymous_id, max(at) AS last_at FROM (
      SELECT anonymous_id, at FROM number_runs WHERE project = ? AND anonymous_id > ? ORDER BY anonymous_id LIMIT ${10 * rowsPerStep})
    GROUP BY anonymous_id ORDER BY anonymous_id`)
  const drop = db.prepare(`DELETE FROM number_runs WHERE project = ?1 AND anonymous_id = ?2
    AND NOT EXISTS (SELECT 1 FROM number_runs WHERE project = ?1 AND anonymous_id = ?2 AND at >= ?3)
    AND NOT EXISTS (SELECT 1 FROM subject_sessions WHERE project = ?1 AND kind = 'anonymous' AND subject = ?2)
    AND NOT EXISTS (SELECT 1 FROM events WHERE project = ?1 AND session_id IS NULL AND anonymous_id = ?2)`)
  for (let after = ''; ; ) {
    const visitors = next.all(project, after)
    const newest = visitors.at(-1)
    if (newest === undefined) break
    after = String(newest.anonymous_id)
    const old = visitors.filter(({ last_at }) => Number(last_at) < cutoff)
    yield { numberRuns: old.reduce((sum, row) => sum + Number(drop.run(project, String(row.anonymous_id), cutoff).changes), 0) }
  }
  const unname = db.prepare(
    'UPDATE tracker_drops SET anonymous_id = NULL WHERE project = ? AND day < ? AND anonymous_id IS NOT NULL',
  )
  yield { trackerDrops: Number(unname.run(project, dayOf(cutoff)).changes) }
}
