import { expect, test } from 'vitest'
import type { FootfallOptions } from '../../src/index.ts'
import { sealed } from '../builders.ts'
import { readDevice } from '../device.ts'
import { eventually } from '../eventually.ts'
import { createFakeCollector } from '../fake-collector.ts'
import { openPage } from '../open-page.ts'

// What the model (model.browser.test.ts) found, each reduced to a few lines. Those with `.fails` are not mended: who mends one takes it
// off, and the exception that the model makes for it.

const granted = { analytics: 'granted' } as const
const both = { analytics: 'granted', marketing: 'granted' } as const
const later = (ms = 80) => new Promise((resolve) => setTimeout(resolve, ms))
const createShop = () => {
  const writeKey = `wk_${crypto.randomUUID()}`
  const collector = createFakeCollector()
  const visit = async (options?: Partial<FootfallOptions>, prepare?: (window: Window & typeof globalThis) => void) => {
    const page = await openPage('../src/index.ts', collector, prepare)
    const tracker = page.createTracker({ endpoint: collector.endpoint, writeKey, batchDelayMs: 5, ...options })
    return { page, tracker }
  }
  const arrivedNumbers = () => collector.attempts.flatMap(({ events }) => events.map(({ seq }) => seq))
  return { writeKey, collector, visit, arrivedNumbers }
}
/** Hears of no other tab until it is shown again, as in the back-forward cache. */
const deaf = (window: Window) =>
  window.addEventListener('storage', (event) => event.stopImmediatePropagation(), { capture: true })
const names = (events: readonly { name: string }[]) => events.map(({ name }) => name)

test('consent taken back, the tab left at once, with another one open: the record survives in the spool', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  const there = await shop.visit()
  here.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(1))
  shop.collector.become('down')
  here.tracker.consent({ analytics: 'denied' })
  here.page.close() // the banner reloads the page
  await eventually(() => expect(there.tracker.consent().analytics).toBe('denied'))
  await later()
  shop.collector.become('receipt')
  there.page.close()
  const { tracker } = await shop.visit()
  await tracker.flush()
  await later()
  await tracker.flush()
  expect(names(shop.collector.stored())).toEqual(['product_added', 'consent_updated'])
})

test('the record of a withdrawal is not forgotten on the device when a tab hears of it late', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  const late = await shop.visit({}, deaf)
  shop.collector.become('down')
  here.tracker.consent({ analytics: 'denied' })
  await later()
  here.page.close()
  await later()
  expect(await readDevice(shop.writeKey)).toMatchObject({ queue: [expect.any(String)] })
  late.page.window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  await later()
  late.page.close()
  shop.collector.become('receipt')
  const { tracker } = await shop.visit()
  await later()
  await tracker.flush()
  expect(names(shop.collector.stored())).toEqual(['consent_updated'])
  expect((await readDevice(shop.writeKey)).queue).toEqual([])
})

test('taken back while another tab delivers a record of its own: no sign of it is left', async () => {
  const shop = createShop()
  const theirs = sealed({ purpose: 'necessary' })
  let looks = 0
  const { tracker } = await shop.visit({ consent: granted }, (window) => {
    const table = window.IDBObjectStore.prototype
    const getAll = table.getAll
    table.getAll = function (...bounds) {
      // What forgets reads and writes: at once, and again after the delivery. Just then the other tab's record is there, and then delivered.
      if (this.transaction.mode === 'readwrite' && ++looks === 2) {
        const { db } = this.transaction
        this.put(theirs, theirs.id)
        this.transaction.addEventListener('complete', () =>
          db.transaction('events', 'readwrite').objectStore('events').delete(theirs.id),
        )
      }
      return getAll.apply(this, bounds)
    }
  })
  tracker.track('product_added', { product_id: 'A', quantity: 1 })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(1))
  tracker.consent({ analytics: 'denied' })
  await eventually(() => expect(looks).toBe(2))
  await eventually(async () => expect(await readDevice(shop.writeKey)).toEqual({ keys: ['consent'], queue: [] }))
})

test('marketing taken back keeps what a closed tab left of analytics', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: both })
  shop.collector.become('down')
  const gone = await shop.visit()
  gone.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  gone.page.close()
  here.tracker.consent({ marketing: 'denied' })
  await later()
  shop.collector.become('receipt')
  await here.tracker.flush()
  await later()
  await here.tracker.flush()
  expect(names(shop.collector.stored())).toEqual(['consent_updated', 'product_added'])
})

