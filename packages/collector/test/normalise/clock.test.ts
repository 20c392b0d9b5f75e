import fc from 'fast-check'
import { expect, test } from 'vitest'
import { correctClock, lateness } from '../../src/normalise/clock.ts'

const now = Date.UTC(2026, 10, 21, 12)
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

test.each([
  {
    name: 'a right clock is left alone',
    given: { occurredAt: now - 10 * second, sentAt: now - 200, ageMs: 9_800 },
    at: now - 10 * second,
    reason: null,
    flags: [],
  },
  {
    name: 'an error of travel time is left alone',
    given: { occurredAt: now - 10 * second, sentAt: now - 4 * second },
    at: now - 10 * second,
    reason: null,
    flags: [],
  },
  {
    name: 'a clock an hour slow is corrected',
    given: { occurredAt: now - hour - 10 * second, sentAt: now - hour },
    at: now - 10 * second,
    reason: 'clock_skew',
    flags: [],
  },
  {
    name: 'a clock an hour fast is corrected',
    given: { occurredAt: now + hour - 10 * second, sentAt: now + hour, ageMs: 10 * second },
    at: now - 10 * second,
    reason: 'clock_skew',
    flags: [],
  },
  {
    name: 'a clock in 1970 is corrected and flagged',
    given: { occurredAt: 5 * second, sentAt: 15 * second },
    at: now - 10 * second,
    reason: 'clock_skew',
    flags: ['bad_clock'],
  },
  {
    name: 'a clock that was set back while the event waited is overruled by the monotonic age',
    given: { occurredAt: now - 10 * second, sentAt: now - 5 * second, ageMs: hour },
    at: now - hour,
    reason: 'monotonic_age',
    flags: [],
  },
  {
    name: 'a monotonic clock that slept is not believed',
    given: { occurredAt: now - 8 * hour, sentAt: now, ageMs: minute },
    at: now - 8 * hour,
    reason: null,
    flags: [],
  },
  {
    name: 'captured after it was sent: the clock went back',
    given: { occurredAt: now + hour, sentAt: now },
    at: now,
    reason: 'clock_went_back',
    flags: ['clock_went_back'],
  },
  {
    name: 'captured after it was sent, with an age',
    given: { occurredAt: now + hour, sentAt: now, ageMs: 20 * second },
    at: now - 20 * second,
    reason: 'monotonic_age',
    flags: ['clock_went_back'],
  },
  {
    name: 'captured a second after it was sent: however little, the clock went back',
    given: { occurredAt: now - hour + second, sentAt: now - hour },
    at: now,
    reason: 'clock_went_back',
    flags: ['clock_went_back'],
  },
  {
    name: 'captured a second after it was sent, with an age',
    given: { occurredAt: now - hour + second, sentAt: now - hour, ageMs: 2 * second },
    at: now - 2 * second,
    reason: 'monotonic_age',
    flags: ['clock_went_back'],
  },
  {
    name: 'an error of 5 s is left alone',
    given: { occurredAt: now - minute, sentAt: now - 5 * second },
    at: now - minute,
    reason: null,
    flags: [],
  },
  {
    name: 'an error of a moment more is corrected',
    given: { occurredAt: now - minute, sentAt: now - 5 * second - 1 },
    at: now - minute + 5 * second + 1,
    reason: 'clock_skew',
    flags: [],
  },
  {
    name: 'an error of a day is no bad clock yet',
    given: { occurredAt: now - day - minute, sentAt: now - day },
    at: now - minute,
    reason: 'clock_skew',
    flags: [],
  },
  {
    name: 'an error of more than a day is a bad clock',
    given: { occurredAt: now + day + 1 - minute, sentAt: now + day + 1 },
    at: now - minute,
    reason: 'clock_skew',
    flags: ['bad_clock'],
  },
  {
    name: 'late after a correction',
    given: { occurredAt: now - 9 * day, sentAt: now - day },
    at: now - 8 * day,
    reason: 'clock_skew',
    flags: ['too_late'],
  },
  {
    name: 'a row of a file that lies a little ahead',
    given: { occurredAt: now + 5 * minute, isFileImport: true },
    at: now + 5 * minute,
    reason: null,
    flags: [],
  },
  {
    name: 'a row of a file, whatever is said about when it was sent',
    given: { occurredAt: now - day, sentAt: now - 3 * day, ageMs: minute, isFileImport: true },
    at: now - day,
    reason: null,
    flags: [],
  },
  {
    name: 'no time but an age',
    given: { occurredAt: null, ageMs: minute },
    at: now - minute,
    reason: 'monotonic_age',
    flags: [],
  },
  {
    name: 'no time at all',
    given: { occurredAt: undefined },
    at: now,
    reason: 'time_from_receipt',
    flags: ['time_from_receipt'],
  },
  { name: 'a server without sent_at', given: { occurredAt: now - day }, at: now - day, reason: null, flags: [] },
  {
    name: 'six minutes ahead',
    given: { occurredAt: now + 6 * minute },
    at: now,
    reason: 'future_clamped',
    flags: ['future_clamped'],
  },
  { name: 'four minutes ahead', given: { occurredAt: now + 4 * minute }, at: now + 4 * minute, reason: null, flags: [] },
  { name: 'eight days late', given: { occurredAt: now - 8 * day }, at: now - 8 * day, reason: null, flags: ['too_late'] },
  {
    name: 'an age that contradicts the clock, without sent_at',
    given: { occurredAt: now - hour, ageMs: minute },
    at: now - minute,
    reason: 'monotonic_age',
    flags: [],
  },
])('$name', ({ given, at, reason, flags }) => {
  const read = correctClock({ ...given, receivedAt: now })
  expect(read).toMatchObject({ status: 'ok', occurredAt: at, iso: new Date(at).toISOString(), reason, flags })
})

