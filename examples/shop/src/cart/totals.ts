import * as v from 'valibot'
import { vatPercent } from '../goods/product.ts'
import { percentOf } from '../money.ts'
import type { Item } from './lines.ts'

/** What a cart or an order comes to, in euro cents, VAT included. */
export const Totals = v.object({
  /** The goods at their prices. */
  goodsCents: v.number(),
  /** What the coupon takes off. */
  discountCents: v.number(),
  /** The goods after the discount: what events call the subtotal. */
  subtotalCents: v.number(),
  shippingCents: v.number(),
  /** Part of `totalCents`, not on top of it. */
  vatCents: v.number(),
  totalCents: v.number(),
})
export type Totals = v.InferOutput<typeof Totals>

/** What the coupon's holder gets off the goods, in percent. */
const coupons: ReadonlyMap<string, number> = new Map([['TEA10', 10]])

/** The coupon as it is kept, or `undefined` when the shop does not know it. Case and spaces do not matter. */
export function readCoupon(text: string): string | undefined {
  const code = text.trim().toUpperCase()
  return coupons.has(code) ? code : undefined
}

/** Ways to get the goods, and what each costs. */
export const shippingMethods = [
  { id: 'standard', name: 'Standard', promise: '2 to 4 working days', cents: 490, freeFromCents: 4900 },
  { id: 'express', name: 'Express', promise: 'Tomorrow, if ordered before noon', cents: 990 },
  { id: 'pickup', name: 'Pick up', promise: 'At our shop in Leipzig, today', cents: 0 },
] as const
export type ShippingMethod = (typeof shippingMethods)[number]

const shippingVatPercent = 19

/** Adds up. Each line's discount is rounded by itself, as it stands on the invoice. */
export function totals(items: readonly Item[], coupon: string | null, method: ShippingMethod): Totals {
  const percent = (coupon !== null && coupons.get(coupon)) || 0
  let goodsCents = 0
  let discountCents = 0
  let vatCents = 0
  for (const { product, variant, quantity } of items) {
    const line = variant.priceCents * quantity
    const discount = percentOf(line, percent)
    goodsCents += line
    discountCents += discount
    vatCents += vatWithin(line - discount, vatPercent[product.category])
  }
  const subtotalCents = goodsCents - discountCents
  const shippingCents = items.length === 0 ? 0 : shippingFor(method, subtotalCents)
  vatCents += vatWithin(shippingCents, shippingVatPercent)
  return { goodsCents, discountCents, subtotalCents, shippingCents, vatCents, totalCents: subtotalCents + shippingCents }
}

/** What a method costs for goods of this worth, in euro cents. */
export const shippingFor = (method: ShippingMethod, subtotalCents: number): number =>
  'freeFromCents' in method && subtotalCents >= method.freeFromCents ? 0 : method.cents

const vatWithin = (grossCents: number, percent: number): number => Math.round((grossCents * percent) / (100 + percent))
