import type { EnvelopeInput, Receipt } from '@footfall/events'
import { batch, envelope } from '@footfall/testkit/builders'
import { describe, expect, test } from 'vitest'
import { type Started, secretKey, startCollector, temporaryFolder } from '../start-collector.ts'
import { askAs, asServer } from './ask.ts'

/** A Saturday; the clock of every collector here. */
const now = Date.UTC(2026, 10, 21, 12)
const start = () => startCollector({ store: 'memory' }, { now: () => now })
const order = (differs: Partial<EnvelopeInput> = {}): EnvelopeInput =>
  envelope({
    name: 'order_completed',
    occurred_at: now - 60_000,
    source: 'till',
    properties: { order_id: 'O-1', total: '19.99', currency: 'EUR', products: [{ product_id: 'A', quantity: 1 }] },
    ...differs,
  })
const priced = (total: unknown, currency?: string) => ({
  order_id: 'O-1',
  total,
  ...(currency !== undefined && { currency }),
  products: [{ product_id: 'A', quantity: 1 }],
})

/** Sends one event with the secret key: before its source is registered, and after. */
async function beforeAndAfter(settings: object, event: Partial<EnvelopeInput>) {
  const started = await start()
  const before = await asServer(started, [order(event)])
  expect((await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', ...settings })).status).toBe(200)
  const after = await asServer(started, [order(event)])
  return { before, after, events: await started.events() }
}

describe('what is ambiguous is settled by the source', () => {
  test.each([
    {
      rule: 'DT-LOCAL-NOZONE',
      settings: { time_zone: 'Europe/Paris' },
      event: { occurred_at: '2026-11-21T10:15:00' },
      occurredAt: '2026-11-21T09:15:00.000Z',
    },
    {
      rule: 'DT-DATE-NOZONE',
      settings: { time_zone: 'Asia/Tokyo' },
      event: { occurred_at: '2026-11-20' },
      occurredAt: '2026-11-19T15:00:00.000Z',
    },
    {
      rule: 'DT-NUM-ORDER',
      settings: { time_zone: 'UTC', date_order: 'MDY' },
      event: { occurred_at: '11/12/2026 08:00' },
      occurredAt: '2026-11-12T08:00:00.000Z',
    },
    {
      rule: 'DT-YEAR2',
      settings: { time_zone: 'UTC', date_order: 'DMY' },
      event: { occurred_at: '20.11.26' },
      occurredAt: '2026-11-20T00:00:00.000Z',
    },
    {
      rule: 'DT-EXCEL-NOUNIT',
      settings: { time_zone: 'Europe/Berlin', time_unit: 'excel' },
      event: { occurred_at: '46346.5' },
      occurredAt: '2026-11-20T11:00:00.000Z',
    },
  ])('$rule', async ({ rule, settings, event, occurredAt }) => {
    const { before, after, events } = await beforeAndAfter(settings, event)
    expect(before.problems).toEqual([expect.objectContaining({ status: 'quarantined', code: 'bad_time' })])
    expect(before.problems[0]?.detail).toMatch(
      new RegExp(`\\(${rule}\\).*register the (time zone|date order|time unit) of its source$`),
    )
    expect([after.accepted, events[0]?.occurred_at]).toEqual([1, occurredAt])
  })

  test.each([
    { rule: 'MN-THREE', settings: { locale: 'de-DE' }, properties: priced('1.299', 'EUR'), total: '129900 EUR' },
    { rule: 'MN-THREE', settings: { locale: 'en-GB' }, properties: priced('1.299', 'EUR'), total: '130 EUR' },
    { rule: 'MN-SYMBOL-AMBIG', settings: { locale: 'en-CA' }, properties: priced('$5.00'), total: '500 CAD' },
    { rule: 'MN-SYMBOL-AMBIG', settings: { locale: 'sv-SE' }, properties: priced('5', 'kr'), total: '500 SEK' },
  ])('$rule in $settings.locale', async ({ rule, settings, properties, total }) => {
    const { before, after, events } = await beforeAndAfter(settings, { properties })
    expect(before.problems).toEqual([
      expect.objectContaining({ code: 'ambiguous_money', detail: expect.stringContaining(`(${rule})`) }),
    ])
    expect(after.accepted).toBe(1)
    expect(`${events[0]?.money.total?.minor} ${events[0]?.money.total?.currency}`).toBe(total)
    expect(events[0]?.quality.flags).not.toContain('default_currency')
  })

  test('a mark in the currency field becomes the code that it is there', async () => {
    const { events } = await beforeAndAfter({ locale: 'sv-SE' }, { properties: priced('5', 'kr') })
    expect(events[0]?.properties).toMatchObject({ currency: 'SEK' })
    expect(events[0]?.quality.repairs).toContainEqual({
      field: 'properties.currency',
      from: 'kr',
      to: 'SEK',
      rule: 'MN-SYMBOL-AMBIG',
    })
  })
})

describe('how a source counts', () => {
  test('money in the smallest unit (MN-MINOR), of lines as of totals', async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', money_unit: 'minor' })
    const properties = { ...priced(1999, 'EUR'), products: [{ product_id: 'A', quantity: 1, price: 1999 }] }
    await asServer(started, [order({ properties })])
    const refused = await asServer(started, [order({ properties: { ...properties, order_id: 'O-2', total: 19.99 } })])
    const [event] = await started.events()
    expect([event?.money.total?.minor, event?.money['products.0.price']?.minor]).toEqual([1999, 1999])
    expect(refused.problems[0]?.code).toBe('bad_money')
  })

  test('a total that is summed up (DF-TOTAL) from the smallest unit is in it, too', async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', money_unit: 'minor' })
    const properties = {
      order_id: 'O-1',
      currency: 'EUR',
      shipping: 495,
      products: [{ product_id: 'A', quantity: 3, price: 1999 }],
    }
    await asServer(started, [order({ properties })])
    expect((await started.events())[0]?.money.total?.minor).toBe(3 * 1999 + 495)
  })

  test('times in seconds (DT-EPOCH-UNIT), strictly: what would be milliseconds otherwise is out of range', async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', time_unit: 's' })
    const seconds = now / 1000 - 60
    const receipt = await asServer(started, [
      order({ occurred_at: seconds, properties: priced(1, 'EUR') }),
      order({ occurred_at: now - 60_000, properties: { ...priced(1, 'EUR'), order_id: 'O-2' } }),
    ])
    expect(receipt.problems).toEqual([expect.objectContaining({ index: 1, code: 'bad_time' })])
    const [event] = await started.events()
    expect(event?.occurred_at).toBe(new Date(now - 60_000).toISOString())
    expect(event?.quality.repairs).toContainEqual(expect.objectContaining({ field: 'occurred_at', rule: 'DT-EPOCH-UNIT' }))
  })

  test('times in milliseconds are not taken for seconds, however few their digits', async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', time_unit: 'ms' })
    const receipt = await asServer(started, [order({ occurred_at: now / 1000 })])
    expect(receipt.problems).toEqual([expect.objectContaining({ code: 'bad_time', detail: expect.stringContaining('DT-RANGE') })])
  })

  test('an order is strict: what is impossible in it is no date (DT-NUM-CONFLICT)', async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', time_zone: 'UTC', date_order: 'MDY' })
    const receipt = await asServer(started, [order({ occurred_at: '20/11/2026' })])
    expect(receipt.problems[0]?.detail).toContain('DT-NUM-CONFLICT')
  })

  test.each([
    { name: 'added without a word', settings: {}, total: 1190 },
    { name: 'added where prices are without it', settings: { tax_inclusive: false }, total: 1190 },
    { name: 'in the prices already', settings: { tax_inclusive: true }, total: 1000 },
  ])('the tax of a total that is summed up (DF-TOTAL) is $name', async ({ settings, total }) => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', ...settings })
    const properties = { order_id: 'O-1', currency: 'EUR', tax: 1.9, products: [{ product_id: 'A', quantity: 2, price: 5 }] }
    await asServer(started, [order({ properties })])
    expect((await started.events())[0]?.money.total?.minor).toBe(total)
  })
})

