/** Tells the calendar day of an instant, `YYYY-MM-DD`, in one time zone. */
export type DayOf = (instant: number) => string

const quarterMs = 15 * 60 * 1000
// A quarter of an hour each: some 10 days of distinct keys, and events cluster around now.
const maxCached = 1024

/** Every offset and every change of offset is a multiple of 15 minutes, so that one answer serves a quarter of an hour. */
export function createDayOf(timeZone: string): DayOf {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const cache = new Map<number, string>()
  return (instant) => {
    const quarter = Math.floor(instant / quarterMs)
    const known = cache.get(quarter)
    if (known !== undefined) return known
    if (cache.size >= maxCached) cache.clear()
    const day = format.format(quarter * quarterMs)
    cache.set(quarter, day)
    return day
  }
}
