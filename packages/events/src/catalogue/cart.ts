import { defineEvent } from './define-event.ts'
import { optional, required } from './field.ts'
import { currency, Money } from './money.ts'
import { Products, productFields } from './product.ts'
import { Identifier, Moment, Ordinal, Quantity, Text } from './value.ts'

export const productAdded = defineEvent({
  name: 'product_added',
  meaning: 'A product was put in the cart.',
  properties: {
    product_id: required(Identifier, 'The product.'),
    quantity: required(Quantity, 'How many pieces were added.'),
    cart_id: optional(Identifier, 'The cart.'),
    cart_total: optional(Money, 'What the whole cart is worth afterwards.'),
    ...productFields,
    ...currency,
  },
  defaults: { quantity: 1 },
  aliases: [
    'add_to_cart',
    'addtocart',
    'product_added_to_cart',
    'added_to_cart',
    'added_product',
    'add_product',
    'cart_product_added',
    'add_cart',
  ],
  vocabularies: { segment: 'Product Added', ga4: 'add_to_cart', shopify: 'product_added_to_cart' },
})

export const productRemoved = defineEvent({
  name: 'product_removed',
  meaning: 'A product was taken out of the cart, or its quantity lowered.',
  properties: {
    product_id: required(Identifier, 'The product.'),
    quantity: required(Quantity, 'How many pieces were removed.'),
    cart_id: optional(Identifier, 'The cart.'),
    cart_total: optional(Money, 'What the whole cart is worth afterwards.'),
    ...productFields,
    ...currency,
  },
  defaults: { quantity: 1 },
  aliases: ['remove_from_cart', 'product_removed_from_cart', 'removed_from_cart', 'removed_product', 'remove_product'],
  vocabularies: { segment: 'Product Removed', ga4: 'remove_from_cart', shopify: 'product_removed_from_cart' },
})

export const cartViewed = defineEvent({
  name: 'cart_viewed',
  meaning: 'The cart was looked at.',
  properties: {
    cart_id: required(Identifier, 'The cart. A shop without cart ids has one cart per visit.'),
    products: optional(Products, 'What is in it.'),
    total: optional(Money, 'What it is worth.'),
    ...currency,
  },
  defaults: { cart_id: { from: 'session.id' } },
  aliases: ['view_cart', 'cart_view', 'viewed_cart', 'basket_viewed', 'view_basket'],
  vocabularies: { segment: 'Cart Viewed', ga4: 'view_cart', shopify: 'cart_viewed' },
})

export const cartAbandoned = defineEvent({
  name: 'cart_abandoned',
  meaning: 'A filled cart was left without an order.',
  properties: {
    cart_id: required(Identifier, 'The cart.'),
    last_activity_at: required(Moment, 'When something was last done with it.'),
    products: optional(Products, 'What is in it.'),
    total: optional(Money, 'What it is worth.'),
    checkout_id: optional(Identifier, 'The checkout, where one was begun.'),
    step: optional(Ordinal, 'The last step of the checkout that was completed.'),
    ...currency,
  },
  derived: true,
  aliases: ['abandoned_cart', 'cart_abandonment', 'basket_abandoned', 'abandoned_basket', 'cart_abandon'],
})

const wishlistId = optional(Identifier, 'The list. A shop with one list per customer needs no id.')

export const productAddedToWishlist = defineEvent({
  name: 'product_added_to_wishlist',
  meaning: 'A product was put on a wish list.',
  properties: {
    product_id: required(Identifier, 'The product.'),
    wishlist_id: wishlistId,
    wishlist_name: optional(Text, 'As its owner named it.'),
    ...productFields,
    ...currency,
  },
  defaults: { wishlist_id: 'default' },
  aliases: [
    'add_to_wishlist',
    'addtowishlist',
    'added_to_wishlist',
    'wishlist_added',
    'wishlist_product_added',
    'product_wishlisted',
  ],
  vocabularies: { segment: 'Product Added to Wishlist', ga4: 'add_to_wishlist' },
})

export const productRemovedFromWishlist = defineEvent({
  name: 'product_removed_from_wishlist',
  meaning: 'A product was taken off a wish list.',
  properties: {
    product_id: required(Identifier, 'The product.'),
    wishlist_id: wishlistId,
    ...productFields,
    ...currency,
  },
  defaults: { wishlist_id: 'default' },
  aliases: ['remove_from_wishlist', 'removed_from_wishlist', 'wishlist_removed'],
  vocabularies: { segment: 'Product Removed from Wishlist' },
})

const couponFields = {
  coupon: required(Text, 'The code.'),
  cart_id: optional(Identifier, 'The cart.'),
  order_id: optional(Identifier, 'The order, where there is one already.'),
  discount: optional(Money, 'What the code takes off.'),
  ...currency,
}

export const couponApplied = defineEvent({
  name: 'coupon_applied',
  meaning: 'A coupon was accepted and lowers the price.',
  properties: couponFields,
  aliases: ['coupon_used', 'applied_coupon', 'promo_code_applied', 'voucher_applied', 'discount_applied', 'apply_coupon'],
  vocabularies: { segment: 'Coupon Applied' },
})

export const couponRemoved = defineEvent({
  name: 'coupon_removed',
  meaning: 'A coupon was taken off again.',
  properties: couponFields,
  aliases: ['removed_coupon', 'remove_coupon'],
  vocabularies: { segment: 'Coupon Removed' },
})
