import { expect, test } from 'vitest'
import { type ClockInput, correctClock } from '../../src/normalise/clock.ts'

const receivedAt = Date.UTC(2026, 10, 21, 12)
const minute = 60_000
const hour = 60 * minute

const cases: readonly {
  readonly rule: string
  readonly title: string
  readonly given: Omit<ClockInput, 'receivedAt'>
  readonly expected: object
}[] = [
  {
    rule: 'TM-DEVICE',
    title: 'a clock that is right stands',
    given: { occurredAt: receivedAt - minute, sentAt: receivedAt - 1000 },
    expected: { occurredAt: receivedAt - minute, reason: null, flags: [] },
  },
  {
    rule: 'TM-AGE',
    title: 'an age that the wall clock cannot show wins over it',
    given: { occurredAt: receivedAt - minute, sentAt: receivedAt, ageMs: 10 * minute },
    expected: { occurredAt: receivedAt - 10 * minute, reason: 'monotonic_age' },
  },
  {
    rule: 'TM-SKEW',
    title: 'a clock three hours ahead is taken back by three hours',
    given: { occurredAt: receivedAt + 3 * hour - minute, sentAt: receivedAt + 3 * hour },
    expected: { occurredAt: receivedAt - minute, reason: 'clock_skew', skewMs: -3 * hour, flags: [] },
  },
  {
    rule: 'TM-RECEIPT',
    title: 'without any time it happened when it came',
    given: { occurredAt: null },
    expected: { occurredAt: receivedAt, reason: 'time_from_receipt', flags: ['time_from_receipt'] },
  },
  {
    rule: 'TM-WENT-BACK',
    title: 'what was sent before it happened happened when it came',
    given: { occurredAt: receivedAt + hour, sentAt: receivedAt },
    expected: { occurredAt: receivedAt, reason: 'clock_went_back', flags: ['clock_went_back'] },
  },
  {
    rule: 'TM-FUTURE',
    title: 'a few minutes in the future are moved to the receipt',
    given: { occurredAt: receivedAt + 6 * minute },
    expected: { occurredAt: receivedAt, reason: 'future_clamped', flags: ['future_clamped'] },
  },
]

test.each(cases)('$rule: $title', ({ rule, given, expected }) => {
  expect(correctClock({ ...given, receivedAt })).toMatchObject({ status: 'ok', rule, ...expected })
})

test('TM-FUTURE: days in the future are no time, and nothing in a file is moved', () => {
  expect(correctClock({ occurredAt: receivedAt + 25 * hour, receivedAt })).toEqual({ status: 'invalid', rule: 'TM-FUTURE' })
  const row = { occurredAt: receivedAt + 6 * minute, receivedAt, isFileImport: true }
  expect(correctClock(row)).toEqual({ status: 'invalid', rule: 'TM-FUTURE' })
})
