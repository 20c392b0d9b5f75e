/** An amount as reports give it. */
export interface Amount {
  /** Whole minor units: cents for EUR, yen for JPY, fils for KWD. */
  readonly minor: number
  /** ISO 4217 alphabetic code. */
  readonly currency: string
}

// Currencies whose minor unit is not a hundredth, by the ISO 4217 list. `Intl` must not be asked: it follows how people write
// amounts and gives 0 digits for sixteen currencies that have minor units, which would move the decimal point.
const byExponent = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
] as const
const exponents: ReadonlyMap<string, number> = new Map(
  byExponent.flatMap(([exponent, codes]) => codes.split(' ').map((code) => [code, exponent] as const)),
)

/** How many digits of an amount in minor units stand after the decimal point. */
export const exponentOf = (currency: string): number => exponents.get(currency) ?? 2

/**
 * `€1,234.50`, with exactly as many decimals as the currency has.
 *
 * The digits go to `Intl` as text, so that no amount is rounded on its way through a floating point number.
 */
export function formatMoney({ minor, currency }: Amount): string {
  const exponent = exponentOf(currency)
  const decimal = `${minor < 0 ? '-' : ''}${withPoint(Math.abs(minor), exponent)}` as Intl.StringNumericLiteral
  return new Intl.NumberFormat('en-GB', {
    style: 'currency',
    currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  }).format(decimal)
}

function withPoint(minor: number, exponent: number): string {
  if (exponent === 0) return String(minor)
  const digits = String(minor).padStart(exponent + 1, '0')
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}
