import { type Day, offsetMinutes, readCompact, readWritten, type Written, type WrittenClock } from './date-grammars.ts'
import type { DateContext, DatePrecision, DateRule } from './date-rules.ts'
import { decimalIn, readCount } from './epoch.ts'
import type { Outcome } from './outcome.ts'
import { eventTimes, type TimeRange } from './time-range.ts'
import { zoneOf } from './zone.ts'

export interface DateReading {
  /** UTC, `YYYY-MM-DDTHH:mm:ss.sssZ`. Of a day its beginning. */
  readonly iso: string
  readonly precision: DatePrecision
  /** What was read, as it was sent. */
  readonly raw: unknown
}

/**
 * Reads a date, or a date and time, as one instant: ISO 8601 and RFC 9557, RFC 2822, what JavaScript, Unix, Excel and .NET write, figures
 * in an order that is certain, English month names, and numbers that count since 1970. At most 64 characters.
 *
 * `ambiguous` with DT-LOCAL-NOZONE, DT-DATE-NOZONE, DT-NUM-ORDER, DT-YEAR2, DT-EXCEL-NOUNIT or DT-EPOCH-MAGNITUDE is settled by the
 * source's `tz`, `dateOrder` or `unit`; with DT-DST-OVERLAP or DT-ZONE-ABBR only by an offset in the text. A declared order or unit is
 * applied strictly. Never rolls over, never falls back to the machine's own zone.
 *
 * @example
 * parseDate('14.03.2026 10:15', { tz: 'Europe/Paris' }) // { status: 'ok', iso: '2026-03-14T09:15:00.000Z', precision: 'minute', … }
 */
export function parseDate(input: unknown, context: DateContext = {}): Outcome<DateReading, DateRule> {
  const read = readDate(input, context)
  if (read.status !== 'ok') return read
  return { status: 'ok', rule: read.rule, iso: new Date(read.at).toISOString(), precision: read.precision, raw: input }
}

/** The same, as milliseconds since 1970 UTC. `range` is what DT-RANGE holds it against. */
export function readDate(input: unknown, context: DateContext = {}, range: TimeRange = eventTimes): Reading {
  if (typeof input === 'string') return readText(input, context, range)
  if (typeof input === 'number' && Number.isFinite(input)) return readNumber(input, context, range)
  return invalid('DT-MISSING')
}

export type Reading = Outcome<{ readonly at: number; readonly precision: DatePrecision }, DateRule>

const invalid = (rule: DateRule) => ({ status: 'invalid', rule }) as const
const ambiguous = (rule: DateRule) => ({ status: 'ambiguous', rule }) as const

/** What one date may be long. Only the name of its zone, which a browser puts in brackets, may reach beyond. */
const maxLength = 64
const maxLengthWithName = 160

function readText(input: string, context: DateContext, range: TimeRange): Reading {
  if (input.length > maxLengthWithName) return invalid('DT-UNSUPPORTED')
  const text = trimmed(input)
  if (text === '' || isMissing.test(text)) return invalid('DT-MISSING')
  if (text.length > maxLength && text.replace(bracketed, '').length > maxLength) return invalid('DT-UNSUPPORTED')
  if (text.startsWith('/')) return readMsJson(text, range)
  const decimal = decimalIn(text)
  if (decimal !== null) return counted(readCount(decimal, context.unit ?? null, true), context, range)
  if (isScientific.test(text)) return invalid('DT-EPOCH-SCI')
  const written = readWritten(text, context.dateOrder ?? null)
  return typeof written === 'string' ? invalid(written) : settled(written, context, range)
}

/** Without the white space and the pair of quotation marks around it; inside, every kind of space is one. */
function trimmed(input: string): string {
  const outer = input.trim()
  const text = outer.length >= 2 && outer.startsWith('"') && outer.endsWith('"') ? outer.slice(1, -1).trim() : outer
  return text.replace(/[\u00a0\u2009\u202f]/g, ' ')
}

const isMissing = /^(?:null|undefined|nan|invalid date)$/i
const bracketed = / \([^()]{1,96}\)$/
const isScientific = /^[+-]?\d{1,40}(?:\.\d{0,40})?[eE][+-]?\d{1,5}$/

/** A number by its shortest decimal text: the digits that its sender wrote, as far as there are 15. */
function readNumber(input: number, context: DateContext, range: TimeRange): Reading {
  const decimal = decimalIn(String(input))
  return decimal === null ? invalid('DT-RANGE') : counted(readCount(decimal, context.unit ?? null, false), context, range)
}

const msJson = /^\/Date\((-)?(\d{1,20})([+-]\d{4})?\)\/$/

function readMsJson(text: string, range: TimeRange): Reading {
  const [, sign, digits, offset] = msJson.exec(text) ?? []
  if (digits === undefined) return invalid('DT-UNSUPPORTED')
  if (offset !== undefined && offsetMinutes(offset) === null) return invalid('DT-OFFSET')
  return within(range, sign === '-' ? -1 : Number(digits), 'ms', 'DT-MSJSON')
}

function counted(count: ReturnType<typeof readCount>, context: DateContext, range: TimeRange): Reading {
  switch (count.kind) {
    case 'instant':
      return within(range, count.at, count.precision, count.rule)
    case 'local':
      return inZone(context.tz, count.local, count.precision, count.rule, range)
    case 'compact': {
      const written = readCompact(count.digits)
      return written === null ? invalid('DT-UNSUPPORTED') : settled(written, context, range)
    }
    default:
      return { status: count.kind, rule: count.rule }
  }
}

