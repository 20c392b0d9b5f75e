import { gzipSync } from 'node:zlib'
import { limits, Receipt } from '@footfall/events'
import { batch, envelope, nextId } from '@footfall/testkit/builders'
import { createFakeClock } from '@footfall/testkit/fake-clock'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { CompletenessAnswer } from '../../src/reports/questions.ts'
import { type Started, secretKey, startCollector, visitorAgent } from '../start-collector.ts'

const granted = { analytics: 'granted' } as const

test('an event goes through the wire into the store and comes back with everything it was stamped with', async () => {
  const clock = createFakeClock()
  const { deliver, events } = await startCollector({}, { now: clock.now })
  const sent = envelope({
    name: 'Add to Cart',
    occurred_at: clock.now() - 3_600_000 - 2_000,
    seq: 17,
    user_id: 'customer-42',
    traits: { plan: 'gold' },
    properties: { product_id: 'A-1', price: 19.99, currency: 'EUR' },
  })
  const receipt = await deliver([sent], { sent_at: clock.now() - 3_600_000 })
  expect(v.parse(Receipt, receipt)).toEqual({
    received_at: '2026-11-21T12:00:00.000Z',
    accepted: 1,
    duplicate: 0,
    quarantined: 0,
    rejected: 0,
    problems: [],
    retry: [],
    retry_after_ms: null,
  })
  expect(await events()).toEqual([
    {
      id: sent.id,
      name: 'product_added',
      original_name: 'Add to Cart',
      occurred_at: '2026-11-21T11:59:58.000Z',
      received_at: '2026-11-21T12:00:00.000Z',
      occurred_at_device: sent.occurred_at,
      time_correction: 'clock_skew',
      clock_skew_ms: 3_600_000,
      seq: 17,
      anonymous_id: 'visitor-1',
      user_id: 'customer-42',
      traits: { plan: 'gold' },
      session: sent.session,
      page: { ...sent.page, type: 'other' },
      consent: sent.consent,
      properties: { product_id: 'A-1', price: 19.99, currency: 'EUR', quantity: 1 },
      money: { price: { minor: 1999, currency: 'EUR', base_minor: 1999, base_currency: 'EUR', rate_date: null } },
      channel: 'web',
      source: null,
      ip: '127.0.0.0',
      device: { type: 'mobile', browser: 'Chrome', os: 'Android', in_app: null },
      bot: false,
      duplicate_of: null,
      sources: ['web'],
      amounts_of: null,
      visit_of: null,
      quality: {
        status: 'repaired',
        repairs: [
          { field: 'name', from: 'Add to Cart', to: 'product_added', rule: 'EN-ALIAS' },
          { field: 'properties.quantity', from: null, to: 1, rule: 'DF-DEFAULT' },
        ],
        flags: [],
      },
    },
  ])
})

test('an order that the page and the shop’s server report counts once: the visit is the page’s, the amounts are the server’s', async () => {
  const { deliver, events, post, get } = await startCollector()
  const products = [{ product_id: 'P-1', price: 19.99, quantity: 1 }]
  const ordered = (total: number) => ({
    name: 'order_completed',
    properties: { order_id: 'A-1', total, currency: 'EUR', products },
  })
  const byPage = envelope(ordered(19.99))
  const byServer = envelope({ ...ordered(17.99), source: 'shop-backend', anonymous_id: null, user_id: 'customer-42' })
  await deliver([byPage])
  await post(JSON.stringify(batch([byServer])), { authorization: `Bearer ${secretKey}` })
  const [counted, copy] = await events()
  expect(counted).toMatchObject({
    id: byPage.id,
    duplicate_of: null,
    session: byPage.session,
    money: { total: { minor: 1799, base_minor: 1799 } },
    sources: ['web', 'shop-backend'],
    amounts_of: byServer.id,
    quality: { flags: [] },
  })
  expect(copy).toMatchObject({ id: byServer.id, duplicate_of: byPage.id, sources: ['shop-backend'], quality: { flags: [] } })
  const answer = await get('/v1/reports/traffic')
  expect(await answer.json()).toMatchObject({ totals: { orders: 1, revenue: { minor: 1799 } } })
})

