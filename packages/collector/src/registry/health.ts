import { addDays, countDays, daysBetween } from '../reports/days.ts'

/**
 * `new`: too little is known to expect anything. `silent`: nothing came where something should have. `collapsing`: not half of it came.
 * `unseen`: registered, and never heard of.
 */
export type SourceStatus = 'new' | 'live' | 'collapsing' | 'silent' | 'unseen'

/** What a source sent, and what it was to send. */
export interface SourceHistory {
  /** Days of the first and the last receipt, `YYYY-MM-DD` in the project's time zone; `null`: never heard of. */
  readonly firstDay: string | null
  readonly lastDay: string | null
  /** Day -> events received, whatever became of them; days without any may be left out. */
  readonly received: ReadonlyMap<string, number>
  /** `null`: its own last weeks say. */
  readonly expectedPerDay: number | null
}

/** Four of each weekday: shops rest on some, and a till does not ring then. */
const habitDays = 28
/** Fewer days show no habit. */
const minHabitDays = 7
/** Whoever is not heard of for so long is silent, whatever their habit was. */
export const longSilenceDays = 35
/** So many days before today have to be known of `received`. */
export const historyDays = habitDays + longSilenceDays

/** So many events do not stay away by chance. */
const minMissing = 5

/**
 * How a source does. The day under way is not over: yesterday is the last that is judged, and whatever came today shows that nobody is
 * silent.
 *
 * @param today in the project's time zone
 */
export function statusOf(history: SourceHistory, today: string): SourceStatus {
  const { firstDay, lastDay, received } = history
  if (firstDay === null || lastDay === null) return 'unseen'
  const yesterday = addDays(today, -1)
  if (countDays(lastDay, today) > longSilenceDays) return 'silent'
  const expected = expectationOf(history, firstDay, earlier(lastDay, addDays(yesterday, -1)))
  if (expected === null) return 'new'
  if (isSilent(addDays(lastDay, 1), yesterday, expected)) return 'silent'
  // The day it began on was not a whole one.
  if (firstDay >= yesterday) return 'live'
  return isCollapsing(received.get(yesterday) ?? 0, expected(yesterday)) ? 'collapsing' : 'live'
}

const earlier = (one: string, other: string): string => (one < other ? one : other)

type Expectation = (day: string) => number

/** What a day was to bring, by what was said, or by the weeks up to `until`; `null` where nothing can be expected. */
function expectationOf({ expectedPerDay, received }: SourceHistory, firstDay: string, until: string): Expectation | null {
  if (expectedPerDay !== null) return () => expectedPerDay
  const days = daysBetween(addDays(until, 1 - habitDays), until).filter((day) => day > firstDay)
  const [first] = days
  if (first === undefined || days.length < minHabitDays) return null
  const counts = days.map((day) => received.get(day) ?? 0)
  return (day) => {
    const weekday = (countDays(first, day) - 1) % 7
    const ofWeekday = counts.filter((_, index) => index % 7 === weekday)
    return medianOf(ofWeekday.length > 1 ? ofWeekday : counts)
  }
}

/** Of two in the middle the lower. */
const medianOf = (counts: readonly number[]): number =>
  [...counts].sort((one, other) => one - other)[Math.ceil(counts.length / 2) - 1] ?? 0

/** As many days without anything as were to bring some events: one of a busy source, several of one that is rarely heard of. */
function isSilent(from: string, to: string, expected: Expectation): boolean {
  let missing = 0
  for (const day of daysBetween(from, to)) missing += expected(day)
  return missing >= minMissing
}

/** Not half of what was to come, and too little for chance: counts vary by about their square root. */
const isCollapsing = (received: number, expected: number): boolean =>
  received < expected / 2 && expected - received >= 3 * Math.sqrt(expected)
