import { type ConsentStatus, createTracker, type EventMap, type Tracker, type TrackerStats } from '@footfall/browser'
import { showBanner } from '@footfall/browser/banner'
import { purposeOf } from '@footfall/events'
import { type ReadonlySignal, signal } from '@preact/signals'
import * as v from 'valibot'
import type { Item } from './cart/lines.ts'
import { consentText } from './consent-text.ts'
import { type CartChange, currency, describe, describeChange, describeItem, describeLine, euros } from './described.ts'
import type { Product, Variant } from './goods/product.ts'
import { newId } from './new-id.ts'
import { installOfflineSwitch } from './offline-switch.ts'
import { type Order, type OrderLine, orderTotalCents } from './orders/order.ts'

// The one file of the shop that knows the tracker. Everything else says what happened, in the shop's words.

/** Version of the wording in the consent banner: another wording is another question. */
const policyVersion = '2026-11'

const config = v.parse(
  v.object({ endpoint: v.string(), writeKey: v.string() }),
  JSON.parse(document.getElementById('footfall-config')?.textContent ?? 'null'),
)

/** For people who try the tracker out; it has to stand between page and network before there is a tracker. */
export const offlineSwitch = installOfflineSwitch(config.endpoint)

const tracker = createTracker({ ...config, policyVersion })

// ------------------------------------------------------------------------------------------------ consent

const currentConsent = signal(tracker.consent())
/** What the visitor has decided, as the tracker keeps it: the shop keeps no copy. */
export const consent: ReadonlySignal<ConsentStatus> = currentConsent

/** Asks who has not decided; opened again from the footer. */
export const consentBanner = showBanner(tracker, { text: consentText })

// --------------------------------------------------------------------------------------- what the panel shows

/** An event as the page told it, and what the visitor's decision makes of it. */
export interface Told {
  readonly number: number
  readonly at: Date
  readonly name: string
  readonly properties: Readonly<Record<string, unknown>>
  /** `held` until the visitor decides about its purpose; then `passed` on to the queue, or `forgotten`. */
  readonly fate: 'held' | 'passed' | 'forgotten'
}

const told = signal<readonly Told[]>([])
/** The latest events, newest first. */
export const toldEvents: ReadonlySignal<readonly Told[]> = told

const currentStats = signal(tracker.stats())
export const stats: ReadonlySignal<TrackerStats> = currentStats

const latestFault = signal<string | undefined>(undefined)
/** The latest complaint of the tracker's; a shop would send it to its log. */
export const trackerFault: ReadonlySignal<string | undefined> = latestFault

const shownEvents = 40

function note(name: string, properties: object = {}): void {
  const number = (told.value[0]?.number ?? 0) + 1
  const entry: Told = { number, at: new Date(), name, properties: { ...properties }, fate: fateOf(name) }
  told.value = [entry, ...told.value].slice(0, shownEvents)
  readStats()
}

function fateOf(name: string): Told['fate'] {
  const purpose = purposeOf(name)
  const state = purpose === 'necessary' ? 'granted' : currentConsent.value[purpose]
  return ({ unknown: 'held', granted: 'passed', not_required: 'passed', denied: 'forgotten' } as const)[state]
}

function readStats(): void {
  const now = tracker.stats()
  if (JSON.stringify(now) !== JSON.stringify(currentStats.value)) currentStats.value = now
}

tracker.on('consent', () => {
  currentConsent.value = tracker.consent()
  told.value = told.value.map((entry) => (entry.fate === 'held' ? { ...entry, fate: fateOf(entry.name) } : entry))
  // Taking consent back makes the tracker forget who this is; the visitor is logged in all the same.
  if (customerId !== undefined) tracker.identify(customerId)
})
tracker.on('receipt', readStats)
tracker.on('drop', readStats)
tracker.on('error', (error) => {
  latestFault.value = `${error.code}: ${error.message}`
})
// What the tracker does between two events, the queue's writing for one, is told by no listener: it must not wait for the panel.
setInterval(readStats, 400)

// ------------------------------------------------------------------------------------------------ what happened

const track: Tracker['track'] = (name, ...properties) => {
  tracker.track(name, ...properties)
  note(name, properties[0])
}

/** @param type kind of page, in the shop's words; the tracker reads address and title by itself */
export function pageViewed(type: string): void {
  tracker.page({ type })
  note('page_viewed', { type })
}

export const productSearched = (query: string, resultsCount: number): void =>
  track('product_searched', { query, results_count: resultsCount })

interface List {
  readonly id: string
  readonly category?: string
  readonly products: readonly Product[]
  readonly filters?: readonly string[]
  readonly sort?: string
}

export const productListViewed = ({ id, category, products, filters = [], sort }: List): void =>
  track('product_list_viewed', {
    list_id: id,
    ...(category !== undefined && { category }),
    products: products.map((product, index) => ({ ...describe(product, product.variants[0]), position: index + 1 })),
    ...(filters.length > 0 && { filters: [...filters] }),
    ...(sort !== undefined && { sorts: [sort] }),
    currency,
  })

export const productClicked = (product: Product, listId: string, position: number): void =>
  track('product_clicked', { ...describe(product, product.variants[0]), currency, list_id: listId, position })

export const productViewed = (product: Product, variant: Variant): void =>
  track('product_viewed', { ...describe(product, variant), currency })

export const productAdded = (change: CartChange): void => track('product_added', describeChange(change))
export const productRemoved = (change: CartChange): void => track('product_removed', describeChange(change))

