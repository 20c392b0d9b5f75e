/** The presets of the period chooser, in days up to and including today. */
export const presets = [7, 30, 90] as const
type Preset = (typeof presets)[number]

/** What time span the page looks at: the last days, moving with the calendar, or two fixed days, both included. */
export type Period =
  | { readonly kind: 'last'; readonly days: Preset }
  | { readonly kind: 'between'; readonly from: string; readonly to: string }

/** Both days included, as `2026-11-21`, in the project's time zone. */
export interface DayRange {
  readonly from: string
  readonly to: string
}

/** What the collector answers with when it is not told a period. */
export const defaultPeriod: Period = { kind: 'last', days: 30 }

const dayPattern = /^\d{4}-\d{2}-\d{2}$/

/** Is it a day of the calendar, written `2026-11-21`? */
export function isDay(text: string): boolean {
  if (!dayPattern.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  // 31 February parses as 3 March in some engines: only a day that writes itself back the same exists.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** Reads the period from the page's address, where people bookmark and share it. Whatever cannot be read is the default. */
export function readPeriod(search: string): Period {
  const parameters = new URLSearchParams(search)
  const days = presets.find((preset) => String(preset) === parameters.get('days'))
  if (days !== undefined) return { kind: 'last', days }
  const from = parameters.get('from') ?? ''
  const to = parameters.get('to') ?? ''
  return isDay(from) && isDay(to) && from <= to ? { kind: 'between', from, to } : defaultPeriod
}

/** The address's query for a period; `readPeriod` reads it back. */
export function writePeriod(period: Period): string {
  if (period.kind === 'last') return `?days=${period.days}`
  return writeDays(period)
}

/** The collector's query for the same days. */
export const writeDays = ({ from, to }: DayRange): string => `?from=${from}&to=${to}`

/** Which day it is now in an IANA time zone, as `2026-11-21`. */
export const todayIn = (timeZone: string, now: Date): string =>
  // Sweden writes days the ISO way.
  now.toLocaleDateString('sv-SE', { timeZone })

/** The days of a period, seen from `today`. */
export function daysOf(period: Period, today: string): DayRange {
  if (period.kind === 'between') return { from: period.from, to: period.to }
  return { from: addDays(today, 1 - period.days), to: today }
}

function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}
