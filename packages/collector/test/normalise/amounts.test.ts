import { catalogue } from '@footfall/events'
import { envelope } from '@footfall/testkit/builders'
import { describe, expect, test, vi } from 'vitest'
import { type Amounts, readAmounts } from '../../src/normalise/amounts.ts'
import { createNotes } from '../../src/normalise/notes.ts'
import { shapeOf } from '../../src/normalise/properties.ts'
import { loadRates } from '../../src/normalise/rates.ts'
import { startCollector } from '../start-collector.ts'

// Some of these open a store, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

// Saturday; the last day with rates was Friday, and the dinar's last one Thursday.
const saturday = Date.UTC(2026, 10, 21, 12)
const friday = '2026-11-20'
const rates = loadRates(`Date,USD,JPY,KWD,\n${friday},1.1600,181.25,N/A,\n2026-11-19,1.1550,180.00,0.3550,\n`)

function read(properties: Record<string, unknown>, baseCurrency = 'EUR') {
  const definition = catalogue.get('order_completed')
  if (definition === undefined) throw new Error('no such event')
  const notes = createNotes()
  const context = { baseCurrency, rates, occurredAt: saturday }
  const amounts = readAmounts(definition, shapeOf(definition.properties.entries), properties, context, notes)
  return { amounts: amounts as Amounts, properties, flags: [...notes.flags], repairs: notes.repairs }
}

describe('the currency of an event', () => {
  test.each([
    { name: 'a text', total: '19.99 USD' },
    { name: "Shopify's form", total: { amount: '19.99', currencyCode: 'USD' } },
  ])('MN-BESIDE: named by one amount alone, in $name, it is that of all', ({ total }) => {
    const { amounts, properties, flags, repairs } = read({ order_id: 'O', total, products: [{ product_id: 'A', price: 19.99 }] })
    expect(amounts).toMatchObject({
      total: { minor: 1999, currency: 'USD' },
      'products.0.price': { minor: 1999, currency: 'USD' },
    })
    expect(properties.currency).toBe('USD')
    expect(flags).toEqual([])
    expect(repairs).toContainEqual({ field: 'properties.currency', from: null, to: 'USD', rule: 'MN-BESIDE' })
  })

  test.each([
    { name: 'a mark of several', total: '$19.99', price: '10 EUR', currency: 'USD' },
    { name: 'a mark beside a code it could stand for', total: '$59.99', price: '5 CAD', currency: 'USD' },
  ])('$name is no bare amount: it goes by the default', ({ total, price, currency }) => {
    const { amounts, flags, repairs } = read({ order_id: 'O', total, products: [{ product_id: 'A', price }] }, 'USD')
    expect(amounts.total).toMatchObject({ currency })
    expect(flags).toContain('default_currency')
    expect(repairs).toContainEqual({ field: 'properties.currency', from: null, to: 'USD', rule: 'DF-CURRENCY' })
  })

  test('where amounts name two, a bare one is in neither', () => {
    const products = [
      { product_id: 'A', price: '19.99 GBP' },
      { product_id: 'B', price: 5 },
    ]
    const { amounts, flags } = read({ order_id: 'O', total: '19.99 USD', products })
    expect(amounts).toMatchObject({ 'products.0.price': { currency: 'GBP' }, 'products.1.price': { currency: 'EUR' } })
    expect(flags).toContain('default_currency')
  })

  test.each([
    { name: 'a code', currency: 'USD', base: 'EUR', stored: 'USD', minor: 500, flags: [], rules: [] },
    { name: 'a code in small letters', currency: 'usd', base: 'EUR', stored: 'USD', minor: 500, flags: [], rules: ['MN-CODE'] },
    { name: 'a mark', currency: '€', base: 'USD', stored: 'EUR', minor: 500, flags: [], rules: ['MN-SYMBOL'] },
    {
      name: 'a full-width mark',
      currency: '￡',
      base: 'EUR',
      stored: 'GBP',
      minor: 500,
      flags: ['missing_rate'],
      rules: ['MN-SYMBOL'],
    },
    {
      name: 'none',
      currency: undefined,
      base: 'USD',
      stored: 'USD',
      minor: 500,
      flags: ['default_currency'],
      rules: ['DF-CURRENCY'],
    },
    {
      name: 'a mark that may be the project’s',
      currency: '$',
      base: 'USD',
      stored: 'USD',
      minor: 500,
      flags: ['default_currency'],
      rules: ['DF-CURRENCY'],
    },
  ])('$name', ({ currency, base, stored, minor, flags, rules }) => {
    const { amounts, properties, ...notes } = read({ order_id: 'O', total: 5, ...(currency && { currency }) }, base)
    expect(amounts.total).toMatchObject({ minor, currency: stored })
    expect(properties.currency).toBe(stored)
    expect([notes.flags, notes.repairs.map(({ rule }) => rule)]).toEqual([flags, rules])
  })

  test('a mark that cannot be the project’s is not taken for it', () => {
    expect(read({ order_id: 'O', total: 5, currency: '$' }).amounts).toMatchObject({ code: 'ambiguous_money' })
    expect(read({ order_id: 'O', total: '$5' }).amounts).toMatchObject({ code: 'ambiguous_money' })
    expect(read({ order_id: 'O', total: '$5', currency: 'EUR' }).amounts).toMatchObject({ code: 'bad_money' })
    expect(read({ order_id: 'O', total: 5, currency: 'XXX' }).amounts).toMatchObject({ code: 'bad_currency' })
  })

  test('an amount that names its own currency needs none beside it', () => {
    const { amounts, properties, flags } = read({ order_id: 'O', total: '5,00 €', products: [{ price: '$5', currency: 'USD' }] })
    expect(amounts.total).toMatchObject({ minor: 500, currency: 'EUR', baseMinor: 500 })
    expect(amounts['products.0.price']).toMatchObject({ minor: 500, currency: 'USD', baseMinor: 431 })
    expect([properties.currency, flags]).toEqual([undefined, []])
  })

  test('a mark that was left open is not stored as a currency', () => {
    const { properties, flags, repairs } = read({ order_id: 'O', total: '5 €', tax: '1', currency: '$' })
    expect(properties).toMatchObject({ currency: '$' }) // the order's total contradicts it: the event is set aside as it was sent
    expect([flags, repairs]).toEqual([[], []])
    const optional = read({ order_id: 'O', total: { amount: 5, currencyCode: 'EUR' }, tax: 1, currency: '$' })
    expect(optional.properties).toMatchObject({ currency: null, tax: null })
    expect(optional.flags).toEqual(['ambiguous_money'])
  })
})

