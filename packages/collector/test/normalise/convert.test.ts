import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { convert } from '../../src/normalise/convert.ts'
import { currencyExponents } from '../../src/normalise/currencies.ts'
import { loadRates } from '../../src/normalise/rates.ts'

// 2026-01-16 was a Friday; Easter Sunday 2026 was 5 April.
const rates = loadRates(`Date,USD,JPY,GBP,CHF,KWD,CLF,RUB,
2026-04-09,1.1700,185.00,0.8700,0.9300,N/A,N/A,N/A,
2026-04-02,1.1680,184.50,0.8690,0.9310,N/A,N/A,N/A,
2026-01-16,1.1650,184.20,0.8660,0.9320,N/A,0.0278,N/A,
2026-01-15,1.1600,183.00,0.8650,0.9330,0.3560,0.0277,N/A,
2025-12-24,1.1800,183.90,0.8720,0.9290,0.3600,0.0279,N/A,
2022-03-01,1.1162,128.45,0.83,1.02,0.33,0.03,117.2010,
`)

describe('rules', () => {
  test.each([
    { rule: 'FX-SAME', from: 'EUR', to: 'EUR', date: '2026-01-16', minor: 1999, expect: [1999, null] },
    { rule: 'FX-SAME', from: 'KWD', to: 'KWD', date: '1999-01-01', minor: -5, expect: [-5, null] },
    { rule: 'FX-DIRECT', from: 'EUR', to: 'USD', date: '2026-01-16', minor: 10_000, expect: [11_650, '2026-01-16'] },
    { rule: 'FX-DIRECT', from: 'USD', to: 'EUR', date: '2026-01-16', minor: 11_650, expect: [10_000, '2026-01-16'] },
    { rule: 'FX-DIRECT', from: 'EUR', to: 'JPY', date: '2026-01-16', minor: 10_000, expect: [18_420, '2026-01-16'] },
    { rule: 'FX-DIRECT', from: 'JPY', to: 'EUR', date: '2026-01-16', minor: 18_420, expect: [10_000, '2026-01-16'] },
    { rule: 'FX-DIRECT', from: 'KWD', to: 'EUR', date: '2026-01-15', minor: 3560, expect: [1000, '2026-01-15'] },
    { rule: 'FX-DIRECT', from: 'EUR', to: 'CLF', date: '2026-01-16', minor: 100_000, expect: [278_000, '2026-01-16'] },
    { rule: 'FX-DIRECT', from: 'eur', to: ' usd ', date: '2026-01-16T23:59:59.999Z', minor: 100, expect: [117, '2026-01-16'] },
    { rule: 'FX-CROSS', from: 'USD', to: 'JPY', date: '2026-01-16', minor: 116_500, expect: [184_200, '2026-01-16'] },
    { rule: 'FX-CROSS', from: 'JPY', to: 'KWD', date: '2026-01-15', minor: 183_000, expect: [356_000, '2026-01-15'] },
    { rule: 'FX-WEEKEND', from: 'USD', to: 'EUR', date: '2026-01-17', minor: 11_650, expect: [10_000, '2026-01-16'] },
    { rule: 'FX-WEEKEND', from: 'USD', to: 'EUR', date: '2026-01-18', minor: 11_650, expect: [10_000, '2026-01-16'] },
    { rule: 'FX-HOLIDAY', from: 'USD', to: 'EUR', date: '2025-12-25', minor: 11_800, expect: [10_000, '2025-12-24'] },
    { rule: 'FX-HOLIDAY', from: 'USD', to: 'EUR', date: '2025-12-26', minor: 11_800, expect: [10_000, '2025-12-24'] },
    { rule: 'FX-HOLIDAY', from: 'USD', to: 'EUR', date: '2026-04-03', minor: 11_680, expect: [10_000, '2026-04-02'] },
    { rule: 'FX-HOLIDAY', from: 'USD', to: 'EUR', date: '2026-04-06', minor: 11_680, expect: [10_000, '2026-04-02'] },
    { rule: 'FX-GAP', from: 'USD', to: 'EUR', date: '2026-04-07', minor: 11_680, expect: [10_000, '2026-04-02'] },
    { rule: 'FX-GAP', from: 'KWD', to: 'EUR', date: '2026-01-16', minor: 3560, expect: [1000, '2026-01-15'] },
    { rule: 'FX-GAP', from: 'USD', to: 'EUR', date: '2026-01-23', minor: 11_650, expect: [10_000, '2026-01-16'] },
    // Each currency by its own last day; the older one is told.
    { rule: 'FX-GAP', from: 'KWD', to: 'USD', date: '2026-01-16', minor: 3560, expect: [1165, '2026-01-15'] },
    { rule: 'FX-WEEKEND', from: 'USD', to: 'KWD', date: '2026-01-18', minor: 1165, expect: [3560, '2026-01-15'] },
  ])('$rule: $minor $from on $date is $expect of $to', ({ rule, from, to, date, minor, expect: [amount, rateDate] }) => {
    expect(convert(minor, from, to, date, rates)).toEqual({ status: 'ok', minor: amount, rateDate, rule })
  })

  test.each([
    { rule: 'FX-STALE', name: 'eight days', from: 'USD', to: 'EUR', date: '2026-01-24' },
    { rule: 'FX-STALE', name: 'a currency that is not published any more', from: 'RUB', to: 'EUR', date: '2026-01-16' },
    { rule: 'FX-STALE', name: 'one of both is too old', from: 'USD', to: 'RUB', date: '2026-01-16' },
    { rule: 'FX-STALE', name: 'the other of both is too old', from: 'RUB', to: 'USD', date: '2026-01-16' },
    { rule: 'FX-STALE', name: 'the rates ended long ago', from: 'USD', to: 'EUR', date: '2026-11-22' },
    { rule: 'FX-MISSING', name: 'before the first rate', from: 'USD', to: 'EUR', date: '2022-02-28' },
    { rule: 'FX-MISSING', name: 'a currency without rates', from: 'AED', to: 'EUR', date: '2026-01-16' },
    { rule: 'FX-MISSING', name: 'the other without rates', from: 'USD', to: 'AED', date: '2026-01-16' },
    { rule: 'FX-MISSING', name: 'missing comes before stale', from: 'RUB', to: 'AED', date: '2026-01-16' },
    { rule: 'FX-MISSING', name: 'a day that there is not', from: 'USD', to: 'EUR', date: '2026-02-30' },
    { rule: 'FX-MISSING', name: 'no day at all', from: 'USD', to: 'EUR', date: 'yesterday' },
    { rule: 'FX-MISSING', name: 'a very long day', from: 'USD', to: 'EUR', date: '2026-01-16'.repeat(10_000) },
    { rule: 'MN-BADCODE', name: 'no currency', from: 'XXX', to: 'EUR', date: '2026-01-16' },
    { rule: 'MN-BADCODE', name: 'a mark', from: 'EUR', to: '$', date: '2026-01-16' },
  ])('$rule: $name', ({ rule, from, to, date }) => {
    expect(convert(1000, from, to, date, rates)).toEqual({ status: 'invalid', rule })
  })

  test('FX-MISSING: without any rates', () => {
    expect(convert(1000, 'USD', 'EUR', '2026-01-16', null)).toEqual({ status: 'invalid', rule: 'FX-MISSING' })
    expect(convert(1000, 'USD', 'USD', '2026-01-16', null)).toMatchObject({ status: 'ok', minor: 1000 })
  })

  test.each([Number.NaN, 0.5, Number.POSITIVE_INFINITY, 2 ** 53])('MN-RANGE: %d is no amount', (minor) => {
    expect(convert(minor, 'EUR', 'USD', '2026-01-16', rates)).toEqual({ status: 'invalid', rule: 'MN-RANGE' })
  })

  test('MN-RANGE: what becomes too large is not kept', () => {
    expect(convert(2 ** 53 - 1, 'EUR', 'JPY', '2026-01-16', rates)).toEqual({ status: 'invalid', rule: 'MN-RANGE' })
    expect(convert(-(2 ** 53 - 1), 'EUR', 'USD', '2026-01-16', rates)).toEqual({ status: 'invalid', rule: 'MN-RANGE' })
    expect(convert(2 ** 53 - 1, 'USD', 'EUR', '2026-01-16', rates)).toMatchObject({ status: 'ok' })
  })
})