describe('amounts that name no currency (MN-NOCURRENCY)', () => {
  test.each([
    { name: "are the source's", settings: { currency: 'CHF' }, currency: 'CHF' },
    { name: "without one, the shop's", settings: {}, currency: 'EUR' },
  ])('$name, flagged as a default', async ({ settings, currency }) => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', ...settings })
    await asServer(started, [order({ properties: priced('5') })])
    const [event] = await started.events()
    expect(event?.money.total).toMatchObject({ minor: 500, currency })
    expect(event?.quality.flags).toContain('default_currency')
    expect(event?.quality.repairs).toContainEqual({ field: 'properties.currency', from: null, to: currency, rule: 'DF-CURRENCY' })
  })

  test('a currency that is named wins, and is no default', async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', currency: 'CHF' })
    await asServer(started, [order({ properties: priced('5', 'EUR') })])
    const [event] = await started.events()
    expect([event?.money.total?.currency, event?.quality.flags]).toEqual(['EUR', []])
  })

  test('a total that is summed up is in it, too', async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', currency: 'KWD' })
    const properties = { order_id: 'O-1', products: [{ product_id: 'A', quantity: 2, price: 1.25 }] }
    await asServer(started, [order({ properties })])
    expect((await started.events())[0]?.money.total).toMatchObject({ minor: 2500, currency: 'KWD' })
  })
})

