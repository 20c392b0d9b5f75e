import { currencyExponents, readCurrency } from './currencies.ts'
import type { Outcome } from './outcome.ts'

export type MoneyRule =
  | 'MN-NUMBER'
  | 'MN-MINOR'
  | 'MN-NOCURRENCY'
  | 'MN-BADCODE'
  | 'MN-CONFLICT'
  | 'MN-ISO'
  | 'MN-STRUCTURE'
  | 'MN-THREE'
  | 'MN-THREE-ZERODEC'
  | 'MN-LEADZERO'
  | 'MN-LONGHEAD'
  | 'MN-JUNK'
  | 'MN-MISSING'
  | 'MN-RANGE'

export interface MoneyContext {
  /** Currency of the field beside the amount, or the default of the source. */
  readonly currencyHint?: string | null | undefined
  /** BCP 47 tag with a region: settles `1.299` by the decimal mark that is written there. */
  readonly localeHint?: string | null | undefined
  /** `minor`: the amount is a whole number of the smallest unit already. */
  readonly unit?: 'major' | 'minor'
}

export interface MoneyReading {
  /** Integer in the currency's smallest unit. */
  readonly minor: number
  /** ISO 4217 code. */
  readonly currency: string
  /** Digits beyond the smallest unit were rounded, half away from zero. */
  readonly isRounded: boolean
}

/** What one amount may be long: beyond it is no price. */
const maxLength = 64

/**
 * Reads an amount exactly, in decimal text and never through binary fractions: a number by its shortest decimal text, a plain decimal
 * text with `.` or `,` as the decimal mark, an ISO code before or after it, or `{ amount, currencyCode | currency }`.
 *
 * What has two readings is `ambiguous`, what has none is `invalid`; grouping marks, symbols and brackets are not read yet and are
 * `invalid` (MN-JUNK) rather than guessed.
 */
export function parseMoney(input: unknown, context: MoneyContext = {}): Outcome<MoneyReading, MoneyRule> {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return parseObject(input, context)
  if (typeof input === 'number') return parseNumber(input, context)
  if (typeof input === 'string') return parseText(input, context)
  return invalid('MN-MISSING')
}

const invalid = (rule: MoneyRule) => ({ status: 'invalid', rule }) as const
const ambiguous = (rule: MoneyRule) => ({ status: 'ambiguous', rule }) as const

/** Shopify's shape. The object's own currency and the hint beside it must agree. */
function parseObject(input: object, context: MoneyContext): Outcome<MoneyReading, MoneyRule> {
  const { amount, currencyCode, currency } = input as Record<string, unknown>
  if (typeof amount === 'object') return invalid('MN-MISSING')
  const own = currencyCode ?? currency
  if (own === undefined || own === null || own === '') return parseMoney(amount, context)
  const code = readCurrency(own)
  if (code === null) return invalid('MN-BADCODE')
  if (isOther(currency, code) || isOther(currencyCode, code)) return invalid('MN-CONFLICT')
  return parseMoney(amount, { ...context, currencyHint: code })
}

const isOther = (named: unknown, code: string): boolean =>
  named !== undefined && named !== null && named !== '' && readCurrency(named) !== code

function parseNumber(input: number, context: MoneyContext): Outcome<MoneyReading, MoneyRule> {
  if (!Number.isFinite(input)) return invalid('MN-MISSING')
  const text = String(input)
  // Exponent form: the digits that were meant are gone.
  if (text.includes('e')) return invalid(Math.abs(input) >= 1 ? 'MN-RANGE' : 'MN-NUMBER')
  const currency = hintedCurrency(context)
  if (currency.status !== 'ok') return currency
  return inMinorUnits(decimalOf(text), currency.code, context, 'MN-NUMBER')
}

const plain = /^(?:([A-Za-z]{3})[ \u00a0\u202f]?)?([-+\u2212]?)(\d*)(?:([.,])(\d+))?(?:[ \u00a0\u202f]?([A-Za-z]{3}))?$/

