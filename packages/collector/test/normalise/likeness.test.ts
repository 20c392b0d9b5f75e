import { expect, test } from 'vitest'
import { type Likened, likenessOf, likenessWindowMs } from '../../src/normalise/likeness.ts'

const click: Likened = {
  name: 'product_clicked',
  day: '2026-11-21',
  anonymousId: 'visitor-1',
  userId: null,
  session: { id: 'session-1' },
  page: { url: 'https://shop.example/list', title: 'List' },
  properties: { product_id: 'A-1', position: 3 },
  bot: false,
}

test('it is short, and holds no id', () => {
  expect(likenessOf(click)).toMatch(/^[0-9a-f]{16}$/)
})

test('those of one visitor stand together in an index, whatever they say', () => {
  const place = (differs: Partial<Likened>) => likenessOf({ ...click, ...differs })?.slice(0, 6)
  expect(place({ name: 'product_viewed', properties: { product_id: 'B-2' } })).toBe(place({}))
  expect(new Set(Array.from({ length: 100 }, (_, index) => place({ anonymousId: `visitor-${index}` }))).size).toBe(100)
})

test.each<{ name: string; differs: Partial<Likened> }>([
  { name: 'properties in another order', differs: { properties: { position: 3, product_id: 'A-1' } } },
  { name: 'another session of the same visitor', differs: { session: { id: 'session-2' } } },
  { name: 'another title of the page', differs: { page: { url: 'https://shop.example/list', title: 'List (1)' } } },
  { name: 'an id of the message', differs: { properties: { ...click.properties, event_id: 'e1', messageId: 'm1' } } },
  { name: 'a time of the message', differs: { properties: { ...click.properties, timestamp: 1, sentAt: 2, $insert_id: 3 } } },
])('it is the same with $name', ({ differs }) => {
  expect(likenessOf({ ...click, ...differs })).toBe(likenessOf(click))
})

test.each<{ name: string; differs: Partial<Likened> }>([
  { name: 'another name', differs: { name: 'product_viewed' } },
  { name: 'another product', differs: { properties: { product_id: 'A-2', position: 3 } } },
  { name: 'one more property', differs: { properties: { ...click.properties, colour: 'red' } } },
  { name: 'another page', differs: { page: { url: 'https://shop.example/other' } } },
  { name: 'no page', differs: { page: null } },
  { name: 'another visitor', differs: { anonymousId: 'visitor-2' } },
  { name: 'a visitor who has signed in', differs: { userId: 'customer-1' } },
  { name: 'a user of the id that was a visitor’s', differs: { anonymousId: null, userId: 'visitor-1' } },
  { name: 'another day', differs: { day: '2026-11-22' } },
])('it is another one with $name', ({ differs }) => {
  const other = likenessOf({ ...click, ...differs })
  expect(other).not.toBeNull()
  expect(other).not.toBe(likenessOf(click))
})

test('where nobody is named, those of one session are compared', () => {
  const nameless = { ...click, anonymousId: null, userId: null }
  expect(likenessOf(nameless)).not.toBeNull()
  expect(likenessOf({ ...nameless, session: { id: 'session-2' } })).not.toBe(likenessOf(nameless))
})

test.each<{ name: string; differs: Partial<Likened> }>([
  { name: 'a bot’s event', differs: { bot: true } },
  { name: 'what has a key of its own', differs: { name: 'order_completed' } },
  { name: 'what may happen twice in a moment', differs: { name: 'product_removed' } },
  { name: 'a name that the catalogue does not know', differs: { name: 'banner_viewed' } },
  { name: 'nobody’s event', differs: { anonymousId: null, userId: null, session: null } },
  { name: 'the event of an empty id', differs: { anonymousId: '', session: null } },
])('there is none for $name', ({ differs }) => {
  expect(likenessOf({ ...click, ...differs })).toBeNull()
})

test.each([
  { name: 'page_viewed', window: 1000 },
  { name: 'product_viewed', window: 1000 },
  { name: 'promotion_clicked', window: 2000 },
  { name: 'product_added', window: 2000 },
  { name: 'order_completed', window: 0 },
  { name: '__proto__', window: 0 },
])('$name is repeated within $window ms', ({ name, window }) => {
  expect(likenessWindowMs(name)).toBe(window)
})
