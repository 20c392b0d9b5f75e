import { defineEvent } from './define-event.ts'
import { optional, required } from './field.ts'
import { currency, Money } from './money.ts'
import { Products } from './product.ts'
import { Identifier, Ordinal, Text } from './value.ts'

export const checkoutStarted = defineEvent({
  name: 'checkout_started',
  meaning: 'The way to the till was begun.',
  properties: {
    checkout_id: optional(Identifier, 'The checkout.'),
    cart_id: optional(Identifier, 'The cart.'),
    products: optional(Products, 'What is about to be bought.'),
    total: optional(Money, 'What it will cost, as far as is known.'),
    coupon: optional(Text, 'Code on the cart.'),
    ...currency,
  },
  requiredOneOf: [['checkout_id', 'cart_id']],
  defaults: { checkout_id: { from: 'cart_id' } },
  // Some shops announce a checkout each time its first page is entered.
  naturalKeys: [['session.id', 'checkout_id']],
  aliases: [
    'begin_checkout',
    'initiate_checkout',
    'initiatecheckout',
    'started_checkout',
    'start_checkout',
    'started_order',
    'order_started',
    'checkout_start',
    'checkout_begun',
  ],
  vocabularies: { segment: 'Checkout Started', ga4: 'begin_checkout', shopify: 'checkout_started' },
})

export const checkoutStepCompleted = defineEvent({
  name: 'checkout_step_completed',
  meaning: 'A step of the checkout was completed.',
  properties: {
    checkout_id: required(Identifier, 'The checkout.'),
    step: required(Ordinal, 'Which one.'),
    step_name: optional(Text, "In the shop's own words: `contact`, `shipping` …"),
    shipping_method: optional(Text, 'The way of delivery that was chosen.'),
    payment_method: optional(Text, 'The way of payment that was chosen.'),
  },
  aliases: ['checkout_step', 'completed_checkout_step', 'checkout_progress'],
  vocabularies: { segment: 'Checkout Step Completed' },
})

export const paymentInfoEntered = defineEvent({
  name: 'payment_info_entered',
  meaning: 'A way of payment was given. Never its data.',
  properties: {
    checkout_id: required(Identifier, 'The checkout.'),
    payment_method: optional(Text, 'The way of payment: `card`, `paypal`, `invoice` …'),
    step: optional(Ordinal, 'The step of the checkout.'),
  },
  defaults: { payment_method: 'unknown' },
  aliases: ['add_payment_info', 'addpaymentinfo', 'payment_info_submitted', 'payment_info_added', 'entered_payment_info'],
  vocabularies: { segment: 'Payment Info Entered', ga4: 'add_payment_info', shopify: 'payment_info_submitted' },
})