describe('the channel', () => {
  const channelsOf = async (started: Started) => (await started.events()).map(({ channel }) => channel)

  test("of a server's event is its source's, unless it names one", async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos' })
    const events = [order({ source: 'other' }), order(), order({ channel: 'app' })]
    await asServer(started, events)
    expect(await channelsOf(started)).toEqual([null, 'pos', 'app'])
  })

  test("of a page's event is its source's where the public key is enough for that, else the web", async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/letters', { channel: 'email', transport: 'pixel' })
    await started.deliver(
      ['letters', 'none'].map((source) => envelope({ occurred_at: now, source })),
      { sent_at: now },
    )
    expect(await channelsOf(started)).toEqual(['email', 'web'])
  })
})

describe('a page', () => {
  test.each([
    { settings: { channel: 'pos' } },
    { settings: { channel: 'call_center' } },
    { settings: { channel: 'import' } },
    { settings: { channel: 'web', transport: 'server' } },
    { settings: { channel: 'web', transport: 'file' } },
  ])('cannot be the source $settings, which only servers are', async ({ settings }) => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { ...settings, currency: 'JPY', time_zone: 'UTC' })
    const good = order({ channel: 'pos', properties: priced('5') })
    await started.deliver([good, order({ occurred_at: '2026-11-21T10:15:00' })], { sent_at: now })
    const [event] = await started.events()
    expect([event?.source, event?.channel, event?.money.total?.currency]).toEqual([null, 'web', 'EUR'])
    expect(event?.quality.flags).toContain('source_not_allowed')
    expect(event?.quality.repairs).toContainEqual({ field: 'source', from: 'till', to: null, rule: 'SR-TRANSPORT' })
    expect(await started.quarantined()).toHaveLength(1)
    const { sources } = (await (await started.get('/v1/sources')).json()) as { sources: { id: string; received_7d: number }[] }
    expect(sources.map(({ id, received_7d }) => [id, received_7d])).toEqual([
      ['', 2],
      ['till', 0],
    ])
  })

  test('may be a source of pages, and is read by it', async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/shop-ch', { channel: 'web', transport: 'browser', currency: 'CHF' })
    await started.deliver([order({ source: 'shop-ch', properties: priced('5') })], { sent_at: now })
    const [event] = await started.events()
    expect([event?.source, event?.money.total?.currency, event?.quality.flags]).toEqual([
      'shop-ch',
      'CHF',
      expect.arrayContaining(['default_currency']),
    ])
  })

  test('makes no source by naming one', async () => {
    const started = await start()
    await started.deliver([order({ source: 'made-up' })], { sent_at: now })
    const { sources } = (await (await started.get('/v1/sources')).json()) as { sources: { id: string }[] }
    expect(sources.map(({ id }) => id)).toEqual([''])
    expect((await started.events())[0]?.source).toBe('made-up')
  })
})