describe('rounding', () => {
  const simple = loadRates('Date,USD,GBP,JPY,CHF\n2026-01-16,2,4,1.005,3\n')

  test.each([
    { rule: 'FX-HALF', minor: 1, from: 'USD', to: 'EUR', expect: 1 },
    { rule: 'FX-HALF', minor: 3, from: 'USD', to: 'EUR', expect: 2 },
    { rule: 'FX-HALF', minor: 2, from: 'GBP', to: 'EUR', expect: 1 },
    { rule: 'FX-HALF', minor: 1, from: 'GBP', to: 'EUR', expect: 0 },
    { rule: 'FX-HALF', minor: 10_000, from: 'EUR', to: 'JPY', expect: 101 },
    { rule: 'FX-NEG', minor: -1, from: 'USD', to: 'EUR', expect: -1 },
    { rule: 'FX-NEG', minor: -3, from: 'USD', to: 'EUR', expect: -2 },
    { rule: 'FX-NEG', minor: -1, from: 'GBP', to: 'EUR', expect: 0 },
    // By the inverse rate, rounded to 0.333333, a million would be one cent short.
    { rule: 'FX-INVERSE', minor: 300_000_000, from: 'CHF', to: 'EUR', expect: 100_000_000 },
    // 0.01 / 4 is nothing in euros; 0.01 / 4 * 2 is half a cent.
    { rule: 'FX-CROSS-ROUND', minor: 1, from: 'GBP', to: 'USD', expect: 1 },
    { rule: 'FX-CROSS-ROUND', minor: 1, from: 'CHF', to: 'GBP', expect: 1 },
  ])('$rule: $minor $from is $expect $to', ({ minor, from, to, expect: expected }) => {
    const converted = convert(minor, from, to, '2026-01-16', simple)
    expect(converted).toMatchObject({ status: 'ok', minor: expected })
    expect(converted.status === 'ok' && Object.is(converted.minor, -0)).toBe(false)
  })
})

