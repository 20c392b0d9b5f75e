import { closingDay, numberOfDay } from './closing-days.ts'
import { currencyExponents, readCurrency } from './currencies.ts'
import type { Outcome } from './outcome.ts'
import { isDay, type Rate, type Rates } from './rates.ts'

export type ConvertRule =
  | 'FX-SAME'
  | 'FX-DIRECT'
  | 'FX-CROSS'
  | 'FX-WEEKEND'
  | 'FX-HOLIDAY'
  | 'FX-GAP'
  | 'FX-STALE'
  | 'FX-MISSING'
  | 'MN-BADCODE'
  | 'MN-RANGE'

export interface Conversion {
  /** Integer in the smallest unit of the target currency. */
  readonly minor: number
  /**
   * Day of the rate, `YYYY-MM-DD`; `null` where none was needed. Where both currencies needed one, and theirs are of different days: the
   * older of the two, since the amount is as old as that.
   */
  readonly rateDate: string | null
}

/** A rate may be older than what happened by this many calendar days: Good Friday to Easter Monday and a day that failed. */
const maxAgeDays = 7

/**
 * Converts an amount by the rates of the day on which something happened; exactly, with one rounding at the end, half away from zero.
 * Neither inverse rates nor a rounded amount in euros come in between (FX-INVERSE, FX-CROSS-ROUND).
 *
 * On days without a rate the last one of that currency counts, at most 7 calendar days old. `rule` says why it was an earlier one:
 * FX-WEEKEND, FX-HOLIDAY (closing days of the euro's payment system), FX-GAP (any other day); otherwise FX-DIRECT or FX-CROSS.
 * FX-STALE and FX-MISSING mean that there is no amount in the target currency: keep the original, and never count it as 0.
 *
 * @param minor integer in the smallest unit of `from`
 * @param from ISO 4217 code
 * @param to ISO 4217 code
 * @param date UTC day of the event, `YYYY-MM-DD`, or its instant in UTC, of which the day is taken
 * @param rates `null`: none are known, and only FX-SAME is possible
 */
export function convert(
  minor: number,
  from: string,
  to: string,
  date: string,
  rates: Rates | null,
): Outcome<Conversion, ConvertRule> {
  const source = readCurrency(from)
  const target = readCurrency(to)
  if (source === null || target === null) return invalid('MN-BADCODE')
  if (!Number.isSafeInteger(minor)) return invalid('MN-RANGE')
  if (source === target) return { status: 'ok', minor: withoutSign(minor), rateDate: null, rule: 'FX-SAME' }
  const day = dayOf(date)
  if (day === null) return invalid('FX-MISSING')
  const legs = [source, target].filter((currency) => currency !== base).map((currency) => rates?.lastRate(currency, day) ?? null)
  const found = legs.filter((rate) => rate !== null)
  if (found.length < legs.length) return invalid('FX-MISSING')
  const days = found.map((rate) => rate.day).sort()
  const rateDate = days[0] as string // at least one of two different currencies is not the euro
  if (ageInDays(rateDate, day) > maxAgeDays) return invalid('FX-STALE')
  const amount = exactly(
    minor,
    source,
    target,
    source === base ? null : (found[0] ?? null),
    target === base ? null : (found.at(-1) ?? null),
  )
  if (amount === null) return invalid('MN-RANGE')
  const rule = rateDate < day ? whyEarlier(day) : legs.length === 2 ? 'FX-CROSS' : 'FX-DIRECT'
  return { status: 'ok', minor: amount, rateDate, rule }
}

/** All rates are units of a currency for one euro. */
const base = 'EUR'

const invalid = (rule: ConvertRule) => ({ status: 'invalid', rule }) as const
const withoutSign = (minor: number): number => (minor === 0 ? 0 : minor)

const instantForm = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?Z)?$/

function dayOf(date: string): string | null {
  const [, day] = (date.length <= 40 && instantForm.exec(date)) || []
  return day !== undefined && isDay(day) ? day : null
}

/** amount / rate of its currency * rate of the target, in one fraction; `null` where the result is too large to be kept exactly. */
function exactly(minor: number, source: string, target: string, sourceRate: Rate | null, targetRate: Rate | null): number | null {
  const divisor = decimalOf(sourceRate)
  const factor = decimalOf(targetRate)
  const numerator = BigInt(minor) * factor.digits * 10n ** BigInt(divisor.scale + exponentOf(target))
  const denominator = divisor.digits * 10n ** BigInt(factor.scale + exponentOf(source))
  const isNegative = numerator < 0n
  const magnitude = isNegative ? -numerator : numerator
  // Half away from zero (FX-HALF), on the magnitude, so that both signs round alike (FX-NEG).
  const rounded = (2n * magnitude + denominator) / (2n * denominator)
  if (rounded > BigInt(Number.MAX_SAFE_INTEGER)) return null
  return withoutSign(Number(isNegative ? -rounded : rounded))
}

const exponentOf = (currency: string): number => currencyExponents.get(currency) ?? 0

function decimalOf(rate: Rate | null): { readonly digits: bigint; readonly scale: number } {
  if (rate === null) return { digits: 1n, scale: 0 }
  const [whole = '', fraction = ''] = rate.value.split('.')
  return { digits: BigInt(whole + fraction), scale: fraction.length }
}

const ageInDays = (earlier: string, later: string): number => numberOfDay(later) - numberOfDay(earlier)

const rulesOfClosing = { weekend: 'FX-WEEKEND', holiday: 'FX-HOLIDAY' } as const

function whyEarlier(day: string): 'FX-WEEKEND' | 'FX-HOLIDAY' | 'FX-GAP' {
  const closing = closingDay(day)
  return closing === null ? 'FX-GAP' : rulesOfClosing[closing]
}
