import type { LiveEvent, LiveMessage } from '@footfall/collector/reports'
import type { Verdict } from '@footfall/events'

/** One arrival on the live list. */
export interface LiveRow extends LiveEvent {
  /** Tells rows apart: the same event may arrive more than once, and each arrival is a row. */
  readonly key: number
}

/** The newest arrivals, newest first. */
export interface LiveBuffer {
  readonly rows: readonly LiveRow[]
  /** Arrivals that were never rows: more at once than the collector lists one by one. */
  readonly skipped: number
  /** Rows ever made; the next row's key. */
  readonly made: number
}

export const emptyBuffer: LiveBuffer = { rows: [], made: 0, skipped: 0 }

/** Most rows kept. More than a person reads, few enough for a phone to lay out while they pour in. */
export const maxLiveRows = 200

/**
 * Adds what arrived; its last event is the newest.
 *
 * With `isReplay` the message repeats what went before a connection was made, so that rows which are already there are not added
 * again. They are compared by how often each occurs: one request may hold the same event twice.
 */
export function merge(buffer: LiveBuffer, message: LiveMessage, { isReplay }: { readonly isReplay: boolean }): LiveBuffer {
  const arrived = isReplay ? unseen(buffer.rows, message.events) : message.events
  const added = arrived.slice(-maxLiveRows).map((event, index): LiveRow => ({ ...event, key: buffer.made + index }))
  return {
    rows: [...added.reverse(), ...buffer.rows].slice(0, maxLiveRows),
    made: buffer.made + added.length,
    skipped: buffer.skipped + message.skipped,
  }
}

function unseen(rows: readonly LiveRow[], events: readonly LiveEvent[]): readonly LiveEvent[] {
  const seen = new Map<string, number>()
  for (const row of rows) seen.set(identityOf(row), (seen.get(identityOf(row)) ?? 0) + 1)
  return events.filter((event) => {
    const left = seen.get(identityOf(event)) ?? 0
    if (left > 0) seen.set(identityOf(event), left - 1)
    return left === 0
  })
}

// The id alone is not enough: a retried event has it again, and one that is too broken has none.
const identityOf = ({ id, received_at, status, code, name, detail }: LiveEvent): string =>
  JSON.stringify([id, received_at, status, code, name, detail])

/** What the live list shows: arrivals with this verdict whose name, as sent or as repaired, contains the text. */
export interface LiveFilter {
  readonly verdict: Verdict | undefined
  readonly name: string
}

export const everything: LiveFilter = { verdict: undefined, name: '' }

export function filterRows(rows: readonly LiveRow[], { verdict, name }: LiveFilter): readonly LiveRow[] {
  const wanted = name.trim().toLowerCase()
  return rows.filter(
    (row) =>
      (verdict === undefined || row.status === verdict) &&
      (wanted === '' || [row.name, row.original_name].some((text) => text?.toLowerCase().includes(wanted))),
  )
}

/** How many events have each verdict. */
export type VerdictCounts = Readonly<Record<Verdict, number>>

export function countVerdicts(events: readonly LiveEvent[]): VerdictCounts {
  const counts = { accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 }
  for (const { status } of events) counts[status] += 1
  return counts
}
