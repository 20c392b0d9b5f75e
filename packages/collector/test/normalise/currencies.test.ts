import { describe, expect, test } from 'vitest'
import { currenciesAsOf, currenciesOf, currencyExponents, readCurrency } from '../../src/normalise/currencies.ts'

describe('MN-EXPONENT: digits after the decimal mark, by ISO 4217 and not by Intl', () => {
  test.each([
    { digits: 0, codes: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF' },
    { digits: 3, codes: 'BHD IQD JOD KWD LYD OMR TND' },
    { digits: 4, codes: 'CLF UYW' },
    // Those of which Intl says 0.
    { digits: 2, codes: 'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SOS SYP YER' },
    { digits: 2, codes: 'EUR USD GBP CHF SEK PLN CNY INR BRL XCG' },
  ])('$digits: $codes', ({ digits, codes }) => {
    for (const code of codes.split(' ')) expect([code, currencyExponents.get(code)]).toEqual([code, digits])
  })

  test('no other currency than those listed has 0, 3 or 4', () => {
    const count = (digits: number) => [...currencyExponents.values()].filter((each) => each === digits).length
    expect([0, 2, 3, 4].map(count)).toEqual([17, currencyExponents.size - 26, 7, 2])
    expect(currencyExponents.size).toBeGreaterThan(150)
  })
})

describe('MN-BADCODE: active codes only', () => {
  test.each(['EUR', ' eur ', 'Usd', 'XCG', 'SLE', 'ZWG', 'VES'])('%s is one', (text) => {
    expect(readCurrency(text)).toBe(text.trim().toUpperCase())
  })

  test.each([
    { why: 'withdrawn', texts: ['ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'ZWL', 'DEM', 'LTL', 'VEF', 'MRO'] },
    { why: 'no money', texts: ['XXX', 'XTS', 'XAU', 'XAG', 'XPT', 'XPD', 'XDR'] },
    { why: 'not of ISO 4217', texts: ['BTC', 'ETH', 'EUA', 'UKP', 'RMB', 'NTD'] },
    { why: 'names and the like', texts: ['euro', 'EU', 'E U R', '', ' ', '978', 'ＥＵＲ', `EUR${' '.repeat(20)}`] },
    { why: 'not text', texts: [null, undefined, 978, {}, ['EUR']] },
    { why: 'names of every object', texts: ['constructor', '__proto__', 'toString'] },
  ])('$why', ({ texts }) => {
    for (const text of texts) expect([text, readCurrency(text)]).toEqual([text, null])
  })

  test('the table says of which day it is', () => {
    expect(currenciesAsOf).toMatch(/^20\d\d-\d\d-\d\d$/)
  })
})

describe('marks', () => {
  test.each([
    ['€', 'EUR'],
    ['£', 'GBP'],
    ['₹', 'INR'],
    ['₩', 'KRW'],
    ['₫', 'VND'],
    ['₽', 'RUB'],
    ['₺', 'TRY'],
    ['₪', 'ILS'],
    ['₴', 'UAH'],
    ['₦', 'NGN'],
    ['₱', 'PHP'],
    ['฿', 'THB'],
    ['₸', 'KZT'],
    ['zł', 'PLN'],
    ['Kč', 'CZK'],
    ['Ft', 'HUF'],
    ['Fr.', 'CHF'],
    ['円', 'JPY'],
    ['元', 'CNY'],
    ['US$', 'USD'],
    ['CA$', 'CAD'],
    ['C$', 'CAD'],
    ['A$', 'AUD'],
    ['AU$', 'AUD'],
    ['NZ$', 'NZD'],
    ['HK$', 'HKD'],
    ['S$', 'SGD'],
    ['NT$', 'TWD'],
    ['MX$', 'MXN'],
    ['R$', 'BRL'],
  ])('MN-SYMBOL: %s is %s', (mark, code) => {
    expect(currenciesOf(mark)).toEqual([code])
  })

  test.each([
    ['$', ['USD', 'CAD', 'AUD', 'NZD', 'MXN', 'CLP', 'COP', 'ARS', 'SGD', 'HKD', 'TWD']],
    ['¥', ['JPY', 'CNY']],
    ['kr', ['SEK', 'NOK', 'DKK', 'ISK']],
    ['kr.', ['SEK', 'NOK', 'DKK', 'ISK']],
    ['Rs', ['INR', 'PKR', 'LKR']],
  ])('MN-SYMBOL-AMBIG: %s is any of %j', (mark, codes) => {
    expect(currenciesOf(mark)).toEqual(expect.arrayContaining(codes))
    for (const code of currenciesOf(mark) ?? []) expect(readCurrency(code)).toBe(code)
  })

  test.each(['$$', 'Fr', 'k', 'constructor', '', '€€', 'EURO'])('"%s" is none', (text) => {
    expect(currenciesOf(text)).toBeNull()
  })
})
