import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { daysOf, isDay, type Period, presets, readPeriod, todayIn, writePeriod } from '../src/period.ts'

const day = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const period: fc.Arbitrary<Period> = fc.oneof(
  fc.constantFrom(...presets).map((days) => ({ kind: 'last' as const, days })),
  fc.tuple(day, day).map((days) => {
    const [from = '', to = ''] = days.toSorted()
    return { kind: 'between' as const, from, to }
  }),
)

test('a period put into the address is read back', () => {
  fc.assert(
    fc.property(period, (given) => {
      expect(readPeriod(writePeriod(given))).toEqual(given)
    }),
  )
})

test.each([
  '',
  '?',
  '?days=8',
  '?days=',
  '?from=2026-11-01',
  '?from=2026-11-02&to=2026-11-01',
  '?from=2026-02-30&to=2026-03-01',
  '?from=<b>&to=x',
])('an address that says no period, %o, means the last 30 days', (search) =>
  expect(readPeriod(search)).toEqual({ kind: 'last', days: 30 }),
)

test.each([
  { text: '2026-11-21', is: true },
  { text: '2028-02-29', is: true },
  { text: '2026-02-29', is: false },
  { text: '2026-13-01', is: false },
  { text: '2026-1-1', is: false },
  { text: '', is: false },
])('$text is a day: $is', ({ text, is }) => expect(isDay(text)).toBe(is))

describe('the last days end today, where the shop is', () => {
  const now = new Date('2026-11-21T23:30:00Z')
  test.each([
    { timeZone: 'UTC', today: '2026-11-21' },
    { timeZone: 'Europe/Berlin', today: '2026-11-22' },
    { timeZone: 'Pacific/Honolulu', today: '2026-11-21' },
    { timeZone: 'Pacific/Kiritimati', today: '2026-11-22' },
  ])('$timeZone', ({ timeZone, today }) => expect(todayIn(timeZone, now)).toBe(today))

  test('seven days are today and the six before it, across months and changes of the clock', () => {
    expect(daysOf({ kind: 'last', days: 7 }, '2026-11-02')).toEqual({ from: '2026-10-27', to: '2026-11-02' })
    expect(daysOf({ kind: 'last', days: 90 }, '2026-03-01')).toEqual({ from: '2025-12-02', to: '2026-03-01' })
  })

  test('two chosen days stay what they are', () => {
    expect(daysOf({ kind: 'between', from: '2026-01-01', to: '2026-01-31' }, '2026-11-21')).toEqual({
      from: '2026-01-01',
      to: '2026-01-31',
    })
  })
})
