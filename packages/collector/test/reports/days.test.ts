import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, countDays, daysBetween } from '../../src/reports/days.ts'

describe('counting days', () => {
  test.each([
    { day: '2026-11-30', count: 1, expect: '2026-12-01' },
    { day: '2028-03-01', count: -1, expect: '2028-02-29' },
    { day: '9999-12-31', count: 1, expect: '9999-12-31' },
    { day: '0000-01-01', count: -1, expect: '0000-01-01' },
  ])('$day and $count is $expect', ({ day, count, expect: expected }) => {
    expect(addDays(day, count)).toBe(expected)
  })

  test('a period has each of its days once, up to the last day there is', () => {
    expect(daysBetween('9999-12-30', '9999-12-31')).toEqual(['9999-12-30', '9999-12-31'])
    expect(daysBetween('2026-11-22', '2026-11-21')).toEqual([])
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), fc.nat(400), (start, more) => {
        const from = start.toISOString().slice(0, 10)
        const days = daysBetween(from, addDays(from, more))
        expect(days).toHaveLength(more + 1)
        expect([...new Set(days)].sort()).toEqual(days)
        expect(countDays(from, addDays(from, more))).toBe(more + 1)
      }),
    )
  })
})