/** Holds what is written against the calendar, the clock and the zones. Whatever makes it invalid comes before what makes it ambiguous. */
function settled({ rule, days, doubt, clock, zone, weekday }: Written, context: DateContext, range: TimeRange): Reading {
  const time = clock === null ? 0 : timeOfDay(clock)
  if (time === null) return invalid('DT-TIME')
  if (zone.kind === 'offset' && zone.minutes === null) return invalid('DT-OFFSET')
  const midnight = firstPossible(days, weekday, range)
  if (typeof midnight === 'string') return invalid(midnight)
  if (doubt !== null) return ambiguous(doubt)

  const local = midnight + time
  const precision = precisionOf(clock)
  switch (zone.kind) {
    case 'none':
      return inZone(context.tz, local, precision, rule, range)
    case 'place':
      return inPlace(zone.place, local, precision, rule, range)
    case 'abbreviation':
      return isPossible(range, local) ? ambiguous('DT-ZONE-ABBR') : invalid('DT-RANGE')
    case 'offset': {
      const at = local - (zone.minutes ?? 0) * minuteMs
      if (zone.place !== null && !agrees(zone.place, at, zone.isLocal ? local - at : null)) return invalid('DT-ISO-IXDTF')
      const beatsZone = rule === 'DT-ISO-ZONED' && zone.isLocal && typeof context.tz === 'string'
      return within(range, at, precision, beatsZone ? 'DT-OFFSET-WINS' : rule)
    }
  }
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

function within(range: TimeRange, at: number, precision: DatePrecision, rule: DateRule): Reading {
  return range.from <= at && at < range.until ? { status: 'ok', rule, at, precision } : invalid('DT-RANGE')
}

/** Is there a zone in which this local time lies in the range? */
const isPossible = ({ from, until }: TimeRange, local: number): boolean =>
  local + 12 * hourMs >= from && local - 14 * hourMs < until

/** A local time of the source. */
function inZone(
  tz: string | null | undefined,
  local: number,
  precision: DatePrecision,
  rule: DateRule,
  range: TimeRange,
): Reading {
  const isDay = precision === 'day'
  const zone = tz === undefined || tz === null ? null : zoneOf(tz)
  if (!isPossible(range, local)) return invalid('DT-RANGE')
  if (zone === null) return ambiguous(isDay ? 'DT-DATE-NOZONE' : 'DT-LOCAL-NOZONE')
  const at = isDay ? zone.startOfDay(local) : zone.instantOf(local)
  if (at === 'gap') return invalid('DT-DST-GAP')
  if (at === 'overlap') return ambiguous('DT-DST-OVERLAP')
  return within(range, at, precision, rule)
}

/** A local time whose zone stands in brackets behind it. */
function inPlace(place: string, local: number, precision: DatePrecision, rule: DateRule, range: TimeRange): Reading {
  if (!isOffset.test(place)) {
    return zoneOf(place) === null ? invalid(rule) : inZone(place, local, precision, rule, range)
  }
  const minutes = offsetMinutes(place)
  return minutes === null ? invalid('DT-OFFSET') : within(range, local - minutes * minuteMs, precision, rule)
}

const isOffset = /^[+-]\d{2}(?::?\d{2})?$/

/** Does the place in brackets exist, and does it have this offset then? Without one, as with `Z`, there is nothing to disagree about. */
function agrees(place: string, at: number, offset: number | null): boolean {
  if (isOffset.test(place)) {
    const minutes = offsetMinutes(place)
    return minutes !== null && (offset === null || offset === minutes * minuteMs)
  }
  const zone = zoneOf(place)
  return zone !== null && (offset === null || zone.offsetAt(at) === offset)
}

/** In ms; `null` where no clock shows it. The midnight that ends a day is the one time that has the hour 24. */
function timeOfDay({ hour, minute, second, fraction, half }: WrittenClock): number | null {
  const seconds = second ?? 0
  if (minute > 59 || seconds > 59) return null
  if (half === null ? hour > 24 : hour < 1 || hour > 12) return null
  if (hour === 24 && (minute > 0 || seconds > 0 || /[^0]/.test(fraction))) return null
  const hours = half === null ? hour : (hour % 12) + (half === 'pm' ? 12 : 0)
  return hours * hourMs + minute * minuteMs + seconds * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
}

function precisionOf(clock: WrittenClock | null): DatePrecision {
  if (clock === null) return 'day'
  if (clock.fraction !== '') return 'ms'
  return clock.second === null ? 'minute' : 's'
}

/** The midnight that begins the first of the days that exists, in the range and on this weekday; or what is wrong with the last of them. */
function firstPossible(days: readonly Day[], weekday: string | null, range: TimeRange): number | DateRule {
  let wrong: DateRule = 'DT-RANGE'
  for (const day of days) {
    const midnight = midnightOf(day)
    if (!isPossible(range, midnight)) continue
    if (!isReal(day)) wrong = 'DT-CALENDAR'
    else if (weekday !== null && !isWeekday(midnight, weekday)) wrong = 'DT-RFC2822'
    else return midnight
  }
  return wrong
}

const isReal = ([year, month, day]: Day): boolean => month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)

const daysIn = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

// For `Date.UTC` the years 0 to 99 are in the last century; the calendar repeats after 400 years.
const midnightOf = ([year, month, day]: Day): number => Date.UTC(year + 400, month - 1, day) - 146_097 * dayMs

const weekdays = ['thursday', 'friday', 'saturday', 'sunday', 'monday', 'tuesday', 'wednesday']

function isWeekday(midnight: number, written: string): boolean {
  // 1970 began on a Thursday.
  const name = weekdays[(((midnight / dayMs) % 7) + 7) % 7] ?? ''
  const text = written.toLowerCase()
  return text === name || text === name.slice(0, 3)
}
