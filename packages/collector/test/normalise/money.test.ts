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
    { name: 'a true minus', given: '\u221219.99', hint: 'EUR', expect: ok(-1999, 'EUR', 'MN-STRUCTURE') },
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
  { given: 1e21, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-RANGE' } },
  { given: 1e-7, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-NUMBER' } },
  { given: 90_071_992_547_410, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-RANGE' } },
  { given: null, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MISSING' } },
  { given: true, hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MISSING' } },
  { given: '', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MISSING' } },
  { given: [5], hint: 'EUR', expect: { status: 'invalid', rule: 'MN-MISSING' } },
  { given: '1e3', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
  { given: '0x10', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
  { given: 'free', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
  { given: '1.299,00', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
  { given: '19.99-29.99', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
  { given: '-', hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
  { given: '9'.repeat(65), hint: 'EUR', expect: { status: 'invalid', rule: 'MN-JUNK' } },
])('$given with $hint is $expect.status by $expect.rule', ({ given, hint, expect: expected }) => {
  expect(parseMoney(given, { currencyHint: hint })).toEqual(expected)
})

test('minor units are taken as they are and must be whole', () => {
  expect(parseMoney(1999, { currencyHint: 'EUR', unit: 'minor' })).toEqual(ok(1999, 'EUR', 'MN-MINOR'))
  expect(parseMoney('1999', { currencyHint: 'EUR', unit: 'minor' })).toEqual(ok(1999, 'EUR', 'MN-MINOR'))
  expect(parseMoney(19.99, { currencyHint: 'EUR', unit: 'minor' })).toEqual({ status: 'invalid', rule: 'MN-MINOR' })
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