describe('rows of a file', () => {
  const fileOf = (started: Started, events: readonly Partial<EnvelopeInput>[], differs: object = {}) =>
    started.post(JSON.stringify(batch(events, { import: true, ...differs })), { authorization: `Bearer ${secretKey}` })

  test.each([
    { name: 'without a time', event: { occurred_at: undefined }, rule: 'DT-MISSING' },
    { name: 'with nothing but an age', event: { occurred_at: undefined, age_ms: 5 }, rule: 'DT-MISSING' },
    { name: 'of the future, which is not clamped', event: { occurred_at: now + 600_000 }, rule: 'TM-FUTURE' },
    { name: 'with a day of Excel', event: { occurred_at: 46346 }, rule: 'DT-EXCEL-NOUNIT' },
  ])('$name are quarantined ($rule)', async ({ event, rule }) => {
    const started = await start()
    const response = await fileOf(started, [order(event as Partial<EnvelopeInput>)], { sent_at: now })
    const { problems } = (await response.json()) as { problems: { code: string; detail: string }[] }
    expect(problems).toEqual([expect.objectContaining({ code: 'bad_time', detail: expect.stringContaining(`(${rule})`) })])
    expect((await started.quarantined())[0]?.context).toMatchObject({ is_file_import: true })
  })

  test('keep their time, whatever the clock of the machine says that reads the file', async () => {
    const started = await start()
    const sold = now - 400 * 86_400_000
    await fileOf(started, [order({ occurred_at: sold })], { sent_at: now + 3_600_000 })
    const [event] = await started.events()
    expect([event?.occurred_at, event?.time_correction, event?.clock_skew_ms]).toEqual([new Date(sold).toISOString(), null, null])
    expect(event?.quality.repairs).toEqual([])
  })

  test('come from a source that is a file, too, however they are sent', async () => {
    const started = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', transport: 'file' })
    const receipt = await asServer(started, [order({ occurred_at: now + 600_000 }), order({ occurred_at: undefined })])
    expect(receipt.problems.map(({ code }) => code)).toEqual(['bad_time', 'bad_time'])
  })

  test('need the secret key', async () => {
    const started = await start()
    const response = await started.post(JSON.stringify(batch([order()], { import: true })))
    expect([response.status, await response.json()]).toMatchObject([401, { code: 'wrong_secret_key' }])
    expect(await started.events()).toEqual([])
  })

  test('are no rows of a file if that cannot be read: the batch is refused', async () => {
    const started = await start()
    const response = await fileOf(started, [order()], { import: 'yes' })
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'bad_batch' }])
  })
})

