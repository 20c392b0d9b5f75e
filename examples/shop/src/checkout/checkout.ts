import { computed, signal } from '@preact/signals'
import { customer } from '../account/account.ts'
import { cartId, cartItems, coupon, emptyCart } from '../cart/cart.ts'
import { shippingMethods, totals } from '../cart/totals.ts'
import { newId } from '../new-id.ts'
import type { Order } from '../orders/order.ts'
import { keepOrder, orders } from '../orders/orders.ts'
import { checkoutStarted, checkoutStepCompleted, paymentInfoEntered } from '../tracking.ts'
import { type Answers, paymentMethods, type Step, steps } from './steps.ts'

interface Checkout {
  readonly id: string
  readonly cartId: string
  readonly step: Step
  /** The furthest step reached: those before it can be gone back to. */
  readonly reached: Step
  readonly answers: Answers
}

// In memory only: what a visitor typed and did not send is nobody's business tomorrow.
const current = signal<Checkout | undefined>(undefined)
export const checkout = current

export const shippingMethod = computed(
  () => shippingMethods.find(({ id }) => id === current.value?.answers.method) ?? shippingMethods[0],
)
export const paymentMethod = computed(
  () => paymentMethods.find(({ id }) => id === current.value?.answers.payment) ?? paymentMethods[0],
)
export const checkoutTotals = computed(() => totals(cartItems.value, coupon.value, shippingMethod.value))

/** Begins a checkout for the cart, or goes on with the one that was begun: the way back from the cart is no second start. */
export function startCheckout(): void {
  if (current.value?.cartId === cartId.value) return
  const known = customer.value
  current.value = {
    id: newId('checkout'),
    cartId: cartId.value,
    step: 'contact',
    reached: 'contact',
    answers: { name: known?.name ?? '', email: known?.email ?? '', country: 'Germany', method: 'standard', payment: 'card' },
  }
  checkoutStarted({
    checkoutId: current.value.id,
    cartId: cartId.value,
    items: cartItems.value,
    totalCents: checkoutTotals.value.totalCents,
    coupon: coupon.value,
  })
}

/** Keeps an answer as soon as it is given, so that the summary beside the form is always right. */
export function answer(answers: Answers): void {
  const checkout = current.value
  if (checkout !== undefined) current.value = { ...checkout, answers: { ...checkout.answers, ...answers } }
}

/** The step's answers are complete: on to the next one. */
export function completeStep(): void {
  const checkout = current.value
  if (checkout === undefined) return
  const { id, step } = checkout
  const number = steps.indexOf(step) + 1
  if (step === 'payment') paymentInfoEntered(id, paymentMethod.value.id, number)
  checkoutStepCompleted({
    checkoutId: id,
    step: number,
    name: step,
    ...(step === 'shipping' && { shippingMethod: shippingMethod.value.id }),
    ...(step === 'payment' && { paymentMethod: paymentMethod.value.id }),
  })
  const next = steps[number]
  if (next === undefined) return
  const reached = steps.indexOf(checkout.reached) < number ? next : checkout.reached
  current.value = { ...checkout, step: next, reached }
}

export function goToStep(step: Step): void {
  const checkout = current.value
  if (checkout !== undefined && steps.indexOf(step) <= steps.indexOf(checkout.reached)) current.value = { ...checkout, step }
}

/** Makes the order of it and answers its id. The confirmation page tells the tracker, as most shops do it. */
export function placeOrder(): string | undefined {
  const checkout = current.value
  if (checkout === undefined || cartItems.value.length === 0) return undefined
  completeStep()
  const order: Order = {
    id: newId('order'),
    placedAt: new Date().toISOString(),
    cartId: checkout.cartId,
    checkoutId: checkout.id,
    email: checkout.answers.email?.trim() ?? '',
    lines: cartItems.value.map(({ product, variant, quantity }) => ({
      productId: product.id,
      variantId: variant.id,
      sku: variant.sku,
      name: product.name,
      variantName: variant.name,
      brand: product.brand,
      category: product.category,
      priceCents: variant.priceCents,
      quantity,
      isReturned: false,
    })),
    coupon: coupon.value,
    totals: checkoutTotals.value,
    wrappingCents: 0,
    shippingMethod: shippingMethod.value.id,
    paymentMethod: paymentMethod.value.id,
    isFirst: orders.value.length === 0,
    status: 'placed',
  }
  keepOrder(order)
  emptyCart()
  current.value = undefined
  return order.id
}
