import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollector } from '@footfall/collector'
import { expect, onTestFinished, test } from 'vitest'
import { sampleRates } from '../demo.ts'

/** Monday after the last day of the sample, a Friday: its rates are as they stand in the file, and the weekend has none. */
const now = Date.UTC(2026, 10, 23, 12)
const secretKey = 'sk_test_0123456789abcdef'

interface Order {
  readonly at: string
  readonly total: string
  readonly currency: 'EUR' | 'USD' | 'JPY' | 'KWD'
  /** Day of the rate that counts. */
  readonly rateDay: string
}

const friday = '2026-11-20'
const amounts = [
  { total: '19.99', currency: 'EUR' },
  { total: '19.99', currency: 'USD' },
  { total: '1', currency: 'JPY' },
  { total: '98765', currency: 'JPY' },
  { total: '12.345', currency: 'KWD' },
  { total: '0.001', currency: 'KWD' },
] as const
const times = [
  { at: '2026-11-19T23:59:59.999Z', rateDay: '2026-11-19' },
  { at: '2026-11-20T00:00:00Z', rateDay: friday },
  { at: '2026-11-21T10:00:00Z', rateDay: friday },
  { at: '2026-11-22T23:30:00Z', rateDay: friday },
  { at: '2026-11-23T08:00:00Z', rateDay: friday },
]
const orders: readonly Order[] = times.flatMap((time) => amounts.map((amount) => ({ ...time, ...amount })))

test('the revenue of orders in EUR, USD, JPY and KWD over a weekend is right to the cent', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'footfall-revenue-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const collector = createCollector(
    { dataDir, writeKey: 'wk_test', secretKey, logLevel: 'silent', store: 'memory' },
    { rates: sampleRates(now), now: () => now },
  )
  onTestFinished(() => collector.close())
  await collector.ready
  const headers = { authorization: `Bearer ${secretKey}` }
  const events = orders.map(({ at, total, currency }) => ({
    id: randomUUID(),
    name: 'order_completed',
    occurred_at: at,
    consent: { analytics: 'granted' },
    properties: { order_id: randomUUID(), total: Number(total), currency, products: [] },
  }))
  const body = JSON.stringify({ write_key: 'wk_test', events })
  const receipt = await (await collector.request('/v1/events', { method: 'POST', body, headers })).json()
  expect(receipt).toMatchObject({ accepted: orders.length, problems: [] })

  const rates = await readRates()
  const cents = orders.map((order) => inCents(order, rates.get(`${order.rateDay} ${order.currency}`) ?? '1'))
  const revenueOf = async (from: string, to: string) => {
    const answer = await collector.request(`/v1/reports/traffic?from=${from}&to=${to}`, { headers })
    return (await answer.json()).totals.revenue
  }
  const sumOf = (days: (at: string) => boolean) =>
    Number(cents.reduce((sum, cent, index) => (days(orders[index]?.at ?? '') ? sum + cent : sum), 0n))
  expect(await revenueOf('2026-11-19', '2026-11-23')).toEqual({ minor: sumOf(() => true), currency: 'EUR' })
  const isWeekend = (at: string) => at.startsWith('2026-11-21') || at.startsWith('2026-11-22')
  expect(await revenueOf('2026-11-21', '2026-11-22')).toEqual({ minor: sumOf(isWeekend), currency: 'EUR' })
})

const decimals = { EUR: 2, USD: 2, JPY: 0, KWD: 3 }

/** amount / rate, in one fraction of whole numbers, rounded once, half up: nothing here is negative. */
function inCents({ total, currency }: Order, rate: string): bigint {
  const minor = BigInt(total.replace('.', ''))
  const [whole = '', fraction = ''] = rate.split('.')
  const numerator = minor * 100n * 10n ** BigInt(fraction.length)
  const denominator = BigInt(whole + fraction) * 10n ** BigInt(decimals[currency])
  return (numerator * 2n + denominator) / (denominator * 2n)
}

/** `2026-11-20 USD` -> `1.1620`, read with nothing of the collector's. */
async function readRates(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(new URL('../../examples/shop/sample-rates-not-ecb.csv', import.meta.url), 'utf8')
  const [head = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  return new Map(rows.flatMap(([day, ...values]) => values.map((value, index) => [`${day} ${head[index + 1]}`, value] as const)))
}
