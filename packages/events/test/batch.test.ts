import { Batch, dropReasons, Receipt, Verdict } from '@footfall/events'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'

describe('a batch', () => {
  test('may hold anything as an event: each is judged by itself', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (events) => {
        expect(v.parse(Batch, { write_key: 'wk_shop', events })).toEqual({ write_key: 'wk_shop', events })
      }),
    )
  })

  test.each([
    { name: 'a text as a write key', given: { write_key: 7, events: [] } },
    { name: 'a list of events', given: { write_key: 'wk_shop', events: {} } },
    { name: 'whole counts of what was dropped', given: { write_key: 'wk_shop', events: [], dropped: { expired: 0.5 } } },
  ])('needs $name', ({ given }) => {
    expect(v.is(Batch, given)).toBe(false)
  })

  test('of a server that shows a secret key names no project', () => {
    expect(v.parse(Batch, { events: [] }).write_key).toBe('')
  })

  test('counts what was dropped by reason, those of later trackers too', () => {
    const dropped = Object.fromEntries([...dropReasons, 'a_reason_of_tomorrow'].map((reason) => [reason, 1]))
    expect(v.is(Batch, { write_key: 'wk_shop', events: [], dropped })).toBe(true)
  })
})

describe('a receipt', () => {
  const receipt = (counts: Partial<Record<Verdict, number>>) => ({
    received_at: '2026-11-21T18:00:00.456Z',
    accepted: 0,
    duplicate: 0,
    quarantined: 0,
    rejected: 0,
    problems: [],
    retry: [],
    retry_after_ms: null,
    ...counts,
  })
  const verdict = fc.constantFrom(...Verdict.options)

  test('survives the wire', () => {
    fc.assert(
      fc.property(fc.record({ accepted: fc.nat(), duplicate: fc.nat(), quarantined: fc.nat(), rejected: fc.nat() }), (counts) => {
        const sent = receipt(counts)
        expect(v.parse(Receipt, JSON.parse(JSON.stringify(sent)))).toEqual(sent)
      }),
    )
  })

  test('counts whole events, whatever the verdict', () => {
    const noCount = fc.oneof(
      fc.integer({ max: -1 }),
      fc.double().filter((n) => !Number.isInteger(n)),
    )
    fc.assert(fc.property(verdict, noCount, (name, count) => !v.is(Receipt, receipt({ [name]: count }))))
  })

  test('names the position of an event whose id could not be read', () => {
    const problems = [{ index: 3, status: 'rejected', code: 'bad_id', detail: 'id: not a UUID' }]
    expect(v.is(Receipt, { ...receipt({ rejected: 1 }), problems })).toBe(true)
  })
})