test('in base currency: by the event’s day, with the day of the rate; null where there is none', () => {
  const products = [
    { price: '1000', currency: 'JPY' },
    { price: '0.355', currency: 'KWD' },
    { price: '1.00', currency: 'GBP' },
  ]
  const { amounts, flags } = read({ order_id: 'O', total: '11.60', currency: 'USD', products })
  expect(amounts.total).toEqual({ minor: 1160, currency: 'USD', baseMinor: 1000, baseCurrency: 'EUR', rateDate: friday })
  expect(amounts['products.0.price']).toMatchObject({ minor: 1000, baseMinor: 552, rateDate: friday })
  expect(amounts['products.1.price']).toMatchObject({ minor: 355, baseMinor: 100, rateDate: '2026-11-19' })
  expect(amounts['products.2.price']).toMatchObject({ minor: 100, baseMinor: null, baseCurrency: null, rateDate: null })
  expect(flags).toEqual(['missing_rate'])
})

const order = (id: string, total: unknown, currency: string, occurredAt: number) =>
  envelope({
    id: `00000000-0000-4000-8000-0000000000${id}`,
    name: 'order_completed',
    occurred_at: new Date(occurredAt).toISOString(),
    properties: { order_id: `O-${id}`, total, currency, products: [{ product_id: 'A-1', quantity: 1 }] },
  })

const dayMs = 86_400_000