describe('laws', () => {
  const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'GBP', 'CHF', 'KWD', 'CLF')
  const minor = fc.integer({ min: -(10 ** 11), max: 10 ** 11 })
  const day = '2026-01-15'

  const amountOf = (given: number, from: string, to: string): number => {
    const converted = convert(given, from, to, day, rates)
    if (converted.status !== 'ok') throw new Error(converted.rule)
    return converted.minor
  }

  test('FX-NEG: conversion is symmetric about zero', () => {
    fc.assert(
      fc.property(minor, currency, currency, (given, from, to) => {
        expect(amountOf(-given, from, to) + amountOf(given, from, to)).toBe(0)
      }),
    )
  })

  test('a larger amount is never worth less', () => {
    fc.assert(
      fc.property(minor, fc.nat(10 ** 6), currency, currency, (given, more, from, to) => {
        expect(amountOf(given + more, from, to)).toBeGreaterThanOrEqual(amountOf(given, from, to))
      }),
    )
  })

  test('the result is the whole number nearest to the exact one', () => {
    const rateOf = (code: string) => (code === 'EUR' ? '1' : (rates.lastRate(code, day)?.value ?? ''))
    // Six decimals hold every rate above.
    const millionths = (code: string): bigint => {
      const [whole = '', fraction = ''] = rateOf(code).split('.')
      return BigInt(whole + fraction.padEnd(6, '0'))
    }
    const unit = (code: string): bigint => 10n ** BigInt(currencyExponents.get(code) ?? 0)
    fc.assert(
      fc.property(minor, currency, currency, (given, from, to) => {
        // |result - given * rate(to) * unit(to) / rate(from) / unit(from)| <= 1/2, without a division
        const off = BigInt(amountOf(given, from, to)) * millionths(from) * unit(from) - BigInt(given) * millionths(to) * unit(to)
        const bound = millionths(from) * unit(from)
        expect(2n * (off < 0n ? -off : off) <= bound).toBe(true)
      }),
    )
  })

  test('from euros and back is within the unit that the other currency can tell', () => {
    fc.assert(
      fc.property(minor, fc.constantFrom('USD', 'KWD', 'CLF'), (given, other) => {
        // One unit of these is worth no more than a cent, so that their rounding moves it by one cent at the most.
        expect(Math.abs(amountOf(amountOf(given, 'EUR', other), other, 'EUR') - given)).toBeLessThanOrEqual(1)
      }),
    )
  })
})

test('closing days of the years to come', () => {
  const easters = {
    2024: '03-31',
    2025: '04-20',
    2026: '04-05',
    2027: '03-28',
    2028: '04-16',
    2030: '04-21',
    2038: '04-25',
    2049: '04-18',
    2076: '04-19',
  }
  for (const [year, easter] of Object.entries(easters)) {
    const [month = 0, date = 0] = easter.split('-').map(Number)
    const dayAt = (offset: number) => new Date(Date.UTC(Number(year), month - 1, date + offset)).toISOString().slice(0, 10)
    const own = loadRates(`Date,USD,\n${dayAt(-3)},1.1,\n`)
    const rules = [-3, -2, -1, 0, 1, 2].map((offset) => convert(1, 'USD', 'EUR', dayAt(offset), own).rule)
    expect([year, rules]).toEqual([year, ['FX-DIRECT', 'FX-HOLIDAY', 'FX-WEEKEND', 'FX-WEEKEND', 'FX-HOLIDAY', 'FX-GAP']])
  }
})