function parseText(input: string, context: MoneyContext): Outcome<MoneyReading, MoneyRule> {
  const text = input.trim()
  if (text === '') return invalid('MN-MISSING')
  const match = text.length > maxLength ? null : plain.exec(text)
  const [, before, sign = '', head = '', mark, tail = '', after] = match ?? []
  if (match === null || (head === '' && tail === '')) return invalid('MN-JUNK')
  if (before !== undefined && after !== undefined) return invalid('MN-JUNK')

  const named = before ?? after
  const currency = named === undefined ? hintedCurrency(context) : namedCurrency(named, context)
  if (currency.status !== 'ok') return currency
  const shape = decimalOrGrouping(head, mark, tail, currency.code, context)
  if (shape.status !== 'ok') return shape

  const isNegative = sign === '-' || sign === '\u2212'
  const digits = shape.isGrouping ? { whole: head + tail, fraction: '' } : { whole: head, fraction: tail }
  const rule = named === undefined ? shape.rule : 'MN-ISO'
  return inMinorUnits({ isNegative, ...digits }, currency.code, context, rule)
}

type CurrencyReading = Outcome<{ readonly code: string }, MoneyRule>

function hintedCurrency({ currencyHint }: MoneyContext): CurrencyReading {
  if (currencyHint === null || currencyHint === undefined || currencyHint === '') return ambiguous('MN-NOCURRENCY')
  const code = readCurrency(currencyHint)
  return code === null ? invalid('MN-BADCODE') : { status: 'ok', code, rule: 'MN-NUMBER' }
}

function namedCurrency(named: string, { currencyHint }: MoneyContext): CurrencyReading {
  const code = readCurrency(named)
  if (code === null) return invalid('MN-BADCODE')
  if (currencyHint !== null && currencyHint !== undefined && currencyHint !== '' && readCurrency(currencyHint) !== code) {
    return invalid('MN-CONFLICT')
  }
  return { status: 'ok', code, rule: 'MN-ISO' }
}

/** Is the one mark a decimal mark or a grouping mark? `1.299` is either: a factor of a thousand. */
function decimalOrGrouping(
  head: string,
  mark: string | undefined,
  tail: string,
  currency: string,
  { localeHint }: MoneyContext,
): Outcome<{ readonly isGrouping: boolean }, MoneyRule> {
  const decimal = (rule: MoneyRule) => ({ status: 'ok', isGrouping: false, rule }) as const
  if (mark === undefined || tail.length !== 3 || head === '') return decimal('MN-STRUCTURE')
  if (head === '0') return decimal('MN-LEADZERO')
  if (head.length > 3 || head.startsWith('0')) return decimal('MN-LONGHEAD')
  if (currencyExponents.get(currency) === 0) return { status: 'ok', isGrouping: true, rule: 'MN-THREE-ZERODEC' }
  const localeMark = decimalMarkOf(localeHint)
  if (localeMark === null) return ambiguous('MN-THREE')
  return { status: 'ok', isGrouping: localeMark !== mark, rule: 'MN-THREE' }
}

/** A language alone never decides: German writes `,` in Berlin and Vienna, but Spanish groups differently in Madrid and Mexico. */
function decimalMarkOf(locale: string | null | undefined): '.' | ',' | null {
  if (locale === null || locale === undefined) return null
  try {
    if (new Intl.Locale(locale).region === undefined) return null
    const mark = new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value
    return mark === '.' || mark === ',' ? mark : null
  } catch {
    return null // not a language tag: no hint
  }
}

interface Decimal {
  readonly isNegative: boolean
  readonly whole: string
  readonly fraction: string
}

const decimalOf = (text: string): Decimal => {
  const isNegative = text.startsWith('-')
  const [whole = '', fraction = ''] = (isNegative ? text.slice(1) : text).split('.')
  return { isNegative, whole, fraction }
}

function inMinorUnits(
  { isNegative, whole, fraction }: Decimal,
  currency: string,
  { unit = 'major' }: MoneyContext,
  rule: MoneyRule,
): Outcome<MoneyReading, MoneyRule> {
  const exponent = unit === 'minor' ? 0 : (currencyExponents.get(currency) ?? 0)
  const kept = fraction.slice(0, exponent).padEnd(exponent, '0')
  const excess = fraction.slice(exponent)
  const isRounded = /[1-9]/.test(excess)
  if (isRounded && unit === 'minor') return invalid('MN-MINOR')
  // Half away from zero, decided by the first excess digit alone: all that follow only add to it.
  const magnitude = BigInt(whole + kept || '0') + (excess.charAt(0) >= '5' ? 1n : 0n)
  if (magnitude > BigInt(Number.MAX_SAFE_INTEGER)) return invalid('MN-RANGE')
  const minor = Number(magnitude)
  const signed = isNegative && minor !== 0 ? -minor : minor
  return { status: 'ok', minor: signed, currency, isRounded, rule: unit === 'minor' ? 'MN-MINOR' : rule }
}
