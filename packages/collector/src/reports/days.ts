import type { DayOf } from '../normalise/day.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Is it a real calendar day, written `YYYY-MM-DD`? */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const instant = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(instant) && new Date(instant).toISOString().startsWith(text)
}

/** The day `count` days later. */
export const addDays = (day: string, count: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10)

/** Every day from the first to the last, both included. */
export function daysBetween(from: string, to: string): readonly string[] {
  const days: string[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}

/** The first instant of a day in the time zone that `dayOf` tells days in. */
export function startOfDay(day: string, dayOf: DayOf): number {
  const utc = Date.parse(`${day}T00:00:00Z`)
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
