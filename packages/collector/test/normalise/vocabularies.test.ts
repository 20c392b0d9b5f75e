import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEvent, readGood } from './read-event.ts'

const eur = (amount: number) => ({ amount, currencyCode: 'EUR' })

describe('Segment', () => {
  test('an order', () => {
    const { name, properties, money, repairs } = readGood('Order Completed', {
      checkoutId: 'C-1',
      orderId: 'O-1',
      total: 27.5,
      subtotal: 22.5,
      revenue: 25,
      shipping: 3,
      tax: 2,
      discount: 2.5,
      coupon: 'SUMER',
      currency: 'USD',
      products: [
        {
          productId: '507',
          sku: '45790-32',
          name: 'Game',
          price: 19,
          quantity: 1,
          category: 'Games',
          imageUrl: 'https://shop.example/1.jpg',
        },
        { sku: '46493-32', name: 'Uno', price: 3, quantity: 2 },
      ],
    })
    expect(name).toBe('order_completed')
    expect(properties).toEqual({
      checkout_id: 'C-1',
      order_id: 'O-1',
      total: 27.5,
      subtotal: 22.5,
      source_revenue: 25,
      shipping: 3,
      tax: 2,
      discount: 2.5,
      coupon: 'SUMER',
      currency: 'USD',
      products: [
        {
          product_id: '507',
          sku: '45790-32',
          name: 'Game',
          price: 19,
          quantity: 1,
          category: 'Games',
          image_url: 'https://shop.example/1.jpg',
        },
        { product_id: '46493-32', sku: '46493-32', name: 'Uno', price: 3, quantity: 2 },
      ],
    })
    expect(money).toMatchObject({ total: '2750 USD', subtotal: '2250 USD', 'products.1.price': '300 USD' })
    expect(repairs).toContainEqual({ field: 'name', from: 'Order Completed', to: 'order_completed', rule: 'EN-FORM' })
    expect(repairs).toContainEqual({
      field: 'properties.source_revenue',
      from: 'revenue',
      to: 'source_revenue',
      rule: 'VC-SEGMENT',
    })
  })

  test('its revenue is no amount of ours, whatever else is missing', () => {
    const order = { order_id: 'O', currency: 'EUR', revenue: 25, products: [{ product_id: 'A' }] }
    expect(readEvent('Order Completed', order)).toBe('missing_required: properties.total is missing')
    expect(readEvent('Completed Order', order)).toBe('missing_required: properties.total is missing')
  })

  test('the value of a checkout is its total', () => {
    expect(readGood('Checkout Started', { checkout_id: 'C', value: 30, revenue: 25, currency: 'EUR' })).toMatchObject({
      properties: { total: 30, source_revenue: 25 },
      money: { total: '3000 EUR' },
    })
  })

  test("a promotion's place on the page is its slot", () => {
    expect(readGood('Promotion Viewed', { promotion_id: 'P', position: 'home_banner_top' }).properties).toEqual({
      promotion_id: 'P',
      slot: 'home_banner_top',
    })
    expect(readGood('Promotion Viewed', { promotion_id: 'P', position: '2' }).properties).toEqual({
      promotion_id: 'P',
      position: 2,
    })
  })

  test('a misspelt title is read in the same way', () => {
    expect(readGood('Order Compelted', { order_id: 'O', total: 1, revenue: 1, currency: 'EUR', products: [] })).toMatchObject({
      name: 'order_completed',
      properties: { source_revenue: 1 },
      repairs: [{ rule: 'EN-TYPO', distance: 1 }, { rule: 'VC-SEGMENT' }],
    })
  })
})

