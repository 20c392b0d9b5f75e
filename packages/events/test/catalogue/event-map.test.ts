import type { EventMap, EventName, Money, Product } from '@footfall/events'
import { describe, expectTypeOf, test } from 'vitest'

declare module '@footfall/events' {
  interface EventMap {
    quiz_finished: { readonly score: number }
  }
  interface ExtraProperties {
    coupon_removed: { readonly mood?: string }
  }
  interface Product {
    readonly engraving?: string
  }
}

/** What a tracker offers. */
const track = <N extends keyof EventMap>(_name: N, _properties: EventMap[N]): void => {}

/** As shops declare them: an interface, and a list nobody may change. */
interface CartLine {
  readonly product_id: string
  readonly quantity: number
  readonly price: number
  readonly warehouse: string
}
const lines: readonly CartLine[] = [{ product_id: 'A-1', quantity: 2, price: 19.99, warehouse: 'north' }]

describe('what callers write is checked', () => {
  test('every event with its required properties', () => {
    track('product_added', { product_id: 'A-1', quantity: 1, price: 19.99, currency: 'EUR' })
    track('order_completed', { order_id: 'O-1', total: '19.99', currency: 'EUR', products: lines })
    track('page_viewed', {})
    // @ts-expect-error product_id is missing
    track('product_added', { quantity: 1 })
    // @ts-expect-error total is missing
    track('order_completed', { order_id: 'O-1', products: lines })
  })

  test('types of properties', () => {
    // @ts-expect-error an identifier is text
    track('product_added', { product_id: 1 })
    // @ts-expect-error a quantity is a number
    track('product_added', { product_id: 'A-1', quantity: '1' })
    // @ts-expect-error a word that is not on the list
    track('logged_out', { reason: 'bored' })
    // @ts-expect-error every line has a product
    track('cart_viewed', { cart_id: 'C-1', products: [{ quantity: 1 }] })
    // @ts-expect-error a state that consent does not have
    track('consent_updated', { policy_version: '2026-09', purposes: { analytics: 'maybe' } })
  })

  test('misspelt properties and unknown events', () => {
    // @ts-expect-error it is called price
    track('product_added', { product_id: 'A-1', prise: 19.99 })
    // @ts-expect-error no such event
    track('product_eaten', { product_id: 'A-1' })
  })

  test('an event that the collector derives cannot be sent', () => {
    expectTypeOf<'cart_abandoned'>().toExtend<EventName>()
    // @ts-expect-error derived
    track('cart_abandoned', { cart_id: 'C-1', last_activity_at: '2026-11-21T18:00:00.000Z' })
  })
})

describe('what callers may leave out', () => {
  test('a property with a default, even a required one', () => {
    track('product_added', { product_id: 'A-1' })
    track('logged_out', {})
    track('cart_viewed', {})
    expectTypeOf<EventMap['product_added']['quantity']>().toEqualTypeOf<number | null | undefined>()
  })

  test('an optional property may be null, as shops have it', () => {
    track('product_viewed', { product_id: 'A-1', brand: null, price: undefined })
    expectTypeOf<EventMap['product_viewed']['price']>().toEqualTypeOf<Money | null | undefined>()
  })
})

describe('a shop adds its own by declaration merging', () => {
  test('events', () => {
    track('quiz_finished', { score: 3 })
    // @ts-expect-error a score is a number
    track('quiz_finished', { score: 'three' })
  })

  test('properties of events', () => {
    track('coupon_removed', { coupon: 'TEA10', mood: 'sad' })
    // @ts-expect-error only where it was declared
    track('coupon_applied', { coupon: 'TEA10', mood: 'glad' })
  })

  test('fields of product lines', () => {
    expectTypeOf<Product['engraving']>().toEqualTypeOf<string | undefined>()
    track('cart_viewed', { products: [{ product_id: 'A-1', engraving: 'For Ada' }] })
  })
})
