import { hash } from 'node:crypto'
import { type Batch, dropReasons } from '@footfall/events'
import type { ReportedReason } from '../reports/questions.ts'
import type { Arrival } from '../sinks/arrival.ts'
import type { Delivery, Fate, ReportedDrops, Sink } from '../sinks/sink.ts'
import type { Judged } from './judge.ts'

/**
 * Hands a request's events to the sink and waits until they are durable. An event whose id turns out to belong to another one is handed
 * over again, for the quarantine, before anybody hears of it.
 */
export async function commit(sink: Sink, delivery: Delivery, judged: readonly Judged[]): Promise<readonly Fate[]> {
  const fates = await sink.commit(delivery)
  const conflicts = fates.flatMap((fate, index) => (fate.kind === 'conflict' ? [index] : []))
  if (conflicts.length === 0) return fates
  const records = conflicts.flatMap((index) => judged[index]?.onConflict() ?? [])
  const settled = await sink.commit({ ...delivery, records, drops: null })
  const settledAt = new Map(conflicts.map((index, place) => [index, settled[place]]))
  return fates.map((fate, index) => settledAt.get(index) ?? fate)
}

// More than a tracker's queue can hold is no honest count.
const maxDropped = 1_000_000

const knownReasons: ReadonlyMap<string, ReportedReason> = new Map(dropReasons.map((reason) => [reason, reason]))

/**
 * What the tracker gave up, by reason; reasons that we do not know are one. The key is made from the first event: a tracker repeats it at
 * the head of each attempt until it has the receipt, and never after.
 *
 * @param first the first number of the batch: the events given up were most likely the same visitor's
 */
export function dropsOf(
  { dropped, events, sent_at }: Batch,
  first: Arrival | undefined,
  browser: string | null,
): ReportedDrops | null {
  const counts: Partial<Record<ReportedReason, number>> = {}
  for (const [reason, count] of Object.entries(dropped ?? {})) {
    const name = knownReasons.get(reason) ?? 'other'
    if (count > 0) counts[name] = Math.min(maxDropped, (counts[name] ?? 0) + count)
  }
  if (Object.keys(counts).length === 0) return null
  const [head] = events
  const id = typeof head === 'object' && head !== null && 'id' in head ? head.id : null
  const batch = typeof id === 'string' ? id : JSON.stringify([sent_at, counts])
  return { key: hash('sha256', batch, 'hex').slice(0, 32), counts, anonymousId: first?.anonymousId ?? null, browser }
}