test('gzip is recognised by its first bytes, whatever the headers say', async () => {
  const { post, events } = await startCollector()
  const body = gzipSync(JSON.stringify(batch([envelope()])))
  expect((await post(body)).status).toBe(200)
  expect((await post(gzipSync(JSON.stringify(batch([envelope()]))), { 'content-encoding': 'gzip' })).status).toBe(200)
  expect((await post(JSON.stringify(batch([envelope()])), { 'content-encoding': 'gzip' })).status).toBe(200)
  expect(await events()).toHaveLength(3)
})

test('what stands once at the batch holds for every event, and an event has its own way', async () => {
  const { deliver, events } = await startCollector()
  const { id: _, name: __, ...shared } = envelope()
  await deliver(
    [
      { id: nextId(), name: 'page_viewed' },
      { id: nextId(), name: 'page_viewed', anonymous_id: 'somebody-else' },
    ],
    { shared },
  )
  expect((await events()).map(({ anonymous_id }) => anonymous_id)).toEqual(['visitor-1', 'somebody-else'])
})

test('a second path takes events, too', async () => {
  const { url, events } = await startCollector({ path: '/e' })
  const response = await fetch(`${url}/e`, { method: 'POST', body: JSON.stringify(batch([envelope()])) })
  expect(response.status).toBe(200)
  expect(await events()).toHaveLength(1)
})

test('a bad event never fails its neighbours, and each is accounted for', async () => {
  const { deliver, events, quarantined } = await startCollector()
  const [good, noProduct, noConsent, also] = [
    envelope(),
    envelope({ properties: { quantity: 1 } }),
    envelope({ consent: { analytics: 'denied' } }),
    envelope(),
  ]
  const receipt = await deliver([good, noProduct, noConsent, 'nonsense' as never, null as never, also])
  expect(receipt).toMatchObject({ accepted: 2, duplicate: 0, quarantined: 1, rejected: 3 })
  expect(receipt.problems).toEqual([
    { id: noProduct.id, index: 1, status: 'quarantined', code: 'missing_required', detail: 'properties.product_id is missing' },
    { id: noConsent.id, index: 2, status: 'rejected', code: 'consent_missing', detail: expect.stringContaining('analytics') },
    { index: 3, status: 'rejected', code: 'not_an_event', detail: 'The event is not an object' },
    { index: 4, status: 'rejected', code: 'not_an_event', detail: 'The event is not an object' },
  ])
  expect((await events()).map(({ id }) => id)).toEqual([good.id, also.id])
  expect(await quarantined()).toMatchObject([
    { id: noProduct.id, code: 'missing_required', raw: { properties: { quantity: 1 } } },
  ])
})

