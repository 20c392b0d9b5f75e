import { setTimeout as wait } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type OpenShop, openShop } from './open-shop.ts'

const count = 50
/** A page with the tracker and nothing else, whose visitor has agreed. */
const blank =
  '<!doctype html><title>blank</title><script src="/footfall.js" data-write-key="wk_test" data-consent="analytics" data-page="off"></script>'

let shop: OpenShop
let context: BrowserContext
beforeEach(async () => {
  shop = await openShop()
  context = await shop.visitor()
  await context.route('**/blank*', (route) => route.fulfill({ contentType: 'text/html', body: blank }))
})
afterEach(() => shop.close())

async function openPage(): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${shop.url}/blank`)
  return page
}

/** Tracks events with these numbers in one task, and does what comes after in the same task. */
const track = (page: Page, from: number, to: number, afterwards = '') =>
  page.evaluate(
    `for (let n = ${from}; n <= ${to}; n++) footfall.track('product_viewed', { product_id: String(n) }); ${afterwards}; undefined`,
  )

/** Each number is in the store, and each once. */
const allArrived = (upTo = count) =>
  vi.waitFor(
    async () => {
      const numbers = (await shop.rows()).map(({ properties }) => Number((properties as { product_id: string }).product_id))
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: upTo }, (_, index) => index + 1))
    },
    { timeout: 45_000, interval: 200 },
  )

/** Every visitor's numbers run from one without a hole or a repeat. */
async function isNumberedWhole(): Promise<void> {
  const byVisitor = Map.groupBy(await shop.rows(), ({ anonymous_id }) => anonymous_id)
  for (const rows of byVisitor.values()) {
    const numbers = rows.map(({ seq }) => seq ?? 0).toSorted((a, b) => a - b)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  }
}

test('all is well: every event once, in order', async () => {
  await track(await openPage(), 1, count)
  await allArrived()
  await isNumberedWhole()
  expect((await shop.rows()).map(({ seq }) => seq)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
})

test.each([
  { name: 'the collector is down for seconds', fault: { kind: 'refuse' } },
  { name: 'the collector answers 503', fault: { kind: 'status', status: 503, headers: { 'retry-after': '1' } } },
  { name: 'the collector answers 429 without a word', fault: { kind: 'status', status: 429 } },
  {
    name: 'a portal answers 200 with a page of its own',
    fault: { kind: 'status', status: 200, body: '<h1>Welcome to the hotel</h1>' },
  },
  { name: 'receipts are lost after the commit', fault: { kind: 'lose-receipt' } },
  { name: 'receipts arrive in half', fault: { kind: 'cut-receipt' } },
] as const)('$name while the page stays: every event once', async ({ fault }) => {
  shop.network.become(fault)
  const page = await openPage()
  await track(page, 1, count)
  await vi.waitFor(() => expect(shop.network.passed.length).toBeGreaterThan(1), 30_000)
  shop.network.become({ kind: 'none' })
  await allArrived()
  await isNumberedWhole()
})

test.each([
  { name: 'down', fault: { kind: 'refuse' } },
  { name: 'hanging', fault: { kind: 'hang' } },
] as const)('the collector is $name, the tab is closed, and the visitor comes back: every event once', async ({ fault }) => {
  shop.network.become(fault)
  const page = await openPage()
  await track(page, 1, count)
  await vi.waitFor(() => expect(shop.network.passed.length).toBeGreaterThan(0), 30_000)
  await page.close()
  shop.network.become({ kind: 'none' })
  await openPage()
  await allArrived()
  await isNumberedWhole()
})

test('the page is left in the same task: every event once', async () => {
  const page = await openPage()
  await track(page, 1, count, `location.href = '/blank?next'`)
  await page.waitForURL('**/blank?next')
  await allArrived()
})

/** Opens a tab that may close itself. A page without a tracker stays open beside it: a browser's last tab takes the browser along. */
async function openTab(): Promise<Page> {
  const opener = await context.newPage()
  await opener.goto(`${shop.url}/livez`)
  const opened = context.waitForEvent('page')
  await opener.evaluate(() => {
    window.open('/blank?tab')
  })
  const tab = await opened
  await tab.waitForFunction('window.footfall')
  return tab
}

test('the tab is closed in the same task: every event once, without another visit', async () => {
  const tab = await openTab()
  await track(tab, 1, count, 'window.close()')
  await allArrived()
})

test('the tab is closed in the same task while the collector is down: the next visit brings every event once', async () => {
  const tab = await openTab()
  shop.network.become({ kind: 'refuse' })
  await track(tab, 1, count, 'window.close()')
  await wait(500)
  shop.network.become({ kind: 'none' })
  await openPage()
  await allArrived()
  await isNumberedWhole()
})

test('the renderer is killed soon after, with the collector down: the next visit brings every event once', async () => {
  const page = await openPage()
  shop.network.become({ kind: 'refuse' })
  await track(page, 1, count)
  await wait(200)
  const devtools = await context.newCDPSession(page)
  void devtools.send('Page.crash').catch(() => {}) // the session ends with the renderer
  await page.waitForEvent('crash')
  await page.close()
  shop.network.become({ kind: 'none' })
  await openPage()
  await allArrived()
  await isNumberedWhole()
})

test('two tabs, the collector down, one of them closed: every event once', async () => {
  const [first, second] = [await openPage(), await openPage()]
  shop.network.become({ kind: 'refuse' })
  await Promise.all([track(first, 1, 25), track(second, 26, count)])
  await wait(300)
  await first.close()
  shop.network.become({ kind: 'none' })
  await allArrived()
  await isNumberedWhole()
})

test('the device is offline and comes back: every event once, soon', async () => {
  const page = await openPage()
  await context.setOffline(true)
  await track(page, 1, count)
  await wait(1_500)
  await context.setOffline(false)
  await allArrived()
  await isNumberedWhole()
})

test('a batch that the collector finds too large is cut until it fits', async () => {
  const page = await openPage()
  await page.evaluate(
    `for (let n = 1; n <= ${count}; n++) footfall.track('product_viewed', { product_id: String(n), description: crypto.randomUUID().repeat(600) }); undefined`,
  )
  await allArrived()
  await isNumberedWhole()
})
