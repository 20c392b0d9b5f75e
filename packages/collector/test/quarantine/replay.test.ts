import { gzipSync } from 'node:zlib'
import { batch, envelope, everythingGranted, nextId } from '@footfall/testkit/builders'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxPageText } from '../../src/sinks/quarantine.ts'
import { type Started, secretKey, startCollector, visitorAgent } from '../start-collector.ts'

const noon = Date.UTC(2026, 10, 21, 12)
const start = (options: object = {}): Promise<Started> => startCollector({ store: 'memory', ...options }, { now: () => noon })

const asServer = { authorization: `Bearer ${secretKey}` }

async function ask(started: Started, method: string, path: string, body?: unknown, headers: object = asServer) {
  const response = await fetch(started.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

const replay = async (started: Started, order: object) => (await ask(started, 'POST', '/v1/quarantine/replay', order)).body
const rowsOf = async (started: Started, query = '') => (await ask(started, 'GET', `/v1/quarantine${query}`)).body.events
const settle = (started: Started, id: string, settings: object) => ask(started, 'PUT', `/v1/sources/${id}`, settings)
const send = async (started: Started, events: readonly object[], headers: object = asServer, differs: object = {}) => {
  const body = JSON.stringify(batch(events, { sent_at: noon, ...differs }))
  const response = await started.post(body, { ...headers })
  expect(response.status).toBe(200)
  return response.json()
}

/** A till's receipt of 50 €. */
const receipt = (differs: object = {}): object => ({
  id: nextId(),
  name: 'order_completed',
  source: 'till-paris',
  user_id: 'customer-1',
  consent: everythingGranted,
  occurred_at: '03/04/2026 10:15',
  properties: { order_id: nextId(), total: '49,90', currency: 'EUR', products: [{ product_id: 'A' }] },
  ...differs,
})

const quality = async (started: Started) => {
  const { totals } = (await ask(started, 'GET', '/v1/reports/quality?from=2026-01-01&to=2026-12-31')).body
  expect(totals.received).toBe(totals.accepted + totals.duplicate + totals.quarantined + totals.rejected)
  return totals
}

describe('a till that writes days first', () => {
  test('is read once the registry says so; what is still wrong stays, with the new reason', async () => {
    const started = await start()
    await settle(started, 'till-paris', { channel: 'pos', time_zone: 'Europe/Paris' })
    await send(started, [
      receipt(),
      receipt({ occurred_at: '04/03/2026 18:00' }),
      receipt({
        occurred_at: '05/06/2026 09:00',
        properties: { order_id: 'A3', total: 'free', products: [{ product_id: 'A' }] },
      }),
      receipt({ occurred_at: '2026-11-21T09:00:00Z' }),
    ])
    expect(await rowsOf(started)).toMatchObject(
      Array(3).fill({ code: 'bad_time', rule: 'DT-NUM-ORDER', source: 'till-paris', name: 'order_completed' }),
    )
    expect(await quality(started)).toMatchObject({ received: 4, accepted: 1, quarantined: 3, replayed: 0 })
    const before = await replay(started, { all: true })
    expect(before).toMatchObject({ looked_at: 3, accepted: 0, quarantined: 3, next: null })

    await settle(started, 'till-paris', { channel: 'pos', time_zone: 'Europe/Paris', date_order: 'DMY' })
    const order = { filter: { rule: 'DT-NUM-ORDER', source: 'till-paris' } }
    const tried = await replay(started, { ...order, dry_run: true })
    expect(tried).toMatchObject({ looked_at: 3, accepted: 2, duplicate: 0, quarantined: 1, rejected: 0, next: null })
    expect(await rowsOf(started)).toHaveLength(3)
    expect(await replay(started, order)).toEqual(tried)

    const [left, ...none] = await rowsOf(started)
    expect(none).toEqual([])
    expect(left).toMatchObject({
      code: 'bad_money',
      rule: expect.stringMatching(/^MN-/),
      raw: { occurred_at: '05/06/2026 09:00' },
    })
    expect(tried.problems).toEqual([{ key: left.key, code: 'bad_money', detail: left.detail }])
    const times = (await started.events()).map(({ occurred_at, channel }) => `${channel} ${occurred_at}`)
    expect(times.sort()).toEqual(
      ['pos 2026-03-04T17:00:00.000Z', 'pos 2026-04-03T08:15:00.000Z', 'pos 2026-11-21T09:00:00.000Z'].toSorted((one, other) =>
        one < other ? -1 : 1,
      ),
    )
    expect(await quality(started)).toMatchObject({ received: 4, accepted: 3, quarantined: 1, replayed: 2 })

    expect(await replay(started, order)).toMatchObject({ looked_at: 0, problems: [] })
    expect(await started.events()).toHaveLength(3)
  })

  test('may deliver again what was replayed: it is a duplicate', async () => {
    const started = await start()
    const events = [receipt()]
    await send(started, events)
    await settle(started, 'till-paris', { channel: 'pos', time_zone: 'Europe/Paris', date_order: 'DMY' })
    await replay(started, { all: true })
    expect(await send(started, events)).toMatchObject({ accepted: 0, duplicate: 1 })
    expect(await quality(started)).toMatchObject({ received: 2, accepted: 1, duplicate: 1 })
  })

  test('is replayed page by page, in the order of receipt', async () => {
    const started = await start()
    await send(
      started,
      Array.from({ length: 7 }, () => receipt()),
    )
    await settle(started, 'till-paris', { channel: 'pos', time_zone: 'Europe/Paris', date_order: 'DMY' })
    const counts: number[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const answer = await replay(started, { all: true, limit: 3, cursor })
      counts.push(answer.accepted)
      cursor = answer.next
    }
    expect(counts).toEqual([3, 3, 1])
  })
})

/** Everything about an event that decides how it is read, but what the registry settles. */
const anyDelivery = fc.record({
  isServer: fc.boolean(),
  isImport: fc.boolean(),
  gpc: fc.boolean(),
  country: fc.constantFrom('DE', 'US', undefined),
  agent: fc.constantFrom(visitorAgent, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'curl/8'),
  skew: fc.constantFrom(0, 3_600_000, -90_000_000),
  events: fc.array(
    fc.record(
      {
        name: fc.constantFrom(
          'product_viewed',
          'Product Viewed',
          'order_completed',
          'my_own_event',
          'ad_clicked',
          'prodct_viewed',
        ),
        occurred_at: fc.constantFrom(
          '03/04/2026 10:15',
          '11/12/2026 10:15',
          '20/11/2026',
          '21/11/2026 11:00',
          '2026-11-20T09:00',
        ),
        user_id: fc.constantFrom('customer-1', 4711, null),
        anonymous_id: fc.constantFrom('visitor-1', 'visitor-2', null),
        seq: fc.integer({ min: 1, max: 50 }),
        consent: fc.constantFrom(everythingGranted, { analytics: 'granted' }, { analytics: 'not_required' }, {}),
        age_ms: fc.constantFrom(undefined, 1000),
        page: fc.constantFrom(undefined, {
          url: 'https://shop.example/p?gclid=x1&email=anna@example.com',
          title: 'Hello',
          type: 'pdp',
        }),
        email: fc.constantFrom(undefined, 'anna@example.com'),
        total: fc.constantFrom('49,90', '1.299', 12.5, 'free'),
        currency: fc.constantFrom('EUR', 'USD', undefined),
      },
      { requiredKeys: ['name', 'occurred_at'] },
    ),
    { minLength: 1, maxLength: 4 },
  ),
  settings: fc.record(
    {
      time_zone: fc.constantFrom('Europe/Paris', 'America/New_York'),
      date_order: fc.constantFrom('DMY', 'MDY'),
      locale: fc.constantFrom('de-DE', 'en-US'),
      currency: fc.constantFrom('USD', 'EUR'),
    },
    { requiredKeys: ['time_zone'] },
  ),
})

test('a replay judges as if the event came for the first time, by the registry of today', async () => {
  const options = { regionHeader: 'x-country', trustedProxies: ['127.0.0.1'] }
  const [settledFirst, settledLater] = await Promise.all([start(options), start(options)])
  let made = 0
  const state = async (started: Started) => {
    const totals = await quality(started)
    const { totals: traffic } = (await ask(started, 'GET', '/v1/reports/traffic?from=2026-01-01&to=2026-12-31')).body
    const { totals: numbers } = (await ask(started, 'GET', '/v1/reports/completeness?from=2026-01-01&to=2026-12-31')).body
    const report = (await ask(started, 'GET', '/v1/reports/quality?from=2026-01-01&to=2026-12-31')).body
    return {
      events: [...(await started.events())].sort(({ id: one }, { id: other }) => (one < other ? -1 : 1)),
      rows: await rowsOf(started, '?limit=500'),
      totals: { ...totals, replayed: null },
      traffic,
      // Whether what is missing is late or lost goes by the time of its neighbours: of one that was kept aside, of its receipt.
      numbers: { received: numbers.received, missing: numbers.missing },
      reasons: report.quarantine.map(({ code, rule, events }: Record<string, unknown>) => ({ code, rule, events })),
      ...{ repairs: report.repairs, flags: report.flags, late: report.late, currency: report.currency },
    }
  }
  await fc.assert(
    fc.asyncProperty(anyDelivery, async ({ isServer, isImport, gpc, country, agent, skew, events, settings }) => {
      made += 1
      const source = `source-${made}`
      const sent = events.map(({ email, total, currency, ...event }) => ({
        id: nextId(),
        source,
        ...event,
        properties: {
          ...{ product_id: nextId(), order_id: nextId(), ad_id: 'A', email, total, currency },
          products: [{ product_id: 'A', price: '2,50', quantity: 2 }],
        },
      }))
      const headers = {
        ...(isServer ? asServer : {}),
        'user-agent': agent,
        ...(gpc && { 'sec-gpc': '1' }),
        ...(country !== undefined && { 'x-country': country, 'x-forwarded-for': '203.0.113.7' }),
      }
      const registered = { channel: isServer ? 'pos' : 'app', ...settings }
      await settle(settledFirst, source, registered)
      const differs = { sent_at: noon - skew, ...(isServer && isImport && { import: true }) }
      await send(settledFirst, sent, headers, differs)
      await send(settledLater, sent, headers, differs)
      await settle(settledLater, source, registered)
      await replay(settledLater, { filter: { source } })
      const [first, later] = [await state(settledFirst), await state(settledLater)]
      expect(later).toEqual(first)
    }),
    { numRuns: 40 },
  )
}, 60_000)

describe('a decision in the quarantine', () => {
  const decision = (differs: object = {}): object => ({
    id: nextId(),
    name: 'consent_updated',
    occurred_at: '03/04/2026 10:15',
    source: 'till-paris',
    consent: { analytics: 'denied' },
    properties: { purposes: { analytics: 'denied' }, record_id: 'r2', previous_record_id: 'r1', policy_version: '1' },
    ...differs,
  })
  const answers = async (started: Started) =>
    (await ask(started, 'GET', '/v1/reports/consent?from=2026-11-21&to=2026-11-21')).body

  test.each([
    { what: 'was entered', differs: {} },
    {
      what: 'is anonymous',
      differs: { properties: { purposes: { analytics: 'unknown' }, policy_version: '1' } },
    },
    {
      what: 'is somebody’s who agrees to nothing',
      differs: { anonymous_id: 'visitor-1', properties: { purposes: { analytics: 'unknown' }, policy_version: '1' } },
    },
    { what: 'is somebody’s', differs: { anonymous_id: 'visitor-1', consent: everythingGranted } },
  ])('that $what counts once, however often it is replayed', async ({ differs }) => {
    const [plain, replayed] = await Promise.all([start(), start()])
    const event = decision(differs)
    await send(plain, [{ ...event, occurred_at: noon }])
    await send(replayed, [event])
    await settle(replayed, 'till-paris', { channel: 'pos', time_zone: 'Europe/Paris', date_order: 'DMY' })
    expect(await replay(replayed, { all: true })).toMatchObject({ looked_at: 1, accepted: 1 })
    await replay(replayed, { all: true })
    expect(await answers(replayed)).toEqual(await answers(plain))
  })

  test('takes no patch', async () => {
    const started = await start()
    await send(started, [decision()])
    const answer = await replay(started, {
      all: true,
      patch: { occurred_at: noon, properties: { purposes: { analytics: 'granted' } } },
    })
    expect(answer).toMatchObject({ looked_at: 1, quarantined: 1, problems: [{ code: 'not_patchable' }] })
  })

  test('is not made of another event by a patch', async () => {
    const started = await start()
    await send(started, [receipt()])
    const patch = { name: 'consent_updated', occurred_at: noon, properties: { purposes: { marketing: 'granted' } } }
    expect(await replay(started, { all: true, patch })).toMatchObject({ quarantined: 1, problems: [{ code: 'not_patchable' }] })
  })
})

describe('a patch', () => {
  test('mends an event; the row keeps what was sent until then', async () => {
    const started = await start()
    await send(started, [
      receipt({
        id: 'till-1',
        properties: { order_id: 'A1', total: '1.299', currency: 'EUR', products: [{ product_id: 'A' }], note: 'x' },
      }),
    ])
    const [{ key }] = await rowsOf(started)
    const raw = (await ask(started, 'GET', `/v1/quarantine/${key}`)).body.raw
    const id = nextId()
    const unfinished = await replay(started, { keys: [key], patch: { id, occurred_at: noon } })
    expect(unfinished).toMatchObject({ quarantined: 1, problems: [{ key, code: 'ambiguous_money' }] })
    expect((await ask(started, 'GET', `/v1/quarantine/${key}`)).body).toMatchObject({ raw, code: 'bad_envelope' })
    const patch = { id, occurred_at: noon, properties: { total: '1299', note: null } }
    expect(await replay(started, { keys: [key], patch })).toMatchObject({ accepted: 1 })
    const [event] = await started.events()
    expect(event).toMatchObject({ id, money: { total: { minor: 129_900 } }, user_id: 'customer-1' })
    expect(event?.properties).not.toHaveProperty('note')
    expect((await ask(started, 'GET', `/v1/quarantine/${key}`)).status).toBe(404)
  })

  test.each([
    { what: 'consent', patch: { consent: everythingGranted } },
    { what: 'a user', patch: { user_id: 'somebody-else' } },
    { what: 'a device', patch: { anonymous_id: 'somebody-else' } },
    { what: 'a session', patch: { session: { id: 'other' } } },
    { what: 'traits', patch: { traits: { email: 'x@example.com' } } },
    { what: 'a number', patch: { seq: 1 } },
    { what: 'a key that would be a prototype', patch: JSON.parse('{"__proto__":{"user_id":"x"}}') },
    { what: 'a list', patch: [1] },
    { what: 'a text', patch: 'x' },
    { what: 'depth', patch: JSON.parse(`${'{"properties":'.repeat(200)}1${'}'.repeat(200)}`) },
    { what: 'an id for several', patch: { id: nextId() } },
  ])('cannot give an event $what', async ({ patch }) => {
    const started = await start()
    await send(started, [receipt()])
    expect(await ask(started, 'POST', '/v1/quarantine/replay', { all: true, patch })).toMatchObject({ status: 400 })
    expect(await rowsOf(started)).toHaveLength(1)
  })

  test('cannot bring in what its visitor has not agreed to, under whatever name, and does not cost the row', async () => {
    const started = await start()
    await send(started, [receipt({ consent: { analytics: 'granted' } })])
    const patch = {
      name: 'email_clicked',
      occurred_at: noon,
      properties: { campaign_id: 'C', url: 'https://shop.example/?gclid=1' },
    }
    expect(await replay(started, { all: true, patch })).toMatchObject({ quarantined: 1, problems: [{ code: 'consent_missing' }] })
    expect(await rowsOf(started)).toMatchObject([{ code: 'bad_time' }])
  })

  test('cannot bring in what needs another consent than the event has', async () => {
    const started = await start()
    await send(started, [receipt({ consent: { analytics: 'granted' } })])
    const patch = {
      occurred_at: noon,
      properties: { email: 'anna@example.com', total: '49.90' },
      page: { url: 'https://shop.example/?gclid=1' },
    }
    expect(await replay(started, { all: true, patch })).toMatchObject({ accepted: 1 })
    const [event] = await started.events()
    expect(JSON.stringify(event)).not.toMatch(/anna|gclid=1/)
    expect(event?.quality.flags).toContain('marketing_stripped')
  })
})

describe('the routes', () => {
  test.each([{ body: '' }, { body: '{}' }, { body: '{"all":true}' }, { body: '{"dry_run":false}' }])(
    'replay everything where nothing else is said: $body',
    async ({ body }) => {
      const started = await start()
      await send(started, [receipt({ properties: { receipt_id: '4711', store_id: 'paris-1', total: 'free' } })])
      const authorization = `Bearer ${secretKey}`
      const response = await fetch(`${started.url}/v1/quarantine/replay`, { method: 'POST', headers: { authorization }, body })
      expect([response.status, await response.json()]).toMatchObject([200, { quarantined: 1 }])
    },
  )

  test.each([
    { what: 'a patch and no filter', order: { patch: { name: 'page_viewed' } } },
    { what: 'a cursor and no filter', order: { cursor: 'cDEuMQ' } },
    { what: 'an empty filter', order: { filter: {} } },
    { what: 'all, denied', order: { all: false } },
    { what: 'no keys', order: { keys: [] } },
    { what: 'a key that is none', order: { keys: ["' OR 1=1"] } },
    { what: 'too many keys', order: { keys: Array(501).fill('ab'.repeat(16)) } },
    { what: 'a misspelt filter', order: { filter: { sorce: 'till' } } },
    { what: 'a misspelt field', order: { all: true, dryrun: true } },
    { what: 'a filter of another type', order: { filter: { code: 7 } } },
    { what: 'a day that is none', order: { filter: { from: '2026-02-30' } } },
    { what: 'a limit that is none', order: { all: true, limit: 501 } },
    { what: 'a cursor that is none', order: { all: true, cursor: 'x' } },
    { what: 'a list', order: [] },
  ])('refuse a replay with $what', async ({ order }) => {
    const started = await start()
    const answer = await ask(started, 'POST', '/v1/quarantine/replay', order)
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad_parameter', detail: expect.stringMatching(/\.$/) } })
  })

  test('purge only what is meant', async () => {
    const started = await start()
    await send(started, [receipt(), receipt({ source: 'till-rome' })])
    for (const query of ['', '?limit=5', '?all=no', '?sorce=till', '?key=x', '?from=yesterday']) {
      expect(await ask(started, 'DELETE', `/v1/quarantine${query}`), query).toMatchObject({ status: 400 })
    }
    expect((await ask(started, 'DELETE', '/v1/quarantine?source=till-rome')).body).toEqual({ purged: 1 })
    const [{ key }] = await rowsOf(started)
    expect((await ask(started, 'DELETE', `/v1/quarantine?key=${key}&key=${key}`)).body).toEqual({ purged: 1 })
    expect((await ask(started, 'DELETE', '/v1/quarantine?all=true')).body).toEqual({ purged: 0 })
    expect(await quality(started)).toMatchObject({ received: 2, quarantined: 2 })
  })

  test.each([
    ['GET', '/v1/quarantine'],
    ['GET', `/v1/quarantine/${'ab'.repeat(16)}`],
    ['POST', '/v1/quarantine/replay'],
    ['DELETE', '/v1/quarantine?all=true'],
  ])('%s %s needs the secret key', async (method, path) => {
    const started = await start()
    const body = method === 'POST' ? { all: true } : undefined
    expect(await ask(started, method, path, body, {})).toMatchObject({ status: 401 })
    expect(await ask(started, method, path, body, { authorization: 'Bearer wk_test' })).toMatchObject({ status: 401 })
  })

  test.each(['x', 'AB'.repeat(16), 'ab'.repeat(17), '%27%20OR%201=1'])('have no row %s', async (key) => {
    expect(await ask(await start(), 'GET', `/v1/quarantine/${key}`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  test('refuse an unknown parameter: a misspelt filter must not look like an answer', async () => {
    expect(await ask(await start(), 'GET', '/v1/quarantine?sorce=till')).toMatchObject({ status: 400 })
  })

  test('show what is known of a row', async () => {
    const started = await start()
    await send(started, [envelope({ occurred_at: '03/04/2026', page: { url: 'https://shop.example/?gclid=1' } })], {
      'sec-gpc': '1',
    })
    const [row] = await rowsOf(started)
    const { body } = await ask(started, 'GET', `/v1/quarantine/${row.key}`)
    expect(JSON.parse(body.raw)).toEqual(row.raw)
    expect({ ...body, raw: row.raw }).toEqual(row)
    expect(body.context).toMatchObject({
      gpc: true,
      is_server: false,
      device: { type: 'mobile' },
      noted: { flags: ['marketing_stripped'] },
    })
  })
})

test('however large its rows are, a replay takes few at a time and reads them all', async () => {
  const started = await start({ store: undefined })
  const large = () => envelope({ properties: { text: 'x'.repeat(120_000) } })
  for (let n = 0; n < 5; n += 1) {
    const body = gzipSync(JSON.stringify(batch(Array.from({ length: 10 }, large))))
    expect((await started.post(body, { 'content-encoding': 'gzip' })).status).toBe(200)
  }
  const first = await replay(started, { all: true })
  expect(first).toMatchObject({ quarantined: first.looked_at })
  expect(first.looked_at * 120_000).toBeLessThan(maxPageText + 200_000)
  expect(await replay(started, { all: true, cursor: first.next })).toMatchObject({ looked_at: 50 - first.looked_at, next: null })
})