describe('exactly once', () => {
  test('a batch that is sent again because its receipt was lost is all duplicates', async () => {
    const { deliver, events } = await startCollector()
    const sent = [envelope({ age_ms: 10 }), envelope({ name: 'order_completed', properties: { quantity: 1 }, age_ms: 10 })]
    await deliver(sent)
    const again = await deliver(sent.map((event) => ({ ...event, age_ms: 9_000 })))
    expect(again).toMatchObject({ accepted: 0, duplicate: 2, quarantined: 0 })
    expect(await events()).toHaveLength(1)
  })

  test('an event that was refused but kept is kept once, wherever in the batch its next attempt writes what events share', async () => {
    const { deliver, quarantined } = await startCollector()
    const { consent, user_id, ...rest } = envelope({ properties: { quantity: 1 }, user_id: 'customer-42' })
    expect(await deliver([{ consent, user_id, ...rest }])).toMatchObject({ quarantined: 1 })
    expect(await deliver([{ ...rest, age_ms: 7 }], { shared: { user_id, consent } })).toMatchObject({ duplicate: 1 })
    expect(await quarantined()).toHaveLength(1)
  })

  test('another event with a known id keeps the first and quarantines the second, once', async () => {
    const { deliver, events, quarantined } = await startCollector()
    const first = envelope({ properties: { product_id: 'first' } })
    const second = { ...first, properties: { product_id: 'second' } }
    await deliver([first])
    const receipt = await deliver([second, envelope()])
    expect(receipt).toMatchObject({ accepted: 1, quarantined: 1, problems: [{ id: first.id, index: 0, code: 'id_conflict' }] })
    expect(await deliver([second])).toMatchObject({ duplicate: 1 })
    expect(await events()).toMatchObject([{ properties: { product_id: 'first' } }, {}])
    expect(await quarantined()).toMatchObject([{ code: 'id_conflict', raw: { properties: { product_id: 'second' } } }])
  })

  test('an id is the same in capitals', async () => {
    const { deliver } = await startCollector()
    const event = envelope()
    await deliver([event])
    expect(await deliver([{ ...event, id: String(event.id).toUpperCase() }])).toMatchObject({ duplicate: 1 })
  })

  test('a reloaded thank-you page is accepted, marked and counted once', async () => {
    const { deliver, events, get } = await startCollector()
    const thanks = () =>
      envelope({
        name: 'order_completed',
        properties: { order_id: 'O-1', total: '49.90', currency: 'EUR', products: [{ product_id: 'A' }] },
      })
    const first = thanks()
    await deliver([first])
    expect(await deliver([thanks()])).toMatchObject({ accepted: 1, problems: [] })
    expect((await events()).map(({ duplicate_of }) => duplicate_of)).toEqual([null, first.id])
    const { totals, excluded } = (await (await get('/v1/reports/traffic')).json()) as Record<string, Record<string, unknown>>
    expect(totals).toMatchObject({ orders: 1, revenue: { minor: 4990, currency: 'EUR' } })
    expect(excluded).toMatchObject({ duplicates: 1 })
  })
})