export const cartViewed = (cartId: string, items: readonly Item[], totalCents: number): void =>
  track('cart_viewed', { cart_id: cartId, products: items.map(describeItem), total: euros(totalCents), currency })

export const productAddedToWishlist = (product: Product, variant: Variant): void =>
  track('product_added_to_wishlist', { ...describe(product, variant), currency, wishlist_id: 'default' })

export const productRemovedFromWishlist = (product: Product): void =>
  track('product_removed_from_wishlist', { product_id: product.id, wishlist_id: 'default' })

export const couponApplied = (coupon: string, cartId: string, discountCents: number): void =>
  track('coupon_applied', { coupon, cart_id: cartId, discount: euros(discountCents), currency })

export const couponRemoved = (coupon: string, cartId: string, discountCents: number): void =>
  track('coupon_removed', { coupon, cart_id: cartId, discount: euros(discountCents), currency })

interface CheckoutBegun {
  readonly checkoutId: string
  readonly cartId: string
  readonly items: readonly Item[]
  readonly totalCents: number
  readonly coupon: string | null
}

export const checkoutStarted = ({ checkoutId, cartId, items, totalCents, coupon }: CheckoutBegun): void =>
  track('checkout_started', {
    checkout_id: checkoutId,
    cart_id: cartId,
    products: items.map(describeItem),
    total: euros(totalCents),
    currency,
    ...(coupon !== null && { coupon }),
  })

interface CheckoutStep {
  readonly checkoutId: string
  /** From 1. */
  readonly step: number
  readonly name: string
  readonly shippingMethod?: string
  readonly paymentMethod?: string
}

export const checkoutStepCompleted = ({ checkoutId, step, name, shippingMethod, paymentMethod }: CheckoutStep): void =>
  track('checkout_step_completed', {
    checkout_id: checkoutId,
    step,
    step_name: name,
    ...(shippingMethod !== undefined && { shipping_method: shippingMethod }),
    ...(paymentMethod !== undefined && { payment_method: paymentMethod }),
  })

/** The way of payment, never its details. */
export const paymentInfoEntered = (checkoutId: string, paymentMethod: string, step: number): void =>
  track('payment_info_entered', { checkout_id: checkoutId, payment_method: paymentMethod, step })

/** Told each time the confirmation is shown, a reload included: the collector knows the order by its id and counts it once. */
export const orderCompleted = (order: Order): void =>
  track('order_completed', {
    order_id: order.id,
    checkout_id: order.checkoutId,
    cart_id: order.cartId,
    products: order.lines.map(describeLine),
    total: euros(orderTotalCents(order)),
    subtotal: euros(order.totals.subtotalCents),
    tax: euros(order.totals.vatCents),
    shipping: euros(order.totals.shippingCents),
    discount: euros(order.totals.discountCents),
    currency,
    ...(order.coupon !== null && { coupon: order.coupon }),
    payment_method: order.paymentMethod,
    is_first_order: order.isFirst,
  })

export const orderUpdated = (orderId: string, totalCents: number, status: string): void =>
  track('order_updated', { order_id: orderId, total: euros(totalCents), currency, status })

export const orderCancelled = (orderId: string, totalCents: number, reason: string): void =>
  track('order_cancelled', { order_id: orderId, total: euros(totalCents), currency, reason })

interface Refund {
  readonly orderId: string
  readonly line: OrderLine
  readonly amountCents: number
  readonly reason: string
}

export const orderRefunded = ({ orderId, line, amountCents, reason }: Refund): void =>
  track('order_refunded', {
    order_id: orderId,
    refund_id: newId('refund'),
    amount: euros(amountCents),
    currency,
    products: [describeLine(line)],
    is_full: false, // delivery is not given back
    reason,
  })

type Promotion = EventMap['promotion_viewed']
export const promotionViewed = (promotion: Promotion): void => track('promotion_viewed', promotion)
export const promotionClicked = (promotion: Promotion): void => track('promotion_clicked', promotion)

type Ad = EventMap['ad_clicked']
export const adViewed = (ad: Ad): void => track('ad_viewed', { ...ad, is_retargeting: false })
export const adClicked = (ad: Ad): void => track('ad_clicked', ad)

export const experimentViewed = (experiment: EventMap['experiment_viewed']): void => track('experiment_viewed', experiment)

export const storeVisited = (storeId: string): void => track('store_visited', { store_id: storeId, detection: 'checkin' })

export const emailClicked = (messageId: string, linkId: string, linkUrl: string): void =>
  track('email_clicked', { message_id: messageId, link_id: linkId, link_url: linkUrl })

export const emailUnsubscribed = (listId: string, reason: string): void =>
  track('email_unsubscribed', { list_id: listId, reason })

// ------------------------------------------------------------------------------------------------ who it is

let customerId: string | undefined

/** This is one of our customers. Facts about people stay in the shop: the tracker is told a number. */
export function customerKnown(id: string): void {
  customerId = id
  tracker.identify(id)
}

export function loggedIn(id: string): void {
  customerKnown(id)
  track('logged_in', { method: 'password' })
}

export function signedUp(id: string, wantsLetters: boolean): void {
  customerKnown(id)
  track('signed_up', { method: 'password', newsletter_opt_in: wantsLetters })
}

/** Told while the tracker still knows who it is; after that a new visitor begins. */
export function loggedOut(): void {
  track('logged_out', { reason: 'user' })
  customerId = undefined
  tracker.reset()
}
