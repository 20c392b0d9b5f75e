import { expect, test, vi } from 'vitest'
import type { FootfallOptions } from '../../src/index.ts'
import { readDevice } from '../device.ts'
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
const names = (events: readonly { name: string }[]) => events.map(({ name }) => name)

test('consent taken back, the tab left at once, with another one open: the record survives in the spool', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  const there = await shop.visit()
  here.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(1))
  shop.collector.become('down')
  here.tracker.consent({ analytics: 'denied' })
  here.page.close() // the banner reloads the page
  await vi.waitFor(() => expect(there.tracker.consent().analytics).toBe('denied'))
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
  const late = await shop.visit({}, (window) =>
    // As in the back-forward cache.
    window.addEventListener('storage', (event) => event.stopImmediatePropagation(), true),
  )
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
  await later()
  await here.tracker.flush()
  expect(names(shop.collector.stored())).toEqual(['consent_updated'])
})

test('a number is given once: an event that is being written when another purpose is taken back', async () => {
  const shop = createShop()
  const { tracker } = await shop.visit({ consent: both })
  tracker.track('product_added', { product_id: 'A', quantity: 1 })
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(1))
  tracker.track('product_added', { product_id: 'B', quantity: 1 })
  tracker.consent({ marketing: 'denied' })
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(3))
  const [a, b] = shop.collector.stored().filter(({ name }) => name === 'product_added')
  expect(b?.anonymous_id).toBe(a?.anonymous_id)
  expect([a?.seq, b?.seq]).toEqual([1, 2])
})

test.fails('a number is given once: two tabs, one has just logged out', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  here.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  const there = await shop.visit()
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(1))
  here.tracker.reset()
  here.tracker.track('cart_viewed')
  there.tracker.track('cart_viewed') // has not heard yet
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(3))
  here.tracker.track('logged_in')
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(4))
  const numbers = shop.collector.stored().map(({ anonymous_id, seq }) => `${anonymous_id} ${seq}`)
  expect(new Set(numbers).size).toBe(4)
})

test('no hole: an event that a last request took before it had its number', async () => {
  const shop = createShop()
  const { page, tracker } = await shop.visit({ consent: granted })
  tracker.track('product_added', { product_id: 'A', quantity: 1 })
  page.window.document.dispatchEvent(new Event('visibilitychange')) // another tab is looked at, this one stays
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(1))
  await later()
  tracker.track('cart_viewed')
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(2))
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
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(2))
  expect(new Set(shop.collector.stored().map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
})

test('a logout is not undone by a tab that has not heard', async () => {
  const shop = createShop()
  const here = await shop.visit({ consent: granted })
  here.tracker.track('product_added', { product_id: 'A', quantity: 1 })
  const there = await shop.visit()
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(1))
  here.tracker.reset()
  there.page.window.document.dispatchEvent(new Event('visibilitychange')) // saves its session
  await later()
  here.tracker.track('cart_viewed')
  await vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(2))
  expect(new Set(shop.collector.stored().map(({ anonymous_id }) => anonymous_id)).size).toBe(2)
})