describe('consent', () => {
  test.each([
    { name: 'no snapshot', consent: undefined },
    { name: 'null', consent: null },
    { name: 'an empty snapshot', consent: {} },
    { name: 'an unknown decision', consent: { analytics: 'unknown' } },
    { name: 'a refusal', consent: { analytics: 'denied', marketing: 'granted' } },
    { name: 'a decision in other words', consent: { analytics: true } },
    { name: 'no object', consent: 'granted' },
    { name: 'a list', consent: ['analytics'] },
  ])('$name grants nothing, and nothing is kept', async ({ consent }) => {
    const { deliver, events, quarantined } = await startCollector({ store: 'memory' })
    const receipt = await deliver([
      envelope({ consent: consent as never }),
      envelope({ consent: consent as never, properties: {} }),
    ])
    expect(receipt).toMatchObject({ accepted: 0, quarantined: 0, rejected: 2 })
    expect(receipt.problems.map(({ code }) => code)).toEqual(['consent_missing', 'consent_missing'])
    expect(await events()).toEqual([])
    expect(await quarantined()).toEqual([])
  })

  test('the purpose is the catalogue’s, not the caller’s: an ad needs marketing', async () => {
    const { deliver } = await startCollector({ store: 'memory' })
    const ad = (consent: object) => envelope({ name: 'Ad Click', properties: { ad_id: 'ad-1', purpose: 'analytics' }, consent })
    expect(await deliver([ad({ analytics: 'granted' })])).toMatchObject({ rejected: 1 })
    expect(await deliver([ad({ marketing: 'granted' })])).toMatchObject({ accepted: 1 })
  })

  test('the browser’s opt-out signal refuses marketing, whatever the page says', async () => {
    const { post } = await startCollector({ store: 'memory' })
    const events = [envelope({ name: 'ad_viewed', properties: { ad_id: 'ad-1' } }), envelope()]
    const receipt = (await (await post(JSON.stringify(batch(events)), { 'sec-gpc': '1' })).json()) as Receipt
    expect(receipt).toMatchObject({ accepted: 1, rejected: 1, problems: [{ index: 0, code: 'gpc' }] })
  })

  test('a necessary event is kept without any consent, but no id that was made on the device', async () => {
    const { deliver, events } = await startCollector({ store: 'memory' })
    await deliver([
      envelope({
        name: 'consent_updated',
        consent: { analytics: 'denied' },
        anonymous_id: 'secret-id',
        properties: { purposes: { analytics: 'denied' }, policy_version: '2026-09' },
      }),
    ])
    const [event] = await events()
    expect(event).toMatchObject({
      name: 'consent_updated',
      anonymous_id: null,
      session: null,
      quality: { flags: ['identity_stripped'] },
    })
    expect(JSON.stringify(event)).not.toContain('secret-id')
  })

  test.each([
    {
      name: 'when it is refused but kept',
      differs: { anonymous_id: 'secret-id', properties: { purposes: { analytics: 'denied' } } },
    },
    { name: 'when the ids have wrong shapes', differs: { anonymous_id: ['secret-id'], session: { id: 'secret-id', index: -1 } } },
    { name: 'when they stand at the batch', differs: {}, shared: { anonymous_id: 'secret-id', session: { id: 'secret-id' } } },
  ])('nor does such an id get in $name', async ({ differs, shared }) => {
    const { deliver, get } = await startCollector({ store: 'memory' })
    const {
      anonymous_id: _,
      session: __,
      ...event
    } = envelope({
      name: 'consent_updated',
      consent: null,
      properties: { purposes: { analytics: 'denied' }, policy_version: '2026-09' },
    })
    await deliver([{ ...event, ...differs } as never], shared === undefined ? {} : { shared })
    const kept = await Promise.all(
      ['accepted', 'quarantined'].map(async (status) => (await get(`/v1/events?status=${status}`)).text()),
    )
    expect(kept.join()).toContain(event.id)
    expect(kept.join()).not.toContain('secret-id')
  })

  test('what is stored is found by how much it had to be mended, and what is kept aside says what was noted of it', async () => {
    const { deliver, get } = await startCollector({ store: 'memory' })
    await deliver([
      envelope({ name: 'product_viewed', properties: { product_id: 'A' } }),
      envelope({ name: 'Product Viewed', properties: { product_id: 'B' } }),
      envelope({ name: 'quiz_finished', properties: {} }),
      envelope({ name: 'order_completed', properties: {} }),
    ])
    const found = async (status: string) => {
      const { events } = (await (await get(`/v1/events?status=${status}`)).json()) as {
        events: readonly {
          readonly original_name?: string
          readonly name: string
          readonly quality: { readonly status: string }
        }[]
      }
      for (const { quality } of events) if (status !== 'accepted') expect(quality.status).toBe(status)
      return events.map(({ original_name, name }) => original_name ?? name)
    }
    expect(await found('clean')).toEqual(['product_viewed'])
    expect(await found('repaired')).toEqual(['Product Viewed'])
    expect(await found('flagged')).toEqual(['quiz_finished'])
    expect(await found('accepted')).toHaveLength(3)
    expect(await found('quarantined')).toEqual(['order_completed'])
  })

  test.each(['Cart Abandoned', 'abandoned_cart', 'cart_abandoned_reported', 'Cart Abandoned Reported'])(
    'what the collector derives itself is kept under another name: %s',
    async (name) => {
      const { deliver, events } = await startCollector({ store: 'memory' })
      const granted = { analytics: 'granted', marketing: 'granted' } as const
      const sent = envelope({ name, properties: { cart_id: 'c' }, consent: granted })
      expect(await deliver([sent])).toMatchObject({ accepted: 1, problems: [] })
      const [stored] = await events()
      expect(stored).toMatchObject({
        name: 'cart_abandoned_reported',
        original_name: name,
        properties: { cart_id: 'c' },
      })
      const repair = { field: 'name', from: name, to: 'cart_abandoned_reported', rule: 'EN-REPORTED' }
      const repairs = name === 'cart_abandoned_reported' ? [] : [repair]
      expect(stored?.quality).toMatchObject({ repairs, flags: [] })
      const withoutMarketing = envelope({ name, properties: { cart_id: 'c' }, consent: { analytics: 'granted' } })
      expect(await deliver([withoutMarketing])).toMatchObject({ rejected: 1, problems: [{ code: 'consent_missing' }] })
    },
  )
})

