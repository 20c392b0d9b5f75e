import { formatCount, formatDay } from './format.ts'

/** One line of a chart, cut where the figures are not final yet. `null` is a gap. */
export interface Series {
  readonly finished: readonly (number | null)[]
  /** Today and the day before, so that the dashed end meets the line; gaps elsewhere. */
  readonly unfinished: readonly (number | null)[]
}

/** A day that is not over always looks like a fall; drawn apart, it does not frighten anyone at nine in the morning. */
export function splitAtToday(values: readonly number[], days: readonly string[], today: string): Series {
  const unfinishedFrom = days.indexOf(today)
  if (unfinishedFrom < 0) return { finished: values, unfinished: values.map(() => null) }
  return {
    finished: values.map((value, index) => (index < unfinishedFrom ? value : null)),
    unfinished: values.map((value, index) => (index >= unfinishedFrom - 1 ? value : null)),
  }
}

/** What a chart shows, for someone who cannot see it: `Events: between 0 on 1 Nov and 1,234 on 12 Nov.` */
export function summaryOf<K extends string>(
  word: string,
  days: readonly ({ readonly day: string } & Readonly<Record<K, number>>)[],
  key: K,
): string {
  const [first] = days
  if (first === undefined) return `${word}: no days.`
  const lowest = days.reduce((best, entry) => (entry[key] < best[key] ? entry : best), first)
  const highest = days.reduce((best, entry) => (entry[key] > best[key] ? entry : best), first)
  const of = (entry: typeof first): string => `${formatCount(entry[key])} on ${formatDay(entry.day, 'short')}`
  return lowest[key] === highest[key]
    ? `${word}: ${formatCount(first[key])} every day.`
    : `${word}: between ${of(lowest)} and ${of(highest)}.`
}
