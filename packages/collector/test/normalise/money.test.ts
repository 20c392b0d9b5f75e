import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyExponents } from '../../src/normalise/currencies.ts'
import { parseMoney } from '../../src/normalise/money.ts'

const ok = (minor: number, currency: string, rule: string, isRounded = false) => ({
  status: 'ok',
  minor,
  currency,
  isRounded,
  rule,
})

describe('numbers', () => {
  test.each([
    { name: 'a price', given: 19.99, hint: 'EUR', expect: ok(1999, 'EUR', 'MN-NUMBER') },
    { name: 'no binary fraction sneaks in', given: 1.005, hint: 'EUR', expect: ok(101, 'EUR', 'MN-NUMBER', true) },
    { name: 'a negative rounds away from zero too', given: -1.005, hint: 'EUR', expect: ok(-101, 'EUR', 'MN-NUMBER', true) },
    { name: 'excess digits below half are cut', given: 19.994, hint: 'EUR', expect: ok(1999, 'EUR', 'MN-NUMBER', true) },
    { name: 'yen have no smaller unit', given: 1990, hint: 'JPY', expect: ok(1990, 'JPY', 'MN-NUMBER') },
    { name: 'half a yen rounds', given: 0.5, hint: 'JPY', expect: ok(1, 'JPY', 'MN-NUMBER', true) },
    { name: 'dinars have three digits', given: 1.2345, hint: 'KWD', expect: ok(1235, 'KWD', 'MN-NUMBER', true) },
    { name: 'a sum of floats loses its noise', given: 0.1 + 0.2, hint: 'EUR', expect: ok(30, 'EUR', 'MN-NUMBER', true) },
    { name: 'zero has no sign', given: -0.001, hint: 'EUR', expect: ok(0, 'EUR', 'MN-NUMBER', true) },
    { name: 'the hint may be untidy', given: 5, hint: ' usd ', expect: ok(500, 'USD', 'MN-NUMBER') },
  ])('$name: $given $hint', ({ given, hint, expect: expected }) => {
    expect(parseMoney(given, { currencyHint: hint })).toEqual(expected)
  })
})

describe('texts', () => {
  test.each([
    { name: 'a point', given: '19.99', hint: 'EUR', expect: ok(1999, 'EUR', 'MN-STRUCTURE') },
    { name: 'a comma', given: '19,99', hint: 'EUR', expect: ok(1999, 'EUR', 'MN-STRUCTURE') },
    { name: 'whole', given: '20', hint: 'EUR', expect: ok(2000, 'EUR', 'MN-STRUCTURE') },
    { name: 'no head', given: '.5', hint: 'EUR', expect: ok(50, 'EUR', 'MN-STRUCTURE') },
    { name: 'a code behind', given: '19,99 EUR', hint: null, expect: ok(1999, 'EUR', 'MN-ISO') },
    { name: 'a code before', given: 'usd19.99', hint: null, expect: ok(1999, 'USD', 'MN-ISO') },
    { name: 'a true minus', given: '\u221219.99', hint: 'EUR', expect: ok(-1999, 'EUR', 'MN-NEG') },
    { name: 'a lone leading zero', given: '0.125', hint: 'EUR', expect: ok(13, 'EUR', 'MN-LEADZERO', true) },
    { name: 'a long head', given: '1299.000', hint: 'EUR', expect: ok(129_900, 'EUR', 'MN-LONGHEAD') },
    {
      name: 'grouping of a currency without decimals',
      given: '12.900',
      hint: 'JPY',
      expect: ok(12_900, 'JPY', 'MN-THREE-ZERODEC'),
    },
    { name: 'excess zeros are no rounding', given: '19.9900', hint: 'EUR', expect: ok(1999, 'EUR', 'MN-STRUCTURE') },
  ])('$name: $given', ({ given, hint, expect: expected }) => {
    expect(parseMoney(given, { currencyHint: hint })).toEqual(expected)
  })

  test.each([
    { locale: 'de-DE', expect: ok(129_900, 'EUR', 'MN-THREE') },
    { locale: 'en-US', expect: ok(130, 'EUR', 'MN-THREE', true) },
    { locale: 'de', expect: { status: 'ambiguous', rule: 'MN-THREE' } },
    { locale: 'no such', expect: { status: 'ambiguous', rule: 'MN-THREE' } },
    { locale: null, expect: { status: 'ambiguous', rule: 'MN-THREE' } },
  ])('"1.299" for $locale', ({ locale, expect: expected }) => {
    expect(parseMoney('1.299', { currencyHint: 'EUR', localeHint: locale })).toEqual(expected)
  })
})

