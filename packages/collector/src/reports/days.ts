import type { DayOf } from '../normalise/day.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Is it a real calendar day, written `YYYY-MM-DD`? */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  return new Date(instantOf(text)).toISOString().startsWith(text)
}

// Beyond these a day is not written with four digits of a year any more, and texts of days could not be compared.
const firstDay = instantOf('0000-01-01')
const lastDay = instantOf('9999-12-31')

/** Of its midnight in UTC. Not by `Date.UTC`, which takes the years 0 to 99 for those of the last century. */
function instantOf(day: string): number {
  return new Date(0).setUTCFullYear(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8)))
}

/** The day `count` days later; the first or the last day there is, where that lies beyond it. */
export const addDays = (day: string, count: number): string =>
  new Date(Math.min(lastDay, Math.max(firstDay, instantOf(day) + count * dayMs))).toISOString().slice(0, 10)

/** How many days there are from the first to the last, both included. */
export const countDays = (from: string, to: string): number => Math.max(0, (instantOf(to) - instantOf(from)) / dayMs + 1)

/** Every day from the first to the last, both included. */
export const daysBetween = (from: string, to: string): readonly string[] =>
  Array.from({ length: countDays(from, to) }, (_, index) => addDays(from, index))

/** The first instant of a day in the time zone that `dayOf` tells days in. */
export function startOfDay(day: string, dayOf: DayOf): number {
  const utc = instantOf(day)
  // Offsets reach from −12 to +14 hours. Where midnight does not exist, the day begins with the first instant after the gap.
  let before = utc - 15 * 60 * 60 * 1000
  let after = utc + 13 * 60 * 60 * 1000
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (dayOf(middle) >= day) after = middle
    else before = middle
  }
  return after
}