test.fails('taken back and granted at once in one tab: the copy in another is gone too', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  const there = await shop.visit()
  shop.collector.become('down')
  there.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  await later()
  here.tracker.consent({ analytics: 'denied' })
  here.tracker.consent(granted)
  await later()
  shop.collector.become('receipt')
  there.page.close() // its last request takes what it has
  await here.tracker.flush()
  // However busy the machine is: what may come has come.
  await eventually(() => expect(names(shop.collector.stored())).toContain('product_added')).catch(() => undefined)
  expect(names(shop.collector.stored())).toEqual(['consent_updated'])
})

test('a number is given once: an event that is being written when another purpose is taken back', async () => {
  const shop = createShop()
  const { tracker } = await shop.visit({ consent: both })
  tracker.track('product_added', { product_id: 'A', quantity: 1 })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(1))
  tracker.track('product_added', { product_id: 'B', quantity: 1 })
  tracker.consent({ marketing: 'denied' })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(3))
  const [a, b] = shop.collector.stored().filter(({ name }) => name === 'product_added')
  expect(b?.anonymous_id).toBe(a?.anonymous_id)
  expect([a?.seq, b?.seq]).toEqual([1, 2])
})

test.fails('a number is given once: two tabs, one has just logged out', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  here.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  const there = await shop.visit({}, deaf)
  await eventually(() => expect(shop.collector.stored()).toHaveLength(1))
  here.tracker.reset()
  here.tracker.track('cart_viewed')
  await eventually(() => expect(shop.collector.stored()).toHaveLength(2))
  there.tracker.track('cart_viewed') // has not heard yet
  await eventually(() => expect(shop.collector.stored()).toHaveLength(3))
  here.tracker.track('logged_in')
  await eventually(() => expect(shop.collector.stored()).toHaveLength(4))
  const numbers = shop.collector.stored().map(({ anonymous_id, seq }) => `${anonymous_id} ${seq}`)
  expect(new Set(numbers).size).toBe(4)
})

test('no hole: an event that a last request took before it had its number', async () => {
  const shop = createShop()
  const { page, tracker } = await shop.visit({ consent: granted })
  tracker.track('product_added', { product_id: 'A', quantity: 1 })
  page.window.document.dispatchEvent(new Event('visibilitychange')) // another tab is looked at, this one stays
  await eventually(() => expect(shop.collector.stored()).toHaveLength(1))
  await later()
  tracker.track('cart_viewed')
  await eventually(() => expect(shop.collector.stored()).toHaveLength(2))
  await later()
  expect(shop.arrivedNumbers()).toContain(1)
})

test('a decision does not undo what another tab decided a moment ago', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  const there = await shop.visit()
  here.tracker.consent({ analytics: 'denied' })
  there.tracker.consent({ marketing: 'granted' }) // has not heard yet
  await later()
  expect(here.tracker.consent()).toMatchObject({ analytics: 'denied', marketing: 'granted' })
})

test.fails('two tabs that begin at once are one visitor', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  const there = await shop.visit()
  here.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  there.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(2))
  expect(new Set(shop.collector.stored().map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
})

test('a logout is not undone by a tab that has not heard', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  here.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  const there = await shop.visit()
  await eventually(() => expect(shop.collector.stored()).toHaveLength(1))
  here.tracker.reset()
  there.page.window.document.dispatchEvent(new Event('visibilitychange')) // saves its session
  await later()
  here.tracker.track('cart_viewed')
  await eventually(() => expect(shop.collector.stored()).toHaveLength(2))
  expect(new Set(shop.collector.stored().map(({ anonymous_id }) => anonymous_id)).size).toBe(2)
})

const consentOf = (shop: { readonly writeKey: string }) => JSON.parse(localStorage[`footfall:${shop.writeKey}:consent`])
const visitorOf = (shop: { readonly writeKey: string }) => localStorage[`footfall:${shop.writeKey}:visitor`]
const hear = ({ window }: { readonly window: Window }) => window.dispatchEvent(new PageTransitionEvent('pageshow'))

test('a new text of the policy in another tab: this one forgets its own, and leaves alone what was agreed to there', async () => {
  const shop = createShop()
  const old = await shop.visit({ policyVersion: '1' })
  old.tracker.consent(granted)
  const fresh = await shop.visit({ policyVersion: '2' })
  fresh.tracker.consent(granted)
  shop.collector.become('down')
  fresh.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  const visitor = visitorOf(shop)
  await eventually(() => expect(old.tracker.consent()).toMatchObject({ analytics: 'unknown', reason: 'version' }))
  await later()
  old.tracker.track('cart_viewed')
  expect(visitorOf(shop)).toBe(visitor)
  expect(fresh.tracker.consent().analytics).toBe('granted')
  shop.collector.become('receipt')
  await fresh.tracker.flush()
  await eventually(() => expect(names(shop.collector.stored())).toContain('product_added'))
  expect(names(shop.collector.stored())).not.toContain('cart_viewed')
})