test.each([
  { name: 'two days ahead without sent_at', given: { occurredAt: now + 2 * day }, rule: 'TM-FUTURE' },
  {
    name: 'a row of a file that lies ahead: never clamped',
    given: { occurredAt: now + 6 * minute, isFileImport: true },
    rule: 'TM-FUTURE',
  },
  {
    name: 'a row of a file without a time: never made up',
    given: { occurredAt: null, ageMs: minute, isFileImport: true },
    rule: 'DT-MISSING',
  },
  { name: 'a row of a file from 1970', given: { occurredAt: 0, isFileImport: true }, rule: 'DT-RANGE' },
  { name: 'a row of a file with no number', given: { occurredAt: Number.NaN, isFileImport: true }, rule: 'DT-RANGE' },
  { name: '1970 without sent_at', given: { occurredAt: 0 }, rule: 'DT-RANGE' },
  { name: 'no number that a date can hold', given: { occurredAt: 1e300 }, rule: 'DT-RANGE' },
  { name: 'older than anything', given: { occurredAt: 0, sentAt: 40 * 365 * day }, rule: 'DT-RANGE' },
])('invalid: $name', ({ given, rule }) => {
  expect(correctClock({ ...given, receivedAt: now })).toEqual({ status: 'invalid', rule })
})

test('whatever clocks say, a stored time is never later than its receipt by more than five minutes', () => {
  const clock = fc.option(fc.oneof(fc.double(), fc.integer({ min: now - 400 * day, max: now + 400 * day })), { nil: undefined })
  fc.assert(
    fc.property(clock, clock, clock, (occurredAt, sentAt, ageMs) => {
      const read = correctClock({ occurredAt, sentAt, receivedAt: now, ageMs: ageMs === undefined ? undefined : Math.abs(ageMs) })
      if (read.status !== 'ok') return
      expect(Number.isSafeInteger(read.occurredAt)).toBe(true)
      expect(read.occurredAt).toBeLessThanOrEqual(now + 5 * minute)
    }),
  )
})

test('a constant error of the device clock changes nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 6 * day }),
      fc.integer({ min: -300 * day, max: 300 * day }).filter((error) => Math.abs(error) > 5 * second),
      (age, error) => {
        const read = correctClock({ occurredAt: now - age + error, sentAt: now + error, receivedAt: now })
        expect(read).toMatchObject({ status: 'ok', occurredAt: now - age })
      },
    ),
  )
})

test.each([
  ['live', -hour],
  ['live', 0],
  ['live', 5 * minute],
  ['late', 5 * minute + 1],
  ['late', day],
  ['restate', day + 1],
  ['restate', 7 * day],
  ['too_late', 7 * day + 1],
  ['too_late', 4000 * day],
] as const)('%s: received %i ms after it happened', (expected, lagMs) => {
  expect(lateness(now - lagMs, now)).toBe(expected)
})
