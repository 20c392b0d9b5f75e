import { catalogue, Product, propertyAliases } from '@footfall/events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normaliseName } from '../../src/normalise/name-form.ts'
import { createNotes } from '../../src/normalise/notes.ts'
import { resolveProperties, shapeOf } from '../../src/normalise/properties.ts'
import { readEvent, readGood } from './read-event.ts'

const product = { product_id: 'A', quantity: 1 }
const order = { order_id: 'O', total: 30, currency: 'EUR', products: [{ product_id: 'A', quantity: 1 }] }

describe('names of properties', () => {
  test.each([
    // PR-ALIAS: another vocabulary's word.
    { event: 'product_viewed', given: { item_id: 'A' }, to: 'product_id', from: 'item_id', rule: 'PR-ALIAS' },
    { event: 'product_viewed', given: { productId: 'A' }, to: 'product_id', from: 'productId', rule: 'PR-ALIAS' },
    { event: 'product_viewed', given: { ...product, vendor: 'Acme' }, to: 'brand', from: 'vendor', rule: 'PR-ALIAS' },
    { event: 'product_viewed', given: { sku: 'A' }, to: 'product_id', from: 'sku', rule: 'PR-ALIAS' },
    { event: 'product_viewed', given: { content_ids: ['A', 'B'] }, to: 'product_id', from: 'content_ids.0', rule: 'PR-ALIAS' },
    { event: 'order_cancelled', given: { transaction_id: 'O' }, to: 'order_id', from: 'transaction_id', rule: 'PR-ALIAS' },
    { event: 'product_searched', given: { q: 'pot' }, to: 'query', from: 'q', rule: 'PR-ALIAS' },
    {
      event: 'payment_info_entered',
      given: { checkout_id: 'C', payment_type: 'card' },
      to: 'payment_method',
      from: 'payment_type',
      rule: 'PR-ALIAS',
    },
    // PR-FORM: the same word, written otherwise.
    { event: 'product_viewed', given: { 'Product ID': 'A' }, to: 'product_id', from: 'Product ID', rule: 'PR-FORM' },
    { event: 'product_viewed', given: { productID: 'A' }, to: 'product_id', from: 'productID', rule: 'PR-FORM' },
    { event: 'product_viewed', given: { 'PRODUCT-ID': 'A' }, to: 'product_id', from: 'PRODUCT-ID', rule: 'PR-FORM' },
    { event: 'product_viewed', given: { productid: 'A' }, to: 'product_id', from: 'productid', rule: 'PR-FORM' },
    { event: 'product_viewed', given: { itemId: 'A' }, to: 'product_id', from: 'itemId', rule: 'PR-FORM' },
    {
      event: 'product_viewed',
      given: { ...product, imageUrl: 'https://shop.example/a.jpg' },
      to: 'image_url',
      from: 'imageUrl',
      rule: 'PR-FORM',
    },
    { event: 'order_cancelled', given: { transactionId: 'O' }, to: 'order_id', from: 'transactionId', rule: 'PR-FORM' },
    { event: 'checkout_started', given: { checkoutId: 'C' }, to: 'checkout_id', from: 'checkoutId', rule: 'PR-FORM' },
    { event: 'product_viewed', given: { ...product, Name: 'Pot' }, to: 'name', from: 'Name', rule: 'PR-FORM' },
    // EN-TYPO: a slip in a name of two or more words, of the property or of its alias.
    { event: 'product_viewed', given: { prodct_id: 'A' }, to: 'product_id', from: 'prodct_id', rule: 'EN-TYPO', distance: 1 },
    { event: 'order_cancelled', given: { oder_id: 'O' }, to: 'order_id', from: 'oder_id', rule: 'EN-TYPO', distance: 1 },
    {
      event: 'order_cancelled',
      given: { transacton_id: 'O' },
      to: 'order_id',
      from: 'transacton_id',
      rule: 'EN-TYPO',
      distance: 1,
    },
    {
      event: 'order_cancelled',
      given: { trasnactoin_id: 'O' },
      to: 'order_id',
      from: 'trasnactoin_id',
      rule: 'EN-TYPO',
      distance: 2,
    },
    {
      event: 'payment_info_entered',
      given: { checkout_id: 'C', paymetn_method: 'card' },
      to: 'payment_method',
      from: 'paymetn_method',
      rule: 'EN-TYPO',
      distance: 1,
    },
    {
      event: 'product_searched',
      given: { query: 'x', result_count: 3 },
      to: 'results_count',
      from: 'result_count',
      rule: 'EN-TYPO',
      distance: 1,
    },
    {
      event: 'store_visited',
      given: { store_id: 'S', 'Dwel Seconds': '30' },
      to: 'dwell_seconds',
      from: 'Dwel Seconds',
      rule: 'EN-TYPO',
      distance: 1,
    },
  ])('$event: $from is $to by $rule', ({ event, given, to, from, rule, distance }) => {
    const { properties, repairs } = readGood(event, given)
    expect(repairs).toContainEqual({ field: `properties.${to}`, from, to, rule, ...(distance === undefined ? {} : { distance }) })
    expect(properties[to]).not.toBeNull()
    if (from !== 'sku') expect(Object.hasOwn(properties, from)).toBe(false)
  })

  test.each([
    { name: 'the right name is there already', event: 'order_cancelled', given: { order_id: 'O', oder_id: 'P' } },
    {
      name: 'it belongs to another event only',
      event: 'product_viewed',
      given: { ...product, checkout_dI: 'C', oder_id: 'P', recepit_id: 'R' },
    },
    {
      name: 'it has one word',
      event: 'product_viewed',
      given: { ...product, cuopon: 'X', nmae: 'Pot', pirce: 5, curency: 'USD' },
    },
    {
      name: 'it is a word of its own',
      event: 'product_added',
      given: { ...product, card_id: '1', part_id: '2', cat_id: '3', chart_id: '4', last_id: '5' },
    },
    { name: "it is a person's", event: 'product_clicked', given: { ...product, last_name: 'Doe', first_name: 'Jo' } },
    { name: 'short words', event: 'product_viewed', given: { ...product, image_ur: 'x', product_ids: ['A'] } },
    { name: 'it tells who it was', event: 'email_opened', given: { message_id: 'M', emial_hash: 'a'.repeat(64) } },
    {
      name: 'its value cannot be one',
      event: 'payment_info_entered',
      given: { checkout_id: 'C', payment_methods: ['card', 'cash'] },
    },
    { name: 'names of prototypes', event: 'product_viewed', given: { ...product, constructor: 'x', toString: 'y', valueOf: 1 } },
    { name: 'an endless name', event: 'product_viewed', given: { ...product, ['product_'.repeat(20_000)]: 1 } },
  ])('stay as they are where $name', ({ event, given }) => {
    const { properties, repairs } = readGood(event, given)
    expect(properties).toMatchObject(given)
    expect(repairs.filter(({ rule }) => rule.startsWith('EN-') || rule === 'PR-ALIAS' || rule === 'PR-FORM')).toEqual([])
  })

  test('of two slips of one property neither is it', () => {
    expect(readEvent('order_cancelled', { oder_id: 'O', ordr_id: 'P' })).toBe('missing_required: properties.order_id is missing')
  })

  test('of several names the most trusted is taken, and the others stay', () => {
    const { properties } = readGood('product_viewed', {
      prodct_id: 'slip',
      id: 'third',
      item_id: 'second',
      'Product Id': 'first',
    })
    expect(properties).toMatchObject({ product_id: 'first', item_id: 'second', id: 'third', prodct_id: 'slip' })
    expect(readGood('product_viewed', { id: 'third', item_id: 'second' }).properties).toMatchObject({
      product_id: 'second',
      id: 'third',
    })
  })

  test('a name that is there and null is missing', () => {
    expect(readGood('product_viewed', { product_id: null, item_id: 'A' }).properties).toEqual({ product_id: 'A' })
    expect(readEvent('product_viewed', { item_id: null })).toBe('missing_required: properties.product_id is missing')
  })

  test('the lines of products have names of their own', () => {
    const { properties, repairs } = readGood('order_completed', {
      ...order,
      products: [{ prodct_id: 'A', Qty: 2, unitPrice: '5' }, { sku: 'B' }],
    })
    expect(properties.products).toEqual([
      { product_id: 'A', quantity: 2, price: '5' },
      { product_id: 'B', sku: 'B' },
    ])
    expect(repairs).toEqual([
      { field: 'properties.products.0.product_id', from: 'prodct_id', to: 'product_id', rule: 'EN-TYPO', distance: 1 },
      { field: 'properties.products.0.quantity', from: 'Qty', to: 'quantity', rule: 'PR-FORM' },
      { field: 'properties.products.0.price', from: 'unitPrice', to: 'price', rule: 'PR-FORM' },
      { field: 'properties.products.1.product_id', from: 'sku', to: 'product_id', rule: 'PR-ALIAS' },
    ])
  })

  test('what was sent is not changed', () => {
    const sent = { item_id: 'A', products: [{ item_id: 'B' }] }
    const copy = structuredClone(sent)
    readEvent('cart_viewed', sent)
    expect(sent).toEqual(copy)
  })
})