test.each([
  { name: 'amount and code', given: { amount: '19.99', currencyCode: 'EUR' }, expect: ok(1999, 'EUR', 'MN-STRUCTURE') },
  { name: 'a number', given: { amount: 19.99, currency: 'USD' }, expect: ok(1999, 'USD', 'MN-NUMBER') },
  { name: 'no code of its own', given: { amount: 5 }, hint: 'EUR', expect: ok(500, 'EUR', 'MN-NUMBER') },
  {
    name: 'its own code beats the hint',
    given: { amount: 5, currencyCode: 'USD' },
    hint: 'EUR',
    expect: ok(500, 'USD', 'MN-NUMBER'),
  },
  {
    name: 'two codes',
    given: { amount: 5, currencyCode: 'USD', currency: 'EUR' },
    expect: { status: 'invalid', rule: 'MN-CONFLICT' },
  },
  { name: 'a bad code', given: { amount: 5, currencyCode: 'EURO' }, expect: { status: 'invalid', rule: 'MN-BADCODE' } },
  { name: 'no amount', given: { currencyCode: 'EUR' }, expect: { status: 'invalid', rule: 'MN-MISSING' } },
  {
    name: 'amounts in amounts',
    given: { amount: { amount: 5 } },
    hint: 'EUR',
    expect: { status: 'invalid', rule: 'MN-MISSING' },
  },
])('objects: $name', ({ given, hint, expect: expected }) => {
  expect(parseMoney(given, { currencyHint: hint })).toEqual(expected)
})

