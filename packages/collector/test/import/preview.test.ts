import { expect, test } from 'vitest'
import { amountText } from '../../src/import/preview.ts'
import { progressLine, withCommas } from '../../src/import/progress.ts'

test.each([
  { minor: 123_456, currency: 'EUR', expected: '1234.56 EUR' },
  { minor: 5, currency: 'EUR', expected: '0.05 EUR' },
  { minor: -5, currency: 'EUR', expected: '-0.05 EUR' },
  { minor: 0, currency: 'KWD', expected: '0.000 KWD' },
  { minor: 1234, currency: 'KWD', expected: '1.234 KWD' },
  { minor: 1234, currency: 'JPY', expected: '1234 JPY' },
])('$minor minor units of $currency are written $expected', ({ minor, currency, expected }) => {
  expect(amountText({ minor, currency })).toBe(expected)
})

test.each([
  { done: 0, all: 0, elapsedMs: 0, expected: '[####################] 100 % 0 rows' },
  { done: 1, all: 3, elapsedMs: 100, expected: '[######--------------] 33 % 1 rows' },
  { done: 41_000, all: 100_000, elapsedMs: 4500, expected: '[########------------] 41 % 41,000 rows, 9,111 a second' },
  { done: 5, all: 3, elapsedMs: 0, expected: '[####################] 100 % 5 rows' },
])('$done of $all rows are shown as $expected', ({ done, all, elapsedMs, expected }) => {
  expect(progressLine(done, all, elapsedMs)).toBe(expected)
})

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1_234_567, '1,234,567'],
])('%i is written %s', (count, expected) => {
  expect(withCommas(count)).toBe(expected)
})
