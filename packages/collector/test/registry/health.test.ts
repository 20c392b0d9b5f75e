import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SourceHistory, type SourceStatus, statusOf } from '../../src/registry/health.ts'
import { addDays } from '../../src/reports/days.ts'

/** A Sunday. */
const today = '2026-11-22'
const ago = (days: number): string => addDays(today, -days)

/** @param received events of today, yesterday and so on, back in time */
function history(received: readonly number[], differs: Partial<SourceHistory> = {}): SourceHistory {
  const days = received.map((events, index) => [ago(index), events] as const).filter(([, events]) => events > 0)
  return {
    firstDay: days.at(-1)?.[0] ?? null,
    lastDay: days[0]?.[0] ?? null,
    received: new Map(days),
    expectedPerDay: null,
    ...differs,
  }
}

const daily = (events: number, days: number): readonly number[] => Array.from({ length: days }, () => events)
/** A shop that rests on Sundays: `today` is one. */
const withoutSundays = (events: number, days: number): readonly number[] =>
  Array.from({ length: days }, (_, index) => (index % 7 === 0 ? 0 : events))

const cases: readonly { readonly name: string; readonly given: SourceHistory; readonly status: SourceStatus }[] = [
  { name: 'never heard of', given: history([]), status: 'unseen' },
  { name: 'never heard of, though much was expected', given: history([], { expectedPerDay: 100 }), status: 'unseen' },
  { name: 'began today', given: history([500]), status: 'new' },
  { name: 'began six days ago', given: history(daily(100, 7)), status: 'new' },
  { name: 'began eight days ago: a week of whole days is not over', given: history(daily(100, 9)), status: 'new' },
  { name: 'began nine days ago', given: history(daily(100, 10)), status: 'live' },
  { name: 'began a month ago, the same each day', given: history(daily(100, 30)), status: 'live' },
  { name: 'nothing yet today', given: history([0, ...daily(100, 30)]), status: 'live' },
  { name: 'nothing since the day before yesterday', given: history([0, 0, ...daily(100, 30)]), status: 'silent' },
  { name: 'nothing yesterday, back today', given: history([3, 0, ...daily(100, 30)]), status: 'collapsing' },
  { name: 'nothing for a month', given: history([...daily(0, 30), ...daily(100, 30)]), status: 'silent' },
  {
    name: 'nothing for longer than is known',
    given: history([], { firstDay: ago(500), lastDay: ago(100) }),
    status: 'silent',
  },
  { name: 'less than half', given: history([10, 49, ...daily(100, 30)]), status: 'collapsing' },
  { name: 'half', given: history([10, 50, ...daily(100, 30)]), status: 'live' },
  { name: 'less than half of a few is chance', given: history([1, 3, ...daily(8, 30)]), status: 'live' },
  { name: 'rarely heard of, and quiet for two days', given: history([0, 0, 0, ...daily(1, 30)]), status: 'live' },
  { name: 'rarely heard of, and quiet for five days', given: history([...daily(0, 6), ...daily(1, 30)]), status: 'silent' },
  { name: 'a file of one day, two weeks ago', given: history([...daily(0, 14), 5000]), status: 'new' },
  { name: 'much more than ever', given: history([0, 9000, ...daily(100, 30)]), status: 'live' },
  {
    name: 'what was said wins: less than half of it',
    given: history([0, ...daily(40, 30)], { expectedPerDay: 100 }),
    status: 'collapsing',
  },
  {
    name: 'what was said wins: its habit was more',
    given: history([0, 40, ...daily(100, 30)], { expectedPerDay: 40 }),
    status: 'live',
  },
  { name: 'what was said, from the second day on', given: history([0, 0, 50], { expectedPerDay: 100 }), status: 'silent' },
  { name: 'its first day was not a whole one', given: history([0, 5], { expectedPerDay: 100 }), status: 'live' },
  {
    name: 'what was said is less than one a day',
    given: history([0, 0, 0, 0, 1, 0, 1], { expectedPerDay: 0.2 }),
    status: 'live',
  },
]

function restingOnSundays(events: number): readonly (readonly [string, number])[] {
  return withoutSundays(events, 40).flatMap((count, index) => (count === 0 ? [] : [[ago(index), count] as const]))
}

test.each(cases)('$name: $status', ({ given, status }) => {
  expect(statusOf(given, today)).toBe(status)
})

describe('a shop that rests on Sundays', () => {
  const received = new Map(restingOnSundays(100))
  const on = (day: string, lastDay: string): SourceStatus =>
    statusOf({ firstDay: ago(40), lastDay, received, expectedPerDay: null }, day)

  test('is not silent on the Sunday, nor on the Monday morning after it', () => {
    expect([on(today, ago(1)), on(addDays(today, 1), ago(1))]).toEqual(['live', 'live'])
  })

  test('is on the Tuesday, when nothing came on the Monday either', () => {
    expect(on(addDays(today, 2), ago(1))).toBe('silent')
  })
})

test('silence does not become a habit: who is silent stays it', () => {
  for (let days = 2; days < 60; days += 1) {
    const given = history([...daily(0, days), ...daily(100, 30)])
    expect([days, statusOf(given, today)]).toEqual([days, 'silent'])
  }
})

test('whatever came, one of the words is the answer, and never silent when something came today', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(200), { maxLength: 70 }),
      fc.option(fc.double({ min: 0.001, max: 1000, noNaN: true })),
      (received, expectedPerDay) => {
        const status = statusOf(history([1, ...received], { expectedPerDay }), today)
        expect(['new', 'live', 'collapsing']).toContain(status)
      },
    ),
  )
})
