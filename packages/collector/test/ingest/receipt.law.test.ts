import { Receipt } from '@footfall/events'
import { anyJson, anyProperties, hostileText } from '@footfall/testkit/arbitraries'
import { envelope } from '@footfall/testkit/builders'
import fc from 'fast-check'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { startCollector, writeKey } from '../start-collector.ts'

/** From plainly right to complete nonsense, often with ids that were there before. */
const anyEvent = fc.oneof(
  { weight: 3, arbitrary: fc.record({ properties: anyProperties() }).map((differs) => envelope(differs)) },
  {
    weight: 4,
    arbitrary: fc
      .record(
        {
          id: fc.oneof(
            fc.uuid(),
            fc.constantFrom('0198f3a0-0000-7000-8000-0000000000aa', '0198F3A0-0000-7000-8000-0000000000AA'),
            hostileText(),
          ),
          name: fc.oneof(
            fc.constantFrom('page_viewed', 'order_completed', 'Ad Click', 'cart_abandoned', 'product_added'),
            hostileText(),
          ),
          occurred_at: fc.oneof(fc.double(), fc.integer(), hostileText(), fc.constant(Date.now())),
          age_ms: fc.oneof(fc.double(), fc.nat()),
          seq: fc.oneof(fc.double(), fc.maxSafeInteger()),
          anonymous_id: fc.oneof(hostileText(), fc.constant(null)),
          user_id: fc.oneof(hostileText(), fc.constant(null)),
          session: fc.oneof(fc.record({ id: hostileText(), index: fc.oneof(fc.double(), fc.nat()) }), fc.jsonValue()),
          page: fc.oneof(fc.record({ url: hostileText(), title: hostileText() }), fc.jsonValue()),
          consent: fc.oneof(fc.constant({ analytics: 'granted', marketing: 'granted' }), fc.jsonValue()),
          traits: fc.jsonValue(),
          channel: hostileText(),
          properties: fc.oneof(
            anyProperties(),
            fc.record({
              order_id: hostileText(),
              total: fc.jsonValue(),
              currency: hostileText(),
              products: fc.array(fc.jsonValue()),
            }),
            fc.jsonValue(),
          ),
        },
        { requiredKeys: [] },
      )
      .map((event) => ({ consent: { analytics: 'granted' }, ...event })),
  },
  { weight: 1, arbitrary: anyJson() },
)

const anyBatch = fc.record(
  {
    sent_at: fc.oneof(fc.double(), fc.constant(Date.now())),
    shared: fc.dictionary(hostileText(), fc.jsonValue(), { maxKeys: 3 }),
    dropped: fc.dictionary(fc.constantFrom('expired', '__proto__', 'nonsense'), fc.nat(), { maxKeys: 2 }),
  },
  { requiredKeys: [] },
)

test.each(['memory', undefined])(
  'whatever a batch holds, every event of it is accounted for exactly once (store: %s)',
  async (store) => {
    const { post, get } = await startCollector(store === undefined ? {} : { store })
    const sums = { received: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 8 }), anyBatch, async (events, rest) => {
        const response = await post(JSON.stringify({ ...rest, write_key: writeKey, events }))
        expect([response.status, response.status === 200 ? '' : await response.text()]).toEqual([200, ''])
        const receipt = v.parse(Receipt, await response.json())
        const { accepted, duplicate, quarantined, rejected, problems, retry } = receipt
        expect(accepted + duplicate + quarantined + rejected + retry.length).toBe(events.length)
        expect(problems).toHaveLength(events.length - accepted)
        expect(problems.map(({ index }) => index)).toEqual(problems.map(({ index }) => index).toSorted((a, b) => a - b))
        sums.received += events.length
        sums.accepted += accepted
        sums.duplicate += duplicate
        sums.quarantined += quarantined
        sums.rejected += rejected
      }),
      { numRuns: 1200 },
    )
    const { verdicts } = (await (await get('/v1/reports/traffic')).json()) as { verdicts: unknown }
    expect(verdicts).toEqual(sums)
  },
  120_000,
)

test('no body at all makes it answer 500', async () => {
  const { post } = await startCollector({ store: 'memory' })
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array(),
        anyJson().map((json) => Buffer.from(JSON.stringify(json))),
      ),
      async (body) => {
        const { status } = await post(new Uint8Array(body))
        expect([200, 400, 401, 413]).toContain(status)
      },
    ),
    { numRuns: 120 },
  )
}, 60_000)
