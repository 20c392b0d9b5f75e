import type { DatabaseSync } from 'node:sqlite'
import { purposes } from '@footfall/events'
import type { DayOf } from '../../normalise/day.ts'
import type { RetentionAsk, RetentionKind } from '../../privacy/retention.ts'
import { eventsFor } from './retention.ts'

/** How much of one purpose goes that was received on one day. */
export interface PlannedDay {
  readonly kind: RetentionKind
  /** In the project's time zone. */
  readonly day: string
  readonly rows: number
}

const rowsPerReport = 10_000

/**
 * Counts what `retain` would remove, and removes nothing.
 *
 * @param onProgress hears from time to time how many rows have been looked at
 */
export function planRetention(
  db: DatabaseSync,
  { project, cutoffs }: RetentionAsk,
  dayOf: DayOf,
  onProgress: (rows: number) => void = () => {},
): readonly PlannedDay[] {
  const counts = new Map<string, { readonly kind: RetentionKind; readonly day: string; rows: number }>()
  let looked = 0
  const count = (kind: RetentionKind, rows: Iterable<Record<string, unknown>>): void => {
    for (const { received_at } of rows) {
      const day = dayOf(Number(received_at))
      const known = counts.get(`${kind} ${day}`) ?? { kind, day, rows: 0 }
      known.rows += 1
      counts.set(`${kind} ${day}`, known)
      looked += 1
      if (looked % rowsPerReport === 0) onProgress(looked)
    }
  }
  for (const kind of purposes) {
    const cutoff = cutoffs[kind]
    if (cutoff === undefined) continue
    for (const { sql, values } of eventsFor(kind)) {
      count(
        kind,
        db.prepare(`SELECT received_at FROM events WHERE ${sql} AND received_at < ?`).iterate(project, ...values, cutoff),
      )
    }
  }
  if (cutoffs.quarantine !== undefined) {
    const old = db.prepare('SELECT received_at FROM quarantine WHERE project = ? AND received_at < ?')
    count('quarantine', old.iterate(project, cutoffs.quarantine))
  }
  return [...counts.values()].sort((one, other) => one.kind.localeCompare(other.kind) || (one.day < other.day ? -1 : 1))
}