describe('laws of names of properties', () => {
  const shapes = [...catalogue.values()].map(({ name, properties }) => ({
    name,
    entries: properties.entries as typeof Product.entries,
  }))

  test('every property of every event, and of a line, is itself', () => {
    for (const { name, entries } of [...shapes, { name: 'line', entries: Product.entries }]) {
      const shape = shapeOf(entries)
      for (const property of shape.names) {
        const notes = createNotes()
        const fields: Record<string, unknown> = { [property]: 'x' }
        resolveProperties({ ...shape, elsewhere: [] }, fields, notes)
        expect(fields, `${name}.${property}`).toEqual({ [property]: 'x' })
        expect(shape.readKey(property)).toMatchObject({ canonical: property, rule: 'PR-FORM' })
      }
    }
  })

  test('every alias leads to its property, and to no slip of another', () => {
    for (const { name, entries } of shapes) {
      const shape = shapeOf(entries)
      for (const [canonical, aliases] of propertyAliases) {
        for (const alias of aliases.filter((path) => !path.includes('.') && !shape.names.has(path))) {
          const read = shape.readKey(alias)
          if (shape.names.has(canonical)) expect(read, `${name}.${alias}`).toMatchObject({ canonical, rule: 'PR-ALIAS' })
          else expect(read?.rule, `${name}.${alias}`).not.toBe('EN-TYPO')
        }
      }
    }
  })

  test('no property of one event is a slip of a property of another', () => {
    const all = new Set(shapes.flatMap(({ entries }) => Object.keys(entries)))
    for (const { name, entries } of shapes) {
      const shape = shapeOf(entries)
      for (const property of all) {
        if (!shape.names.has(property)) expect(shape.readKey(property)?.rule, `${property} on ${name}`).not.toBe('EN-TYPO')
      }
    }
  })

  test('reading twice changes nothing more', () => {
    const key = fc.oneof(
      fc.constantFrom(
        'item_id',
        'prodct_id',
        'Product ID',
        'oder_id',
        'qty',
        'sku',
        'id',
        'content_ids',
        'title',
        '__proto__',
        'constructor',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 12 }),
    )
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 6 }),
        fc.constantFrom(...shapes),
        (sent, { entries }) => {
          const shape = shapeOf(entries)
          const fields = { ...sent }
          resolveProperties(shape, fields, createNotes())
          const once = structuredClone(fields)
          const notes = createNotes()
          resolveProperties(shape, fields, notes)
          expect(fields).toEqual(once)
          expect(notes.repairs).toEqual([])
        },
      ),
    )
  })

  test('the form of a name is its own form', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 _\-./:$]{0,40}$/), (text) => {
        const form = normaliseName(text)
        expect(normaliseName(form)).toBe(form)
      }),
    )
  })
})