describe('servers', () => {
  const server = { authorization: `Bearer ${secretKey}`, 'user-agent': 'node', origin: 'https://elsewhere.example' }

  test('with the secret key, channel, source and history are believed and no device is invented', async () => {
    const { post, events } = await startCollector({ store: 'memory' })
    const year = 365 * 24 * 60 * 60 * 1000
    const sale = envelope({
      name: 'pos_purchase_completed',
      occurred_at: new Date(Date.now() - year).toISOString(),
      channel: 'pos',
      source: 'till-7',
      properties: { receipt_id: 'R1', store_id: 'S1', total: '12,50', currency: 'EUR' },
    })
    const response = await post(JSON.stringify({ ...batch([sale]), sent_at: undefined }), server)
    expect(await response.json()).toMatchObject({ accepted: 1 })
    expect(await events()).toMatchObject([
      {
        channel: 'pos',
        source: 'till-7',
        ip: null,
        bot: false,
        device: { type: 'unknown', browser: null },
        money: { total: { minor: 1250 } },
        quality: { flags: ['too_late'] },
      },
    ])
  })

  test('a page that claims another channel is the web, flagged', async () => {
    const { deliver, events } = await startCollector({ store: 'memory' })
    await deliver([envelope({ channel: 'pos' })])
    expect(await events()).toMatchObject([{ channel: 'web', quality: { flags: ['channel_not_allowed'] } }])
  })

  test('history from a page is quarantined', async () => {
    const { deliver } = await startCollector({ store: 'memory' })
    const old = envelope({ occurred_at: Date.now() - limits.maxQueueAgeMs - 60_000 })
    expect(await deliver([old])).toMatchObject({ quarantined: 1, problems: [{ code: 'too_late' }] })
  })

  test.each(['Bearer wrong-wrong-wrong-wrong', 'Bearer', secretKey, 'Token x'])(
    'the header "%s" is refused',
    async (authorization) => {
      const { post } = await startCollector({ store: 'memory' })
      const response = await post(JSON.stringify(batch([envelope()])), { authorization })
      expect(response.status).toBe(401)
    },
  )
})

