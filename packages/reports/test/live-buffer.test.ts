import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyBuffer, everything, filterRows, type LiveBuffer, maxLiveRows, merge } from '../src/live-buffer.ts'
import { liveEventOf, liveMessageOf } from './builders.ts'

const live = { isReplay: false }
const replay = { isReplay: true }
const idsOf = ({ rows }: LiveBuffer) => rows.map((row) => row.id)

test('the newest arrival comes first, within a message and across messages', () => {
  const [one, two, three] = [liveEventOf(), liveEventOf(), liveEventOf()]
  const buffer = merge(merge(emptyBuffer, liveMessageOf(one, two), live), liveMessageOf(three), live)
  expect(idsOf(buffer)).toEqual([three.id, two.id, one.id])
})

test('an event that arrives twice is two rows', () => {
  const event = liveEventOf()
  const again = { ...event, status: 'duplicate' as const }
  const buffer = merge(merge(emptyBuffer, liveMessageOf(event), live), liveMessageOf(again, again), live)
  expect(buffer.rows.map((row) => row.status)).toEqual(['duplicate', 'duplicate', 'accepted'])
})

describe('a connection that was made again repeats what is known, and only the rest is added', () => {
  const [one, two, three] = [liveEventOf(), liveEventOf(), liveEventOf()]
  const before = merge(emptyBuffer, liveMessageOf(one, two), live)
  test.each([
    { name: 'all of it is known', events: [one, two], expect: [two.id, one.id] },
    { name: 'something was missed', events: [one, two, three], expect: [three.id, two.id, one.id] },
    { name: 'a known event arrived again in the same moment', events: [one, two, two], expect: [two.id, two.id, one.id] },
    {
      name: 'a known event has another verdict',
      events: [{ ...one, status: 'duplicate' as const }],
      expect: [one.id, two.id, one.id],
    },
    {
      name: 'a known event arrived again later',
      events: [one, two, { ...two, received_at: '2026-11-21T17:05:00.000Z' }],
      expect: [two.id, two.id, one.id],
    },
    { name: 'it was away for long', events: [three], expect: [three.id, two.id, one.id] },
  ])('$name', ({ events, expect: wanted }) => {
    expect(idsOf(merge(before, liveMessageOf(...events), replay))).toEqual(wanted)
  })

  test('events without an id are told apart by what is known of them', () => {
    const nameless = liveEventOf({ id: null, status: 'quarantined', code: 'bad_envelope', detail: 'id: missing' })
    const other = { ...nameless, detail: 'id: not a UUID' }
    const buffer = merge(emptyBuffer, liveMessageOf(nameless), live)
    expect(merge(buffer, liveMessageOf(nameless, other), replay).rows.map((row) => row.detail)).toEqual([
      'id: not a UUID',
      'id: missing',
    ])
  })
})

const messages = fc.array(
  fc.record({
    events: fc.array(
      fc
        .record({ id: fc.constantFrom('a', 'b', 'c'), status: fc.constantFrom('accepted' as const, 'duplicate' as const) })
        .map(liveEventOf),
      { maxLength: 300 },
    ),
    isReplay: fc.boolean(),
  }),
  { maxLength: 4 },
)
const afterAll = (given: readonly { readonly events: readonly ReturnType<typeof liveEventOf>[]; readonly isReplay: boolean }[]) =>
  given.reduce<LiveBuffer>((buffer, { events, isReplay }) => merge(buffer, liveMessageOf(...events), { isReplay }), emptyBuffer)

test('there are never more rows than a phone can lay out, and no two have the same key', () => {
  fc.assert(
    fc.property(messages, (given) => {
      const { rows, made } = afterAll(given)
      expect(rows.length).toBeLessThanOrEqual(maxLiveRows)
      expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length)
      expect(rows.every((row, index) => index === 0 || row.key < (rows[index - 1]?.key ?? 0))).toBe(true)
      expect(made).toBe(rows.length === 0 ? 0 : (rows[0]?.key ?? 0) + 1)
    }),
  )
})

test('hearing a message again as a replay changes nothing', () => {
  const events = fc.array(
    fc
      .record({ id: fc.constantFrom('a', 'b', 'c'), status: fc.constantFrom('accepted' as const, 'duplicate' as const) })
      .map(liveEventOf),
    { maxLength: 50 },
  )
  fc.assert(
    fc.property(messages, events, (given, heard) => {
      const buffer = merge(afterAll(given), liveMessageOf(...heard), live)
      expect(merge(buffer, liveMessageOf(...heard), replay)).toEqual(buffer)
    }),
  )
})

describe('filters', () => {
  const buffer = merge(
    emptyBuffer,
    liveMessageOf(
      liveEventOf({ name: 'page_viewed' }),
      liveEventOf({ name: 'product_added', original_name: 'Add_To_Cart' }),
      liveEventOf({ name: 'order_completed', status: 'quarantined' }),
    ),
    live,
  )
  test.each([
    { name: 'nothing chosen', filter: everything, expect: ['order_completed', 'product_added', 'page_viewed'] },
    { name: 'by verdict', filter: { verdict: 'quarantined' as const, name: '' }, expect: ['order_completed'] },
    { name: 'by part of a name', filter: { verdict: undefined, name: ' VIEWED ' }, expect: ['page_viewed'] },
    { name: 'by the name it was sent with', filter: { verdict: undefined, name: 'to_cart' }, expect: ['product_added'] },
    { name: 'by both', filter: { verdict: 'accepted' as const, name: 'order' }, expect: [] },
  ])('$name', ({ filter, expect: wanted }) => {
    expect(filterRows(buffer.rows, filter).map((row) => row.name)).toEqual(wanted)
  })
})
