import * as v from 'valibot'
import { defineEvent } from './define-event.ts'
import { Money } from './money.ts'
import { Identifier, productFields, Quantity } from './product.ts'

export const productAdded = defineEvent({
  name: 'product_added',
  meaning: 'A product was put in the cart.',
  properties: {
    product_id: Identifier,
    quantity: Quantity,
    cart_id: v.optional(Identifier),
    /** What the whole cart is worth afterwards. */
    cart_total: v.optional(Money),
    ...productFields,
  },
  money: ['price', 'discount', 'cart_total'],
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