describe('GA4', () => {
  const items = [
    {
      item_id: 'SKU_1',
      item_name: 'Tee',
      item_brand: 'Acme',
      item_category: 'Apparel',
      item_category2: 'Adult',
      item_variant: 'green',
      index: 1,
      price: 10.01,
      quantity: 3,
    },
    { item_id: 'SKU_2', item_name: 'Mug', item_category: 'Kitchen', price: 5, quantity: 1 },
  ]
  const lines = [
    {
      product_id: 'SKU_1',
      name: 'Tee',
      brand: 'Acme',
      category: 'Apparel/Adult',
      variant: 'green',
      position: 1,
      price: 10.01,
      quantity: 3,
    },
    { product_id: 'SKU_2', name: 'Mug', category: 'Kitchen', price: 5, quantity: 1 },
  ]

  test('a purchase with tax and shipping: its value is the subtotal', () => {
    const { name, properties, money, flags, repairs } = readGood('purchase', {
      transaction_id: 'T_1',
      value: 35.03,
      tax: 3.6,
      shipping: 5.99,
      currency: 'USD',
      coupon: 'SUMMER',
      affiliation: 'Web',
      items,
    })
    expect(name).toBe('order_completed')
    expect(properties).toEqual({
      order_id: 'T_1',
      subtotal: 35.03,
      tax: 3.6,
      shipping: 5.99,
      total: 44.62,
      currency: 'USD',
      coupon: 'SUMMER',
      affiliation: 'Web',
      products: lines,
    })
    expect(money).toMatchObject({ subtotal: '3503 USD', total: '4462 USD', 'products.0.price': '1001 USD' })
    expect(flags).toContain('derived_total')
    expect(repairs).toContainEqual({ field: 'properties.total', from: null, to: 44.62, rule: 'VC-GA4' })
    expect(repairs).toContainEqual({ field: 'properties.subtotal', from: 'value', to: 'subtotal', rule: 'VC-GA4' })
    expect(repairs).toContainEqual({ field: 'properties.products', from: 'items', to: 'products', rule: 'PR-ALIAS' })
  })

  test('without shipping its value is no total: only the lines may tell', () => {
    const { money, repairs } = readGood('purchase', { transaction_id: 'T', value: 99, tax: 1, currency: 'EUR', items })
    expect(money).toMatchObject({ subtotal: '9900 EUR', total: '3603 EUR' })
    expect(repairs).toContainEqual(expect.objectContaining({ field: 'properties.total', rule: 'DF-TOTAL' }))
    expect(readEvent('purchase', { transaction_id: 'T', value: 99, currency: 'EUR', items: [{ item_id: 'A' }] })).toMatch(
      /total is missing/,
    )
  })

  test.each(['add_to_cart', 'remove_from_cart', 'view_item', 'select_item', 'add_to_wishlist'])(
    '%s with its one item is about that product',
    (name) => {
      const { properties, money } = readGood(name, { currency: 'EUR', value: 30.03, item_list_id: 'L', items: items.slice(0, 1) })
      expect(properties).toMatchObject({ ...lines[0], value: 30.03, currency: 'EUR' })
      expect(Object.hasOwn(properties, 'items')).toBe(false)
      expect(money.price).toBe('1001 EUR')
    },
  )

  test('with two items it is not known which was meant', () => {
    expect(readEvent('add_to_cart', { currency: 'EUR', items })).toBe('missing_required: properties.product_id is missing')
  })

  test('what the event says differently from its item stays where it stood', () => {
    const { properties } = readGood('add_to_cart', { currency: 'EUR', items: [{ item_id: 'A', currency: 'USD', price: 1 }] })
    expect(properties).toEqual({ product_id: 'A', currency: 'EUR', price: 1, quantity: 1, items: [{ currency: 'USD' }] })
  })

  test('a list, a search, a promotion, a payment', () => {
    expect(readGood('view_item_list', { item_list_id: 'L', items }).properties).toEqual({
      list_id: 'L',
      products: lines,
      currency: 'EUR',
    })
    expect(readGood('search', { search_term: 'pot' }).properties).toEqual({ query: 'pot' })
    expect(
      readGood('view_promotion', {
        items: [{ promotion_id: 'P', promotion_name: 'Sale', creative_name: 'banner', creative_slot: 'top' }],
      }).properties,
    ).toMatchObject({ promotion_id: 'P', name: 'Sale', creative: 'banner', slot: 'top' })
    expect(readGood('add_payment_info', { checkout_id: 'C', payment_type: 'card' }).properties).toMatchObject({
      payment_method: 'card',
    })
  })

  test('a refund: its value is what was given back', () => {
    expect(readGood('refund', { transaction_id: 'T', value: 10, currency: 'EUR' })).toMatchObject({
      name: 'order_refunded',
      properties: { order_id: 'T', amount: 10, is_full: true },
      money: { amount: '1000 EUR' },
    })
    const { properties, money, flags } = readGood('refund', {
      transaction_id: 'T',
      value: 10,
      tax: 1.9,
      shipping: 4,
      currency: 'EUR',
      items,
    })
    expect(money.amount).toBe('1590 EUR')
    expect(properties).toMatchObject({ value: 10, tax: 1.9, shipping: 4 })
    expect(flags).toContain('derived_total')
  })
})

