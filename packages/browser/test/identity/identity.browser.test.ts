import { beforeEach, expect, test } from 'vitest'
import { createIdentity } from '../../src/identity/identity.ts'

const minute = 60_000
const start = Date.UTC(2026, 10, 21, 12)
/** A page of the shop: it begins with what others have written down. */
const create = () => {
  const identity = createIdentity('shop:visitor')
  identity.load()
  return identity
}

beforeEach(() => localStorage.clear())

test('nothing is on the device before the first stamp, whatever the shop tells', () => {
  const identity = create()
  identity.identify('cust_42', { plan: 'gold' })
  expect(localStorage.length).toBe(0)
})

test('a visitor keeps one anonymous id, and one session until 30 idle minutes', () => {
  const identity = create()
  const first = identity.stamp(start)
  expect(first.session?.index).toBe(1)
  expect(identity.stamp(start + 29 * minute)).toBe(first)
  expect(identity.stamp(start + 58 * minute)).toBe(first)
  const later = identity.stamp(start + 89 * minute)
  expect(later.anonymous_id).toBe(first.anonymous_id)
  expect(later.session?.id).not.toBe(first.session?.id)
  expect(later.session?.index).toBe(2)
})

test('the next page goes on with the visit, as far as the last one wrote it down', () => {
  const before = create()
  const first = before.stamp(start)
  before.stamp(start + 20 * minute)
  before.save()
  expect(create().stamp(start + 45 * minute)).toEqual(first)
})

test('a visit that goes on in another tab is the same visit', () => {
  const here = create()
  const first = here.stamp(start)
  const there = create()
  there.stamp(start + 25 * minute)
  there.save()
  here.load()
  expect(here.stamp(start + 50 * minute)).toEqual(first)
})

test('a visit that goes on here is not ended by a tab that rests', () => {
  const [here, there] = [create(), create()]
  const first = here.stamp(start)
  there.load()
  here.stamp(start + 25 * minute)
  there.save()
  here.load()
  expect(here.stamp(start + 50 * minute)).toEqual(first)
})

test('a page on which nothing happens keeps the visitor', () => {
  const first = create().stamp(start)
  create().save()
  expect(create().stamp(start)).toEqual(first)
})

test('a clock that was years ahead does not make one visit of all that follows', () => {
  const before = create()
  const first = before.stamp(start + 4 * 365 * 24 * 60 * minute)
  before.save()
  const later = create().stamp(start)
  expect(later.anonymous_id).toBe(first.anonymous_id)
  expect(later.session?.index).toBe(2)
})

test('a customer stays known on the next page, with what was told', () => {
  const identity = create()
  identity.stamp(start)
  identity.identify('cust_42', { plan: 'gold' })
  expect(identity.stamp(start)).toMatchObject({ user_id: 'cust_42', traits: { plan: 'gold' } })
  expect(create().stamp(start)).toMatchObject({ user_id: 'cust_42' })
})

test('a logout begins a new visitor and leaves nothing of the old', () => {
  const identity = create()
  identity.identify('cust_42', { plan: 'gold' })
  const before = identity.stamp(start)
  identity.rotate()
  expect(localStorage.length).toBe(0)
  const after = identity.stamp(start)
  expect(after).toMatchObject({ user_id: null, traits: null, session: { index: 1 } })
  expect(after.anonymous_id).not.toBe(before.anonymous_id)
})

test('another customer is another visitor, also when nobody said goodbye to the first', () => {
  const identity = create()
  identity.identify('cust_42', { plan: 'gold' })
  const first = identity.stamp(start)
  identity.identify('cust_42')
  expect(identity.stamp(start)).toEqual(first)
  identity.identify('cust_43')
  const second = identity.stamp(start)
  expect(second).toMatchObject({ user_id: 'cust_43', traits: null, session: { index: 1 } })
  expect(second.anonymous_id).not.toBe(first.anonymous_id)
  expect(second.session?.id).not.toBe(first.session?.id)
})

test('another customer on the next page is another visitor too', () => {
  const before = create()
  before.identify('cust_42')
  const first = before.stamp(start)
  const identity = create()
  identity.identify('cust_43')
  expect(identity.stamp(start).anonymous_id).not.toBe(first.anonymous_id)
})

test('a visitor who logs in stays the same visitor', () => {
  const identity = create()
  const { anonymous_id, session } = identity.stamp(start)
  identity.identify('cust_42')
  expect(identity.stamp(start)).toMatchObject({ anonymous_id, session, user_id: 'cust_42' })
})

test('what was told is copied: the page may change its object afterwards', () => {
  const identity = create()
  const traits = { plan: 'gold' }
  identity.identify('cust_42', traits)
  traits.plan = 'none'
  expect(identity.stamp(start).traits).toEqual({ plan: 'gold' })
})

test.each([undefined, null])('nobody is called %s', (userId) => {
  const identity = create()
  expect(() => identity.identify(userId as unknown as string)).toThrow(TypeError)
  expect(identity.stamp(start).user_id).toBeNull()
})
