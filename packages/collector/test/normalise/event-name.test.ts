import { catalogue, protectedNames } from '@footfall/events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveEventName } from '../../src/normalise/event-name.ts'

test.each([
  { given: 'product_added', name: 'product_added', rule: 'EN-EXACT' },
  { given: 'Product Added', name: 'product_added', rule: 'EN-FORM' },
  { given: 'productAdded', name: 'product_added', rule: 'EN-FORM' },
  { given: ' PRODUCT-ADDED ', name: 'product_added', rule: 'EN-FORM' },
  { given: 'product.added', name: 'product_added', rule: 'EN-FORM' },
  { given: 'ｐｒｏｄｕｃｔ＿ａｄｄｅｄ', name: 'product_added', rule: 'EN-FORM' },
  { given: 'add_to_cart', name: 'product_added', rule: 'EN-ALIAS' },
  { given: 'AddToCart', name: 'product_added', rule: 'EN-ALIAS' },
  { given: 'Order Completed', name: 'order_completed', rule: 'EN-FORM' },
  { given: 'purchase', name: 'order_completed', rule: 'EN-ALIAS' },
  { given: '$pageview', name: 'page_viewed', rule: 'EN-ALIAS' },
  { given: '$pageView', name: 'page_viewed', rule: 'EN-ALIAS' },
  { given: 'ViewContent', name: 'product_viewed', rule: 'EN-ALIAS' },
  { given: 'orderrefunded', name: 'order_refunded', rule: 'EN-LETTERS' },
  { given: 'beginCheckout', name: 'checkout_started', rule: 'EN-ALIAS' },
  { given: 'POSSale', name: 'pos_purchase_completed', rule: 'EN-ALIAS' },
  { given: 'Product Reviewed', name: 'unknown', rule: 'EN-PROTECTED' },
  { given: 'subscribe', name: 'unknown', rule: 'EN-PROTECTED' },
  { given: 'screenview', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: 'quiz_finished', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: 'checkout_failed', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: 'constructor', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: '__proto__', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: '', name: 'unknown', rule: 'EN-UNKNOWN' },
])('"$given" is $name by $rule', ({ given, name, rule }) => {
  expect(resolveEventName(given)).toEqual({ status: 'ok', name, isKnown: name !== 'unknown', rule })
})

test('every name and alias of the catalogue leads to its event, however it is written', () => {
  for (const { name, aliases } of catalogue.values()) {
    for (const written of [name, ...aliases]) {
      expect(resolveEventName(written).name).toBe(name)
      expect(resolveEventName(written.toUpperCase()).name).toBe(name)
      expect(resolveEventName(written.replaceAll('_', ' ')).name).toBe(name)
    }
  }
})

test('no protected name is ever taken for one of ours', () => {
  for (const name of protectedNames) expect(resolveEventName(name)).toMatchObject({ isKnown: false })
})

test('any text has an answer', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => resolveEventName(text).status === 'ok'))
})
