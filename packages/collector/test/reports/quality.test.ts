import { batch, envelope } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import type { QualityAnswer } from '../../src/reports/questions.ts'
import { type Started, secretKey, startCollector } from '../start-collector.ts'

const now = Date.UTC(2026, 10, 21, 12)
const start = (): Promise<Started> => startCollector({ store: 'memory', timezone: 'UTC' }, { now: () => now })
const asServer = { authorization: `Bearer ${secretKey}` }

const quality = async ({ get }: Started, query = ''): Promise<QualityAnswer> => {
  const response = await get(`/v1/reports/quality?from=2026-11-21&to=2026-11-21${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as QualityAnswer
}

const sendAsServer = async ({ post }: Started, events: Parameters<typeof batch>[0]): Promise<void> => {
  expect((await post(JSON.stringify(batch(events, { sent_at: now })), asServer)).status).toBe(200)
}

/** What a visitor does, each at a moment and a product of its own: nothing of it is a double click. */
let moments = 0
const event = (differs: object = {}) => {
  moments += 1
  return envelope({
    occurred_at: now - 60_000 * moments,
    properties: { product_id: `P-${moments}`, quantity: 1, price: 1, currency: 'EUR' },
    ...differs,
  })
}

test('what was received, repaired, flagged, refused and doubled stands in one report', async () => {
  const started = await start()
  const click = { name: 'product_clicked', properties: { product_id: 'A-1' } }
  const delivered = event()
  await started.deliver(
    [
      delivered,
      delivered,
      event({ name: 'Product Added' }),
      event({ ...click, occurred_at: now }),
      event({ ...click, occurred_at: now - 400 }),
      event({ name: 'order_completed', properties: {} }),
      event({ consent: null }),
      event({ name: 'order_complete_d_x' }),
    ],
    { sent_at: now },
  )
  const answer = await quality(started)
  const figures = { received: 8, accepted: 5, duplicate: 1, quarantined: 1, rejected: 1, replayed: 0 }
  expect(answer).toMatchObject({
    question: 'quality',
    totals: figures,
    days: [{ day: '2026-11-21', source: '', ...figures }],
    quarantine: [{ code: 'missing_required', rule: '', events: 1, examples: [{ name: 'order_completed' }] }],
    rejected: [{ code: 'consent_missing', events: 1 }],
    unknown_names: [{ name: 'order_complete_d_x', events: 1, suggestion: 'order_completed', alias: null }],
    sources: [{ source: '', received: 8, quarantined: 1, last_seen: '2026-11-21T12:00:00.000Z' }],
  })
  expect(answer.repairs).toContainEqual({ rule: 'EN-FORM', events: 1 })
  expect(answer.flags).toContainEqual({ flag: 'unrecognized', events: 1 })
  expect(answer.flags).toContainEqual({ flag: 'probable_duplicate', events: 1 })
  expect(answer.duplicates).toContainEqual({ kind: 'probable', events: 1 })
  expect(answer.duplicates).toContainEqual({ kind: 'same_id', events: 1 })
  const doubled = (await started.events()).filter(({ duplicate_of }) => duplicate_of !== null)
  // The later of the two, although it was the first to arrive.
  expect(doubled).toMatchObject([{ occurred_at: '2026-11-21T12:00:00.000Z', quality: { flags: ['probable_duplicate'] } }])
})

test('a page can make no source: only what a server sent, or what is registered, is counted apart', async () => {
  const started = await start()
  const sources = ['till-paris', '__proto__', '<b>', 'x'.repeat(256)]
  await started.deliver(sources.map((source) => event({ source })))
  expect((await quality(started)).sources.map(({ source }) => source)).toEqual([''])

  await sendAsServer(started, [event({ source: 'till-paris' }), event({ source: 7 }), event()])
  expect((await quality(started)).days.map(({ source, received }) => [source, received])).toEqual([
    ['', 6],
    ['till-paris', 1],
  ])
  expect((await quality(started, '&source=till-paris')).totals.received).toBe(1)
  expect((await quality(started, '&source=')).totals.received).toBe(6)
  expect((await quality(started, '&source=__proto__')).sources).toEqual([])
})

test('as a table it has a line for each day and source', async () => {
  const started = await start()
  await sendAsServer(started, [event({ source: '=cmd()' }), event({ consent: null, source: 'till' })])
  const csv = await (await started.get('/v1/reports/quality?from=2026-11-20&to=2026-11-21&format=csv')).text()
  expect(csv.split('\r\n')).toEqual([
    'day,source,received,accepted,duplicate,quarantined,rejected,replayed',
    `2026-11-21,"'=cmd()",1,1,0,0,0,0`,
    '2026-11-21,till,1,0,0,0,1,0',
    '',
  ])
})

test.each([
  { query: 'from=2026-11-31', says: 'from is not a day' },
  { query: `source=${'x'.repeat(300)}`, says: 'No source is longer' },
])('a question that cannot be answered is refused: $says', async ({ query, says }) => {
  const response = await (await start()).get(`/v1/reports/quality?${query}`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'bad_parameter', detail: expect.stringContaining(says) })
})

test('it needs the secret key', async () => {
  const { url } = await start()
  expect((await fetch(`${url}/v1/reports/quality`)).status).toBe(401)
})

test('how old the newest data is can be watched', async () => {
  const started = await start()
  const metrics = async () => (await (await started.get('/metrics')).text()).split('\n')
  expect((await metrics()).filter((line) => line.startsWith('footfall_last_received'))).toEqual([])
  await started.deliver([event()])
  expect(await metrics()).toContain(`footfall_last_received_timestamp_seconds{project="default"} ${now / 1000}`)
})

test('a till that falls silent stays in the list, and shows since when', async () => {
  const started = await start()
  await sendAsServer(started, [event({ source: 'till' })])
  const response = await started.get('/v1/reports/quality?from=2026-12-01&to=2026-12-02')
  expect(await response.json()).toMatchObject({
    days: [],
    sources: [{ source: 'till', received: 0, quarantined: 0, last_seen: '2026-11-21T12:00:00.000Z' }],
  })
})
