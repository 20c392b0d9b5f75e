import { currenciesOf, currencyExponents, readCurrency } from './currencies.ts'
import { type Figures, type FiguresRule, readFigures } from './figures.ts'
import { localeHint } from './locale-hint.ts'
import type { Outcome } from './outcome.ts'

export type MoneyRule =
  | FiguresRule
  | 'MN-NUMBER'
  | 'MN-MINOR'
  | 'MN-NOCURRENCY'
  | 'MN-BADCODE'
  | 'MN-CONFLICT'
  | 'MN-SYMBOL'
  | 'MN-SYMBOL-AMBIG'
  | 'MN-ISO'
  | 'MN-NFKC'
  | 'MN-DIGITS'
  | 'MN-THREE'
  | 'MN-THREE-ZERODEC'
  | 'MN-GROUPING'
  | 'MN-NEG'
  | 'MN-JUNK'
  | 'MN-MISSING'
  | 'MN-RANGE'

export interface MoneyContext {
  /** Currency of the field beside the amount, or the default of the source: a code, or a mark such as `€`. */
  readonly currencyHint?: string | null | undefined
  /** BCP 47 tag with a region: settles `1.299` by the decimal mark that is written there, and `$` by the currency. */
  readonly localeHint?: string | null | undefined
  /** `minor`: the amount is a whole number of the smallest unit already. @defaultValue `major` */
  readonly unit?: 'major' | 'minor' | undefined
}

export interface MoneyReading {
  /** Integer in the currency's smallest unit. */
  readonly minor: number
  /** ISO 4217 code. */
  readonly currency: string
  /** Digits beyond the smallest unit were rounded, half away from zero (MN-ROUND). */
  readonly isRounded: boolean
}

/** What one amount may be long: beyond it is no price. */
const maxLength = 64

/**
 * Reads an amount exactly, in decimal text and never through binary fractions: a number by its shortest decimal text, a text with
 * grouping and decimal marks, signs, and codes or marks of currencies around it, or `{ amount, currencyCode | currency }`.
 *
 * What has two readings is `ambiguous`, what has none is `invalid`. `rule` names what decided; where several did, the one that a reader
 * would doubt first.
 */
export function parseMoney(input: unknown, context: MoneyContext = {}): Outcome<MoneyReading, MoneyRule> {
  if (typeof input === 'string') return parseText(input, context)
  if (typeof input === 'number') return parseNumber(input, context)
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return parseObject(input, context)
  return invalid('MN-MISSING')
}

const invalid = (rule: MoneyRule) => ({ status: 'invalid', rule }) as const
const ambiguous = (rule: MoneyRule) => ({ status: 'ambiguous', rule }) as const
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

/** Shopify's shapes. The object's own currency is the field beside the amount; the hint only stands in where there is none. */
function parseObject(input: object, context: MoneyContext): Outcome<MoneyReading, MoneyRule> {
  const own = (name: string): unknown => (Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined)
  const amount = own('amount')
  if (typeof amount === 'object') return invalid('MN-MISSING')
  const [named, ...others] = ['currencyCode', 'currency_code', 'currency'].map(own).filter(isGiven)
  if (named === undefined) return parseMoney(amount, context)
  const codes = currenciesOf(named)
  if (codes === null) return invalid('MN-BADCODE')
  if (others.some((other) => currenciesOf(other)?.join() !== codes.join())) return invalid('MN-CONFLICT')
  return parseMoney(amount, { ...context, currencyHint: String(named) })
}

function parseNumber(input: number, context: MoneyContext): Outcome<MoneyReading, MoneyRule> {
  if (Number.isNaN(input)) return invalid('MN-MISSING')
  const text = String(input)
  // Exponent form: the digits that were meant are gone.
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return invalid('MN-NUMBER')
  const currency = settleCurrency([], context)
  if (currency.status !== 'ok') return currency
  return inMinorUnits(decimalOf(text), currency.code, context, 'MN-NUMBER')
}

// What most senders write: nothing in it is open.
const plain = /^\d{1,15}(?:\.\d{1,2})?$/