describe('values', () => {
  test.each([
    ...[true, 'true', 'TRUE', ' True ', 1, '1', 'yes', 'Y', 'on'].map((given) => ({ given, expect: true })),
    ...[false, 'false', 'FALSE', 0, '0', 'no', 'N', 'off'].map((given) => ({ given, expect: false })),
    ...['ja', 'tru', 'yess', 2, -1, 0.5, '', 'null', [], {}, 'x'.repeat(1_000_000)].map((given) => ({ given, expect: null })),
  ])('PR-BOOLEAN: $given is $expect', ({ given, expect: expected }) => {
    const { properties, flags, repairs } = readGood('order_completed', { ...order, is_first_order: given })
    expect(properties.is_first_order).toBe(expected)
    expect(flags.includes('bad_property')).toBe(expected === null)
    if (expected !== null && typeof given !== 'boolean')
      expect(repairs).toContainEqual({ field: 'properties.is_first_order', from: given, to: expected, rule: 'PR-BOOLEAN' })
  })

  test.each([
    { given: 'Wi-Fi', expect: 'wifi' },
    { given: ' WIFI ', expect: 'wifi' },
    { given: 'check in', expect: 'checkin' },
    { given: 'Check_In', expect: 'checkin' },
    { given: 'wlan', expect: 'wifi' },
    { given: 'Bluetooth', expect: 'beacon' },
    { given: 'loyalty card', expect: 'loyalty' },
    // Values are never taken for slips.
    { given: 'beacn', expect: null },
    { given: 'wifii', expect: null },
    { given: 'timeout', expect: null },
    { given: 7, expect: null },
    { given: 'x'.repeat(1_000_000), expect: null },
  ])('PR-WORD: $given is $expect', ({ given, expect: expected }) => {
    const { properties, repairs } = readGood('store_visited', { store_id: 'S', detection: given })
    expect(properties.detection).toBe(expected)
    expect(repairs).toContainEqual({
      field: 'properties.detection',
      from: given,
      to: expected,
      rule: expected === null ? 'PR-SHAPE' : 'PR-WORD',
    })
  })

  test('codes, ids and coupons are never taken for slips', () => {
    const sent = { ...order, order_id: 'oder_id', coupon: 'SUMER25', payment_method: 'crad', currency: 'EUR' }
    const { properties, repairs } = readGood('order_completed', sent)
    expect(properties).toEqual(sent)
    expect(repairs).toEqual([])
    expect(readEvent('order_completed', { ...order, currency: 'EUA' })).toMatch(/^bad_currency/)
  })

  test('what is no hash is dropped, and not kept among the repairs', () => {
    const { properties, repairs } = readGood('email_opened', { message_id: 'M', email_hash: 'jo@shop.example' })
    expect(properties.email_hash).toBeNull()
    expect(JSON.stringify(repairs)).not.toContain('jo@')
  })
})

