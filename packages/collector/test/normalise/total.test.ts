import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoredAmount } from '../../src/normalise/amounts.ts'
import { isTotalOfParts } from '../../src/normalise/total.ts'
import { readGood } from './read-event.ts'

const amount = (minor: number, currency = 'EUR'): StoredAmount => ({
  minor,
  currency,
  baseMinor: minor,
  baseCurrency: currency,
  rateDate: null,
})
const parts = (total: number, subtotal: number, tax: number, shipping: number) => ({
  total: amount(total),
  subtotal: amount(subtotal),
  tax: amount(tax),
  shipping: amount(shipping),
})

describe('a total', () => {
  test.each([
    { given: parts(2750, 2250, 200, 300), without: true, within: false, unsaid: true },
    { given: parts(2550, 2250, 200, 300), without: false, within: true, unsaid: true },
    { given: parts(10_000, 1000, 100, 100), without: false, within: false, unsaid: false },
    { given: parts(-2750, -2250, -200, -300), without: true, within: false, unsaid: true },
  ])('$given.total.minor of $given.subtotal.minor, $given.tax.minor, $given.shipping.minor', ({ given, ...expected }) => {
    expect(isTotalOfParts(given, 1, false)).toBe(expected.without)
    expect(isTotalOfParts(given, 1, true)).toBe(expected.within)
    expect(isTotalOfParts(given, 1, undefined)).toBe(expected.unsaid)
  })

  test('may be out by one of the smallest unit for each line', () => {
    for (const [lines, out] of [
      [0, 1],
      [1, 1],
      [5, 5],
    ] as const) {
      expect(isTotalOfParts(parts(2750 + out, 2250, 200, 300), lines, false)).toBe(true)
      expect(isTotalOfParts(parts(2750 - out, 2250, 200, 300), lines, false)).toBe(true)
      expect(isTotalOfParts(parts(2750 + out + 1, 2250, 200, 300), lines, false)).toBe(false)
    }
  })

  test('is not held against what is not stated, or in another currency', () => {
    for (const missing of ['total', 'subtotal', 'tax', 'shipping'] as const) {
      const { [missing]: _, ...stated } = parts(10_000, 1000, 100, 100)
      expect(isTotalOfParts(stated, 1, false)).toBe(true)
    }
    const { tax: _, ...taxless } = parts(10_000, 1000, 100, 100)
    expect(isTotalOfParts(taxless, 1, true), 'a tax that is in the prices need not be stated').toBe(false)
    expect(isTotalOfParts({ ...parts(10_000, 1000, 100, 100), shipping: amount(100, 'USD') }, 1, false)).toBe(true)
    const taxElsewhere = { ...parts(10_000, 1000, 100, 100), tax: amount(100, 'USD') }
    expect(isTotalOfParts(taxElsewhere, 1, true), 'nor a tax that is not summed up').toBe(false)
    expect(isTotalOfParts({}, 0, undefined)).toBe(true)
  })

  test('that is the sum of its parts never differs from them', () => {
    const minor = fc.maxSafeInteger()
    fc.assert(
      fc.property(minor, minor, minor, fc.nat(10), (subtotal, tax, shipping, lines) => {
        const total = subtotal + tax + shipping
        fc.pre(Number.isSafeInteger(total) && Number.isSafeInteger(subtotal + tax))
        return isTotalOfParts(parts(total, subtotal, tax, shipping), lines, false)
      }),
    )
  })
})

test('an order whose total is another than its parts make is flagged and stays as it is', () => {
  const order = { order_id: 'O', currency: 'EUR', products: [{ product_id: 'A' }], subtotal: 10, tax: 1, shipping: 1 }
  const wrong = readGood('order_completed', { ...order, total: 100 })
  expect(wrong).toMatchObject({ flags: ['total_mismatch'], repairs: [], money: { total: '10000 EUR', subtotal: '1000 EUR' } })
  expect(readGood('order_completed', { ...order, total: 12 }).flags).toEqual([])
})