test('two tabs that are told of consent by their shop, for different texts, do not contradict each other for ever', async () => {
  const shop = createShop()
  const old = await shop.visit({ policyVersion: '1', consent: granted })
  await shop.visit({ policyVersion: '2', consent: granted })
  await eventually(() => expect(old.tracker.consent().reason).toBe('version'))
  const { record_id } = consentOf(shop)
  await later(300)
  expect(consentOf(shop)).toMatchObject({ version: '2', record_id })
})

test('taken back and granted again: a tab that hears of it late forgets nothing that was agreed to since', async () => {
  const shop = createShop()
  const key = `footfall:${shop.writeKey}:consent`
  // What a tab of another process reads can be a moment old.
  let seen: string | undefined
  const here = await shop.visit({ consent: granted })
  const late = await shop.visit({}, (window) => {
    Object.assign(window, { BroadcastChannel: undefined })
    deaf(window)
    const device = new Proxy(window.localStorage, {
      get: (storage, name) => (name === key ? (seen ?? storage[key]) : Reflect.get(storage, name, storage)),
      set: (storage, name, value) => Reflect.set(storage, name, value, storage),
    })
    Object.defineProperty(window, 'localStorage', { value: device })
  })
  late.tracker.track('product_viewed', { product_id: 'A' })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(1))
  here.tracker.consent({ analytics: 'denied' })
  seen = localStorage[key]
  shop.collector.become('down')
  await later(2) // decided in another millisecond
  here.tracker.consent(granted)
  here.tracker.track('product_added', { product_id: 'B', quantity: 1 })
  await later()
  const visitor = visitorOf(shop)
  expect(visitor).toBeDefined()
  hear(late.page)
  expect(late.tracker.consent().analytics).toBe('denied')
  seen = undefined
  await later()
  expect(visitorOf(shop)).toBe(visitor)
  shop.collector.become('receipt')
  here.page.close()
  late.page.close()
  const { tracker } = await shop.visit()
  await tracker.flush()
  await eventually(() => expect(names(shop.collector.stored())).toContain('product_added'))
})

test('a refusal has no id, and what is granted after it names none', async () => {
  const shop = createShop()
  const { tracker } = await shop.visit()
  tracker.consent({ analytics: 'denied', marketing: 'denied' }, { source: 'banner' })
  expect(consentOf(shop).record_id).toBeUndefined()
  tracker.consent(granted, { source: 'banner' })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(1))
  tracker.consent({ analytics: 'denied' }, { source: 'banner' })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(2))
  expect(consentOf(shop).record_id).toBeUndefined()
  tracker.consent(granted, { source: 'banner' })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(3))
  const [first, withdrawal, second] = shop.collector.stored().map(({ properties }) => properties)
  expect(first).not.toHaveProperty('previous_record_id')
  expect(withdrawal).toMatchObject({ previous_record_id: (first as { record_id: string }).record_id })
  expect(second).not.toHaveProperty('previous_record_id')
})

test('the spool of a tab that died does not come back with the next grant', async () => {
  const shop = createShop()
  shop.collector.become('down')
  const here = await shop.visit({ consent: granted })
  localStorage[`footfall-spool:${shop.writeKey}:dead`] = JSON.stringify([])
  here.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  const [spool] = Object.entries(localStorage).filter(
    ([key, value]) => key.startsWith(`footfall-spool:${shop.writeKey}`) && value !== '[]',
  )
  await later()
  // As a tab leaves it that the browser killed.
  const [ofDead] = JSON.parse(spool?.[1] ?? '[null]')
  localStorage[`footfall-spool:${shop.writeKey}:dead`] = JSON.stringify([{ ...ofDead, id: crypto.randomUUID() }])
  here.tracker.consent({ analytics: 'denied' })
  expect(localStorage[`footfall-spool:${shop.writeKey}:dead`]).toBeUndefined()
})

test("everything accepted against the browser's signal: what it forbids stays forbidden, the next page is the same visitor's", async () => {
  const shop = createShop()
  const signal = (window: Window & typeof globalThis) =>
    Object.defineProperty(window.navigator, 'globalPrivacyControl', { value: true })
  const first = await shop.visit({}, signal)
  first.tracker.consent(both, { source: 'banner' })
  first.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  await eventually(() => expect(shop.collector.stored()).toHaveLength(2))
  expect(consentOf(shop)).toMatchObject({ analytics: 'granted', marketing: 'denied', sale_of_data: 'denied' })
  first.page.close()
  const second = await shop.visit({}, signal)
  second.tracker.track('cart_viewed')
  await eventually(() => expect(shop.collector.stored()).toHaveLength(3))
  expect(new Set(shop.collector.stored().map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
})