describe('quantities', () => {
  test.each([0, -1, 1.5, '0', '-2', '1.5', '2 pcs', Number.NaN, true, [], '1e3'])(
    '%j quarantines the event, on itself or on a line of it',
    (quantity) => {
      expect(readEvent('product_added', { product_id: 'A', quantity })).toMatch(/^bad_property: properties\.quantity/)
      expect(readEvent('order_completed', { ...order, products: [{ product_id: 'A', quantity }] })).toMatch(
        /^bad_property: properties\.products\.0\.quantity/,
      )
    },
  )

  test('on a line that the event can do without, the lines are dropped and kept among the repairs', () => {
    const products = [{ product_id: 'A', quantity: 0 }]
    const { properties, flags, repairs } = readGood('cart_viewed', { cart_id: 'C', products })
    expect(properties.products).toBeNull()
    expect(flags).toEqual(['bad_property'])
    expect(repairs).toEqual([{ field: 'properties.products', from: products, to: null, rule: 'PR-SHAPE' }])
  })

  test('none is one, recorded', () => {
    const { properties, repairs } = readGood('product_added', { product_id: 'A' })
    expect(properties).toEqual({ product_id: 'A', quantity: 1 })
    expect(repairs).toEqual([{ field: 'properties.quantity', from: null, to: 1, rule: 'DF-DEFAULT' }])
  })
})

describe('what has no default is missing', () => {
  test.each([
    ['product_viewed', 'product_id', {}],
    ['order_completed', 'order_id', { total: 1, products: [] }],
    ['order_refunded', 'order_id', { amount: 1 }],
    ['pos_purchase_completed', 'receipt_id', { store_id: 'S', total: 1 }],
    ['pos_purchase_completed', 'store_id', { receipt_id: 'R', total: 1 }],
    ['store_visited', 'store_id', {}],
    ['experiment_viewed', 'experiment_id', { variation_id: 'V' }],
  ])('%s without %s', (event, property, given) => {
    for (const value of [undefined, null]) {
      expect(readEvent(event, { ...given, [property]: value })).toBe(`missing_required: properties.${property} is missing`)
    }
  })

  test('what is not known is not 0', () => {
    const { properties, money } = readGood('order_completed', order)
    for (const name of ['tax', 'shipping', 'discount', 'coupon']) expect(properties[name] ?? null, name).toBeNull()
    expect(money).toEqual({ total: '3000 EUR' })
  })
})
