import { beforeEach, expect, test } from 'vitest'
import { createIdentity } from '../../src/identity/identity.ts'
import { createStorage } from '../../src/platform/storage.ts'
import { createUuid } from '../../src/platform/uuid.ts'

const minute = 60_000
const start = Date.UTC(2026, 10, 21, 12)
const create = () => createIdentity(createStorage('shop:'), createUuid())

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
  const [here, there] = [create(), create()]
  const first = here.stamp(start)
  there.stamp(start + 25 * minute)
  there.save()
  expect(here.stamp(start + 50 * minute)).toEqual(first)
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
