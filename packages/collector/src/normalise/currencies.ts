/**
 * Active currencies of ISO 4217 list one, as of the date below, with the number of digits after the decimal mark.
 *
 * Not from `Intl`: its digits disagree with ISO 4217 for 16 live currencies, and it knows withdrawn ones. Funds, precious metals,
 * test codes and withdrawn codes (ANG, BGN, CUC, HRK, SLL, ZWL …) are left out on purpose: nobody pays with them.
 *
 * @see https://www.six-group.com/en/products-services/financial-information/data-standards.html
 */
export const currenciesAsOf = '2026-01-01'

const exponents: ReadonlyMap<number, string> = new Map([
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK ' +
      'DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK ' +
      'LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR ' +
      'RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED ' +
      'VES WST XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
])

/** Currency code -> digits after the decimal mark. */
export const currencyExponents: ReadonlyMap<string, number> = new Map(
  [...exponents].flatMap(([exponent, codes]) => codes.split(' ').map((code) => [code, exponent] as const)),
)

/** Three letters, trimmed and in upper case, on the active list (MN-BADCODE); else `null`. */
export function readCurrency(text: unknown): string | null {
  if (typeof text !== 'string' || text.length > 16) return null
  const code = text.trim().toUpperCase()
  return currencyExponents.has(code) ? code : null
}
