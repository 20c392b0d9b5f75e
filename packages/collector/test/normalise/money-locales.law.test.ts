import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyExponents } from '../../src/normalise/currencies.ts'
import { parseMoney } from '../../src/normalise/money.ts'

const amount = fc.integer({ min: -(10 ** 11), max: 10 ** 11 })

/** `-12.345`: exact, so that `Intl` formats what was meant. */
function decimalText(minor: number, currency: string): Intl.StringNumericLiteral {
  const digits = currencyExponents.get(currency) ?? 0
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const cut = text.length - digits
  return `${minor < 0 ? '-' : ''}${text.slice(0, cut)}${digits > 0 ? `.${text.slice(cut)}` : ''}` as Intl.StringNumericLiteral
}

const digitsOf = (currency: string) => {
  const digits = currencyExponents.get(currency) ?? 0
  return { minimumFractionDigits: digits, maximumFractionDigits: digits }
}

const locales = (
  'de-DE de-AT de-CH en-US en-GB en-IN en-ZA en-CA fr-FR fr-CH fr-CA es-ES es-MX es-AR pt-BR pt-PT it-IT it-CH nl-NL sv-SE da-DK ' +
  'nb-NO fi-FI pl-PL cs-CZ hu-HU ro-RO ja-JP zh-CN ko-KR hi-IN ar-EG ar-AE fa-IR tr-TR ru-RU he-IL vi-VN th-TH uk-UA el-GR'
).split(' ')
const currencies = 'EUR USD JPY KWD CLF INR'.split(' ')

describe.each(locales)('what is written in %s', (locale) => {
  test.each(currencies)('in %s reads as the same amount, or as ambiguous', (currency) => {
    const number = new Intl.NumberFormat(locale, digitsOf(currency))
    fc.assert(
      fc.property(amount, (minor) => {
        const text = number.format(decimalText(minor, currency))
        const read = parseMoney(text, { currencyHint: currency })
        if (read.status === 'ambiguous') expect([text, read.rule]).toEqual([text, 'MN-THREE'])
        else expect(read).toMatchObject({ status: 'ok', minor, currency, isRounded: false })
      }),
      { numRuns: 50 },
    )
  })

  test.each(currencies)('in %s with its code, by a source of that locale, reads as the same amount', (currency) => {
    const options = { style: 'currency', currency, currencyDisplay: 'code', ...digitsOf(currency) } as const
    const number = new Intl.NumberFormat(locale, options)
    fc.assert(
      fc.property(amount, (minor) => {
        const text = number.format(decimalText(minor, currency))
        expect([text, parseMoney(text, { localeHint: locale })]).toMatchObject([
          text,
          { status: 'ok', minor, currency, isRounded: false },
        ])
      }),
      { numRuns: 50 },
    )
  })
})

test('with three digits after one mark, a locale that is not told leaves it ambiguous: a law that could not fail would be none', () => {
  const text = new Intl.NumberFormat('de-DE', digitsOf('KWD')).format('129.9')
  expect([text, parseMoney(text, { currencyHint: 'KWD' })]).toEqual(['129,900', { status: 'ambiguous', rule: 'MN-THREE' }])
})

test.each([
  ['de-DE', 'EUR'],
  ['en-US', 'USD'],
  ['ja-JP', 'JPY'],
  ['sv-SE', 'SEK'],
  ['da-DK', 'DKK'],
  ['nb-NO', 'NOK'],
  ['pl-PL', 'PLN'],
  ['cs-CZ', 'CZK'],
  ['hu-HU', 'HUF'],
  ['en-IN', 'INR'],
  ['pt-BR', 'BRL'],
  ['ko-KR', 'KRW'],
  ['vi-VN', 'VND'],
  ['en-CA', 'CAD'],
  ['fr-CA', 'CAD'],
  ['es-MX', 'MXN'],
  ['zh-CN', 'CNY'],
  ['th-TH', 'THB'],
  ['tr-TR', 'TRY'],
  ['uk-UA', 'UAH'],
  ['ru-RU', 'RUB'],
  ['he-IL', 'ILS'],
  ['en-NG', 'NGN'],
  ['en-PH', 'PHP'],
  ['en-GB', 'GBP'],
  ['en-AU', 'AUD'],
  ['de-CH', 'CHF'],
  ['en-SG', 'SGD'],
] as const)('MN-SYMBOL, MN-SYMBOL-AMBIG: in %s with the mark of %s', (locale, currency) => {
  const number = new Intl.NumberFormat(locale, { style: 'currency', currency, ...digitsOf(currency) })
  fc.assert(
    fc.property(amount, (minor) => {
      const text = number.format(decimalText(minor, currency))
      expect([text, parseMoney(text, { localeHint: locale })]).toMatchObject([text, { status: 'ok', minor, currency }])
    }),
    { numRuns: 50 },
  )
})