test.each([
  { given: 5, hint: null, expect: { status: 'ambiguous', rule: 'MN-NOCURRENCY' } },
  { given: '5', hint: undefined, expect: { status: 'ambiguous', rule: 'MN-NOCURRENCY' } },
  { given: 5, hint: 'XXX', expect: { status: 'invalid', rule: 'MN-BADCODE' } },
  { given: 5, hint: 'HRK', expect: { status: 'invalid', rule: 'MN-BADCODE' } },
  { given: 5, hint: 'XAU', expect: { status: 'invalid', rule: 'MN-BADCODE' } },
  { given: '5 USD', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-CONFLICT' } },
  { given: Number.NaN, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MISSING' } },
  { given: Number.POSITIVE_INFINITY, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-NUMBER' } },
  { given: 1e21, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-NUMBER' } },
  { given: 1e-7, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-NUMBER' } },
  { given: 90_071_992_547_410, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-RANGE' } },
  { given: null, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MISSING' } },
  { given: true, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MISSING' } },
  { given: '', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MISSING' } },
  { given: [5], hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MISSING' } },
  { given: '1e3', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
  { given: '0x10', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
  { given: '19.99-29.99', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
  { given: '9'.repeat(65), hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
])('$given with $hint is $expect.status by $expect.rule', ({ given, hint, expect: expected }) => {
  expect(parseMoney(given, { currencyHint: hint })).toEqual(expected)
})

test('minor units are taken as they are and must be whole', () => {
  expect(parseMoney(1999, { currencyHint: 'EUR', unit: 'minor' })).toEqual(ok(1999, 'EUR', 'MN-MINOR'))
  expect(parseMoney('1999', { currencyHint: 'EUR', unit: 'minor' })).toEqual(ok(1999, 'EUR', 'MN-MINOR'))
  expect(parseMoney(19.99, { currencyHint: 'EUR', unit: 'minor' })).toEqual({ status: 'invalid', rule: 'MN-MINOR' })
})

/** What each rule decides. `locale` is the source's. */
interface Case {
  readonly given: string
  readonly hint?: string
  readonly locale?: string
  readonly minor: number
  readonly currency: string
}

const readings: Readonly<Record<string, readonly Case[]>> = {
  'MN-SYMBOL': [
    { given: '€19.99', minor: 1999, currency: 'EUR' },
    { given: '19,99 €', minor: 1999, currency: 'EUR' },
    { given: '1.299,00 €', minor: 129_900, currency: 'EUR' },
    { given: '£ 5', minor: 500, currency: 'GBP' },
    { given: '₩12900', minor: 12_900, currency: 'KRW' },
    { given: '49,90 zł', minor: 4990, currency: 'PLN' },
    { given: '49,90 ZŁ', minor: 4990, currency: 'PLN' },
    { given: '1 299 Kč', minor: 129_900, currency: 'CZK' },
    { given: '5 990 Ft', minor: 599_000, currency: 'HUF' },
    { given: 'Fr. 12.50', minor: 1250, currency: 'CHF' },
    { given: 'Fr.12', minor: 1200, currency: 'CHF' },
    { given: '980円', minor: 980, currency: 'JPY' },
    { given: '98元', minor: 9800, currency: 'CNY' },
    { given: 'US$ 5', minor: 500, currency: 'USD' },
    { given: 'NT$100', minor: 10_000, currency: 'TWD' },
    { given: 'R$ 1.299,90', minor: 129_990, currency: 'BRL' },
  ],
  'MN-SYMBOL-AMBIG': [
    { given: '$19.99', hint: 'USD', minor: 1999, currency: 'USD' },
    { given: '$19.99', hint: 'CAD', minor: 1999, currency: 'CAD' },
    { given: '$19.99', locale: 'en-AU', minor: 1999, currency: 'AUD' },
    { given: '$19.99', locale: 'es-MX', minor: 1999, currency: 'MXN' },
    { given: '$19.99', locale: 'en-US', hint: 'CAD', minor: 1999, currency: 'CAD' },
    { given: '19.99', hint: '$', locale: 'en-NZ', minor: 1999, currency: 'NZD' },
    { given: '¥980', locale: 'ja-JP', minor: 980, currency: 'JPY' },
    { given: '¥98', locale: 'zh-CN', minor: 9800, currency: 'CNY' },
    { given: '99 kr', locale: 'sv-SE', minor: 9900, currency: 'SEK' },
    { given: '99 kr.', locale: 'da-DK', minor: 9900, currency: 'DKK' },
    { given: 'kr 99', hint: 'NOK', minor: 9900, currency: 'NOK' },
    { given: 'Rs.500', locale: 'en-IN', minor: 50_000, currency: 'INR' },
    { given: 'Rs 500', hint: 'PKR', minor: 50_000, currency: 'PKR' },
  ],
  'MN-ISO': [
    { given: 'EUR 19.99', minor: 1999, currency: 'EUR' },
    { given: '19.99EUR', minor: 1999, currency: 'EUR' },
    { given: 'eur19,99', minor: 1999, currency: 'EUR' },
    { given: '19.99\u00a0Usd', minor: 1999, currency: 'USD' },
    { given: '19.99 EUR', hint: 'eur', minor: 1999, currency: 'EUR' },
    // What Shopify's themes write.
    { given: '$5.00 CAD', minor: 500, currency: 'CAD' },
    { given: '€5,00 EUR', minor: 500, currency: 'EUR' },
    { given: 'CAD $5', minor: 500, currency: 'CAD' },
  ],
  'MN-STRUCTURE': [
    { given: '1.299,00', hint: 'EUR', minor: 129_900, currency: 'EUR' },
    { given: '1,299.00', hint: 'EUR', minor: 129_900, currency: 'EUR' },
    { given: '1,299.5', hint: 'EUR', minor: 129_950, currency: 'EUR' },
    { given: '12.345.678,90', hint: 'EUR', minor: 1_234_567_890, currency: 'EUR' },
    { given: '1 299', hint: 'EUR', minor: 129_900, currency: 'EUR' },
    { given: '1\u00a0299,50', hint: 'EUR', minor: 129_950, currency: 'EUR' },
    { given: '1\u202f299,50', hint: 'EUR', minor: 129_950, currency: 'EUR' },
    { given: '1\u2009299.50', hint: 'EUR', minor: 129_950, currency: 'EUR' },
    { given: "1'299.50", hint: 'CHF', minor: 129_950, currency: 'CHF' },
    { given: '1\u2019299.50', hint: 'CHF', minor: 129_950, currency: 'CHF' },
    // Grouping by space or apostrophe makes the other mark decimal, three digits or not.
    { given: "1'299.500", hint: 'CHF', minor: 129_950, currency: 'CHF' },
    { given: '1 299,500', hint: 'KWD', minor: 1_299_500, currency: 'KWD' },
    { given: '.99', hint: 'EUR', minor: 99, currency: 'EUR' },
    { given: '19.9', hint: 'EUR', minor: 1990, currency: 'EUR' },
    { given: '19.9900', hint: 'EUR', minor: 1999, currency: 'EUR' },
    // Structure beats the locale.
    { given: '1.299,00', hint: 'EUR', locale: 'en-US', minor: 129_900, currency: 'EUR' },
    { given: '19.99', hint: 'EUR', locale: 'de-DE', minor: 1999, currency: 'EUR' },
    { given: '19.99', hint: '€', minor: 1999, currency: 'EUR' },
  ],
  'MN-TRIM': [
    { given: '  19.99\n', hint: 'EUR', minor: 1999, currency: 'EUR' },
    { given: '\u00a019.99\u202f', hint: 'EUR', minor: 1999, currency: 'EUR' },
  ],
  'MN-REPEAT': [
    { given: '1.299.000', hint: 'EUR', minor: 129_900_000, currency: 'EUR' },
    { given: '1,299,000', hint: 'EUR', minor: 129_900_000, currency: 'EUR' },
    { given: '1.299.000', hint: 'JPY', minor: 1_299_000, currency: 'JPY' },
  ],
  'MN-THREE': [
    { given: '1.299', hint: 'EUR', locale: 'de-DE', minor: 129_900, currency: 'EUR' },
    { given: '1,299', hint: 'EUR', locale: 'en-IE', minor: 129_900, currency: 'EUR' },
    { given: '1.299', hint: 'KWD', locale: 'en-US', minor: 1299, currency: 'KWD' },
    { given: '1,299', hint: 'KWD', locale: 'en-US', minor: 1_299_000, currency: 'KWD' },
    { given: '1.299 €', locale: 'es-ES', minor: 129_900, currency: 'EUR' },
  ],
  'MN-THREE-ZERODEC': [
    { given: '1.299', hint: 'JPY', minor: 1299, currency: 'JPY' },
    { given: '1,299', hint: 'KRW', minor: 1299, currency: 'KRW' },
    { given: '¥1,299', hint: 'JPY', minor: 1299, currency: 'JPY' },
    { given: '129.900 ₫', minor: 129_900, currency: 'VND' },
  ],
  'MN-LEADZERO': [
    { given: '0.299', hint: 'KWD', minor: 299, currency: 'KWD' },
    { given: '0,990', hint: 'EUR', minor: 99, currency: 'EUR' },
  ],
  'MN-LONGHEAD': [{ given: '1299.990', hint: 'EUR', minor: 129_999, currency: 'EUR' }],
  'MN-INDIAN': [
    { given: '1,29,900', hint: 'INR', minor: 12_990_000, currency: 'INR' },
    { given: '12,34,567.89', hint: 'INR', minor: 123_456_789, currency: 'INR' },
    { given: '₹1,00,000', minor: 10_000_000, currency: 'INR' },
  ],
  'MN-DASH': [
    { given: '19.-', hint: 'CHF', minor: 1900, currency: 'CHF' },
    { given: '19.\u2013', hint: 'CHF', minor: 1900, currency: 'CHF' },
    { given: '19,-', hint: 'EUR', minor: 1900, currency: 'EUR' },
    { given: '19,\u2014 €', minor: 1900, currency: 'EUR' },
    { given: '19:-', hint: 'SEK', minor: 1900, currency: 'SEK' },
    { given: '1.299,-', hint: 'EUR', minor: 129_900, currency: 'EUR' },
    { given: '1.299.-', hint: 'CHF', minor: 129_900, currency: 'CHF' },
    { given: "Fr. 1'299.-", minor: 129_900, currency: 'CHF' },
    { given: '1,- kr', hint: 'DKK', minor: 100, currency: 'DKK' },
  ],
  'MN-NEG': [
    { given: '-19.99', hint: 'EUR', minor: -1999, currency: 'EUR' },
    { given: '\u221219.99', hint: 'EUR', minor: -1999, currency: 'EUR' },
    { given: '-€19.99', minor: -1999, currency: 'EUR' },
    { given: '€-19.99', minor: -1999, currency: 'EUR' },
    { given: '- 19,99 €', minor: -1999, currency: 'EUR' },
    { given: '19.99-', hint: 'EUR', minor: -1999, currency: 'EUR' },
    { given: '19,99 €-', minor: -1999, currency: 'EUR' },
    { given: '(19.99)', hint: 'EUR', minor: -1999, currency: 'EUR' },
    { given: '(€19.99)', minor: -1999, currency: 'EUR' },
    { given: '€(19.99)', minor: -1999, currency: 'EUR' },
    { given: '(19.99) EUR', minor: -1999, currency: 'EUR' },
    { given: '+19.99', hint: 'EUR', minor: 1999, currency: 'EUR' },
    { given: '-0.00', hint: 'EUR', minor: 0, currency: 'EUR' },
  ],
  'MN-NFKC': [
    { given: '１９．９９', hint: 'EUR', minor: 1999, currency: 'EUR' },
    { given: '￥１，２９９．００', hint: 'CNY', minor: 129_900, currency: 'CNY' },
    { given: '１９．９９ＥＵＲ', minor: 1999, currency: 'EUR' },
    { given: '￡5', minor: 500, currency: 'GBP' },
  ],
  'MN-DIGITS': [
    { given: '١٩٫٩٩', hint: 'EUR', minor: 1999, currency: 'EUR' },
    { given: '١٬٢٩٩٫٠٠', hint: 'EGP', minor: 129_900, currency: 'EGP' },
    { given: '١٬٢٩٩', hint: 'EGP', minor: 129_900, currency: 'EGP' },
    { given: '١٫٢٩٩', hint: 'KWD', minor: 1299, currency: 'KWD' },
    { given: '۱۲۳٬۴۵۶', hint: 'IRR', minor: 12_345_600, currency: 'IRR' },
    { given: '\u200f١٩٫٩٩\u00a0EUR', minor: 1999, currency: 'EUR' },
  ],
}

// Where another rule decides as well, that one is named; these only prepare the text.
const named: Readonly<Record<string, string>> = { 'MN-TRIM': 'MN-STRUCTURE' }
const alsoNamed: Readonly<Record<string, readonly string[]>> = { 'MN-NFKC': ['MN-SYMBOL-AMBIG'] }

for (const [rule, cases] of Object.entries(readings)) {
  test.each(cases)(`${rule}: "$given" $hint $locale is $minor $currency`, ({ given, hint, locale, minor, currency }) => {
    const read = parseMoney(given, { currencyHint: hint, localeHint: locale })
    expect(read).toEqual({ status: 'ok', minor, currency, isRounded: false, rule: expect.any(String) })
    expect([named[rule] ?? rule, ...(alsoNamed[rule] ?? [])]).toContain(read.rule)
  })
}

const refusals: Readonly<Record<string, readonly { given: unknown; hint?: string; locale?: string }[]>> = {
  'ambiguous MN-NOCURRENCY': [
    { given: '19.99' },
    { given: 19.99 },
    { given: '1.299', locale: 'de-DE' },
    { given: { amount: '5' } },
  ],
  'ambiguous MN-SYMBOL-AMBIG': [
    { given: '$5' },
    { given: '$5', locale: 'de-DE' },
    { given: '$5', locale: 'en' },
    { given: '¥5', locale: 'en-US' },
    { given: '5 kr' },
    { given: 'Rs 5' },
    { given: 5, hint: '$' },
    { given: '$5', hint: '$' },
  ],
  'ambiguous MN-THREE': [
    { given: '1.299', hint: 'EUR' },
    { given: '1,299', hint: 'EUR' },
    { given: '129.900', hint: 'USD' },
    { given: '1.299', hint: 'KWD' },
    { given: '1.299', hint: 'CLF' },
    { given: '1.299', hint: 'EUR', locale: 'de' },
    { given: '1.299', hint: 'EUR', locale: 'no such' },
    { given: '1.299', hint: 'EUR', locale: 'x'.repeat(1000) },
  ],
  'invalid MN-BADCODE': [
    { given: '5 XYZ' },
    { given: 'HRK 5' },
    { given: 'BTC 5' },
    { given: '5', hint: 'EURO' },
    { given: 5, hint: 'XAU' },
    { given: '5', hint: '__proto__' },
    { given: '5', hint: 'E'.repeat(100_000) },
  ],
  'invalid MN-CONFLICT': [
    { given: '5 USD', hint: 'EUR' },
    { given: '€5', hint: 'USD' },
    { given: '$5', hint: 'EUR' },
    { given: '€5 USD' },
    { given: 'EUR 5 USD' },
    { given: '¥5', hint: 'KRW' },
  ],
  'invalid MN-GROUPING': [
    { given: '1.29.900', hint: 'EUR' },
    { given: '1,2,3', hint: 'EUR' },
    { given: '1299.000.000', hint: 'EUR' },
    { given: '1.299,000,00', hint: 'EUR' },
    { given: '1,299.000.00', hint: 'EUR' },
    { given: '1 29', hint: 'EUR' },
    { given: '1 2999', hint: 'EUR' },
    { given: "1'299 000", hint: 'EUR' },
    { given: '1 299.000,50', hint: 'EUR' },
    { given: '19.99 300', hint: 'EUR' },
    { given: '1.299 000', hint: 'EUR' },
    { given: '1,29,90', hint: 'INR' },
    { given: '1.29.900', hint: 'INR' },
    { given: '12,345,67', hint: 'INR' },
    { given: '0.123.456', hint: 'EUR' },
    { given: '12.50,-', hint: 'EUR' },
    { given: '١٫٢٫٣', hint: 'EUR' },
    { given: '1  299', hint: 'EUR' },
  ],
  'invalid MN-NEG': [
    { given: '--5', hint: 'EUR' },
    { given: '-5-', hint: 'EUR' },
    { given: '+-5', hint: 'EUR' },
    { given: '-(5)', hint: 'EUR' },
    { given: '(-5)', hint: 'EUR' },
    { given: '(5', hint: 'EUR' },
    { given: '5)', hint: 'EUR' },
    { given: '-€-5' },
  ],
  'invalid MN-JUNK': [
    { given: '19.99-29.99', hint: 'EUR' },
    { given: '19.99 \u2013 29.99', hint: 'EUR' },
    { given: 'from 19.99', hint: 'EUR' },
    { given: 'ab 19,99 €' },
    { given: '19.99 / 29.99', hint: 'EUR' },
    { given: '5 €/kg' },
    { given: '5 per kg', hint: 'EUR' },
    { given: '5 + VAT', hint: 'EUR' },
    { given: '5 inkl. MwSt.', hint: 'EUR' },
    { given: '5k', hint: 'EUR' },
    { given: '5M', hint: 'EUR' },
    { given: '5 lakh', hint: 'INR' },
    { given: '5%', hint: 'EUR' },
    { given: '1e3', hint: 'EUR' },
    { given: '0x10', hint: 'EUR' },
    { given: '5 euros', hint: 'EUR' },
    { given: '100 USDT' },
    { given: '5.', hint: 'EUR' },
    { given: '..5', hint: 'EUR' },
    { given: '5 -', hint: 'EUR' },
    { given: '12:50', hint: 'EUR' },
    { given: '2 x 5', hint: 'EUR' },
    { given: '19⁹⁹', hint: 'EUR' },
    { given: '1½', hint: 'EUR' },
    { given: '①', hint: 'EUR' },
    { given: '१९', hint: 'INR' },
    { given: '5\u200b0', hint: 'EUR' },
    { given: '9'.repeat(65), hint: 'EUR' },
  ],
  'invalid MN-MISSING': [
    { given: null, hint: 'EUR' },
    { given: undefined, hint: 'EUR' },
    { given: '', hint: 'EUR' },
    { given: '  ', hint: 'EUR' },
    { given: true, hint: 'EUR' },
    { given: 'N/A', hint: 'EUR' },
    { given: 'free', hint: 'EUR' },
    { given: 'gratis' },
    { given: 'NaN', hint: 'EUR' },
    { given: '-', hint: 'EUR' },
    { given: '€' },
    { given: [], hint: 'EUR' },
    { given: {}, hint: 'EUR' },
    { given: { amount: null, currencyCode: 'EUR' } },
    { given: JSON.parse('{"__proto__":{"amount":5}}'), hint: 'EUR' },
    { given: Object.create({ amount: 5, currencyCode: 'EUR' }), hint: 'EUR' },
  ],
  'invalid MN-RANGE': [
    { given: '90071992547409.92', hint: 'EUR' },
    { given: '9007199254740992', hint: 'JPY' },
    { given: '9007199254740993', hint: 'JPY' },
    { given: '9007199254740991.5', hint: 'JPY' },
    { given: '-9007199254740992', hint: 'JPY' },
    { given: '9'.repeat(60), hint: 'EUR' },
  ],
}

for (const [outcome, cases] of Object.entries(refusals)) {
  const [status, rule] = outcome.split(' ')
  test.each(cases)(`${outcome}: $given $hint $locale`, ({ given, hint, locale }) => {
    expect(parseMoney(given, { currencyHint: hint, localeHint: locale })).toEqual({ status, rule })
  })
}

test('MN-RANGE: the largest amount that is kept exactly', () => {
  expect(parseMoney('90071992547409.91', { currencyHint: 'EUR' })).toMatchObject({ minor: Number.MAX_SAFE_INTEGER })
  expect(parseMoney('-90071992547409.91', { currencyHint: 'EUR' })).toMatchObject({ minor: -Number.MAX_SAFE_INTEGER })
})

test.each([
  { given: '19.995', hint: 'EUR', locale: 'en-IE', minor: 2000, isRounded: true },
  { given: '19.9949999', hint: 'EUR', locale: null, minor: 1999, isRounded: true },
  { given: '-19.9950', hint: 'EUR', locale: null, minor: -2000, isRounded: true },
  { given: '0.0049', hint: 'EUR', locale: null, minor: 0, isRounded: true },
  { given: '1.2345', hint: 'KWD', locale: null, minor: 1235, isRounded: true },
  { given: '99.5', hint: 'JPY', locale: null, minor: 100, isRounded: true },
  { given: '99.50', hint: 'EUR', locale: null, minor: 9950, isRounded: false },
  { given: '19.990000', hint: 'EUR', locale: null, minor: 1999, isRounded: false },
])('MN-ROUND: $given $hint is $minor', ({ given, hint, locale, minor, isRounded }) => {
  expect(parseMoney(given, { currencyHint: hint, localeHint: locale })).toMatchObject({ status: 'ok', minor, isRounded })
})

test.each([
  { given: 1999, hint: 'EUR', expect: ok(1999, 'EUR', 'MN-MINOR') },
  { given: '1.299.000', hint: 'EUR', expect: ok(1_299_000, 'EUR', 'MN-MINOR') },
  { given: '1999 KWD', hint: undefined, expect: ok(1999, 'KWD', 'MN-MINOR') },
  { given: '19.00', hint: 'EUR', expect: ok(19, 'EUR', 'MN-MINOR') },
  { given: '19.50', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MINOR' } },
  { given: 0.5, hint: 'JPY', expect: { status: 'invalid', rule: 'MN-MINOR' } },
  { given: '1.299', hint: 'EUR', expect: { status: 'ambiguous', rule: 'MN-THREE' } },
])('MN-MINOR: $given $hint', ({ given, hint, expect: expected }) => {
  expect(parseMoney(given, { currencyHint: hint, unit: 'minor' })).toEqual(expected)
})

test('Shopify says its currency in one of three ways', () => {
  for (const field of ['currencyCode', 'currency_code', 'currency'])
    expect(parseMoney({ amount: '5.00', [field]: 'USD' })).toEqual(ok(500, 'USD', 'MN-STRUCTURE'))
  expect(parseMoney({ amount: '€5' }, { currencyHint: 'USD' })).toEqual({ status: 'invalid', rule: 'MN-CONFLICT' })
  expect(parseMoney({ amount: 5, currency: 978 })).toEqual({ status: 'invalid', rule: 'MN-BADCODE' })
})

test('whatever number of minor units is written in major ones comes back the same, for every currency', () => {
  const currency = fc.constantFrom(...currencyExponents.keys())
  fc.assert(
    fc.property(currency, fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), (code, minor) => {
      const exponent = currencyExponents.get(code) ?? 0
      const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
      const split = digits.length - exponent
      const text = `${minor < 0 ? '-' : ''}${digits.slice(0, split)}${exponent > 0 ? `.${digits.slice(split)}` : ''}`
      const read = parseMoney(Number(text), { currencyHint: code })
      expect(read).toMatchObject({ status: 'ok', minor, currency: code, isRounded: false })
    }),
  )
})

test('nothing anybody writes makes it throw', () => {
  fc.assert(
    fc.property(fc.anything(), fc.option(fc.string()), (input, hint) => {
      expect(['ok', 'ambiguous', 'invalid']).toContain(parseMoney(input, { currencyHint: hint, localeHint: hint }).status)
    }),
  )
})

// What prices are made of, in any order: far more of these come near a rule than of random text.
const pieces = [
  ..."0123456789.,'- +()€$¥:%",
  'EUR',
  'kr.',
  'Rs',
  '\u00a0',
  '\u2019',
  '\u066b',
  '\u066c',
  '\u0663',
  '\u2212',
  '\u2013',
  '５',
  '\u200f',
  '²',
]
const priceLike = fc.array(fc.constantFrom(...pieces), { maxLength: 80 }).map((parts) => parts.join(''))

test('whatever is read is a whole number of an active currency, and reads the same again', () => {
  fc.assert(
    fc.property(priceLike, (text) => {
      const read = parseMoney(text, { currencyHint: 'EUR' })
      if (read.status !== 'ok') return
      expect(Number.isSafeInteger(read.minor) && !Object.is(read.minor, -0)).toBe(true)
      expect(read.currency).toBe('EUR')
      expect(parseMoney(text, { currencyHint: 'EUR', localeHint: 'en-US' })).toEqual(read)
    }),
    { numRuns: 2000 },
  )
})

test('a minus only turns the sign, in every rounding', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.nat(999_999), (whole, fraction) => {
      const text = `${whole}.${String(fraction).padStart(6, '0')}`
      const there = parseMoney(text, { currencyHint: 'EUR' })
      const back = parseMoney(`-${text}`, { currencyHint: 'EUR' })
      expect([there.status, back.status]).toEqual([there.status, there.status])
      if (there.status === 'ok' && back.status === 'ok') expect(back.minor + there.minor).toBe(0)
    }),
  )
})

test('what most senders write is read by the same rules as everything else', () => {
  const text = fc.stringMatching(/^-?[0-9]{1,17}([.,][0-9]{1,4})?$/)
  fc.assert(
    fc.property(text, fc.constantFrom('EUR', 'JPY', 'KWD', '$', null), (given, hint) => {
      // White space before it takes the long way.
      expect(parseMoney(given, { currencyHint: hint })).toEqual(parseMoney(` ${given}`, { currencyHint: hint }))
    }),
    { numRuns: 1000 },
  )
})
