import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { change, itemsOf, type Line, maxQuantity } from '../src/cart/lines.ts'
import { readCoupon, shippingMethods, totals } from '../src/cart/totals.ts'
import { products } from '../src/goods/index.ts'

const [standard, express, pickup] = shippingMethods
const lines = (...given: readonly (readonly [productId: string, variantId: string, quantity: number])[]): readonly Line[] =>
  given.map(([productId, variantId, quantity]) => ({ productId, variantId, quantity }))
const anyLines = fc
  .uniqueArray(fc.constantFrom(...products.flatMap(({ id, variants }) => variants.map((variant) => [id, variant.id] as const))))
  .chain((chosen) =>
    fc.tuple(...chosen.map(([id, variant]) => fc.integer({ min: 1, max: 9 }).map((n) => [id, variant, n] as const))),
  )
  .map((chosen) => lines(...chosen))

describe('lines of a cart', () => {
  test('the same variant twice is one line of two', () => {
    const once = change([], 'ridged-cup', 'sky', 1)
    expect(change(once, 'ridged-cup', 'sky', 1)).toEqual(lines(['ridged-cup', 'sky', 2]))
  })

  test('two variants of a product are two lines', () => {
    const one = change([], 'ridged-cup', 'sky', 1)
    expect(change(one, 'ridged-cup', 'plum', 1)).toEqual(lines(['ridged-cup', 'sky', 1], ['ridged-cup', 'plum', 1]))
  })

  test('a line of none is no line', () => {
    expect(change(lines(['ridged-cup', 'sky', 2]), 'ridged-cup', 'sky', -2)).toEqual([])
    expect(change([], 'ridged-cup', 'sky', -1)).toEqual([])
  })

  test('there is a most of everything', () => {
    expect(change([], 'ridged-cup', 'sky', 500)).toEqual(lines(['ridged-cup', 'sky', maxQuantity]))
  })

  test('what the shop no longer has is left out', () => {
    expect(itemsOf(lines(['ridged-cup', 'sky', 1], ['gone', 'sky', 1], ['ridged-cup', 'gone', 1]))).toHaveLength(1)
  })
})

describe('what a cart comes to', () => {
  test('small carts pay for delivery, and VAT is part of the sum', () => {
    expect(totals(itemsOf(lines(['ridged-cup', 'sky', 1])), null, standard)).toEqual({
      goodsCents: 1800,
      discountCents: 0,
      subtotalCents: 1800,
      shippingCents: 490,
      vatCents: 287 + 78, // 18.00 and 4.90 with 19 %
      totalCents: 2290,
    })
  })

  test('tea is taxed at the reduced rate', () => {
    const { vatCents, totalCents } = totals(itemsOf(lines(['sencha-first-light', '50g', 1])), null, pickup)
    expect({ vatCents, totalCents }).toEqual({ vatCents: 58, totalCents: 890 })
  })

  test('delivery is free from €49, express never is, picking up always', () => {
    const big = itemsOf(lines(['round-teapot', 'moss', 1]))
    expect([standard, express, pickup].map((method) => totals(big, null, method).shippingCents)).toEqual([0, 990, 0])
  })

  test('a coupon can take the free delivery away', () => {
    const justAbove = itemsOf(lines(['ridged-cup', 'sky', 1], ['matcha-bowl', 'clay', 1]))
    expect(totals(justAbove, null, standard).shippingCents).toBe(0)
    const half = itemsOf(lines(['ridged-cup', 'sky', 3])) // 54.00, with the coupon 48.60
    expect(totals(half, 'TEA10', standard)).toMatchObject({ discountCents: 540, subtotalCents: 4860, shippingCents: 490 })
  })

  test('an empty cart costs nothing', () => {
    expect(totals([], 'TEA10', express).totalCents).toBe(0)
  })

  test('the parts always come to the whole', () => {
    fc.assert(
      fc.property(anyLines, fc.constantFrom(null, 'TEA10'), fc.constantFrom(...shippingMethods), (cart, coupon, method) => {
        const sum = totals(itemsOf(cart), coupon, method)
        expect(sum.goodsCents - sum.discountCents).toBe(sum.subtotalCents)
        expect(sum.subtotalCents + sum.shippingCents).toBe(sum.totalCents)
        expect(sum.vatCents).toBeLessThanOrEqual(sum.totalCents)
      }),
    )
  })
})

test.each([
  { given: 'TEA10', expected: 'TEA10' },
  { given: ' tea10 ', expected: 'TEA10' },
  { given: 'TEA100', expected: undefined },
  { given: '', expected: undefined },
  { given: '__proto__', expected: undefined },
])('the coupon “$given” is read as $expected', ({ given, expected }) => {
  expect(readCoupon(given)).toBe(expected)
})
