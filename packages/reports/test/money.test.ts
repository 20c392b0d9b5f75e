import { currencyExponents } from '@footfall/collector/normalise'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exponentOf, formatMoney } from '../src/money.ts'

test.each([
  { minor: 123_450, currency: 'EUR', expect: '€1,234.50' },
  { minor: 5, currency: 'EUR', expect: '€0.05' },
  { minor: 0, currency: 'EUR', expect: '€0.00' },
  { minor: -1999, currency: 'GBP', expect: '-£19.99' },
  { minor: 1500, currency: 'JPY', expect: 'JP¥1,500' },
  { minor: 12_345, currency: 'KWD', expect: 'KWD 12.345' },
  { minor: 123_450, currency: 'HUF', expect: 'HUF 1,234.50' },
  { minor: 12_345, currency: 'IQD', expect: 'IQD 12.345' },
  { minor: 9_007_199_254_740_991, currency: 'EUR', expect: '€90,071,992,547,409.91' },
])('$minor of $currency is $expect', ({ minor, currency, expect: wanted }) => {
  expect(formatMoney({ minor, currency }).replaceAll(/\s/g, ' ')).toBe(wanted)
})

test('no amount gains, loses or moves a digit', () => {
  const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF', 'HUF', 'IQD')
  fc.assert(
    fc.property(fc.maxSafeInteger(), currency, (minor, code) => {
      const written = formatMoney({ minor, currency: code })
      const digits = written.replaceAll(/\D/g, '')
      expect(BigInt(digits)).toBe(BigInt(Math.abs(minor)))
      expect((written.split('.')[1] ?? '').length).toBe(exponentOf(code))
      // Zero has no sign.
      expect(written.startsWith('-')).toBe(minor < 0)
    }),
  )
})

test('amounts have the decimals that the collector stored them with', () => {
  for (const [currency, exponent] of currencyExponents) expect([currency, exponentOf(currency)]).toEqual([currency, exponent])
})
