import { convert } from '@footfall/collector/normalise'
import { expect, test } from 'vitest'
import { sampleRates } from '../demo.ts'

const dayMs = 86_400_000

test('whenever the demo is started, the sample has rates for that day and the week before, on working days', () => {
  for (let offset = -400; offset < 400; offset += 13) {
    const now = Date.UTC(2026, 10, 22, 12) + offset * dayMs
    const today = new Date(now).toISOString().slice(0, 10)
    const rates = sampleRates(now)
    expect(rates.to <= today).toBe(true)
    for (const currency of ['USD', 'JPY', 'GBP', 'CHF', 'SEK', 'PLN', 'KWD'])
      for (const back of [0, 3, 7])
        expect(convert(1000, currency, 'EUR', new Date(now - back * dayMs).toISOString().slice(0, 10), rates)).toMatchObject({
          status: 'ok',
        })
    for (const edge of [rates.from, rates.to]) expect(convert(1, 'USD', 'EUR', edge, rates).rule).toBe('FX-DIRECT')
    expect([1, 5]).toEqual([rates.from, rates.to].map((day) => weekdayOf(day)))
  }
})

/** 0 is Sunday. */
function weekdayOf(day: string): number {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, date)).getUTCDay()
}
