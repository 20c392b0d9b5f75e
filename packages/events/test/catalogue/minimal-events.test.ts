import { type CatalogueProperties, catalogue } from '@footfall/events'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'

/** The least that each event must have once its defaults are filled. */
const minimal: CatalogueProperties & { readonly cart_abandoned: object } = {
  page_viewed: {},
  product_searched: { query: 'green tea' },
  product_list_viewed: { category: 'Tea/Green' },
  product_clicked: { product_id: 'A-1' },
  product_viewed: { product_id: 'A-1' },
  product_added: { product_id: 'A-1', quantity: 1 },
  product_removed: { product_id: 'A-1', quantity: 1 },
  cart_viewed: { cart_id: 'C-1' },
  cart_abandoned: { cart_id: 'C-1', last_activity_at: '2026-11-21T18:00:00.000Z' },
  product_added_to_wishlist: { product_id: 'A-1' },
  product_removed_from_wishlist: { product_id: 'A-1' },
  coupon_applied: { coupon: 'TEA10' },
  coupon_removed: { coupon: 'TEA10' },
  checkout_started: { cart_id: 'C-1' },
  checkout_step_completed: { checkout_id: 'K-1', step: 1 },
  payment_info_entered: { checkout_id: 'K-1' },
  order_completed: { order_id: 'O-1', total: 19.99, products: [{ product_id: 'A-1' }] },
  order_updated: { order_id: 'O-1' },
  order_cancelled: { order_id: 'O-1' },
  order_refunded: { order_id: 'O-1', amount: { amount: '19.99', currencyCode: 'EUR' } },
  pos_purchase_completed: { receipt_id: 'R-1', store_id: 'S-1', total: '19,99 €' },
  promotion_viewed: { promotion_id: 'P-1' },
  promotion_clicked: { promotion_id: 'P-1' },
  ad_viewed: { ad_id: 'AD-1' },
  ad_clicked: { campaign_id: 'autumn' },
  email_opened: { message_id: 'M-1' },
  email_clicked: { campaign_id: 'autumn' },
  email_unsubscribed: { list_id: 'news' },
  signed_up: {},
  logged_in: {},
  logged_out: {},
  store_visited: { store_id: 'S-1' },
  experiment_viewed: { experiment_id: 'E-1', variation_id: 'B' },
  consent_updated: { purposes: { analytics: 'granted' }, policy_version: '2026-09' },
}

const cases = [...catalogue.values()].map((definition) => ({
  name: definition.name,
  definition,
  given: (minimal as Record<string, Readonly<Record<string, unknown>>>)[definition.name] ?? {},
}))

describe.each(cases)('$name', ({ definition, given }) => {
  const { properties, required, requiredOneOf } = definition

  test('is valid with no more than it needs', () => {
    expect(v.parse(properties, given)).toEqual(given)
    for (const group of requiredOneOf) expect(Object.keys(given)).toEqual(expect.arrayContaining([expect.toBeOneOf([...group])]))
  })

  test('keeps properties that the catalogue does not know', () => {
    const more = { ...given, engraving: 'For Ada', nested: { deep: [1] } }
    expect(v.parse(properties, more)).toEqual(more)
  })

  test.each(required)('is refused without %s', (name) => {
    const { [name]: _, ...rest } = given
    expect(v.is(properties, rest)).toBe(false)
    expect(v.is(properties, { ...given, [name]: null })).toBe(false)
  })

  test('takes null for any other property', () => {
    const optional = Object.keys(properties.entries).filter((name) => !required.includes(name))
    expect(v.is(properties, { ...given, ...Object.fromEntries(optional.map((name) => [name, null])) })).toBe(true)
  })

  test.each(Object.keys(properties.entries))('refuses a %s that is no value of its kind', (name) => {
    expect(v.is(properties, { ...given, [name]: () => 'a function' })).toBe(false)
  })
})
