import { anyJson, anyProperties } from '@footfall/testkit/arbitraries'
import { batch, envelope } from '@footfall/testkit/builders'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { QualityAnswer } from '../../src/reports/questions.ts'
import { startCollector } from '../start-collector.ts'
import { type Scrape, scrape, sumOf } from './scrape.ts'

const keys = {
  tea: { writeKey: 'wk_tea', secretKey: 'sk_tea_0123456789abcdef' },
  pots: { writeKey: 'wk_pots', secretKey: 'sk_pots_0123456789abcdef' },
} as const
type Shop = keyof typeof keys

// Some ids come again, with the same content or another.
const ids = Array.from({ length: 6 }, (_, index) => `0198f3a0-0000-7000-8000-00000000aaa${index}`)

const anyEvent = fc.oneof(
  { weight: 4, arbitrary: fc.record({ id: fc.constantFrom(...ids), price: fc.constantFrom(1, 2) }).map(known) },
  { weight: 2, arbitrary: anyProperties().map((properties) => envelope({ properties })) },
  { weight: 1, arbitrary: fc.constantFrom(envelope({ consent: null }), envelope({ name: 'session_started' })) },
  { weight: 2, arbitrary: anyJson() },
)

function known({ id, price }: { readonly id: string; readonly price: number }) {
  const properties = { product_id: 'A-1', quantity: 1, price, currency: 'EUR' }
  return envelope({ id, occurred_at: 1_790_000_000_000, properties })
}

const anyRequest = fc.record({
  shop: fc.constantFrom<Shop>('tea', 'pots'),
  events: fc.array(anyEvent, { maxLength: 6 }),
  path: fc.constantFrom('/v1/events', '/v1/events', '/v1/events', '/v1/validate'),
  key: fc.constantFrom('right', 'right', 'right', 'wrong'),
  isCut: fc.boolean(),
})

const verdicts = ['accepted', 'duplicate', 'quarantined', 'rejected'] as const

const countsOf = (samples: Scrape, project: Shop) => ({
  offered: sumOf(samples, 'footfall_offered_events_total', { project }),
  received: sumOf(samples, 'footfall_received_events_total', { project }),
  unstored: sumOf(samples, 'footfall_unstored_events_total', { project }),
  ...Object.fromEntries(verdicts.map((status) => [status, sumOf(samples, 'footfall_events_total', { project, status })])),
})

test('received = accepted + duplicate + quarantined + rejected, in the metrics, the receipts and the store, whatever is sent', async () => {
  const { url } = await startCollector({ projects: keys, limitPerAddress: 'off', limitPerKey: 'off' })
  const told = {
    tea: { received: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 },
    pots: { received: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 },
  }
  await fc.assert(
    fc.asyncProperty(fc.array(anyRequest, { minLength: 1, maxLength: 4 }), async (requests) => {
      for (const { shop, events, path, key, isCut } of requests) {
        const { writeKey, secretKey } = keys[shop]
        const whole = JSON.stringify(batch(events as never, { write_key: key === 'right' ? writeKey : 'wk_nobody' }))
        const response = await fetch(url + path, {
          method: 'POST',
          body: isCut && events.length === 1 ? whole.slice(0, -1) : whole,
          headers: path === '/v1/validate' ? { authorization: `Bearer ${secretKey}` } : {},
        })
        const body = (await response.json()) as Record<(typeof verdicts)[number], number>
        if (response.status !== 200 || path === '/v1/validate') continue
        told[shop].received += events.length
        for (const verdict of verdicts) told[shop][verdict] += body[verdict]
      }
      const samples = await scrape(url)
      for (const shop of ['tea', 'pots'] as const) {
        expect(countsOf(samples, shop)).toEqual({ offered: told[shop].received, unstored: 0, ...told[shop] })
        expect(verdicts.reduce((sum, verdict) => sum + told[shop][verdict], 0)).toBe(told[shop].received)
      }
    }),
    { numRuns: 12 },
  )
  for (const shop of ['tea', 'pots'] as const) {
    const headers = { authorization: `Bearer ${keys[shop].secretKey}` }
    const { totals } = (await (await fetch(`${url}/v1/reports/quality`, { headers })).json()) as QualityAnswer
    expect(totals).toMatchObject(told[shop])
    expect(told[shop].received).toBeGreaterThan(0)
  }
})