function parseText(input: string, context: MoneyContext): Outcome<MoneyReading, MoneyRule> {
  if (plain.test(input)) {
    const currency = settleCurrency([], context)
    return currency.status === 'ok' ? inMinorUnits(decimalOf(input), currency.code, context, currency.rule) : currency
  }
  const folded = fold(input.trim())
  if (folded === null) return invalid('MN-JUNK')
  const split = takeApart(folded.text)
  if (split.kind === 'invalid') return invalid(split.rule)
  const figures = readFigures(split.figures, split.hasDash)
  if (figures.kind === 'invalid') return invalid('MN-GROUPING')
  const currency = settleCurrency(split.words, context)
  if (currency.status !== 'ok') return currency
  const digits = settleThree(figures, currency.code, context)
  if (digits.status !== 'ok') return digits
  const { whole, fraction } = digits
  return inMinorUnits({ isNegative: split.isNegative, whole, fraction }, currency.code, context, doubtedFirst())

  function doubtedFirst(): MoneyRule {
    if (figures.kind === 'three' || digits.rule !== 'MN-STRUCTURE') return digits.rule
    if (currency.rule === 'MN-SYMBOL-AMBIG') return currency.rule
    if (split.kind === 'parts' && split.isSigned) return 'MN-NEG'
    return folded?.rule ?? currency.rule
  }
}

const notAscii = /[^\x20-\x7e]/
// `19⁹⁹` and `1½`: folded they would be other amounts.
const otherNumbers = /[\p{No}\p{Nl}]/u
const bidiMarks = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g
const arabicDigits = /[\u0660-\u0669\u06f0-\u06f9]/g

/** MN-TRIM, MN-NFKC, MN-DIGITS: full-width forms, special spaces, Arabic digits and typographic signs become plain ones. */
function fold(input: string): { readonly text: string; readonly rule: MoneyRule | null } | null {
  if (input.length > maxLength) return null
  if (!notAscii.test(input)) return { text: input, rule: null }
  if (otherNumbers.test(input)) return null
  const visible = input.replace(bidiMarks, '')
  const folded = visible.normalize('NFKC')
  // The low four bits of both rows of Arabic digits are the digit.
  const digits = folded.replace(arabicDigits, (digit) => String(digit.charCodeAt(0) & 0xf))
  const text = digits.replaceAll('\u2019', "'").replaceAll('\u2212', '-').trim()
  if (digits !== folded) return { text, rule: 'MN-DIGITS' }
  return { text, rule: folded === visible.replace(/\p{Zs}/gu, ' ') ? null : 'MN-NFKC' }
}

type Parts =
  | {
      readonly kind: 'parts'
      readonly figures: string
      /** `.-` and the like stand in for the decimals. */
      readonly hasDash: boolean
      readonly isNegative: boolean
      readonly isSigned: boolean
      /** Codes and marks of currencies. */
      readonly words: readonly string[]
    }
  | { readonly kind: 'invalid'; readonly rule: MoneyRule }

