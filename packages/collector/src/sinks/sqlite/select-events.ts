import type { SQLInputValue } from 'node:sqlite'
import { maxQueueAgeMs } from '@footfall/events/limits'
import type { EventFilter, PageOf } from '../sink.ts'
import type { QualityState } from '../stored-event.ts'
import { storedColumns } from './stored-rows.ts'

/** A statement and its values. */
export interface Selection {
  readonly sql: string
  readonly values: Readonly<Record<string, SQLInputValue>>
}

// No stored event is later than its receipt by more: what was received before then happened before `from`.
const toleratedFutureMs = 5 * 60 * 1000

/** No tracker delivers later than this. Index `late_events` holds what servers sent later still. */
const lateMs = maxQueueAgeMs + 60 * 60 * 1000

/**
 * Selects a page of events in the order of receipt, which is that of `position`, with one row more than asked, to tell whether there is
 * a next page.
 *
 * A plus before a column keeps the planner from its index: any index but the one meant would make it sort everything it finds.
 *
 * @param hasLate could events of the period have been received long after it? Then it has no last position.
 */
export function selectEvents(
  { project, name, userId, anonymousId, from, to, quality }: EventFilter,
  page: PageOf,
  hasLate: boolean,
): Selection {
  const isAboutSomebody = userId !== undefined || anonymousId !== undefined
  // One bound alone leads into the table; a second one would only be checked on the way.
  const parts = [from === undefined ? 'position > :after' : `position > max(:after, ${lastReceivedBefore(':earliest')})`]
  const values: Record<string, SQLInputValue> = { project, after: page.after, limit: page.limit + 1 }
  if (name === undefined) parts.push('+project = :project')
  else {
    parts.push(isAboutSomebody ? '+project = :project AND +name = :name' : 'project = :project AND name = :name')
    values.name = name
  }
  if (userId !== undefined) {
    parts.push('+user_id = :user', ofSubject('user', 'user_id'))
    values.user = userId
  }
  if (anonymousId !== undefined) {
    parts.push('+anonymous_id = :anonymous', ofSubject('anonymous', 'anonymous_id'))
    values.anonymous = anonymousId
  }
  if (from !== undefined) {
    parts.push('occurred_at >= :from')
    values.from = from
    values.earliest = from - toleratedFutureMs
  }
  if (to !== undefined) {
    parts.push('occurred_at < :to')
    values.to = to
  }
  if (quality !== undefined) parts.push(ofQuality[quality])
  if (to !== undefined && !hasLate) {
    parts.push(`position < ${firstReceivedFrom(':latest')}`)
    values.latest = to + lateMs
  }
  return { sql: `SELECT ${storedColumns} FROM events WHERE ${parts.join(' AND ')} ORDER BY position LIMIT :limit`, values }
}

/** Finds out whether there are any events of the period that were received, or replayed, long after it. */
export function selectLate({ project, from, to }: EventFilter): Selection {
  const values = { project, from: from ?? Number.MIN_SAFE_INTEGER, to: to ?? Number.MAX_SAFE_INTEGER }
  const sql = `SELECT 1 FROM events WHERE project = :project AND received_at - occurred_at > ${lateMs}
      AND occurred_at >= :from AND occurred_at < :to
    UNION ALL SELECT 1 FROM events WHERE project = :project AND replayed_at IS NOT NULL AND replayed_at - occurred_at > ${lateMs}
      AND occurred_at >= :from AND occurred_at < :to
    LIMIT 1`
  return { sql, values }
}

/** As `qualityOf` says it of a row. */
const ofQuality: Readonly<Record<QualityState, string>> = {
  clean: "flags = '[]' AND repairs = '[]'",
  repaired: "flags = '[]' AND repairs <> '[]'",
  flagged: "flags <> '[]'",
}

// A replayed event stands where it was stored, long after it was received: it bounds nothing.

/** Position of the first event received at that time or later; beyond all positions when there is none. */
const firstReceivedFrom = (instant: string): string =>
  `coalesce((SELECT position FROM events WHERE project = :project AND received_at >= ${instant} AND replayed_at IS NULL
    ORDER BY received_at LIMIT 1), ${Number.MAX_SAFE_INTEGER})`

/** Position of the last event received before that time; before all positions when there is none. What was replayed later stands behind it. */
const lastReceivedBefore = (instant: string): string =>
  `coalesce((SELECT position FROM events WHERE project = :project AND received_at < ${instant} AND replayed_at IS NULL
    ORDER BY received_at DESC LIMIT 1), 0)`

/** Finds a person's events through the sessions, and through the small indexes of events that have none. */
const ofSubject = (kind: 'user' | 'anonymous', column: string): string =>
  `position IN (
    SELECT position FROM events WHERE project = :project AND session_id IN (
      SELECT session_id FROM subject_sessions WHERE project = :project AND kind = '${kind}' AND subject = :${kind})
    UNION ALL
    SELECT position FROM events WHERE project = :project AND session_id IS NULL AND ${column} = :${kind})`
