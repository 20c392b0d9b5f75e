import { expect, test } from 'vitest'
import { createDayOf } from '../../src/normalise/day.ts'
import { addDays, daysBetween, isDay, startOfDay } from '../../src/reports/days.ts'

test.each([
  { timeZone: 'UTC', instant: '2026-11-21T23:59:59.999Z', day: '2026-11-21' },
  { timeZone: 'Europe/Berlin', instant: '2026-11-21T23:00:00.000Z', day: '2026-11-22' },
  { timeZone: 'America/Los_Angeles', instant: '2026-11-21T07:59:59.999Z', day: '2026-11-20' },
  { timeZone: 'Asia/Kathmandu', instant: '2026-11-21T18:15:00.000Z', day: '2026-11-22' },
  { timeZone: 'Asia/Kathmandu', instant: '2026-11-21T18:14:59.999Z', day: '2026-11-21' },
])('$instant in $timeZone is $day', ({ timeZone, instant, day }) => {
  expect(createDayOf(timeZone)(Date.parse(instant))).toBe(day)
})

test.each([
  { timeZone: 'UTC', day: '2026-11-21', start: '2026-11-21T00:00:00.000Z' },
  { timeZone: 'Europe/Berlin', day: '2026-03-29', start: '2026-03-28T23:00:00.000Z' },
  { timeZone: 'Europe/Berlin', day: '2026-03-30', start: '2026-03-29T22:00:00.000Z' },
  { timeZone: 'Pacific/Kiritimati', day: '2026-11-21', start: '2026-11-20T10:00:00.000Z' },
  { timeZone: 'Pacific/Pago_Pago', day: '2026-11-21', start: '2026-11-21T11:00:00.000Z' },
])('$day begins in $timeZone at $start', ({ timeZone, day, start }) => {
  expect(new Date(startOfDay(day, createDayOf(timeZone))).toISOString()).toBe(start)
})

test('days are counted over months and leap years', () => {
  expect(daysBetween('2028-02-27', '2028-03-01')).toEqual(['2028-02-27', '2028-02-28', '2028-02-29', '2028-03-01'])
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
  expect(['2026-02-29', '2026-13-01', '26-01-01', '2026-1-1', 'x'].filter(isDay)).toEqual([])
})
