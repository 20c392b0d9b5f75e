import * as v from 'valibot'
import { Totals } from '../cart/totals.ts'

/** A line as it was bought: later price changes do not rewrite it. */
export const OrderLine = v.object({
  productId: v.string(),
  variantId: v.string(),
  sku: v.string(),
  name: v.string(),
  variantName: v.string(),
  brand: v.string(),
  category: v.string(),
  priceCents: v.number(),
  quantity: v.number(),
  isReturned: v.boolean(),
})
export type OrderLine = v.InferOutput<typeof OrderLine>

export const Order = v.object({
  id: v.string(),
  placedAt: v.string(),
  cartId: v.string(),
  checkoutId: v.string(),
  email: v.string(),
  lines: v.array(OrderLine),
  coupon: v.nullable(v.string()),
  totals: Totals,
  /** Wrapped as a gift afterwards, for this much; 0 is not wrapped. */
  wrappingCents: v.number(),
  shippingMethod: v.string(),
  paymentMethod: v.string(),
  /** The first on this device, which is all that a page can know. */
  isFirst: v.boolean(),
  status: v.picklist(['placed', 'cancelled', 'returned']),
})
export type Order = v.InferOutput<typeof Order>

/** What the customer owes in the end, in euro cents. */
export const orderTotalCents = (order: Order): number => order.totals.totalCents + order.wrappingCents

/**
 * What a line gives back, in euro cents: its price less its share of the discount. The last line takes what the others left over,
 * so that the parts come to the whole.
 */
export function refundCents(order: Order, line: OrderLine): number {
  const others = order.lines.filter((other) => other !== line)
  if (others.every((other) => other.isReturned)) {
    return order.totals.subtotalCents - others.reduce((sum, other) => sum + shareCents(order, other), 0)
  }
  return shareCents(order, line)
}

function shareCents({ totals }: Order, { priceCents, quantity }: OrderLine): number {
  return Math.round((priceCents * quantity * totals.subtotalCents) / totals.goodsCents)
}
