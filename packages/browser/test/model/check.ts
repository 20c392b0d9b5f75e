import type { Purpose } from '@footfall/events'
import { allows } from '@footfall/events/purposes'
import { expect } from 'vitest'
import type { WireEvent } from '../fake-collector.ts'
import type { Sent } from './model-collector.ts'

/** An event as the model knows it. */
export interface Expected {
  readonly key: string
  readonly purpose: Purpose
  readonly page: number
  /** How often its page had seen a logout, or another customer, before. */
  readonly visitor: number
  /** Of the moment when it was let go into the queue. Undefined while it is held for a decision. */
  released?: number
  releasedIn?: number
  wasHeld?: boolean
  /** Its place among those of its page. What was held has none: it is older than others that left before. */
  order?: number | undefined
  /** Its page was closed before the device was known to have taken it: it may stand in the spool alone. */
  isSpooled?: boolean
  /** Consent to it was taken back, at this moment. */
  withdrawn?: number
  /** Nobody promised it: denied, or held by a page that is gone, or made in the very task that killed its page. */
  isForgone?: boolean
}

type Store = ReadonlyMap<string, WireEvent>

interface Outcome {
  readonly expected: readonly Expected[]
  readonly sent: readonly Sent[]
  readonly store: Store
  /** What trackers gave up and said so, by reason. */
  readonly dropped: Readonly<Record<string, number>>
  readonly told: readonly unknown[]
  readonly isOrdered: boolean
}

/** What has to be true once the collector is up again, and nothing waits any more. */
export function check({ expected, sent, store, dropped, told, isOrdered }: Outcome): void {
  expect(told, 'faults').toEqual([])
  const arrived = new Map<string, Set<string>>()
  for (const event of store.values()) {
    const key = keyOf(event)
    arrived.set(key, (arrived.get(key) ?? new Set()).add(event.id))
  }
  for (const [key, ids] of arrived) expect([key, ids.size]).toEqual([key, 1])

  const byKey = new Map(expected.map((event) => [event.key, event]))
  for (const { left, events } of sent) {
    for (const event of events) {
      const known = byKey.get(keyOf(event))
      expect(known, `sent: ${keyOf(event)}`).toBeDefined()
      if (!known) continue
      expect(known.released, `${known.key} left undecided`).toBeDefined()
      if (known.withdrawn) expect(left, `${known.key} left after it was taken back`).toBeLessThan(known.withdrawn)
      expect(allows(event.consent, known.purpose), `${known.key} says that it is allowed`).toBe(true)
    }
  }
  const owed = expected.filter(({ released, withdrawn, isForgone }) => released && !withdrawn && !isForgone)
  const missing = owed.filter(({ key }) => !arrived.has(key)).map(({ key, purpose, page }) => ({ key, purpose, page }))
  const drops = Object.values(dropped).reduce((sum, count) => sum + count, 0)
  if (missing.length > drops) expect(missing, 'missing').toEqual([])

  checkNumbers(expected, sent, store, drops)
  checkOrder(byKey, store, isOrdered)
  checkVisitors(byKey, store)
}
const checkNumbers = (expected: readonly Expected[], sent: readonly Sent[], store: Store, drops: number) => {
  /** By visitor and number, whatever copy of an event brought it. */
  const numbers = new Map<string, Map<number, string>>()
  const isMissing = expected.some(({ key, released }) => released && ![...store.values()].some((event) => keyOf(event) === key))
  for (const { anonymous_id, seq, id } of sent.flatMap(({ events }) => events)) {
    if (!anonymous_id || !seq) continue
    const own = numbers.get(anonymous_id) ?? new Map<number, string>()
    numbers.set(anonymous_id, own)
    expect([anonymous_id, seq, own.get(seq) ?? id], 'a number is given once').toEqual([anonymous_id, seq, id])
    own.set(seq, id)
  }
  if (isMissing || drops) return
  for (const [visitor, own] of numbers) {
    // A last request takes along what the device has not numbered yet: settled by its receipt, such an event leaves its number unused.
    const early = new Set(
      sent.flatMap(({ events }) => events.flatMap(({ id, anonymous_id, seq }) => (anonymous_id === visitor && !seq ? [id] : []))),
    )
    const holes = Math.max(...own.keys()) - own.size
    expect(holes, `holes in ${[...own.keys()]}`).toBeLessThanOrEqual(early.size)
  }
}
const checkOrder = (byKey: ReadonlyMap<string, Expected>, store: Store, isOrdered: boolean) => {
  const stored = [...store.values()].flatMap((event) => {
    const known = byKey.get(keyOf(event))
    return known && event.name !== 'consent_updated' ? [{ ...known, seq: event.seq, owner: event.anonymous_id }] : []
  })
  for (const page of new Set(stored.map((event) => event.page))) {
    const own = stored.filter((event) => event.page === page)
    for (const owner of new Set(own.map((event) => event.owner))) {
      const byNumber = own
        .filter((event) => event.owner === owner && event.seq)
        .sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0))
      expectAscending(byNumber, 'the order of numbers')
    }
    if (isOrdered) expectAscending(own, 'the order of arrival')
  }
}
const expectAscending = (events: readonly Expected[], what: string) => {
  const order = events.flatMap((event) => event.order ?? [])
  expect(order, what).toEqual(order.toSorted((one, other) => one - other))
}
const checkVisitors = (byKey: ReadonlyMap<string, Expected>, store: Store) => {
  const visits = new Map<string, number>()
  const users = new Map<string, string>()
  for (const event of store.values()) {
    const known = byKey.get(keyOf(event))
    if (!known || !event.anonymous_id) continue
    const place = `${known.page}: ${event.anonymous_id}`
    expect([place, visits.get(place) ?? known.visitor]).toEqual([place, known.visitor])
    visits.set(place, known.visitor)
    if (!event.user_id) continue
    expect(users.get(event.anonymous_id) ?? event.user_id).toBe(event.user_id)
    users.set(event.anonymous_id, event.user_id)
  }
}

/** By what the record of a decision is known: it is made inside the tracker. One that grants nothing is kept without its id. */
export const keyOfRecord = (purposes: object, recordId: unknown, previousId: unknown) => {
  const { analytics, personalization, marketing } = purposes as Record<string, unknown>
  const states = [analytics, personalization, marketing]
  return `record ${JSON.stringify([...states, states.includes('granted') ? recordId : `after ${previousId}`])}`
}
const keyOf = ({ name, properties }: WireEvent): string =>
  name === 'consent_updated'
    ? keyOfRecord(properties?.purposes as object, properties?.record_id, properties?.previous_record_id)
    : `${properties?.key}`
