import { readDate } from './date.ts'
import { anyTime } from './time-range.ts'

/**
 * Reads an instant that is no event's: a limit, which may say "for ever" with the year 9999, or a decision's time. Milliseconds since 1970,
 * or a text that `parseDate` reads without knowing its source. Every other text has several readings or none, and gives `null`.
 */
export function readInstant(value: number | string): number | null {
  if (typeof value === 'number') return value
  const read = readDate(value, {}, anyTime)
  return read.status === 'ok' ? read.at : null
}
