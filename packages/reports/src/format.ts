// The page speaks English, so its figures do too: a German `1.234` beside English words would be read as one and a bit.
const locale = 'en-GB'

const count = new Intl.NumberFormat(locale)
const shareOf = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
const compactCount = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })

/** `1,234` */
export const formatCount = (value: number): string => count.format(value)

/** `1.2K`, for the scale of a chart, where room is short. */
export const formatCompact = (value: number): string => compactCount.format(value)

/** `1 event`, `2 events`. */
export const formatPlural = (value: number, one: string, many = `${one}s`): string =>
  `${formatCount(value)} ${value === 1 ? one : many}`

/** `1.2%`. Never `0%` of something and never `100%` of less than all. */
export function formatShare(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0%'
  const share = (part / whole) * 100
  if (share < 0.1) return '<0.1%'
  if (share > 99.9 && part < whole) return '>99.9%'
  return `${shareOf.format(share)}%`
}

// A calendar day has no time zone; reading it as midnight UTC and writing it in UTC keeps it the same day everywhere.
const dayStyles = {
  full: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  short: { day: 'numeric', month: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

/** `Sat, 21 Nov 2026` or, short, `21 Nov`. Takes a calendar day as `2026-11-21`. */
export function formatDay(day: string, style: keyof typeof dayStyles = 'full'): string {
  return new Intl.DateTimeFormat(locale, { ...dayStyles[style], timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
}

/** `23 Oct – 21 Nov 2026`: as short as it can be without losing anything. Takes calendar days, both included. */
export function formatDays(from: string, to: string): string {
  const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  return days.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`))
}

/** `18:04:09` in the given IANA time zone. Takes an ISO 8601 instant. */
export function formatTime(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone }).format(
    new Date(instant),
  )
}

/** `21 Nov 2026, 18:04` in the given IANA time zone. Takes an ISO 8601 instant. */
export function formatInstant(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(instant))
}

const steps = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
  { unit: 's', ms: 1000 },
] as const

/** `3 h`, `12 min`, `2 days`: how long, rounded down to the largest unit that fits. */
export function formatDuration(ms: number): string {
  const step = steps.find((candidate) => ms >= candidate.ms)
  if (step === undefined) return '0 s'
  const value = Math.floor(ms / step.ms)
  return step.unit === 'day' ? formatPlural(value, 'day') : `${value} ${step.unit}`
}
