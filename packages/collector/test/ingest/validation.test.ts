import { batch as batchOf, envelope } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { secretKey, startCollector, writeKey } from '../start-collector.ts'

const now = Date.UTC(2026, 10, 22, 18)
const batch = (events: Parameters<typeof batchOf>[0]) => batchOf(events, { sent_at: now })

async function setUp() {
  const started = await startCollector({ store: 'memory' }, { now: () => now })
  const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
  const validate = (body: unknown, more: Readonly<Record<string, string>> = headers) =>
    fetch(`${started.url}/v1/validate`, { method: 'POST', headers: more, body: JSON.stringify(body) })
  return { ...started, validate, headers }
}

test('what would become of a batch is said for each event, and nothing of it stays', async () => {
  const { validate, url, get, events, quarantined, collector } = await setUp()
  const good = envelope({ occurred_at: now, name: 'Product Added', properties: { product_id: 'A-1', price: '19,99 €', qty: 1 } })
  const body = batch([
    good,
    envelope({ name: 'order_completed', properties: { total: 5 } }),
    envelope({ consent: null }),
    envelope({ id: 'no uuid' }),
  ])
  const counters = async () => (await (await fetch(`${url}/metrics`)).text()).match(/^footfall_events_total.*$/gm)
  const reports = async () => (await get('/v1/reports/traffic')).json()
  const before = [await counters(), await reports()]
  const answer = (await (await validate(body)).json()) as { events: object[] }
  expect(answer).toMatchObject({ accepted: 1, quarantined: 2, rejected: 1 })
  expect(answer.events).toMatchObject([
    {
      index: 0,
      id: good.id,
      status: 'accepted',
      code: null,
      event: { name: 'product_added', original_name: 'Product Added', money: { price: { minor: 1999, currency: 'EUR' } } },
      repairs: expect.arrayContaining([expect.objectContaining({ field: 'name', rule: 'EN-FORM' })]),
    },
    { index: 1, status: 'quarantined', code: 'missing_required', event: null },
    { index: 2, status: 'rejected', code: 'consent_missing', event: null },
    { index: 3, status: 'quarantined', code: 'bad_envelope' },
  ])
  expect([await counters(), await reports()]).toEqual(before)
  expect([await events(), await quarantined()]).toEqual([[], []])

  const taken = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}` },
    body: JSON.stringify(body),
  })
  expect(await taken.json()).toMatchObject({ accepted: 1, quarantined: 2, rejected: 1 })
  const { received_at: _, ...rehearsed } = (answer.events[0] as { event: Record<string, unknown> }).event
  expect((await events())[0]).toMatchObject(rehearsed)
  await collector.close()
  expect((await validate(body)).status).toBe(503)
})

test('the secret key alone names the project', async () => {
  const { validate, url, headers } = await setUp()
  const body = { ...batch([envelope()]), write_key: '' }
  expect(await (await validate(body)).json()).toMatchObject({ accepted: 1 })
  const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(await response.json()).toMatchObject({ accepted: 1 })
})

test.each([
  { name: 'no secret key', headers: {}, body: batch([]), status: 401, code: 'wrong_secret_key' },
  { name: 'a wrong one', headers: { authorization: 'Bearer sk_wrong' }, body: batch([]), status: 401, code: 'wrong_secret_key' },
  { name: 'no key at all', headers: {}, body: { ...batch([]), write_key: '' }, status: 401, code: 'unknown_write_key' },
  {
    name: 'a wrong secret key alone',
    headers: { authorization: 'Bearer sk_wrong' },
    body: { ...batch([]), write_key: '' },
    status: 401,
    code: 'unknown_write_key',
  },
  {
    name: 'no batch',
    headers: { authorization: `Bearer ${secretKey}` },
    body: { write_key: writeKey },
    status: 400,
    code: 'bad_batch',
  },
])('a rehearsal is refused as a whole: $name', async ({ headers, body, status, code }) => {
  const { validate } = await setUp()
  const response = await validate(body, headers as Record<string, string>)
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code])
})
