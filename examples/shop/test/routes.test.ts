import { expect, test } from 'vitest'
import { parseRoute, paths } from '../src/routes.ts'

const at = (path: string) => parseRoute(new URL(path, 'https://shop.example'))

test.each([
  { path: '/shop/', expected: { page: 'home' } },
  { path: '/shop', expected: { page: 'home' } },
  { path: '/shop/c/tea', expected: { page: 'category', category: 'tea' } },
  { path: '/shop/c/tea?sort=name', expected: { page: 'category', category: 'tea' } },
  { path: '/shop/c/cheese', expected: { page: 'lost' } },
  { path: '/shop/p/round-teapot', expected: { page: 'product', id: 'round-teapot' } },
  { path: '/shop/search?q=%20green%20tea%20', expected: { page: 'search', query: 'green tea' } },
  { path: '/shop/search', expected: { page: 'search', query: '' } },
  { path: '/shop/cart', expected: { page: 'cart' } },
  { path: '/shop/cart/', expected: { page: 'cart' } },
  { path: '/shop/order/order-7', expected: { page: 'order', id: 'order-7' } },
  { path: '/shop/nowhere', expected: { page: 'lost' } },
  { path: '/shop/p/a/b', expected: { page: 'lost' } },
  { path: '/shop/constructor', expected: { page: 'lost' } },
])('$path is read as $expected.page', ({ path, expected }) => {
  expect(at(path)).toEqual(expected)
})

test('an address cut inside an escape names a product that does not exist, and does not throw', () => {
  expect(at('/shop/p/%E0%A4%A')).toEqual({ page: 'product', id: '%E0%A4%A' })
})

test('what is written into an address is read out of it again', () => {
  expect(at(paths.search('50 % off & more'))).toEqual({ page: 'search', query: '50 % off & more' })
  expect(at(paths.order('order-A/B'))).toEqual({ page: 'order', id: 'order-A/B' })
})