describe('what is read into an event', () => {
  test.each([
    {
      name: 'an unknown event keeps its name and its properties',
      event: { name: 'Quiz Finished', properties: { score: 7 } },
      expect: {
        name: 'Quiz Finished',
        properties: { score: 7 },
        money: {},
        quality: { status: 'flagged', flags: ['unrecognized'] },
      },
    },
    {
      name: "another vocabulary's properties are moved to ours",
      event: { name: 'view_item', properties: { item_id: 'A-1', item_name: 'Pot', currencyCode: 'EUR', unit_price: '5' } },
      expect: {
        name: 'product_viewed',
        properties: { product_id: 'A-1', name: 'Pot', currency: 'EUR', price: '5' },
        money: { price: { minor: 500 } },
      },
    },
    {
      name: 'a number where an identifier belongs, and a text where a number belongs, are repaired',
      event: { properties: { product_id: 42, quantity: '3' } },
      expect: { properties: { product_id: '42', quantity: 3 }, quality: { status: 'repaired' } },
    },
    {
      name: 'an optional property of the wrong shape becomes null, with what stood there',
      event: { properties: { product_id: 'A', quantity: 1, position: 'home_banner' } },
      expect: {
        properties: { product_id: 'A', quantity: 1, position: null },
        quality: {
          flags: ['bad_property'],
          repairs: [{ field: 'properties.position', from: 'home_banner', to: null, rule: 'PR-SHAPE' }],
        },
      },
    },
    {
      name: 'an optional amount with two readings becomes null',
      event: { properties: { product_id: 'A', quantity: 1, price: '1.299', currency: 'EUR' } },
      expect: {
        properties: { product_id: 'A', quantity: 1, price: null, currency: 'EUR' },
        money: {},
        quality: { flags: ['ambiguous_money'] },
      },
    },
    {
      name: "without a currency the shop's own is taken, flagged",
      event: { properties: { product_id: 'A', quantity: 1, price: 5 } },
      expect: {
        properties: { currency: 'EUR' },
        money: { price: { minor: 500, currency: 'EUR' } },
        quality: { flags: ['default_currency'] },
      },
    },
    {
      name: 'an amount in another currency waits for a rate',
      event: { properties: { product_id: 'A', quantity: 1, price: 5, currency: 'usd' } },
      expect: {
        properties: { currency: 'USD' },
        money: { price: { minor: 500, currency: 'USD', base_minor: null, base_currency: null } },
        quality: { flags: ['missing_rate'] },
      },
    },
    {
      name: 'the lines of an order have amounts of their own',
      event: {
        name: 'order_completed',
        properties: {
          order_id: 'O',
          total: 30,
          currency: 'EUR',
          items: [
            { item_id: 7, qty: 2, price: 10 },
            { id: 'B', price: 'free' },
          ],
        },
      },
      expect: {
        properties: {
          products: [
            { product_id: '7', quantity: 2, price: 10 },
            { product_id: 'B', price: null },
          ],
        },
        money: { total: { minor: 3000 }, 'products.0.price': { minor: 1000 } },
      },
    },
    {
      name: 'an optional field of the envelope that has no shape becomes null',
      event: { seq: 1.5, session: 'none', title: 'x' },
      expect: { seq: null, session: null, quality: { flags: ['bad_envelope_field'] } },
    },
    {
      name: 'names of prototypes are data',
      event: { name: 'constructor', properties: JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":"x"}') },
      expect: { name: 'constructor', properties: JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":"x"}') },
    },
    {
      name: 'a page view without a kind of page has one, recorded',
      event: { name: 'page_viewed', properties: {}, page: { url: 'https://shop.example/' } },
      expect: { page: { url: 'https://shop.example/', type: 'other' }, quality: { repairs: [{ field: 'page.type' }] } },
    },
    {
      name: 'a URL is cut at the limit',
      event: { page: { url: `https://shop.example/?q=${'x'.repeat(5000)}` } },
      expect: { quality: { flags: ['url_cut'] } },
    },
  ])('$name', async ({ event, expect: expected }) => {
    const { deliver, events } = await startCollector({ store: 'memory' })
    expect(await deliver([envelope(event as never)])).toMatchObject({ accepted: 1, problems: [] })
    expect(await events()).toMatchObject([expected])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  const order = { order_id: 'O', total: 30, currency: 'EUR', products: [{ product_id: 'A' }] }
  test.each([
    { name: 'no id', event: { id: undefined }, code: 'missing_required', detail: 'id is missing' },
    { name: 'an id that is none', event: { id: 'abc' }, code: 'bad_envelope', detail: 'id is not a UUID' },
    { name: 'no name', event: { name: undefined }, code: 'missing_required', detail: 'name is missing' },
    { name: 'a long name', event: { name: 'x'.repeat(65) }, code: 'bad_envelope', detail: 'name' },
    { name: 'properties that are a list', event: { properties: ['a'] }, code: 'bad_envelope', detail: 'properties' },
    { name: 'a time that is none', event: { occurred_at: 'yesterday' }, code: 'bad_time', detail: 'occurred_at' },
    { name: 'a time that is an object', event: { occurred_at: {} }, code: 'bad_time', detail: 'occurred_at' },
    {
      name: 'no product',
      event: { properties: { quantity: 1 } },
      code: 'missing_required',
      detail: 'properties.product_id is missing',
    },
    {
      name: 'a quantity of none',
      event: { properties: { product_id: 'A', quantity: 0 } },
      code: 'bad_property',
      detail: 'properties.quantity',
    },
    {
      name: 'neither of two',
      event: { name: 'checkout_started', properties: {} },
      code: 'missing_required',
      detail: 'properties.checkout_id or properties.cart_id',
    },
    {
      name: 'a page view without a page',
      event: { name: 'page_viewed', page: null },
      code: 'missing_required',
      detail: 'page.url',
    },
    {
      name: 'a currency by name',
      event: { name: 'order_completed', properties: { ...order, currency: 'EURO' } },
      code: 'bad_currency',
      detail: '"EURO" is not an ISO 4217 code',
    },
    {
      name: 'a total with two readings',
      event: { name: 'order_completed', properties: { ...order, total: '1.299' } },
      code: 'ambiguous_money',
      detail: 'properties.total',
    },
    {
      name: 'a total that is none',
      event: { name: 'order_completed', properties: { ...order, total: 'free' } },
      code: 'bad_money',
      detail: 'properties.total',
    },
    {
      name: 'a line without a product',
      event: { name: 'order_completed', properties: { ...order, products: [{ quantity: 1 }] } },
      code: 'missing_required',
      detail: 'properties.products.0.product_id is missing',
    },
  ])('quarantined: $name', async ({ event, code, detail }) => {
    const { deliver, quarantined } = await startCollector({ store: 'memory' })
    const receipt = await deliver([envelope({ consent: granted, ...event } as never)])
    expect(receipt).toMatchObject({ quarantined: 1, problems: [{ code, detail: expect.stringContaining(detail) }] })
    const [kept] = await quarantined()
    expect(kept).toMatchObject({ code, context: { ip: '127.0.0.0', is_server: false, gpc: false } })
    expect(kept?.raw).toMatchObject(JSON.parse(JSON.stringify(event)))
  })

  test.each([
    {
      name: 'too many keys',
      properties: Object.fromEntries(Array.from({ length: limits.maxKeys + 1 }, (_, key) => [`k${key}`, 1])),
      code: 'too_many_keys',
    },
    { name: 'too large', properties: { product_id: 'A', text: 'x'.repeat(limits.maxEventBytes) }, code: 'too_large' },
    { name: 'nested too deeply', properties: JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`), code: 'too_deep' },
    { name: 'nested past all reason', properties: { a: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) }, code: 'too_deep' },
  ])('quarantined: $name', async ({ properties, code }) => {
    const { post, quarantined } = await startCollector({ store: 'memory' })
    // Written by hand: JSON.stringify itself would run out of stack.
    const { properties: _, ...rest } = envelope()
    const body = JSON.stringify(batch([{ ...rest, name: 'HERE' } as never]))
    const text =
      code === 'too_deep' && 'a' in properties && Array.isArray(properties.a)
        ? `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
        : JSON.stringify(properties)
    const response = await post(body.replace('"name":"HERE"', `"name":"product_added","properties":${text}`))
    expect(await response.json()).toMatchObject({ quarantined: 1, problems: [{ code }] })
    expect(await quarantined()).toMatchObject([{ code }])
  })
})

test('a headless browser is a bot: kept, and left out of every count', async () => {
  const { post, events, get } = await startCollector({ store: 'memory' })
  await post(JSON.stringify(batch([envelope()])), { 'user-agent': visitorAgent.replace('Chrome/', 'HeadlessChrome/') })
  expect(await events()).toMatchObject([{ bot: true }])
  const { totals, excluded } = (await (await get('/v1/reports/traffic')).json()) as Record<string, Record<string, unknown>>
  expect(totals?.events).toBe(0)
  expect(excluded?.bots).toBe(1)
})

test('the address is truncated, and only a trusted proxy may name another', async () => {
  const forwarded = { 'x-forwarded-for': '198.51.100.9, 203.0.113.77' }
  const direct = await startCollector({ store: 'memory' })
  await direct.post(JSON.stringify(batch([envelope()])), forwarded)
  expect(await direct.events()).toMatchObject([{ ip: '127.0.0.0' }])

  const proxied = await startCollector({ store: 'memory', trustedProxies: '127.0.0.1, 203.0.113.0/24' })
  await proxied.post(JSON.stringify(batch([envelope()])), forwarded)
  expect(await proxied.events()).toMatchObject([{ ip: '198.51.100.0' }])

  const near = await startCollector({ store: 'memory', trustedProxies: ['127.0.0.1'] })
  await near.post(JSON.stringify(batch([envelope()])), forwarded)
  expect(await near.events()).toMatchObject([{ ip: '203.0.113.0' }])
})

describe('numbers', () => {
  const totals = async (get: Started['get']) =>
    ((await (await get('/v1/reports/completeness')).json()) as CompletenessAnswer).totals

  test('a beacon without a number and the same event with it are one event that has arrived', async () => {
    const { deliver, get, events } = await startCollector()
    const { seq: _, ...early } = envelope({ seq: 2 })
    await deliver([early, envelope({ seq: 1 })])
    const { age_ms: __, ...late } = { ...early, age_ms: 5 }
    expect(await deliver([{ ...late, seq: 2 }, envelope({ seq: 3 })])).toMatchObject({
      duplicate: 1,
      accepted: 1,
      quarantined: 0,
    })
    expect(await totals(get)).toMatchObject({ received: 3, missing: 0 })
    expect((await events()).map(({ seq }) => seq)).toEqual([2, 1, 3])
  })

  test('an event that is kept aside arrives once, numbered or not, and its number with it', async () => {
    const { deliver, get, quarantined } = await startCollector()
    const bad = envelope({ name: 'order_completed', properties: {} })
    await deliver([bad])
    expect(await deliver([{ ...bad, seq: 1 }])).toMatchObject({ duplicate: 1 })
    expect(await quarantined()).toHaveLength(1)
    await deliver([envelope({ seq: 2 })])
    expect(await totals(get)).toMatchObject({ received: 2, missing: 0 })
  })

  test('a refused event has arrived where its visitor may be known, and leaves no trace where not', async () => {
    const { deliver, get } = await startCollector()
    const consent = { analytics: 'granted', marketing: 'denied' } as const
    await deliver([envelope({ seq: 1, name: 'ad_clicked', properties: { ad_id: 'x' }, consent }), envelope({ seq: 2 })])
    const noConsent = envelope({ seq: 1, anonymous_id: 'visitor-2', consent: { analytics: 'denied' } })
    expect(await deliver([noConsent])).toMatchObject({ rejected: 1 })
    expect(await totals(get)).toMatchObject({ received: 2, missing: 0 })
  })

  test.each([0, -1, 1.5, 2 ** 53, 1e300, '7', null, {}])('%s is no number to miss others by', async (seq) => {
    const { deliver, get } = await startCollector({ store: 'memory' })
    await deliver([envelope({ seq: seq as number }), envelope({ seq: seq as number, name: 'order_completed', properties: {} })])
    expect((await totals(get)).expected).toBe(0)
  })

  test('a tracker that repeats a batch after a lost receipt reports its drops once', async () => {
    const { deliver, get } = await startCollector()
    const first = envelope({ seq: 3 })
    await deliver([first], { dropped: { expired: 2 } })
    await deliver([first, envelope({ seq: 4 })], { dropped: { expired: 2 } })
    expect(await totals(get)).toMatchObject({ received: 2, lost: 2, reported: { expired: 2 }, lost_by_reason: { expired: 2 } })
  })
})
