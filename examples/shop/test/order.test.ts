import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Order, orderTotalCents, refundCents } from '../src/orders/order.ts'

const order = (prices: readonly number[], discountPercent: number): Order => {
  const goodsCents = prices.reduce((sum, price) => sum + price, 0)
  const discountCents = Math.round((goodsCents * discountPercent) / 100)
  const subtotalCents = goodsCents - discountCents
  return {
    id: 'order-1',
    placedAt: '2026-11-21T18:00:00.000Z',
    cartId: 'cart-1',
    checkoutId: 'checkout-1',
    email: 'mara@example.com',
    lines: prices.map((priceCents, index) => ({
      productId: `product-${index}`,
      variantId: 'one',
      sku: `SKU-${index}`,
      name: 'Cup',
      variantName: 'One',
      brand: 'Blatt',
      category: 'ceramics',
      priceCents,
      quantity: 1,
      isReturned: false,
    })),
    coupon: discountPercent > 0 ? 'TEA10' : null,
    totals: { goodsCents, discountCents, subtotalCents, shippingCents: 490, vatCents: 0, totalCents: subtotalCents + 490 },
    wrappingCents: 0,
    shippingMethod: 'standard',
    paymentMethod: 'card',
    isFirst: true,
    status: 'placed',
  }
}

test('wrapping is part of what is paid', () => {
  expect(orderTotalCents({ ...order([1000], 0), wrappingCents: 350 })).toBe(1840)
})

test('a returned line gives back its price less its share of the discount', () => {
  const given = order([1000, 3000], 10)
  const [first] = given.lines
  if (first === undefined) throw new Error('an order without lines')
  expect(refundCents(given, first)).toBe(900)
})

test('whatever is returned in whatever order, all refunds together are what the goods cost', () => {
  const prices = fc.array(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(prices, fc.integer({ min: 0, max: 90 }), fc.infiniteStream(fc.nat()), (given, percent, chance) => {
      let left = order(given, percent)
      let refunded = 0
      while (left.lines.some((line) => !line.isReturned)) {
        const open = left.lines.filter((line) => !line.isReturned)
        const line = open[(chance.next().value ?? 0) % open.length]
        if (line === undefined) break
        refunded += refundCents(left, line)
        left = { ...left, lines: left.lines.map((other) => (other === line ? { ...other, isReturned: true } : other)) }
      }
      expect(refunded).toBe(left.totals.subtotalCents)
    }),
  )
})
