import { expect, test, vi } from 'vitest'
import type { FootfallError, FootfallOptions, Tracker } from '../src/index.ts'
import { readDevice, writeToQueue } from './device.ts'
import { eventually } from './eventually.ts'
import { createFakeCollector, type FakeCollector, receiptFor, type WireEvent } from './fake-collector.ts'
import { type OpenPage, openPage } from './open-page.ts'

const names = (events: readonly WireEvent[]) => events.map(({ name }) => name)
const added = { product_id: 'A-1', quantity: 1 }
const granted = { analytics: 'granted' } as const

/** A shop of its own, so that no test finds what another has left. */
interface Shop {
  readonly writeKey: string
  readonly collector: FakeCollector
  open(prepare?: (window: Window & typeof globalThis) => void): Promise<OpenPage>
  /** Opens a page and starts a tracker on it. */
  visit(options?: Partial<FootfallOptions>): Promise<{ page: OpenPage; tracker: Tracker; errors: FootfallError[] }>
  start(page: OpenPage, options?: Partial<FootfallOptions>): { page: OpenPage; tracker: Tracker; errors: FootfallError[] }
}

/** What a tracker promises the pages of a shop. `module` is imported by them. */
export function trackerContract(module: string): void {
  const createShop = (): Shop => {
    const writeKey = `wk_${crypto.randomUUID()}`
    const collector = createFakeCollector()
    const open: Shop['open'] = (prepare) => openPage(module, collector, prepare)
    const start: Shop['start'] = (page, options) => {
      const tracker = page.createTracker({ endpoint: collector.endpoint, writeKey, batchDelayMs: 5, ...options })
      const errors: FootfallError[] = []
      tracker.on('error', (error) => errors.push(error))
      return { page, tracker, errors }
    }
    return { writeKey, collector, open, start, visit: async (options) => start(await open(), options) }
  }
  const arrived = (shop: Shop, count: number) =>
    vi.waitFor(() => expect(shop.collector.stored()).toHaveLength(count), { timeout: 5_000, interval: 5 })
  const nothingMore = () => new Promise((resolve) => setTimeout(resolve, 60))

  test('a visitor who has decided nothing: nothing is on the device, nothing leaves it', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit()
    tracker.page()
    tracker.track('product_added', added)
    tracker.identify('cust_42', { plan: 'gold' })
    page.window.dispatchEvent(new Event('pagehide'))
    await tracker.flush()
    expect(tracker.stats()).toMatchObject({ held: 2, queued: 0 })
    page.close()
    await nothingMore()
    expect(await readDevice(shop.writeKey)).toEqual({ keys: [], queue: undefined })
    expect(shop.collector.attempts).toEqual([])
  })

  test('a grant releases what was held, in order, each once, as one visitor in one session', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit()
    tracker.page({ type: 'product' })
    tracker.track('product_added', added)
    tracker.consent(granted)
    tracker.track('cart_viewed')
    await arrived(shop, 4)
    const stored = shop.collector.stored()
    expect(names(stored)).toEqual(['consent_updated', 'page_viewed', 'product_added', 'cart_viewed'])
    expect(stored.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(stored[0]?.properties).toEqual({
      purposes: { analytics: 'granted', personalization: 'unknown', marketing: 'unknown' },
      policy_version: 'unknown',
      record_id: tracker.consent().record_id,
    })
    expect(new Set(stored.map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
    expect(new Set(stored.map(({ session }) => session?.id)).size).toBe(1)
    expect(stored[2]).toMatchObject({
      properties: added,
      page: { type: 'product' },
      consent: granted,
      age_ms: expect.any(Number),
    })
    await eventually(() => expect(tracker.stats()).toMatchObject({ held: 0, queued: 0, delivered: 4, storage: 'indexeddb' }))
    expect((await readDevice(shop.writeKey)).queue).toEqual(['#'])
  })

  test('a denial forgets what was held, and only the decision stays on the device', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit()
    tracker.track('product_added', added)
    tracker.consent({ analytics: 'denied', marketing: 'denied', personalization: 'denied' })
    tracker.track('product_added', added)
    expect(tracker.stats()).toMatchObject({ held: 0, dropped: {} })
    await tracker.flush()
    expect(await readDevice(shop.writeKey)).toEqual({ keys: ['consent'], queue: undefined })
    expect(shop.collector.attempts).toEqual([])
  })

  test('a shop may have events forgotten until the visitor decides', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ preConsent: 'drop' })
    tracker.track('product_added', added)
    expect(tracker.stats().held).toBe(0)
    tracker.consent(granted)
    tracker.track('cart_viewed')
    await arrived(shop, 2)
    expect(names(shop.collector.stored())).toEqual(['consent_updated', 'cart_viewed'])
  })

  test('what needs another purpose goes on waiting for that one', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit()
    tracker.track('ad_viewed', { ad_id: 'spring' })
    tracker.track('product_added', added)
    tracker.consent(granted)
    await arrived(shop, 2)
    expect(tracker.stats().held).toBe(1)
    tracker.consent({ marketing: 'granted' })
    await arrived(shop, 4)
    expect(shop.collector.stored().find(({ name }) => name === 'ad_viewed')).toMatchObject({
      consent: { analytics: 'granted', marketing: 'granted' },
    })
  })

  test('a decision is kept for the next page, and wins over what the shop believes', async () => {
    const shop = createShop()
    const first = await shop.visit()
    first.tracker.consent({ analytics: 'denied' })
    first.page.close()
    const { tracker } = await shop.visit({ consent: granted })
    expect(tracker.consent()).toMatchObject({ analytics: 'denied', marketing: 'unknown' })
  })

  test('what the shop believes holds where the visitor has decided nothing', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted, policyVersion: '2026-09' })
    expect(tracker.consent()).toMatchObject({ analytics: 'granted', version: '2026-09' })
    tracker.track('product_added', added)
    await arrived(shop, 1)
  })

  test('consent taken back: what waits is gone with all ids, one record is sent that names nobody', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    tracker.track('product_added', added)
    await arrived(shop, 1)
    const before = shop.collector.stored()[0]
    shop.collector.become('down')
    tracker.track('cart_viewed')
    await eventually(async () => expect((await readDevice(shop.writeKey)).queue).toHaveLength(2))
    shop.collector.become('receipt')
    tracker.consent({ analytics: 'denied' })
    await arrived(shop, 2)
    await nothingMore()
    await tracker.flush()
    const record = shop.collector.stored()[1]
    expect(record).toMatchObject({
      name: 'consent_updated',
      anonymous_id: null,
      user_id: null,
      session: null,
      properties: {
        purposes: { analytics: 'denied', personalization: 'unknown', marketing: 'unknown' },
        record_id: record?.id,
        previous_record_id: before?.consent.record_id,
      },
    })
    expect(record).not.toHaveProperty('seq')
    expect(record?.page.view_id).not.toBe(before?.page.view_id)
    expect(await readDevice(shop.writeKey)).toEqual({ keys: ['consent'], queue: [] })
  })

  test('consent to one purpose taken back: the other’s events stay, and nothing links them to what follows', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: { analytics: 'granted', marketing: 'granted' } })
    shop.collector.become('down')
    tracker.track('ad_viewed', { ad_id: 'spring' })
    tracker.track('product_added', added)
    await eventually(() => expect(shop.collector.attempts).not.toEqual([]))
    tracker.consent({ marketing: 'denied' })
    tracker.track('cart_viewed')
    shop.collector.become('receipt')
    await tracker.flush()
    await arrived(shop, 3)
    const [record, product, cart] = shop.collector.stored()
    expect([record?.name, product?.name, cart?.name]).toEqual(['consent_updated', 'product_added', 'cart_viewed'])
    expect(record).toMatchObject({ anonymous_id: null, consent: { marketing: 'denied' } })
    expect(cart).toMatchObject({ seq: 1, session: { index: 1 } })
    expect(cart?.anonymous_id).not.toBe(product?.anonymous_id)
    expect(cart?.page.view_id).not.toBe(product?.page.view_id)
  })

  test('a grant right after saves nothing of what was taken back, and loses nothing that follows', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    shop.collector.become('down')
    for (let n = 0; n < 150; n++) tracker.track('product_added', added)
    await eventually(() => expect(shop.collector.attempts).not.toEqual([]))
    tracker.track('product_added', added) // on its way to the device just now
    tracker.consent({ analytics: 'denied' })
    tracker.consent(granted)
    tracker.track('cart_viewed')
    shop.collector.become('receipt')
    await tracker.flush()
    await arrived(shop, 3)
    await nothingMore()
    expect(names(shop.collector.stored()).toSorted()).toEqual(['cart_viewed', 'consent_updated', 'consent_updated'])
    expect(shop.collector.stored().find(({ name }) => name === 'cart_viewed')).toMatchObject({ seq: 2 })
  })

  test('consent taken back while a request is on its way calls it back', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    shop.collector.become('hang')
    tracker.track('product_added', added)
    await eventually(() => expect(shop.collector.attempts).toHaveLength(1))
    shop.collector.become('receipt')
    tracker.consent({ analytics: 'denied' })
    await arrived(shop, 1)
    expect(names(shop.collector.stored())).toEqual(['consent_updated'])
  })

  test('consent taken back in another tab purges this one, and nothing of it leaves any more', async () => {
    const shop = createShop()
    const [here, there] = [await shop.visit({ consent: granted }), await shop.visit()]
    expect(there.tracker.consent().analytics).toBe('granted')
    shop.collector.become('down')
    here.tracker.track('product_added', added)
    there.tracker.track('product_added', added)
    await eventually(() => expect(shop.collector.attempts).not.toEqual([]))
    shop.collector.become('receipt')
    here.tracker.consent({ analytics: 'denied' })
    await eventually(() => expect(there.tracker.consent().analytics).toBe('denied'))
    there.tracker.track('product_added', added)
    there.page.close()
    await arrived(shop, 1)
    await nothingMore()
    await here.tracker.flush()
    expect(names(shop.collector.stored())).toEqual(['consent_updated'])
    expect(await readDevice(shop.writeKey)).toEqual({ keys: ['consent'], queue: [] })
  })

  test('consent that another tab takes back while a batch is being packed stops it at the last moment', async () => {
    const shop = createShop()
    const { writeKey } = shop
    let isTaken = false
    const page = await shop.open((window) => {
      const { CompressionStream } = window
      window.CompressionStream = class extends CompressionStream {
        constructor(format: CompressionFormat) {
          super(format)
          isTaken = true
          // Storage events are heard later than this.
          const key = `footfall:${writeKey}:consent`
          localStorage[key] = JSON.stringify({ ...JSON.parse(localStorage[key]), analytics: 'denied', record_id: 'elsewhere' })
        }
      }
    })
    const { tracker } = shop.start(page, { consent: granted })
    for (let n = 0; n < 30; n++) tracker.track('product_added', added)
    await eventually(() => expect(isTaken).toBe(true))
    await nothingMore()
    await tracker.flush()
    expect(shop.collector.attempts).toEqual([])
    expect(await readDevice(shop.writeKey)).toMatchObject({ queue: [] })
  })

  test('a page that ended before its purge leaves it to the next one', async () => {
    const shop = createShop()
    const before = await shop.visit({ consent: granted })
    shop.collector.become('down')
    before.tracker.track('product_added', added)
    await eventually(async () => expect((await readDevice(shop.writeKey)).queue).toHaveLength(2))
    before.page.close()
    // As consent taken back leaves the device in the very first moment.
    const prefix = `footfall:${shop.writeKey}:`
    localStorage[`${prefix}consent`] = JSON.stringify({ analytics: 'denied' })
    localStorage[`footfall-spool:${shop.writeKey}:before`] = '[]'
    localStorage.removeItem(`${prefix}visitor`)
    const { tracker } = await shop.visit()
    await eventually(async () => expect(await readDevice(shop.writeKey)).toEqual({ keys: ['consent'], queue: [] }))
    expect(tracker.stats().queued).toBe(0)
  })

  test('what needs no consent reaches the collector from the next page, if it must', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit()
    shop.collector.become('down')
    tracker.track('email_unsubscribed', { email_hash: 'a'.repeat(64) })
    await eventually(() => expect(shop.collector.attempts).not.toEqual([]))
    page.close()
    shop.collector.become('receipt')
    const next = await shop.visit()
    await arrived(shop, 1)
    await next.tracker.flush()
    expect(await readDevice(shop.writeKey)).toEqual({ keys: [], queue: [] })
    expect(shop.collector.stored()).toMatchObject([{ name: 'email_unsubscribed', anonymous_id: null, session: null }])
  })

  test('the record of a withdrawal reaches the collector from the next page, if it must', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit({ consent: granted })
    tracker.track('product_added', added)
    await arrived(shop, 1)
    shop.collector.become('down')
    tracker.consent({ analytics: 'denied' })
    page.close() // in the same task
    await nothingMore()
    shop.collector.become('receipt')
    await shop.visit()
    await arrived(shop, 2)
    expect(shop.collector.stored()[1]?.name).toBe('consent_updated')
  })

  test('a decision that has vanished from the device is none', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit()
    tracker.consent(granted)
    tracker.track('product_added', added)
    await arrived(shop, 2)
    localStorage.removeItem(`footfall:${shop.writeKey}:consent`)
    tracker.track('product_added', added)
    await eventually(() => expect(tracker.consent().analytics).toBe('unknown'))
    await nothingMore()
    expect(shop.collector.stored()).toHaveLength(2)
  })

  test.each([
    {
      name: 'six months have passed',
      later: (window: Window & typeof globalThis) => {
        const { now } = window.Date
        window.Date.now = () => now() + 184 * 24 * 60 * 60_000
      },
      options: {},
      reason: 'expired',
    },
    { name: 'the text has changed', later: () => {}, options: { policyVersion: '2' }, reason: 'version' },
  ])('the visitor is asked again when $name, and until then nothing of before is kept', async ({ later, options, reason }) => {
    const shop = createShop()
    const first = await shop.visit({ policyVersion: '1' })
    shop.collector.become('down')
    first.tracker.consent(granted)
    first.tracker.track('product_added', added)
    await eventually(async () => expect((await readDevice(shop.writeKey)).queue).toHaveLength(3))
    first.page.close()
    shop.collector.become('receipt')
    const { tracker } = shop.start(await shop.open(later), options)
    tracker.track('cart_viewed')
    expect(tracker.consent()).toMatchObject({ analytics: 'unknown', reason })
    expect(tracker.stats().held).toBe(1)
    // But for the decision of then, so that it can be said why.
    await eventually(async () => expect(await readDevice(shop.writeKey)).toEqual({ keys: ['consent'], queue: [] }))
    tracker.consent(granted)
    await arrived(shop, 2)
    expect(names(shop.collector.stored())).toEqual(['consent_updated', 'cart_viewed'])
    expect(shop.collector.stored().map(({ seq }) => seq)).toEqual([1, 2])
  })

  const withGpc = (window: Window & typeof globalThis) => {
    Object.defineProperty(window.navigator, 'globalPrivacyControl', { value: true })
  }

  test('the browser’s signal denies marketing, whatever is granted, and leaves nothing on the device', async () => {
    const shop = createShop()
    const { tracker } = shop.start(await shop.open(withGpc))
    expect(tracker.consent()).toMatchObject({
      analytics: 'unknown',
      marketing: 'denied',
      sale_of_data: 'denied',
      reason: 'gpc',
      gpc: true,
    })
    tracker.track('ad_viewed', { ad_id: 'spring' })
    await tracker.flush()
    expect(tracker.stats().held).toBe(0)
    expect(await readDevice(shop.writeKey)).toEqual({ keys: [], queue: undefined })
    tracker.consent({ analytics: 'granted', marketing: 'granted' })
    tracker.track('ad_viewed', { ad_id: 'spring' })
    tracker.track('cart_viewed')
    await arrived(shop, 2)
    await nothingMore()
    expect(names(shop.collector.stored())).toEqual(['consent_updated', 'cart_viewed'])
    expect(shop.collector.stored()[1]?.consent).toMatchObject({
      analytics: 'granted',
      marketing: 'denied',
      sale_of_data: 'denied',
    })
  })

  test('a grant from before the browser’s signal is taken back by it, once', async () => {
    const shop = createShop()
    const first = await shop.visit()
    first.tracker.consent({ analytics: 'granted', marketing: 'granted' })
    await arrived(shop, 1)
    const { record_id } = first.tracker.consent()
    shop.collector.become('down')
    first.tracker.track('ad_viewed', { ad_id: 'spring' })
    await eventually(async () => expect((await readDevice(shop.writeKey)).queue).toHaveLength(2))
    first.page.close()
    shop.collector.become('receipt')
    const second = shop.start(await shop.open(withGpc))
    await arrived(shop, 2)
    expect(shop.collector.stored()[1]).toMatchObject({
      name: 'consent_updated',
      properties: { purposes: { analytics: 'granted', marketing: 'denied' }, previous_record_id: record_id, source: 'gpc' },
    })
    second.page.close()
    const third = shop.start(await shop.open(withGpc))
    await third.tracker.flush()
    await nothingMore()
    expect(shop.collector.stored()).toHaveLength(2)
    expect(third.tracker.consent()).toMatchObject({ analytics: 'granted', marketing: 'denied', reason: 'gpc' })
  })

  test('where the region asks for no consent, events leave until the visitor objects', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ optOut: ['analytics'] })
    expect(tracker.consent()).toMatchObject({ analytics: 'not_required', marketing: 'unknown', reason: 'region' })
    tracker.track('cart_viewed')
    await arrived(shop, 1)
    expect(shop.collector.stored()[0]).toMatchObject({ consent: { analytics: 'not_required' }, seq: 1 })
    tracker.consent({ analytics: 'denied' }, { source: 'banner', method: 'objection' })
    tracker.track('cart_viewed')
    await arrived(shop, 2)
    await nothingMore()
    expect(shop.collector.stored()[1]).toMatchObject({
      name: 'consent_updated',
      anonymous_id: null,
      properties: { purposes: { analytics: 'denied' }, source: 'banner', method: 'objection' },
    })
    expect(tracker.consent()).toMatchObject({ analytics: 'denied', reason: 'banner' })
    expect(await readDevice(shop.writeKey)).toEqual({ keys: ['consent'], queue: [] })
  })

  test('what only marketing may know is on no wire and on no device without consent to that', async () => {
    const shop = createShop()
    const secrets = ['gclid', 'msclkid', 'fbclid', 'ttclid', 'gbraid', 'li_fat_id', 'irclickid', 'rdt_cid', 'epik']
    const referrer = `https://ads.example/?${secrets.map((name) => `${name}=s3cret-${name}`).join('&')}&utm_source=mail&product_id=A-1#x`
    const opened = await shop.open((window) => Object.defineProperty(window.document, 'referrer', { value: referrer }))
    const { page, tracker } = shop.start(opened, { consent: { analytics: 'granted', marketing: 'granted' } })
    const told = { email_hash: 's3cret-hash', list_id: 'news "daily"', reason: 'I read ?gclid=s3cret\\"elsewhere' }
    shop.collector.become('down')
    tracker.track('cart_viewed')
    await eventually(() => expect(shop.collector.attempts).not.toEqual([]))
    expect(JSON.stringify(shop.collector.attempts)).toContain('s3cret-gclid')
    tracker.consent({ marketing: 'denied' })
    tracker.track('email_unsubscribed', told)
    page.window.dispatchEvent(new Event('pagehide'))
    const spooled = JSON.stringify(localStorage)
    shop.collector.become('receipt')
    await tracker.flush()
    await arrived(shop, 3)
    const stored = JSON.stringify(shop.collector.stored())
    expect(stored).not.toContain('s3cret')
    expect(stored).toContain('utm_source=mail&product_id=A-1#x')
    expect(spooled).not.toContain('s3cret')
    expect(shop.collector.stored().find(({ name }) => name === 'email_unsubscribed')?.properties).toEqual({
      email_hash: '',
      list_id: told.list_id,
      reason: 'I read ?gclid=\\"elsewhere',
    })
  })

  test('tabs of a device that keeps nothing tell each other', async () => {
    const shop = createShop()
    const withoutStorage = (window: Window & typeof globalThis) => {
      Object.defineProperty(window, 'localStorage', { get: () => null })
      Object.defineProperty(window, 'indexedDB', { value: undefined })
    }
    const [here, there] = [shop.start(await shop.open(withoutStorage)), shop.start(await shop.open(withoutStorage))]
    here.tracker.consent(granted)
    await eventually(() => expect(there.tracker.consent()).toMatchObject(granted))
    there.tracker.consent({ analytics: 'denied' })
    await eventually(() => expect(here.tracker.consent().analytics).toBe('denied'))
    here.tracker.consent(granted)
    await eventually(() => expect(there.tracker.consent()).toMatchObject(granted))
  })

  test('a logout begins a visitor that nothing links to the one before', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    tracker.identify('cust_42', { plan: 'gold' })
    tracker.track('logged_out')
    tracker.reset()
    tracker.track('product_added', added)
    await arrived(shop, 2)
    const [before, after] = shop.collector.stored()
    expect(before).toMatchObject({ user_id: 'cust_42', traits: { plan: 'gold' } })
    expect(after).toMatchObject({ user_id: null, traits: null, seq: 1, session: { index: 1 } })
    expect(after?.anonymous_id).not.toBe(before?.anonymous_id)
    expect(after?.session?.id).not.toBe(before?.session?.id)
    expect(after?.page.view_id).not.toBe(before?.page.view_id)
  })

  test('what was held for a visitor who left is not given to the next one', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit()
    tracker.identify('cust_42')
    tracker.track('product_added', added)
    tracker.reset()
    tracker.identify('cust_43')
    tracker.track('cart_viewed')
    tracker.consent(granted)
    await arrived(shop, 3)
    expect(shop.collector.stored()).toMatchObject([
      { name: 'consent_updated', user_id: 'cust_43', seq: 1 },
      { name: 'product_added', user_id: null, anonymous_id: null, session: null },
      { name: 'cart_viewed', user_id: 'cust_43', seq: 2 },
    ])
  })

  test('a page that comes back from the back-forward cache knows who left meanwhile', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit({ consent: granted })
    tracker.identify('cust_42')
    tracker.track('product_added', added)
    await arrived(shop, 1)
    // Pages in that cache hear nothing of what others write.
    page.window.addEventListener('storage', (event) => event.stopImmediatePropagation(), true)
    const other = await shop.visit()
    other.tracker.reset()
    other.page.close()
    page.window.addEventListener('pageshow', () => tracker.track('cart_viewed'))
    page.window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    await arrived(shop, 2)
    expect(shop.collector.stored()[1]).toMatchObject({ name: 'cart_viewed', user_id: null, session: { index: 1 } })
  })

  test('the customer of the page before is the customer of this one', async () => {
    const shop = createShop()
    const before = await shop.visit({ consent: granted })
    before.tracker.identify('cust_42', { plan: 'gold' })
    before.tracker.track('logged_in', {})
    before.page.close()
    const { tracker } = await shop.visit()
    tracker.track('product_added', added)
    await arrived(shop, 2)
    const [first, second] = shop.collector.stored()
    expect(second).toMatchObject({ user_id: 'cust_42', seq: 2, session: { index: 1 } })
    expect(second?.anonymous_id).toBe(first?.anonymous_id)
  })

  test('a page that is prerendered leaves no trace, and what happened on it counts once it is shown', async () => {
    const shop = createShop()
    let isPrerendering = true
    const page = await shop.open((window) => {
      Object.defineProperty(window.document, 'prerendering', { get: () => isPrerendering })
    })
    const other = await shop.visit({ consent: granted })
    const { tracker } = shop.start(page, { preConsent: 'drop' })
    tracker.page()
    await tracker.flush()
    page.window.dispatchEvent(new Event('pageshow'))
    page.window.dispatchEvent(new Event('online'))
    await nothingMore()
    expect(shop.collector.attempts).toEqual([])
    const { keys, queue = [] } = await readDevice(shop.writeKey)
    expect({ keys, queue }).toEqual({ keys: ['consent'], queue: [] })
    other.page.close()
    isPrerendering = false
    page.window.document.dispatchEvent(new Event('prerenderingchange'))
    await arrived(shop, 1)
  })

  test.each([
    { name: 'is not there', answer: 'down' },
    { name: 'answers 500', answer: () => new Response('', { status: 500 }) },
    { name: 'answers 429 and asks for nonsense', answer: () => Response.json({ retry_after_ms: 'soon' }, { status: 429 }) },
    { name: 'asks for more than a timer can wait', answer: () => Response.json({ retry_after_ms: 1e15 }, { status: 503 }) },
    { name: 'is a portal that answers 200', answer: () => new Response('<h1>Welcome</h1>') },
    { name: 'answers 200 with null', answer: () => Response.json(null) },
    { name: 'answers 503 with null', answer: () => Response.json(null, { status: 503 }) },
    { name: 'answers 503 with words of a receipt', answer: () => Response.json({ retry: [] }, { status: 503 }) },
    { name: 'answers 503 and says retry in its own way', answer: () => Response.json({ retry: true }, { status: 503 }) },
    { name: 'is a portal that answers 200 with JSON', answer: () => Response.json({ login: '/welcome' }) },
    { name: 'is a proxy that knows no such path', answer: () => new Response('', { status: 404 }) },
    { name: 'is being deployed and answers 405', answer: () => new Response('', { status: 405 }) },
  ] as const)('a collector that $name is not asked again at once, and gets everything later', async ({ answer }) => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    shop.collector.become(answer)
    tracker.track('product_added', added)
    await eventually(() => expect(shop.collector.attempts).toHaveLength(1))
    tracker.track('product_added', added)
    await nothingMore()
    expect(shop.collector.attempts.length).toBeLessThan(4)
    shop.collector.become('receipt')
    await tracker.flush()
    await arrived(shop, 2)
    expect(tracker.stats()).toMatchObject({ queued: 0, delivered: 2, dropped: {} })
  })

  test('a collector that wants some events again gets these and no others', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    shop.collector.become(({ events }) => Response.json(receiptFor(events.slice(1), { retry: [events[0]?.id ?? ''] })))
    tracker.track('product_added', added)
    tracker.track('cart_viewed')
    await eventually(() => expect(tracker.stats()).toMatchObject({ queued: 1, delivered: 1 }))
    shop.collector.become('receipt')
    await tracker.flush()
    expect(names(shop.collector.stored())).toEqual(['product_added'])
  })

  test('a batch that is too large is cut, an event that is too large alone is given up with a reason', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    const drops = vi.fn()
    tracker.on('drop', drops)
    shop.collector.become(({ events }) =>
      events.length > 1 || events[0]?.name === 'cart_viewed'
        ? new Response('', { status: 413 })
        : Response.json(receiptFor(events)),
    )
    for (let n = 0; n < 5; n++) tracker.track('product_added', { ...added, name: 'x'.repeat(30_000) })
    tracker.track('cart_viewed', { note: 'x'.repeat(60_000) } as never)
    await vi.waitFor(() => expect(tracker.stats()).toMatchObject({ queued: 0, delivered: 5, dropped: { too_large: 1 } }), 5_000)
    expect(drops.mock.calls).toEqual([['too_large', 1]])
  })

  test.each([400, 401, 403, 415])('a batch that is refused for good (%i) is given up, counted and told', async (status) => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    const drops = vi.fn()
    tracker.on('drop', drops)
    shop.collector.become(() => new Response('', { status }))
    tracker.track('product_added', added)
    await eventually(() => expect(tracker.stats()).toMatchObject({ queued: 0, dropped: { refused: 1 } }))
    expect(drops.mock.calls).toEqual([['refused', 1]])
  })

  test('what was given up is told with the next batch until a receipt confirms it, and not again', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    tracker.track('product_added', { ...added, name: 'x'.repeat(70_000) })
    shop.collector.become('down')
    tracker.track('product_added', added)
    await eventually(() => expect(shop.collector.attempts).toHaveLength(1))
    shop.collector.become('receipt')
    await tracker.flush()
    tracker.track('product_added', added)
    await arrived(shop, 2)
    expect(shop.collector.attempts.map(({ dropped }) => dropped)).toEqual([{ too_large: 1 }, { too_large: 1 }, {}])
    expect(tracker.stats().dropped).toEqual({ too_large: 1 })
  })

  test('two requests that cross on their way tell of the same losses once', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit({ consent: granted })
    const receipts: (() => void)[] = []
    const { fetch } = shop.collector
    page.window.fetch = async (...request) => {
      const response = await fetch(...request)
      await new Promise<void>((resolve) => receipts.push(resolve))
      return response
    }
    tracker.track('product_added', { ...added, name: 'x'.repeat(70_000) })
    tracker.track('product_added', added)
    await eventually(() => expect(receipts).toHaveLength(1))
    page.window.document.dispatchEvent(new Event('visibilitychange'))
    await eventually(() => expect(receipts).toHaveLength(2))
    for (const receive of receipts) receive()
    page.window.fetch = fetch
    await eventually(() => expect(tracker.stats().queued).toBe(0))
    tracker.track('product_added', added)
    await arrived(shop, 2)
    expect(shop.collector.attempts.map(({ dropped }) => dropped)).toEqual([{ too_large: 1 }, {}, {}])
  })

  test('held events that are too many or too old are given up and counted', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit()
    for (let n = 0; n < 60; n++) tracker.track('product_added', added)
    expect(tracker.stats()).toMatchObject({ held: 50, dropped: { held_too_long: 10 } })
    const now = performance.now()
    page.window.performance.now = () => now + 31 * 60_000
    tracker.consent(granted)
    expect(tracker.stats()).toMatchObject({ held: 0, dropped: { held_too_long: 60 } })
  })

  test('events that waited a week are given up and counted', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit({ consent: granted })
    shop.collector.become('down')
    const { now } = Date
    page.window.Date.now = () => now() - 8 * 24 * 60 * 60_000
    tracker.track('product_added', added)
    await eventually(async () => expect((await readDevice(shop.writeKey)).queue).toHaveLength(2))
    page.close()
    shop.collector.become('receipt')
    const next = await shop.visit()
    next.tracker.track('cart_viewed')
    await arrived(shop, 1)
    expect(names(shop.collector.stored())).toEqual(['cart_viewed'])
    expect(next.tracker.stats().dropped).toEqual({ expired: 1 })
  })

  test('a clock that is put forward or back expires nothing that this page has seen', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit()
    const { now } = Date
    tracker.track('product_added', added)
    page.window.Date.now = () => now() + 100 * 24 * 60 * 60_000
    shop.collector.become('down')
    tracker.consent(granted)
    tracker.track('cart_viewed')
    await eventually(() => expect(shop.collector.attempts).not.toEqual([]))
    page.window.Date.now = () => now() - 50 * 24 * 60 * 60_000
    tracker.track('logged_in')
    shop.collector.become('receipt')
    await tracker.flush()
    await arrived(shop, 4)
    expect(names(shop.collector.stored())).toEqual(['consent_updated', 'product_added', 'cart_viewed', 'logged_in'])
    expect(tracker.stats().dropped).toEqual({})
  })

  test('a large batch is compressed, a small one and the last one are not', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit({ consent: granted })
    tracker.track('product_added', added)
    await arrived(shop, 1)
    for (let n = 0; n < 30; n++) tracker.track('product_added', added)
    await arrived(shop, 31)
    for (let n = 0; n < 30; n++) tracker.track('product_added', added)
    page.close()
    await arrived(shop, 61)
    expect(shop.collector.attempts.map(({ isGzipped, isKeepalive }) => ({ isGzipped, isKeepalive }))).toEqual([
      { isGzipped: false, isKeepalive: false },
      { isGzipped: true, isKeepalive: false },
      { isGzipped: false, isKeepalive: true },
    ])
  })

  test('a page that is hidden and then left sends its last events once', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit({ consent: granted, batchDelayMs: 60_000 })
    tracker.track('product_added', added)
    page.window.document.dispatchEvent(new Event('visibilitychange'))
    page.window.dispatchEvent(new Event('pagehide'))
    expect(shop.collector.attempts).toHaveLength(1)
    tracker.track('cart_viewed') // by an unload handler of the shop's
    page.window.dispatchEvent(new Event('pagehide'))
    expect(shop.collector.attempts).toHaveLength(2)
    await arrived(shop, 2)
  })

  test('the last request takes what the browser lets it, and the rest follows from the next page', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit({ consent: granted, batchDelayMs: 60_000 })
    for (let n = 0; n < 10; n++) tracker.track('product_added', { ...added, name: 'ü'.repeat(10_000) })
    page.close()
    await nothingMore()
    const [attempt] = shop.collector.attempts
    expect(attempt?.events.length).toBeGreaterThan(0)
    expect(attempt?.events.length).toBeLessThan(4)
    await shop.visit()
    await arrived(shop, 10)
    expect(await readDevice(shop.writeKey)).toMatchObject({ keys: ['consent', 'visitor'] })
  })

  test('a tab closed in the same task, with the collector down, loses nothing and is numbered whole', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit({ consent: granted })
    shop.collector.become('down')
    for (let n = 0; n < 20; n++) tracker.track('product_added', added)
    page.close()
    shop.collector.become('receipt')
    await shop.visit()
    await arrived(shop, 20)
    expect(shop.collector.stored().map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    await eventually(async () => expect(await readDevice(shop.writeKey)).toEqual({ keys: ['consent', 'visitor'], queue: ['#'] }))
  })

  test('a device that refuses IndexedDB: events wait in memory, and in localStorage from page to page', async () => {
    const shop = createShop()
    const withoutDatabase = (window: Window & typeof globalThis) =>
      vi.spyOn(window.indexedDB, 'open').mockImplementation(() => {
        throw new DOMException('denied', 'SecurityError')
      })
    const { page, tracker, errors } = shop.start(await shop.open(withoutDatabase), { consent: granted })
    shop.collector.become('down')
    tracker.track('product_added', added)
    tracker.track('product_added', added)
    await eventually(() => expect(shop.collector.attempts).toHaveLength(1))
    expect(tracker.stats()).toMatchObject({ queued: 2, storage: 'memory' })
    expect(errors).toMatchObject([{ code: 'storage_failed', cause: { name: 'SecurityError' } }])
    page.close()
    shop.collector.become('receipt')
    await shop.visit()
    await arrived(shop, 2)
  })

  test('a device that refuses IndexedDB keeps the spool for as long as it is needed, whatever wakes the page', async () => {
    const shop = createShop()
    const page = await shop.open((window) => {
      Object.defineProperty(window, 'indexedDB', { value: undefined })
    })
    const { tracker } = shop.start(page, { consent: granted })
    shop.collector.become('down')
    tracker.track('product_added', added)
    await eventually(() => expect(shop.collector.attempts).not.toEqual([]))
    page.window.dispatchEvent(new Event('online'))
    await tracker.flush()
    expect((await readDevice(shop.writeKey)).keys).toContainEqual(expect.stringContaining('spool:'))
  })

  test('a page takes over what another has spooled, and nothing that it writes after that', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    const key = `footfall-spool:${shop.writeKey}:living`
    localStorage[key] = '[]'
    const flushed = tracker.flush()
    localStorage[key] = '[1]'
    await flushed
    expect(localStorage[key]).toBe('[1]')
  })

  test('a device that refuses all storage: consent and delivery work for the page’s life', async () => {
    const shop = createShop()
    const page = await shop.open((window) => {
      Object.defineProperty(window, 'localStorage', { get: () => null })
      Object.defineProperty(window, 'indexedDB', { value: undefined })
      Object.defineProperty(window.navigator, 'locks', { value: undefined })
    })
    const { tracker } = shop.start(page)
    tracker.track('product_added', added)
    tracker.consent(granted)
    await arrived(shop, 2)
    tracker.consent({ analytics: 'denied' })
    await arrived(shop, 3)
    tracker.track('product_added', added)
    await nothingMore()
    expect(names(shop.collector.stored())).toEqual(['consent_updated', 'product_added', 'consent_updated'])
  })

  test('a lock that is refused, as in a sandboxed frame, holds up nothing', async () => {
    const shop = createShop()
    const page = await shop.open((window) =>
      vi.spyOn(window.navigator.locks, 'request').mockRejectedValue(new DOMException('denied', 'SecurityError')),
    )
    const { tracker } = shop.start(page, { consent: granted })
    tracker.track('product_added', added)
    await arrived(shop, 1)
  })

  test.each(['', '5', '"text"', 'null', '[null]', '[5]', '{}', '{"half":', '[{"purpose":"analytics"}]'])(
    'whatever stands on the device (%s), the tracker starts and works',
    async (rubbish) => {
      const shop = createShop()
      const prefix = `footfall:${shop.writeKey}:`
      for (const key of ['consent', 'visitor', 'dropped']) localStorage[prefix + key] = rubbish
      localStorage[`footfall-spool:${shop.writeKey}:0`] = rubbish
      const { tracker } = await shop.visit()
      tracker.consent(granted)
      tracker.track('product_added', added)
      await eventually(() => expect(names(shop.collector.stored())).toContain('product_added'))
      tracker.consent({ analytics: 'denied' })
      await eventually(() => expect(names(shop.collector.stored())).toContain('consent_updated'))
    },
  )

  test('the tracker of one project sees nothing of another’s on the same page', async () => {
    const shop = createShop()
    const { page, tracker } = await shop.visit({ consent: granted })
    const other = page.createTracker({ endpoint: shop.collector.endpoint, writeKey: `${shop.writeKey}_2`, batchDelayMs: 5 })
    expect(other.consent().analytics).toBe('unknown')
    tracker.track('product_added', added)
    other.track('cart_viewed')
    await arrived(shop, 1)
    expect(other.stats().held).toBe(1)
    expect(await readDevice(`${shop.writeKey}_2`)).toEqual({ keys: [], queue: undefined })
  })

  test('whatever a page calls it with, nothing is thrown, and the tracker goes on working', async () => {
    const shop = createShop()
    const { tracker, errors } = await shop.visit()
    tracker.consent(granted)
    const methods = ['track', 'page', 'identify', 'consent', 'reset', 'flush', 'stats', 'on'] as const
    for (const method of methods) {
      for (const [name, hostile] of Object.entries(hostileValues())) {
        const call = tracker[method] as (...told: unknown[]) => unknown
        for (const told of [[hostile], ['product_added', hostile], [hostile, hostile, hostile]]) {
          expect(() => call(...told), `${method} with ${name}`).not.toThrow()
        }
      }
    }
    tracker.consent({ analytics: 'denied' })
    tracker.consent(granted)
    tracker.reset()
    tracker.page()
    tracker.track('cart_viewed')
    await eventually(() => expect(names(shop.collector.stored())).toContain('cart_viewed'))
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['bad_call']))
    await eventually(() => expect(tracker.stats().queued).toBe(0))
  })

  test('a call that cannot work is told with its name and its cause, and the event is counted', async () => {
    const shop = createShop()
    const { tracker, errors } = await shop.visit()
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    tracker.track('product_added', cycle as never)
    tracker.identify(undefined as never)
    expect(errors).toMatchObject([
      { code: 'bad_call', message: 'track', cause: { name: 'TypeError' } },
      { code: 'bad_call', message: 'identify', cause: { name: 'TypeError' } },
    ])
    expect(tracker.stats()).toMatchObject({ held: 0, dropped: { unreadable: 1 } })
  })

  test('what a page does with its objects after the call changes nothing', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted })
    const properties = { product_id: 'A-1', quantity: 1 }
    const traits = { plan: 'gold' }
    tracker.identify('cust_42', traits)
    tracker.track('product_added', properties)
    properties.quantity = 99
    traits.plan = 'none'
    const consent = tracker.consent() as { analytics: string }
    consent.analytics = 'denied'
    await arrived(shop, 1)
    expect(shop.collector.stored()).toMatchObject([{ properties: { quantity: 1 }, traits: { plan: 'gold' } }])
    expect(tracker.consent().analytics).toBe('granted')
  })

  test('the arguments that other trackers take do no harm', async () => {
    const shop = createShop()
    const { tracker } = await shop.visit({ consent: granted, policyVersion: 7 as never })
    const track = tracker.track as (...told: unknown[]) => void
    track('product_added', added, { context: {} }, () => {})
    track('cart_viewed', null)
    tracker.identify(42 as never)
    tracker.track('logged_in')
    await arrived(shop, 3)
    const [product, , login] = shop.collector.stored()
    expect(product).toMatchObject({ occurred_at: expect.any(Number), page: { url: 'about:blank' }, consent: { version: 7 } })
    expect(login?.user_id).toBe('42')
  })

  test('a page that is made on a project without a key or an address is told so', async () => {
    const shop = createShop()
    const page = await shop.open()
    const bad = (options: unknown) => () => page.createTracker(options as FootfallOptions)
    for (const options of [
      undefined,
      null,
      {},
      { endpoint: '/e' },
      { writeKey: 'wk' },
      { endpoint: '', writeKey: 'wk' },
      { endpoint: 'https://', writeKey: 'wk' },
    ]) {
      expect(bad(options), JSON.stringify(options)).toThrow(expect.objectContaining({ code: 'bad_option' }))
    }
  })

  test('what a tracker of another version has left in the queue does not stop this one', async () => {
    const shop = createShop()
    await writeToQueue(shop.writeKey, { '0198f3a0': { id: '0198f3a0', at: Date.now(), purpose: 'analytics' } })
    const { tracker } = await shop.visit({ consent: granted })
    tracker.track('product_added', added)
    await arrived(shop, 1)
  })
}

/** What a page may pass by mistake, and what only an enemy would. */
const hostileValues = (): Readonly<Record<string, unknown>> => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  const fail = () => {
    throw new Error('a trap')
  }
  return {
    undefined: undefined,
    null: null,
    NaN: Number.NaN,
    text: 'granted',
    'a prototype’s name': '__proto__',
    number: 5,
    bigint: 1n,
    symbol: Symbol('hostile'),
    function: fail,
    list: ['granted'],
    cycle,
    'no prototype': Object.create(null),
    'text that throws': { toString: fail, valueOf: fail },
    'JSON that throws': { toJSON: fail },
    getters: Object.defineProperties(
      {},
      Object.fromEntries(['type', 'analytics', 'marketing'].map((name) => [name, { get: fail, enumerable: true }])),
    ),
    traps: new Proxy({}, { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail, getPrototypeOf: fail }),
    'a kind of page that is no text': { type: 1n },
    'a kind of page that throws': { type: { toString: fail } },
    'a decision that is none': { analytics: { toString: () => 'granted' }, marketing: 'yes', personalization: 1 },
  }
}
