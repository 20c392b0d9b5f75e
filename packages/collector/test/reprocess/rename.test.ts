import { expect, test } from 'vitest'
import { createDayOf } from '../../src/normalise/day.ts'
import { resolveName } from '../../src/registry/resolve-name.ts'
import { rename, restore } from '../../src/reprocess/rename.ts'
import { type StoredEvent, storedEvent } from '../../src/sinks/stored-event.ts'
import { eventRecord, noon } from '../sinks/sink.contract.ts'
import { judgeAll, registryOf } from './judge-all.ts'

const dayOf = createDayOf('UTC')

/** A stored event of the shop's own. */
const unknown = (differs: Partial<StoredEvent> = {}): StoredEvent => ({
  ...storedEvent(eventRecord({ name: 'eigenes', originalName: 'eigenes', flags: ['unrecognized'] }), noon, null),
  ...differs,
})

const under = (target: string, event: StoredEvent) => {
  const registry = registryOf({ eigenes: target })
  return rename({ position: 1, event, beforeAlias: null }, resolveName('eigenes', registry), {
    registry,
    dayOf,
    baseCurrency: 'EUR',
    rates: null,
  })
}

const analytics = { analytics: 'granted' }
const marketing = { analytics: 'granted', marketing: 'granted' }

test.each<{ name: string; target: string; differs?: Partial<StoredEvent>; expected: string }>([
  { name: 'an event of the same purpose', target: 'product_viewed', expected: 'changed' },
  {
    name: 'one of another purpose that was agreed to',
    target: 'ad_viewed',
    differs: { consent: marketing, properties: { ad_id: 'a' } },
    expected: 'changed',
  },
  {
    name: 'one of another purpose that was not',
    target: 'ad_viewed',
    differs: { properties: { ad_id: 'a' } },
    expected: 'not_allowed',
  },
  { name: 'one without any consent', target: 'product_viewed', differs: { consent: null }, expected: 'not_allowed' },
  { name: 'a decision about consent', target: 'consent_updated', expected: 'not_allowed' },
  { name: 'what the collector makes itself', target: 'cart_abandoned', differs: { consent: marketing }, expected: 'not_allowed' },
  { name: 'one without what is required', target: 'order_completed', expected: 'unreadable' },
  { name: 'a page view without a page', target: 'page_viewed', differs: { page: null }, expected: 'unreadable' },
  { name: 'a page view', target: 'page_viewed', expected: 'changed' },
])('$name: $expected', ({ target, differs = {}, expected }) => {
  expect(under(target, unknown({ consent: analytics, ...differs })).kind).toBe(expected)
})

test('what was noticed before stays, and what is noticed now stands behind it', () => {
  const repairs = [{ field: 'page.url', from: null, to: null, rule: 'UR-PII' }]
  const flags = ['pii_redacted', 'unrecognized']
  const quality = { status: 'flagged' as const, repairs, flags }
  const properties = { product_id: 7, price: '1,50', currency: 'XXX' }
  const result = under('product_viewed', unknown({ properties, quality }))
  expect(result).toMatchObject({
    kind: 'changed',
    revision: {
      nameBefore: 'eigenes',
      meaning: { name: 'product_viewed', flags: ['pii_redacted', 'bad_currency'] },
      beforeAlias: { properties, repairs, flags },
      recount: { day: '2026-11-21', source: '', gone: [{ kind: 'flag', key: 'unrecognized' }] },
    },
  })
  const rules = result.kind === 'changed' ? result.revision.meaning.repairs.map(({ rule }) => rule) : []
  expect(rules).toEqual(['UR-PII', 'EN-ALIAS-REGISTRY', 'PR-TEXT', 'MN-BADCODE', 'MN-BADCODE'])
})

test('what a default takes from the device is that of the visitor who sent it', () => {
  const device = { type: 'tv', browser: null, os: null, in_app: null }
  const result = under('logged_in', unknown({ device, user_id: 'customer-1', properties: {} }))
  expect(result).toMatchObject({ revision: { meaning: { properties: { device_type: 'tv' } } } })
})

test('an event is restored only where its consent covers what it would be', () => {
  const beforeAlias = { properties: { x: 1 }, repairs: [], flags: ['unrecognized' as const] }
  const sent = (consent: object) => ({ position: 1, event: unknown({ name: 'email_opened', consent }), beforeAlias })
  const context = { registry: registryOf({}), dayOf }
  expect(restore(sent({ marketing: 'granted', analytics: 'denied' }), context).kind).toBe('not_allowed')
  expect(restore(sent(marketing), context)).toMatchObject({
    kind: 'changed',
    revision: {
      meaning: { name: 'eigenes', properties: { x: 1 }, money: {}, naturalKey: null, flags: ['unrecognized'] },
      beforeAlias: null,
    },
  })
})

test.each([
  { name: 'an event with analytics', target: 'product_viewed', consent: analytics, isKept: true },
  { name: 'an event for marketing alone', target: 'ad_viewed', consent: { marketing: 'granted' }, isKept: false },
])('what $name would be without its alias is kept beside it: $isKept', ({ target, consent, isKept }) => {
  const [record] = judgeAll(
    [
      {
        id: eventRecord().id,
        name: 'eigenes',
        occurred_at: noon,
        consent,
        properties: { product_id: 'P', ad_id: 'a', list_id: 'l', email_hash: 'a'.repeat(64) },
        isServer: true,
      },
    ],
    { registry: registryOf({ eigenes: target }), rates: null, dayOf },
  )
  expect(record?.kind).toBe('event')
  expect(record?.kind === 'event' && record.beforeAlias !== undefined).toBe(isKept)
})
