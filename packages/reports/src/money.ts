/** An amount as reports give it. */
export interface Amount {
  /** Whole minor units: cents for EUR, yen for JPY, fils for KWD. */
  readonly minor: number
  /** ISO 4217 alphabetic code. */
  readonly currency: string
}

// Currencies whose minor unit is not a hundredth, by the ISO 4217 list. `Intl` must not be asked: it follows how people write
// amounts and gives 0 digits for seventeen currencies that have minor units, which would move the decimal point.
const exponents: ReadonlyMap<string, number> = new Map(
  Object.entries({
    BIF: 0,
    CLP: 0,
    DJF: 0,
    GNF: 0,
    ISK: 0,
    JPY: 0,
    KMF: 0,
    KRW: 0,
    PYG: 0,
    RWF: 0,
    UGX: 0,
    UYI: 0,
    VND: 0,
    VUV: 0,
    XAF: 0,
    XOF: 0,
    XPF: 0,
    BHD: 3,
    IQD: 3,
    JOD: 3,
    KWD: 3,
    LYD: 3,
    OMR: 3,
    TND: 3,
    CLF: 4,
    UYW: 4,
  }),
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