describe('Shopify', () => {
  test('an order without its wrapping', () => {
    const { name, properties, money, repairs } = readGood('checkout_completed', {
      order_id: 'O-1',
      currencyCode: 'EUR',
      totalPrice: eur(30),
      subtotalPrice: eur(20),
      totalTax: eur(4),
      discountsAmount: eur(1),
      email: 'joe@example.com',
      shippingAddress: { firstName: 'Joe' },
      lineItems: [{ quantity: 2, variant: { id: 'v-1', product: { id: 'p-1' }, price: eur(10) } }],
    })
    expect(name).toBe('order_completed')
    expect(money).toMatchObject({ total: '3000 EUR', subtotal: '2000 EUR', tax: '400 EUR', discount: '100 EUR' })
    expect(properties.products).toMatchObject([{ product_id: 'p-1', quantity: 2 }])
    expect(repairs).toContainEqual({ field: 'properties.total', from: 'totalPrice', to: 'total', rule: 'VC-SHOPIFY' })
    expect(JSON.stringify({ properties, repairs })).not.toMatch(/totalPrice":|joe|Joe/)
    expect(repairs).toContainEqual({ field: 'properties.shippingAddress', from: null, to: null, rule: 'VC-SHOPIFY' })
  })

  test('lines of an event that has none stay where they are, and an address of another vocabulary is not looked at', () => {
    const lines = [{ quantity: 2, variant: { id: 'v-1', product: { id: 'p-1' } } }]
    const added = readGood('product_added', { product_id: 'A', quantity: 1, lineItems: lines })
    expect(Object.keys(added.properties)).not.toContain('products')
    expect(added.properties.lineItems).toMatchObject([{ quantity: 2 }])
    const order = { order_id: 'O', total: 1, currency: 'EUR', products: [{ product_id: 'A' }], localization: 'fr' }
    expect(readGood('order_completed', order).properties).toMatchObject({ localization: 'fr' })
  })

  const variant = (more: object = {}) => ({
    id: 'v1',
    sku: 'POT-S',
    title: 'Small',
    price: eur(20),
    image: { src: 'https://shop.example/pot.jpg' },
    product: { id: 'p1', title: 'Pot', vendor: 'Acme', type: 'Kitchen', url: '/products/pot', untranslatedTitle: 'Topf' },
    ...more,
  })
  const pot = {
    product_id: 'p1',
    variant_id: 'v1',
    sku: 'POT-S',
    name: 'Pot',
    brand: 'Acme',
    category: 'Kitchen',
    variant: 'Small',
    url: '/products/pot',
    image_url: 'https://shop.example/pot.jpg',
  }
  const checkout = (lineItems: readonly object[], more: object = {}) => ({
    checkout: {
      token: 'tok',
      order: { id: 'O-9', customer: { id: 'person-77', isFirstOrder: true } },
      currencyCode: 'EUR',
      subtotalPrice: eur(36),
      totalTax: eur(6.84),
      totalPrice: eur(47.79),
      shippingLine: { price: eur(4.95) },
      discountsAmount: eur(4),
      lineItems,
      ...more,
    },
  })

  test('a checkout', () => {
    const line = {
      id: 'line-1',
      title: 'Pot',
      quantity: 2,
      variant: variant(),
      finalLinePrice: eur(36),
      discountAllocations: [{ amount: eur(4) }],
    }
    const { name, properties, money, repairs } = readGood('checkout_completed', checkout([line]))
    expect(name).toBe('order_completed')
    expect(properties).toEqual({
      order_id: 'O-9',
      checkout_id: 'tok',
      currency: 'EUR',
      subtotal: eur(36),
      tax: eur(6.84),
      total: eur(47.79),
      shipping: eur(4.95),
      discount: eur(4),
      is_first_order: true,
      products: [
        {
          ...pot,
          line_id: 'line-1',
          quantity: 2,
          price: eur(18),
          discount: eur(2),
          final_line_price: eur(36),
          discountAllocations: [{ amount: eur(4) }],
        },
      ],
    })
    expect(money).toEqual({
      total: '4779 EUR',
      subtotal: '3600 EUR',
      tax: '684 EUR',
      shipping: '495 EUR',
      discount: '400 EUR',
      'products.0.price': '1800 EUR',
      'products.0.discount': '200 EUR',
    })
    expect(repairs).toContainEqual({
      field: 'properties.products',
      from: 'checkout.lineItems',
      to: 'products',
      rule: 'VC-SHOPIFY',
    })
    expect(repairs).toContainEqual({ field: 'properties.products.0.variant', from: variant(), to: 'Small', rule: 'VC-SHOPIFY' })
    expect(repairs).toContainEqual({ field: 'properties.total', from: 'checkout.totalPrice', to: 'total', rule: 'VC-SHOPIFY' })
  })

  test('a line whose price has a rest when it is divided has no price of one piece', () => {
    const line = { id: 'l', quantity: 3, variant: variant(), finalLinePrice: eur(50) }
    const { properties } = readGood('checkout_completed', checkout([line]))
    expect(properties.products).toEqual([{ ...pot, line_id: 'l', quantity: 3, final_line_price: eur(50) }])
  })

  test('a line without a variant is no product, whatever id the line has', () => {
    const line = { id: 'line-1', title: 'Tip', quantity: 1, variant: null, finalLinePrice: eur(5) }
    const given = checkout([{ id: 'line-0', quantity: 1, variant: variant(), finalLinePrice: eur(20) }, line])
    expect(readEvent('checkout_completed', given)).toBe('missing_required: properties.products.1.product_id is missing')
  })

  test('a product within a line of another shop leaves the rest of the line', () => {
    const line = { product: { id: 'p1', title: 'Pot' }, quantity: 2, price: 7, variant: 'red', gift: true }
    expect(readGood('cart_viewed', { cart_id: 'C', currency: 'EUR', products: [line] }).properties.products).toEqual([
      { product_id: 'p1', name: 'Pot', quantity: 2, price: 7, variant: 'red', gift: true },
    ])
    const ours = { product_id: 'A', quantity: 1, product: { id: 'x' } }
    expect(readGood('cart_viewed', { cart_id: 'C', products: [ours] }).properties.products).toEqual([ours])
  })

  test('people stay out of it', () => {
    const person = {
      email: 'jo@shop.example',
      phone: '+491711234567',
      shippingAddress: { firstName: 'Jo' },
      billingAddress: { lastName: 'Doe' },
    }
    const read = readGood(
      'checkout_completed',
      checkout([{ id: 'l', quantity: 1, variant: variant(), finalLinePrice: eur(20) }], person),
    )
    expect(JSON.stringify(read)).not.toMatch(/jo@|4917|Jo|Doe|person-77/)
    expect(read.repairs).toContainEqual({ field: 'properties.checkout.email', from: null, to: null, rule: 'VC-SHOPIFY' })
  })

  test('a cart line, a variant, a cart, a collection, a search', () => {
    expect(
      readGood('product_added_to_cart', { cartLine: { cost: { totalAmount: eur(40) }, merchandise: variant(), quantity: 2 } }),
    ).toMatchObject({
      name: 'product_added',
      properties: { ...pot, quantity: 2, price: eur(20) },
      money: { price: '2000 EUR' },
    })
    expect(readGood('product_viewed', { productVariant: variant() }).properties).toEqual({ ...pot, price: eur(20) })
    const lines = [{ cost: { totalAmount: eur(20) }, merchandise: variant(), quantity: 1 }]
    expect(
      readGood('cart_viewed', { cart: { id: 'C', cost: { totalAmount: eur(20) }, lines, totalQuantity: 1 } }).properties,
    ).toMatchObject({
      cart_id: 'C',
      total: eur(20),
      products: [{ ...pot, price: eur(20), quantity: 1 }],
      cart: { totalQuantity: 1 },
    })
    expect(
      readGood('collection_viewed', { collection: { id: 'K', title: 'Kitchen', productVariants: [variant()] } }).properties,
    ).toEqual({
      list_id: 'K',
      category: 'Kitchen',
      products: [{ ...pot, price: eur(20) }],
    })
    expect(
      readGood('search_submitted', { searchResult: { query: 'pot', productVariants: [variant()] } }).properties,
    ).toMatchObject({ query: 'pot' })
  })

  test('a checkout that is begun', () => {
    expect(
      readGood(
        'checkout_started',
        checkout([{ id: 'l', quantity: 1, variant: variant(), finalLinePrice: eur(20) }], { order: null }),
      ),
    ).toMatchObject({
      name: 'checkout_started',
      properties: { checkout_id: 'tok', total: eur(47.79), currency: 'EUR', products: [{ product_id: 'p1' }] },
    })
  })
})

describe('Snowplow', () => {
  const product = { id: 'P1', name: 'Pot', category: 'Kitchen', price: 20, currency: 'EUR', quantity: 2, brand: 'Acme' }
  const canonical = { product_id: 'P1', name: 'Pot', category: 'Kitchen', price: 20, currency: 'EUR', quantity: 2, brand: 'Acme' }
  const entity = (kind: string, data: object) => ({
    schema: `iglu:com.snowplowanalytics.snowplow.ecommerce/${kind}/jsonschema/1-0-0`,
    data,
  })

  test('what is added to a cart', () => {
    expect(readGood('add_to_cart', { products: [product], total_value: 40, currency: 'EUR', cart_id: 'C' })).toMatchObject({
      name: 'product_added',
      properties: { ...canonical, cart_total: 40, cart_id: 'C' },
      money: { price: '2000 EUR', cart_total: '4000 EUR' },
    })
  })

  test('the same as entities', () => {
    const web = { schema: 'iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0', data: { id: 'x' } }
    const context = [entity('product', product), entity('cart', { cart_id: 'C', total_value: 40, currency: 'EUR' }), web]
    const { properties, money, repairs } = readGood('add_to_cart', { type: 'add_to_cart', context })
    expect(properties).toMatchObject({ ...canonical, cart_total: 40, cart_id: 'C', context: [web] })
    expect(money).toEqual({ price: '2000 EUR', cart_total: '4000 EUR' })
    expect(repairs).toContainEqual({
      field: 'properties.cart_id',
      from: 'context.1.data.cart_id',
      to: 'cart_id',
      rule: 'VC-SNOWPLOW',
    })
  })

  test('a transaction: its revenue is the total', () => {
    const transaction = {
      transaction_id: 'T',
      revenue: 50,
      currency: 'EUR',
      payment_method: 'card',
      tax: 8,
      discount_code: 'X',
      discount_amount: 5,
    }
    const expected = {
      name: 'order_completed',
      properties: { order_id: 'T', total: 50, coupon: 'X', discount: 5, payment_method: 'card', products: [canonical] },
      money: { total: '5000 EUR', tax: '800 EUR', discount: '500 EUR', 'products.0.price': '2000 EUR' },
      flags: [],
    }
    expect(readGood('transaction', { ...transaction, products: [product] })).toMatchObject(expected)
    expect(readGood('transaction', { contexts: [entity('transaction', transaction), entity('product', product)] })).toMatchObject(
      expected,
    )
  })

  test('a refund, a list, a click in it, a promotion, a step', () => {
    expect(
      readGood('refund', { transaction_id: 'T', refund_amount: 20, refund_reason: 'broken', currency: 'EUR' }),
    ).toMatchObject({
      name: 'order_refunded',
      properties: { order_id: 'T', amount: 20, reason: 'broken' },
      money: { amount: '2000 EUR' },
    })
    expect(readGood('list_view', { name: 'deals', products: [product] }).properties).toMatchObject({
      list_id: 'deals',
      products: [canonical],
    })
    expect(readGood('list_click', { name: 'deals', product }).properties).toEqual({ list_id: 'deals', ...canonical })
    expect(readGood('promo_view', { id: 'PR', name: 'Sale', slot: 'top' }).properties).toEqual({
      promotion_id: 'PR',
      name: 'Sale',
      slot: 'top',
    })
    expect(readGood('checkout_step', { checkout_id: 'C', step: 2, delivery_method: 'post' }).properties).toMatchObject({
      shipping_method: 'post',
    })
    expect(readGood('product_view', product).properties).toEqual(canonical)
  })
})

describe('our own', () => {
  test('an event in our words is not touched', () => {
    const sent = {
      order_id: 'O',
      total: 30,
      currency: 'EUR',
      revenue: 25,
      value: 3,
      context: ['x'],
      checkout: 'C',
      products: [{ product_id: 'A', quantity: 1 }],
    }
    const { properties, repairs } = readGood('order_completed', sent)
    expect(properties).toEqual(sent)
    expect(repairs).toEqual([])
  })

  test('what was sent is never changed, and anything has an answer', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.array(
        fc.record({
          item_id: fc.string(),
          variant: fc.jsonValue(),
          product: fc.jsonValue(),
          schema: fc.constant('iglu:'),
          data: fc.jsonValue(),
        }),
        { maxLength: 3 },
      ),
      fc.record({
        order: fc.jsonValue(),
        lineItems: fc.jsonValue(),
        totalPrice: fc.jsonValue(),
        email: fc.string(),
        cost: fc.jsonValue(),
      }),
    )
    const key = fc.constantFrom(
      ...[
        'checkout',
        'cart',
        'cartLine',
        'productVariant',
        'collection',
        'searchResult',
        'products',
        'items',
        'product',
        'context',
        'contexts',
      ],
      ...[
        'value',
        'revenue',
        'tax',
        'shipping',
        'position',
        'id',
        'currency',
        'total',
        'quantity',
        'price',
        '__proto__',
        'constructor',
      ],
    )
    const name = fc.constantFrom(
      'purchase',
      'Order Completed',
      'checkout_completed',
      'transaction',
      'add_to_cart',
      'product_viewed',
      'refund',
      'view_promotion',
      'list_click',
      'cart_viewed',
      'collection_viewed',
    )
    fc.assert(
      fc.property(name, fc.dictionary(key, value, { maxKeys: 8 }), (sentName, sent) => {
        const copy = structuredClone(sent)
        readEvent(sentName, sent)
        expect(sent).toEqual(copy)
      }),
      { numRuns: 150 },
    )
  })
})
