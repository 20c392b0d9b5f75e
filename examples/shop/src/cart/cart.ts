import { computed } from '@preact/signals'
import * as v from 'valibot'
import type { Product, Variant } from '../goods/product.ts'
import { newId } from '../new-id.ts'
import { stored } from '../stored.ts'
import { couponApplied, couponRemoved, productAdded, productRemoved } from '../tracking.ts'
import { change, itemsOf, Line } from './lines.ts'
import { readCoupon, shippingMethods, totals } from './totals.ts'

const Cart = v.object({
  /** Given when the first product goes in; the order takes it along. */
  id: v.string(),
  lines: v.array(Line),
  coupon: v.nullable(v.string()),
})
type Cart = v.InferOutput<typeof Cart>

const empty: Cart = { id: '', lines: [], coupon: null }
const kept = stored<Cart>('cart', Cart, empty)

export const cartId = computed(() => kept.value.value.id)
export const coupon = computed(() => kept.value.value.coupon)
export const cartItems = computed(() => itemsOf(kept.value.value.lines))
export const cartCount = computed(() => cartItems.value.reduce((count, item) => count + item.quantity, 0))
export const cartTotals = computed(() => totals(cartItems.value, coupon.value, shippingMethods[0]))

/** @param position place in the list it was picked from, from 1 */
export function addToCart(product: Product, variant: Variant, quantity = 1, position?: number): void {
  const cart = kept.value.value
  keepLines(change(cart.lines, product.id, variant.id, quantity), cart.id || newId('cart'))
  productAdded({ product, variant, quantity, position, cartId: cartId.value, cartTotalCents: cartTotals.value.subtotalCents })
}

export function removeFromCart(product: Product, variant: Variant, quantity: number): void {
  const { id, lines } = kept.value.value
  keepLines(change(lines, product.id, variant.id, -quantity), id)
  productRemoved({ product, variant, quantity, cartId: id, cartTotalCents: cartTotals.value.subtotalCents })
}

/** Answers whether the shop knows the coupon. */
export function enterCoupon(text: string): boolean {
  const code = readCoupon(text)
  if (code === undefined) return false
  if (code !== coupon.value) {
    kept.keep({ ...kept.value.value, coupon: code })
    couponApplied(code, cartId.value, cartTotals.value.discountCents)
  }
  return true
}

export function takeCouponOff(): void {
  const code = coupon.value
  if (code === null) return
  couponRemoved(code, cartId.value, cartTotals.value.discountCents)
  kept.keep({ ...kept.value.value, coupon: null })
}

/** After an order: the next cart is another cart. */
export const emptyCart = (): void => kept.keep(empty)

// A coupon without goods would be a trace of a visitor who took everything out again.
const keepLines = (lines: readonly Line[], id: string): void =>
  kept.keep(lines.length === 0 ? empty : { ...kept.value.value, id, lines: [...lines] })
