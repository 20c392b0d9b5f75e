import { describe, expect, test } from 'vitest'
import {
  formatCompact,
  formatCount,
  formatDay,
  formatDays,
  formatDuration,
  formatInstant,
  formatPlural,
  formatTime,
} from '../src/format.ts'

describe('figures are written the English way, whatever the language of the browser', () => {
  test.each([
    { name: 'thousands', given: formatCount(1_234_567), expect: '1,234,567' },
    { name: 'a short figure', given: formatCompact(1234), expect: '1.2k' },
    { name: 'one', given: formatPlural(1, 'event'), expect: '1 event' },
    { name: 'none', given: formatPlural(0, 'event'), expect: '0 events' },
    { name: 'many', given: formatPlural(1234, 'event'), expect: '1,234 events' },
  ])('$name', ({ given, expect: wanted }) => expect(given).toBe(wanted))
})

describe('a calendar day stays the same day in every time zone', () => {
  test.each([
    { name: 'in full', given: formatDay('2026-11-21'), expect: 'Sat, 21 Nov 2026' },
    { name: 'short', given: formatDay('2026-11-21', 'short'), expect: '21 Nov' },
    { name: 'a leap day', given: formatDay('2028-02-29', 'short'), expect: '29 Feb' },
  ])('$name', ({ given, expect: wanted }) => expect(given).toBe(wanted))
})

test.each([
  { name: 'within a month', from: '2026-11-15', to: '2026-11-21', expect: '15 – 21 Nov 2026' },
  { name: 'within a year', from: '2026-10-23', to: '2026-11-21', expect: '23 Oct – 21 Nov 2026' },
  { name: 'across years', from: '2025-12-30', to: '2026-01-02', expect: '30 Dec 2025 – 2 Jan 2026' },
  { name: 'one day', from: '2026-11-21', to: '2026-11-21', expect: '21 Nov 2026' },
])('a period $name is written as short as it can be', ({ from, to, expect: wanted }) => {
  expect(formatDays(from, to).replaceAll(/\s/g, ' ')).toBe(wanted)
})

test.each([
  { timeZone: 'UTC', time: '23:30:09', instant: '21 Nov 2026, 23:30' },
  { timeZone: 'Europe/Berlin', time: '00:30:09', instant: '22 Nov 2026, 00:30' },
  { timeZone: 'America/Los_Angeles', time: '15:30:09', instant: '21 Nov 2026, 15:30' },
])('an instant is told in the zone that is asked for: $timeZone', ({ timeZone, time, instant }) => {
  expect(formatTime('2026-11-21T23:30:09.500Z', timeZone)).toBe(time)
  expect(formatInstant('2026-11-21T23:30:09.500Z', timeZone)).toBe(instant)
})

test.each([
  { ms: 0, expect: '0 s' },
  { ms: 59_999, expect: '59 s' },
  { ms: 60_000, expect: '1 min' },
  { ms: 3_600_000 * 2.9, expect: '2 h' },
  { ms: 86_400_000, expect: '1 day' },
  { ms: 86_400_000 * 6.5, expect: '6 days' },
])('a duration of $ms ms is $expect', ({ ms, expect: wanted }) => expect(formatDuration(ms)).toBe(wanted))
