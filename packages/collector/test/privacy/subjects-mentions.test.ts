import { expect, test } from 'vitest'
import { mentions } from '../../src/privacy/subjects-mentions.ts'

test.each([
  { name: 'a value', sent: { user_id: 'customer-1' }, id: 'customer-1', expected: true },
  { name: 'deep in a list', sent: { a: [{ b: ['customer-1'] }] }, id: 'customer-1', expected: true },
  { name: 'a key', sent: { properties: { 'customer-1': 3 } }, id: 'customer-1', expected: true },
  { name: 'in an address', sent: { page: { url: 'https://shop.example/?id=customer-1&x=1' } }, id: 'customer-1', expected: true },
  {
    name: 'percent-encoded',
    sent: { url: 'https://shop.example/?m=ada%40shop.example' },
    id: 'ada@shop.example',
    expected: true,
  },
  { name: 'at the start of another id', sent: { user_id: 'customer-12' }, id: 'customer-1', expected: false },
  { name: 'at the end of another id', sent: { user_id: 'my-customer-1' }, id: 'customer-1', expected: false },
  { name: 'beside an emoji', sent: { note: '😀customer-1😀' }, id: 'customer-1', expected: true },
  { name: 'beside a letter outside the basic plane', sent: { note: '𝒳customer-1' }, id: 'customer-1', expected: false },
  { name: 'a number in a place for ids', sent: { user_id: 4711 }, id: '4711', expected: true },
  { name: 'a short id where no ids are', sent: { properties: { quantity: '7' } }, id: '7', expected: false },
  { name: 'a short id where ids are', sent: { a: { userId: '7' } }, id: '7', expected: true },
  { name: 'a short id in a list of ids', sent: { user_id: ['7'] }, id: '7', expected: true },
  { name: 'an id of the prototype', sent: JSON.parse('{"a":{"__proto__":1}}'), id: '__proto__', expected: true },
  { name: 'nothing at all', sent: null, id: 'customer-1', expected: false },
])('$name', ({ sent, id, expected }) => {
  expect(mentions(sent, id)).toBe(expected)
})
