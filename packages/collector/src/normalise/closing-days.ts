/** Days on which no reference rates are published: weekends, and the closing days of the euro's payment system. */
export type ClosingDay = 'weekend' | 'holiday'

const dayMs = 86_400_000

/** Days since 1970 of a day written `YYYY-MM-DD`. */
export const numberOfDay = (day: string): number =>
  Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / dayMs

/** Why no rates are published on a day, written `YYYY-MM-DD`; `null` for a working day. */
export function closingDay(day: string): ClosingDay | null {
  const number = numberOfDay(day)
  // 1 January 1970 was a Thursday.
  const weekday = (((number + 4) % 7) + 7) % 7
  if (weekday === 0 || weekday === 6) return 'weekend'
  const easter = easterSunday(Number(day.slice(0, 4)))
  const isClosed = ['01-01', '05-01', '12-25', '12-26'].includes(day.slice(5)) || number === easter - 2 || number === easter + 1
  return isClosed ? 'holiday' : null
}

/** Days since 1970. The Gregorian computus in the form that holds from 1900 to 2099. */
function easterSunday(year: number): number {
  const fullMoon = (19 * (year % 19) + 24) % 30
  const shift = (2 * (year % 4) + 4 * (year % 7) + 6 * fullMoon + 5) % 7
  let march = 22 + fullMoon + shift
  if (march === 57 || (march === 56 && fullMoon === 28 && year % 19 > 10)) march -= 7
  return Date.UTC(year, 2, march) / dayMs
}