describe.each(['sqlite', 'memory'])('a weekend of orders in a store of %s', (kind) => {
  test('the revenue is right to the cent, and what had no rate is counted', async () => {
    const now = Date.UTC(2026, 10, 22, 18)
    const { deliver, events, quarantined, get } = await startCollector(kind === 'memory' ? { store: 'memory' } : {}, {
      now: () => now,
      rates,
    })
    const fridayNoon = saturday - dayMs
    const receipt = await deliver(
      [
        order('01', '49.90', 'EUR', saturday),
        order('02', 19.99, 'USD', fridayNoon), // / 1.16 = 17.2327… -> 17.23
        order('03', '$19.99', 'USD', saturday), // the same on Saturday
        order('04', '12,900', 'JPY', saturday), // / 181.25 = 71.1724… -> 71.17
        order('05', '4.250', 'KWD', saturday), // ambiguous: 4 dinars or 4 thousand
        order('06', 4.25, 'KWD', saturday + dayMs), // / 0.355 = 11.9718… -> 11.97
        order('07', '10.00', 'GBP', saturday), // no rate
        order('08', '11.55', 'USD', fridayNoon - dayMs), // by Thursday's rate: 10.00
      ],
      { sent_at: now },
    )
    expect((await quarantined()).map(({ code, detail }) => [code, detail])).toEqual([
      ['ambiguous_money', expect.stringContaining('MN-THREE')],
    ])
    expect(receipt).toMatchObject({ accepted: 7, quarantined: 1 })
    const stored = new Map((await events()).map((event) => [(event.properties as { order_id: string }).order_id, event]))
    expect(stored.get('O-03')?.money.total).toEqual({
      minor: 1999,
      currency: 'USD',
      base_minor: 1723,
      base_currency: 'EUR',
      rate_date: friday,
    })
    expect(stored.get('O-06')?.money.total).toMatchObject({ minor: 4250, base_minor: 1197, rate_date: '2026-11-19' })
    expect(stored.get('O-07')).toMatchObject({ money: { total: { base_minor: null } }, quality: { flags: ['missing_rate'] } })
    const answer = await (await get('/v1/reports/traffic?from=2026-11-16&to=2026-11-22')).json()
    expect(answer).toMatchObject({
      totals: { orders: 7, revenue: { minor: 4990 + 1723 + 1723 + 7117 + 1197 + 1000, currency: 'EUR' } },
      excluded: { orders_without_rate: 1 },
    })
  })

  test('each project sums the same orders up in its own currency', async () => {
    const now = Date.UTC(2026, 10, 22, 18)
    const projects = {
      europe: { writeKey: 'wk_europe', secretKey: 'sk_europe_0123456789' },
      america: { writeKey: 'wk_america', secretKey: 'sk_america_0123456789', baseCurrency: 'USD' },
    }
    const { deliver, get } = await startCollector(
      { ...(kind === 'memory' && { store: 'memory' }), projects },
      { now: () => now, rates },
    )
    const orders = [order('01', '11.60', 'USD', saturday), order('02', '100.00', 'EUR', saturday)]
    for (const { writeKey: write_key } of Object.values(projects)) await deliver(orders, { write_key, sent_at: now })
    const revenueOf = async (project: keyof typeof projects) => {
      const headers = { authorization: `Bearer ${projects[project].secretKey}` }
      const answer = await (await get('/v1/reports/traffic?from=2026-11-16&to=2026-11-22', headers)).json()
      return (answer as { totals: { revenue: unknown } }).totals.revenue
    }
    expect(await revenueOf('europe')).toEqual({ minor: 1000 + 10_000, currency: 'EUR' })
    expect(await revenueOf('america')).toEqual({ minor: 1160 + 11_600, currency: 'USD' })
  })
})

test('a line whose currency is no text is not taken for one of the event’s currency', () => {
  const line = { product_id: 'A', price: '5.00', quantity: 1, currency: { toString: 1, valueOf: 1 } }
  const { amounts, flags } = read({ order_id: 'O', total: 5, currency: 'EUR', products: [line] })
  expect(amounts.total?.minor).toBe(500)
  expect(amounts['products.0.price']).toBeUndefined()
  expect(flags).toContain('bad_currency')
})
