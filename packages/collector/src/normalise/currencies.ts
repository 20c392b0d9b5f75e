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

/**
 * The currencies that a code (MN-ISO) or a mark (MN-SYMBOL, MN-SYMBOL-AMBIG) may stand for: one, or several as for `$` and `kr`. `null` for
 * anything else. Letters in any case; full-width forms must have been folded before.
 */
export function currenciesOf(text: unknown): readonly string[] | null {
  if (typeof text !== 'string' || text.length > 16) return null
  const trimmed = text.trim()
  const code = trimmed.toUpperCase()
  if (currencyExponents.has(code)) return [code]
  return marks.get(trimmed.toLowerCase()) ?? null
}

// `Fr` without its dot, `£` of Egypt and the like are left out: shops that mean them send a code.
const marks: ReadonlyMap<string, readonly string[]> = new Map(
  [
    '€ EUR',
    '£ GBP',
    '₹ INR',
    '₩ KRW',
    '₫ VND',
    '₽ RUB',
    '₺ TRY',
    '₪ ILS',
    '₴ UAH',
    '₦ NGN',
    '₱ PHP',
    '฿ THB',
    '₸ KZT',
    'zł PLN',
    'kč CZK',
    'ft HUF',
    'fr. CHF',
    '円 JPY',
    '元 CNY',
    'us$ USD',
    'ca$ CAD',
    'c$ CAD',
    'au$ AUD',
    'a$ AUD',
    'nz$ NZD',
    'hk$ HKD',
    's$ SGD',
    'nt$ TWD',
    'mx$ MXN',
    'r$ BRL',
    '$ USD CAD AUD NZD MXN CLP COP ARS SGD HKD TWD BBD BMD BND BSD BZD CUP DOP FJD GYD JMD KYD LRD NAD SBD SRD TTD UYU XCD',
    '¥ JPY CNY',
    'kr SEK NOK DKK ISK',
    'kr. SEK NOK DKK ISK',
    'rs INR PKR LKR NPR MUR SCR',
    'rs. INR PKR LKR NPR MUR SCR',
  ].map((line) => {
    const [mark = '', ...codes] = line.split(' ')
    return [mark, codes]
  }),
)

/** Region -> currency, for the regions in which an ambiguous mark means their own. */
export const currencyOfRegion: ReadonlyMap<string, string> = new Map(
  (
    'US USD,PR USD,EC USD,SV USD,CA CAD,AU AUD,NZ NZD,MX MXN,CL CLP,CO COP,AR ARS,SG SGD,HK HKD,TW TWD,BB BBD,BM BMD,BN BND,BS BSD,' +
    'BZ BZD,DO DOP,FJ FJD,GY GYD,JM JMD,KY KYD,NA NAD,SR SRD,TT TTD,UY UYU,JP JPY,CN CNY,SE SEK,NO NOK,DK DKK,GL DKK,FO DKK,IS ISK,' +
    'IN INR,PK PKR,LK LKR,NP NPR,MU MUR,SC SCR'
  )
    .split(',')
    .map((pair) => [pair.slice(0, 2), pair.slice(3)]),
)
