import type { DatePrecision, DateRule, DateUnit } from './date-rules.ts'

/** A bare number as a time. */
export type Counted =
  | { readonly kind: 'instant'; readonly at: number; readonly precision: DatePrecision; readonly rule: DateRule }
  /** What the wall clock showed, in ms, as if it hung in UTC. */
  | { readonly kind: 'local'; readonly local: number; readonly precision: DatePrecision; readonly rule: DateRule }
  /** A date, or a date and time, without marks between its parts. */
  | { readonly kind: 'compact'; readonly digits: string }
  | { readonly kind: 'ambiguous' | 'invalid'; readonly rule: DateRule }

/** Reads a decimal text, in whole numbers all the way: `whole` and `fraction` are its digits. `isText`: the source sent it as text. */
export function readCount({ isNegative, whole, fraction }: Decimal, unit: DateUnit | null, isText: boolean): Counted {
  if (unit === 'excel' || unit === 'excel1904') return readSerial({ isNegative, whole, fraction }, unit)
  if (isNegative || isZero.test(whole)) return invalid('DT-RANGE')
  if (unit !== null) return instant(whole, fraction, unit, 'DT-EPOCH-UNIT')
  const unitByDigits = fraction === '' || whole.length >= 10 ? units.get(whole.length) : undefined
  if (unitByDigits !== undefined) return instant(whole, fraction, unitByDigits, 'DT-EPOCH-MAGNITUDE')
  if (whole.length === 5) return { kind: 'ambiguous', rule: 'DT-EXCEL-NOUNIT' }
  if (fraction === '') {
    // As numbers, 17 digits are more than a binary fraction holds, and 8 may count something.
    if (whole.length === 14 || (isText && (whole.length === 8 || whole.length === 17))) return { kind: 'compact', digits: whole }
    if (isYear.test(whole)) return invalid('DT-PARTIAL')
  }
  return { kind: 'ambiguous', rule: 'DT-EPOCH-MAGNITUDE' }
}

export interface Decimal {
  readonly isNegative: boolean
  readonly whole: string
  readonly fraction: string
}

/** The digits of a decimal text without exponent, or `null`. */
export function decimalIn(text: string): Decimal | null {
  const match = decimal.exec(text)
  return match === null ? null : { isNegative: match[1] === '-', whole: match[2] ?? '', fraction: match[3] ?? '' }
}

const decimal = /^(-)?(\d{1,40})(?:\.(\d{1,40}))?$/
const isZero = /^0+$/
const isYear = /^(?:19|20)\d{2}$/

/** The units of times in this century and the last, by the digits before the decimal point. */
const units: ReadonlyMap<number, keyof typeof perMs> = new Map([
  [10, 's'],
  [13, 'ms'],
  [16, 'us'],
  [19, 'ns'],
])

/** Decimal places by which the unit's point has to move to count milliseconds. */
const perMs = { s: 3, ms: 0, us: -3, ns: -6 } as const

function instant(whole: string, fraction: string, unit: keyof typeof perMs, rule: DateRule): Counted {
  const places = perMs[unit]
  const digits = places >= 0 ? whole + fraction.slice(0, places).padEnd(places, '0') : whole.slice(0, places)
  // Beyond these there is no year 2100 in sight, and a number would lose digits.
  if (digits.replace(/^0+/, '').length > 15) return invalid('DT-RANGE')
  return { kind: 'instant', at: Number(digits), precision: unit === 's' && fraction === '' ? 's' : 'ms', rule }
}

const dayMs = 86_400_000
const excelEpochs = { excel: Date.UTC(1899, 11, 30), excel1904: Date.UTC(1904, 0, 1) } as const
/** Excel takes 1900 for a leap year: up to its 29 February of that year, day 60, every serial is one off. */
const firstTrueSerial = 61

function readSerial({ isNegative, whole, fraction }: Decimal, unit: keyof typeof excelEpochs): Counted {
  if (isNegative || isZero.test(whole) || whole.length > 9) return invalid('DT-RANGE')
  const days = Number(whole)
  if (unit === 'excel' && days < firstTrueSerial) return invalid('DT-EXCEL')
  const local = excelEpochs[unit] + days * dayMs + fractionOfDay(fraction)
  return { kind: 'local', local, precision: fraction === '' ? 'day' : 'ms', rule: 'DT-EXCEL' }
}

/** In ms, rounded half up. */
function fractionOfDay(fraction: string): number {
  const scale = 10n ** BigInt(fraction.length)
  return Number((BigInt(fraction || '0') * BigInt(dayMs) * 2n + scale) / (scale * 2n))
}

const invalid = (rule: DateRule): Counted => ({ kind: 'invalid', rule })
