import { catalogue } from '@footfall/events'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { itemsOf } from '../src/cart/lines.ts'
import { currency, describeChange, describeItem, euros } from '../src/described.ts'

const [item] = itemsOf([{ productId: 'ridged-cup', variantId: 'plum', quantity: 2 }])
if (item === undefined) throw new Error('the cup is gone')

test('cents become the amounts that the catalogue takes, without crumbs', () => {
  expect([1990, 10, 1, 0].map(euros)).toEqual([19.9, 0.1, 0.01, 0])
})

test('a line names the product, the variant, its price and how many', () => {
  expect(describeItem(item)).toEqual({
    product_id: 'ridged-cup',
    sku: 'CER-CUP-PLU',
    name: 'Ridged Cup',
    brand: 'Hanna Voss',
    category: 'ceramics',
    variant: 'Plum',
    price: 18,
    quantity: 2,
  })
})

test('what went into the cart is what the catalogue calls product_added', () => {
  const told = describeChange({ ...item, cartId: 'cart-1', cartTotalCents: 3600, position: 3 })
  const definition = catalogue.get('product_added')
  expect(v.safeParse(definition?.properties ?? v.never(), told).success).toBe(true)
  expect(told).toMatchObject({ cart_id: 'cart-1', cart_total: 36, currency, position: 3 })
})
