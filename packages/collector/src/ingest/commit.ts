import { hash } from 'node:crypto'
import { type Batch, dropReasons } from '@footfall/events'
import type { Delivery, Fate, Sink } from '../sinks/sink.ts'
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

/**
 * What the tracker gave up, by the reasons we know. The key is made from the first event: a tracker repeats it at the head of each
 * attempt until it has the receipt, and never after.
 */
export function dropsOf({ dropped, events, sent_at }: Batch): Delivery['drops'] {
  if (dropped === undefined) return null
  const counts = Object.fromEntries(
    dropReasons.flatMap((reason) => {
      const count = Object.hasOwn(dropped, reason) ? dropped[reason] : undefined
      return count === undefined || count === 0 ? [] : [[reason, Math.min(count, maxDropped)] as const]
    }),
  )
  if (Object.keys(counts).length === 0) return null
  const [first] = events
  const id = typeof first === 'object' && first !== null && 'id' in first ? first.id : null
  const batch = typeof id === 'string' ? id : JSON.stringify([sent_at, counts])
  return { key: hash('sha256', batch, 'hex').slice(0, 32), counts }
}
