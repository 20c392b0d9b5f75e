import { defineEvent } from './define-event.ts'
import { optional, required } from './field.ts'
import { currency, Money } from './money.ts'
import { Products } from './product.ts'
import { Flag, Hash, Identifier, Text } from './value.ts'

export const orderCompleted = defineEvent({
  name: 'order_completed',
  meaning: 'An order was placed.',
  properties: {
    order_id: required(Identifier, 'The order.'),
    total: required(Money, 'What the customer pays: after discounts, with tax and shipping.'),
    products: required(Products, 'What was ordered.'),
    subtotal: optional(Money, 'After discounts on items and order, before tax and shipping.'),
    tax: optional(Money, 'All taxes. Not known is left out, not 0.'),
    shipping: optional(Money, 'Delivery. Not known is left out, not 0.'),
    discount: optional(Money, 'What was taken off the order. Not known is left out, not 0.'),
    coupon: optional(Text, 'Code on the order.'),
    payment_method: optional(Text, 'The way of payment.'),
    checkout_id: optional(Identifier, 'The checkout it came from.'),
    cart_id: optional(Identifier, 'The cart it came from.'),
    channel: optional(Text, "Where it was sold, if not where the event was made: the envelope's `channel` applies without it."),
    store_id: optional(Identifier, 'The store it is collected from or was ordered in.'),
    is_first_order: optional(Flag, "Is it this customer's first?"),
    ...currency,
  },
  naturalKeys: [['order_id']],
  aliases: [
    'purchase',
    'transaction',
    'completed_order',
    'placed_order',
    'order_placed',
    'checkout_completed',
    'order_complete',
    'completepayment',
    'complete_payment',
    'placeanorder',
    'place_an_order',
    'purchased',
    'order_paid',
  ],
  vocabularies: { segment: 'Order Completed', ga4: 'purchase', shopify: 'checkout_completed' },
})

export const orderUpdated = defineEvent({
  name: 'order_updated',
  meaning: 'An order was changed after it was placed.',
  properties: {
    order_id: required(Identifier, 'The order.'),
    total: optional(Money, 'What it costs now.'),
    products: optional(Products, 'All that it holds now.'),
    status: optional(Text, "In the shop's own words: `paid`, `shipped` …"),
    ...currency,
  },
  aliases: ['updated_order', 'order_update'],
  vocabularies: { segment: 'Order Updated' },
})

export const orderCancelled = defineEvent({
  name: 'order_cancelled',
  meaning: 'An order was called off.',
  properties: {
    order_id: required(Identifier, 'The order.'),
    total: optional(Money, 'What it would have cost.'),
    reason: optional(Text, "In the shop's own words."),
    ...currency,
  },
  defaults: { reason: 'unspecified' },
  aliases: ['order_canceled', 'cancelled_order', 'canceled_order', 'cancel_order'],
  vocabularies: { segment: 'Order Cancelled' },
})

export const orderRefunded = defineEvent({
  name: 'order_refunded',
  meaning: 'Money was given back for an order.',
  properties: {
    order_id: required(Identifier, 'The order.'),
    amount: required(Money, 'What was given back, a positive amount.'),
    products: optional(Products, 'What it was given back for.'),
    reason: optional(Text, "In the shop's own words."),
    is_full: optional(Flag, 'Was all of it given back?'),
    refund_id: optional(Identifier, 'The refund. Without it, equal refunds of an order on one day count as one.'),
    ...currency,
  },
  defaults: { is_full: { value: true, unless: 'products' } },
  naturalKeys: [['refund_id'], ['order_id', 'amount', 'products', 'day'], ['order_id', 'amount', 'day']],
  aliases: ['refund', 'refunded_order', 'refunded', 'order_refund'],
  vocabularies: { segment: 'Order Refunded', ga4: 'refund' },
})

export const posPurchaseCompleted = defineEvent({
  name: 'pos_purchase_completed',
  meaning: "Something was bought at a store's till.",
  properties: {
    receipt_id: required(Identifier, 'The receipt.'),
    store_id: required(Identifier, 'The store.'),
    total: required(Money, 'What the customer paid: after discounts, with tax.'),
    products: optional(Products, 'What was bought.'),
    loyalty_id_hash: optional(Hash, 'The loyalty card.'),
    register_id: optional(Identifier, 'The till.'),
    tax: optional(Money, 'All taxes. Not known is left out, not 0.'),
    payment_method: optional(Text, 'The way of payment.'),
    ...currency,
  },
  // Many tills begin their receipts at 1 each morning.
  naturalKeys: [
    ['store_id', 'register_id', 'receipt_id', 'day'],
    ['store_id', 'receipt_id', 'day'],
  ],
  aliases: ['pos_purchase', 'pos_sale', 'in_store_purchase', 'offline_purchase', 'pos_order'],
})
