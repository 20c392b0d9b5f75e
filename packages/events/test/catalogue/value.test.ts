import { catalogue, Money, Product } from '@footfall/events'
import * as v from 'valibot'
import { expect, test } from 'vitest'

const accepts = (event: string, property: string, value: unknown): boolean => {
  const schema = catalogue.get(event)?.properties.entries[property]
  return schema !== undefined && v.is(schema, value)
}

test.each([
  { name: 'an empty identifier', event: 'product_viewed', property: 'product_id', value: '' },
  { name: 'a number as identifier: leading zeros are lost already', event: 'product_viewed', property: 'product_id', value: 42 },
  { name: 'an identifier that is too long', event: 'product_viewed', property: 'product_id', value: 'x'.repeat(257) },
  { name: 'no pieces', event: 'product_added', property: 'quantity', value: 0 },
  { name: 'half a piece', event: 'product_added', property: 'quantity', value: 0.5 },
  { name: 'a position before the first', event: 'product_clicked', property: 'position', value: 0 },
  { name: 'fewer results than none', event: 'product_searched', property: 'results_count', value: -1 },
  { name: 'an address in clear where a hash belongs', event: 'email_opened', property: 'email_hash', value: 'ada@example.com' },
  { name: 'a word that is not on the list', event: 'logged_out', property: 'reason', value: 'bored' },
  { name: 'yes for true', event: 'order_completed', property: 'is_first_order', value: 'yes' },
  { name: 'a line without a product', event: 'order_completed', property: 'products', value: [{ quantity: 1 }] },
  { name: 'a local time', event: 'cart_abandoned', property: 'last_activity_at', value: '2026-11-21 18:00' },
  {
    name: 'a state of consent that does not exist',
    event: 'consent_updated',
    property: 'purposes',
    value: { analytics: 'maybe' },
  },
])('refuses $name', ({ event, property, value }) => {
  expect(accepts(event, property, value)).toBe(false)
})

test.each([
  { name: 'no results', event: 'product_searched', property: 'results_count', value: 0 },
  { name: 'the hash of an address', event: 'email_opened', property: 'email_hash', value: '542d2401'.repeat(8) },
  { name: 'filters as text', event: 'product_searched', property: 'filters', value: ['brand:Acme'] },
  { name: 'filters as objects', event: 'product_searched', property: 'filters', value: [{ type: 'brand', value: 'Acme' }] },
])('accepts $name', ({ event, property, value }) => {
  expect(accepts(event, property, value)).toBe(true)
})

test.each([19.99, 0, -5, '19.99', '19,99 €', { amount: '19.99', currencyCode: 'EUR' }, { amount: 19.99, currency: 'EUR' }])(
  'an amount may be written as %j',
  (amount) => expect(v.is(Money, amount)).toBe(true),
)

test.each([true, null, [], {}, { currencyCode: 'EUR' }, Number.NaN])('%j is no amount', (amount) =>
  expect(v.is(Money, amount)).toBe(false),
)

test('a product line keeps fields that the catalogue does not know', () => {
  const line = { product_id: 'A-1', quantity: 2, warehouse: 'north' }
  expect(v.parse(Product, line)).toEqual(line)
})

test('properties cannot reach into the prototypes of objects', () => {
  const hostile = JSON.parse(
    '{ "query": "tea", "toString": "a", "__proto__": { "polluted": true }, "constructor": {}, "prototype": {} }',
  )
  const schema = catalogue.get('product_searched')?.properties
  const parsed = schema && v.parse(schema, hostile)
  expect(Object.keys(parsed ?? {})).toEqual(['query', 'toString'])
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
})