describe('an alias', () => {
  const product = (name: string): EnvelopeInput => envelope({ name, occurred_at: now })

  test('names what is unknown, from the next event on, and is recorded on it', async () => {
    const started = await start()
    await asServer(started, [product('korb_gelegt')])
    expect((await askAs(started, 'PUT', '/v1/aliases/korb_gelegt', { to: 'product_added' })).status).toBe(200)
    await asServer(started, [product('korb_gelegt')])
    expect((await askAs(started, 'DELETE', '/v1/aliases/korb_gelegt')).status).toBe(204)
    await asServer(started, [product('korb_gelegt')])
    const events = await started.events()
    expect(events.map(({ name, original_name }) => [name, original_name])).toEqual([
      ['korb_gelegt', 'korb_gelegt'],
      ['product_added', 'korb_gelegt'],
      ['korb_gelegt', 'korb_gelegt'],
    ])
    expect(events[1]?.quality.repairs).toContainEqual({
      field: 'name',
      from: 'korb_gelegt',
      to: 'product_added',
      rule: 'EN-ALIAS-REGISTRY',
    })
    expect(events[1]?.money.price).toMatchObject({ minor: 1999 })
  })

  test('asks for the consent that its meaning needs', async () => {
    const started = await start()
    const seen = { ...product('banner_gesehen'), properties: { ad_id: 'A' } }
    const forAnalytics = { ...seen, consent: { analytics: 'granted', marketing: 'denied' } } as const
    const forMarketing = { ...seen, consent: { analytics: 'denied', marketing: 'granted' } } as const
    const codesOf = ({ problems }: Receipt) => problems.map(({ index, code }) => [index, code])
    expect(codesOf(await asServer(started, [forAnalytics, forMarketing]))).toEqual([[1, 'consent_missing']])
    await askAs(started, 'PUT', '/v1/aliases/banner_gesehen', { to: 'ad_viewed' })
    const again = [forAnalytics, forMarketing].map((event) => ({ ...event, id: crypto.randomUUID() }))
    expect(codesOf(await asServer(started, again))).toEqual([[0, 'consent_missing']])
  })

  test('holds for the whole project, and for no other', async () => {
    const folder = await temporaryFolder()
    const projects = {
      tea: { writeKey: 'wk_tea', secretKey: 'sk_tea_0123456789abcdef' },
      pots: { writeKey: 'wk_pots', secretKey: 'sk_pots_0123456789abcdef' },
    }
    const { collector } = await startCollector({ dataDir: folder, store: 'memory', projects })
    const ask = (key: string, method: string, path: string, body?: object) =>
      collector.request(path, {
        method,
        headers: { authorization: `Bearer ${key}` },
        ...(body && { body: JSON.stringify(body) }),
      })
    await ask(projects.tea.secretKey, 'PUT', '/v1/aliases/korb', { to: 'product_added' })
    const of = async (key: string) => (await (await ask(key, 'GET', '/v1/aliases')).json()) as object
    expect(await of(projects.tea.secretKey)).toMatchObject({ aliases: [{ from: 'korb', to: 'product_added' }] })
    expect(await of(projects.pots.secretKey)).toEqual({ aliases: [] })
  })
})

test('what is registered is there after a restart', async () => {
  const folder = await temporaryFolder()
  const first = await startCollector({ dataDir: folder }, { now: () => now })
  await askAs(first, 'PUT', '/v1/sources/till', { channel: 'pos', time_zone: 'Europe/Paris' })
  await askAs(first, 'PUT', '/v1/aliases/kasse', { to: 'order_completed' })
  await first.collector.close()
  const second = await startCollector({ dataDir: folder }, { now: () => now })
  await asServer(second, [order({ name: 'kasse', occurred_at: '2026-11-21T10:15:00' })])
  expect(await second.events()).toEqual([
    expect.objectContaining({ name: 'order_completed', channel: 'pos', occurred_at: '2026-11-21T09:15:00.000Z' }),
  ])
}, 30_000)

test('a change counts from the answer on: a batch is read by one registry, and the next by the new one', async () => {
  const started = await start()
  const events = Array.from({ length: 40 }, (_, index) =>
    order({ occurred_at: '2026-11-21T10:15:00', properties: { ...priced(1, 'EUR'), order_id: `O-${index}` } }),
  )
  const [receipt] = await Promise.all([
    asServer(started, events),
    askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', time_zone: 'UTC' }),
  ])
  expect([0, 40]).toContain(receipt.accepted)
  expect((await asServer(started, [order({ occurred_at: '2026-11-21T10:15:00' })])).accepted).toBe(1)
})