const figuresIn = /[.,]?\d(?:[\d.,' \u066b\u066c]{0,62}\d)?/
// Two words at most: `CAD $5`.
const before =
  /^(\()?\s{0,3}([-+])?\s{0,3}([^\s\d()+-]{1,6}(?:\s{1,3}[^\s\d()+-]{1,6})?)?\s{0,3}([-+])?\s{0,3}(\()?\s{0,3}([-+])?$/
const after =
  /^([.,:](?:--?|[\u2013\u2014]))?(\))?(-)?\s{0,3}(?:([^\s\d()+-]{1,6}(?:\s{1,3}[^\s\d()+-]{1,6})?)(-)?)?\s{0,3}(\))?$/

/** Splits an amount into its figures and what stands around them: signs, brackets, currencies. Anything else is MN-JUNK. */
function takeApart(text: string): Parts {
  const found = figuresIn.exec(text)
  // Digits of another script are an amount all the same, though none that is read.
  if (found === null) return { kind: 'invalid', rule: /\p{Nd}/u.test(text) ? 'MN-JUNK' : 'MN-MISSING' }
  let [figures] = found
  let start = text.slice(0, found.index)
  // The dot of `Rs.500` belongs to the mark: nobody sells for half a rupee.
  if (figures.startsWith('.') && dottedMark.test(start)) {
    start += '.'
    figures = figures.slice(1)
  }
  const head = before.exec(start)
  const tail = after.exec(text.slice(found.index + found[0].length))
  if (head === null || tail === null) return { kind: 'invalid', rule: 'MN-JUNK' }
  const words = `${head[3] ?? ''} ${tail[4] ?? ''}`.split(/\s+/).filter((word) => word !== '')
  const unknown = words.find((word) => currenciesOf(word) === null)
  if (unknown !== undefined) {
    const isCodeLike = words.length === 1 && /^[A-Za-z]{3}$/.test(unknown)
    return { kind: 'invalid', rule: isCodeLike ? 'MN-BADCODE' : 'MN-JUNK' }
  }
  const signs = [head[2], head[4], head[6], tail[3], tail[5]].filter((sign) => sign !== undefined)
  const opened = [head[1], head[5]].filter((bracket) => bracket !== undefined).length
  const closed = [tail[2], tail[6]].filter((bracket) => bracket !== undefined).length
  if (opened !== closed || opened + signs.length > 1) return { kind: 'invalid', rule: 'MN-NEG' }
  const isNegative = opened === 1 || signs[0] === '-'
  return { kind: 'parts', figures, hasDash: tail[1] !== undefined, isNegative, isSigned: opened + signs.length > 0, words }
}

const dottedMark = /(?:^|[\s(+-])(?:rs|kr|fr)$/i

type CurrencyReading = Outcome<{ readonly code: string }, MoneyRule>

/** The one currency on which all agree who name one; `$` and the like agree with each of theirs. */
function settleCurrency(words: readonly string[], { currencyHint, localeHint: tag }: MoneyContext): CurrencyReading {
  // Nearly always: a code beside the amount, and nothing else.
  if (words.length === 0 && typeof currencyHint === 'string' && currencyExponents.has(currencyHint))
    return { status: 'ok', code: currencyHint, rule: 'MN-STRUCTURE' }
  const named = isGiven(currencyHint) ? [...words, String(currencyHint).slice(0, maxLength).normalize('NFKC')] : words
  const [first, ...others] = named.map(currenciesOf)
  if (first === undefined) return ambiguous('MN-NOCURRENCY')
  let common = first
  for (const codes of others) common = codes === null ? null : (common?.filter((code) => codes.includes(code)) ?? null)
  if (common === null) return invalid('MN-BADCODE')
  const local = common.length > 1 ? (localeHint(tag)?.currency ?? null) : null
  const code = common.length === 1 ? common[0] : common.find((each) => each === local)
  if (code !== undefined) return { status: 'ok', code, rule: local === null ? ruleOf(words) : 'MN-SYMBOL-AMBIG' }
  return common.length === 0 ? invalid('MN-CONFLICT') : ambiguous('MN-SYMBOL-AMBIG')
}

function ruleOf(words: readonly string[]): MoneyRule {
  if (words.length === 0) return 'MN-STRUCTURE'
  if (words.some((word) => readCurrency(word) !== null)) return 'MN-ISO'
  return words.some((word) => currenciesOf(word)?.length === 1) ? 'MN-SYMBOL' : 'MN-SYMBOL-AMBIG'
}

interface Decimal {
  readonly isNegative: boolean
  readonly whole: string
  readonly fraction: string
}

/** Is the one mark of `1.299` a decimal mark or a grouping mark? */
function settleThree(
  figures: Exclude<Figures, { readonly kind: 'invalid' }>,
  currency: string,
  context: MoneyContext,
): Outcome<Omit<Decimal, 'isNegative'>, MoneyRule> {
  if (figures.kind === 'decimal') return { status: 'ok', ...figures }
  const { head, tail, mark } = figures
  if (currencyExponents.get(currency) === 0) return { status: 'ok', whole: head + tail, fraction: '', rule: 'MN-THREE-ZERODEC' }
  const decimalMark = localeHint(context.localeHint)?.decimalMark ?? null
  if (decimalMark === null) return ambiguous('MN-THREE')
  return decimalMark === mark
    ? { status: 'ok', whole: head, fraction: tail, rule: 'MN-THREE' }
    : { status: 'ok', whole: head + tail, fraction: '', rule: 'MN-THREE' }
}

const decimalOf = (text: string): Decimal => {
  const isNegative = text.startsWith('-')
  const mark = text.indexOf('.')
  const end = mark === -1 ? text.length : mark
  return { isNegative, whole: text.slice(isNegative ? 1 : 0, end), fraction: text.slice(end + 1) }
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
  const isRounded = excess !== '' && /[1-9]/.test(excess)
  if (isRounded && unit === 'minor') return invalid('MN-MINOR')
  // Half away from zero, decided by the first excess digit alone: all that follow only add to it.
  // Whole digits only: safe integers come out exact, and what is beyond them stays beyond them.
  const minor = Number(whole + kept) + (excess.charAt(0) >= '5' ? 1 : 0)
  if (!Number.isSafeInteger(minor)) return invalid('MN-RANGE')
  const signed = isNegative && minor !== 0 ? -minor : minor
  return { status: 'ok', minor: signed, currency, isRounded, rule: unit === 'minor' ? 'MN-MINOR' : rule }
}
