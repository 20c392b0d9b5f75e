import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollector, type ListeningCollector, listen } from '@footfall/collector'
import { Hono } from 'hono'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { useChromium } from './open-page.ts'
import { bundlePage, pagePolicy } from './page-server.ts'

const open = useChromium()
const writeKey = 'wk_shop'
const secretKey = 'sk_only_for_this_test'

let folder: string
let site: { readonly url: string; close(): Promise<void> }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'footfall-reports-'))
  site = await start(0)
})
afterEach(async () => {
  await site.close()
  await rm(folder, { recursive: true })
})

/** A real collector with its store, in a host's app and under a path, with the page as it is in `src` now. */
async function start(port: number): Promise<typeof site> {
  const files = await bundlePage()
  const collector = createCollector({ dataDir: folder, writeKey, secretKey, logLevel: 'silent', timezone: 'Europe/Berlin' })
  const host = new Hono()
  for (const [name, { type, text }] of files) {
    host.get(`/count/reports/${name}`, (c) => c.body(text, 200, { 'content-type': type, 'content-security-policy': pagePolicy }))
  }
  host.route('/count', collector)
  await collector.ready
  const listening: ListeningCollector = await listen(host, '127.0.0.1', port)
  return {
    url: `${listening.url}/count/reports/`,
    async close() {
      await collector.close()
      await listening.close(0)
    },
  }
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Secret key').fill(secretKey)
  await page.keyboard.press('Enter')
  await page.getByText('Connected', { exact: true }).waitFor()
}

const post = async (body: string): Promise<unknown> =>
  (
    await fetch(new URL('../v1/events', site.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': '' },
      body,
    })
  ).json()
const send = (...events: readonly object[]): Promise<unknown> =>
  post(JSON.stringify({ write_key: writeKey, events: events.map((event) => ({ ...visit, id: randomUUID(), ...event })) }))
const visit = { anonymous_id: 'visitor-1', session: { id: 'session-1' }, consent: { analytics: 'granted' } }

const figures = async (page: Page): Promise<readonly (string | null)[]> => page.locator('.figure dd').allTextContents()
const verdicts = (page: Page) => page.locator('.arrival .verdict').allTextContents()
const until = async <T>(read: () => Promise<T>, wanted: T): Promise<void> =>
  expect.poll(read, { timeout: 15_000, interval: 50 }).toEqual(wanted)

describe('against a real collector', { timeout: 60_000 }, () => {
  test('what the empty page tells to send is the first event, and running it twice counts once', async () => {
    const page = await open(site.url)
    await page.getByLabel('Secret key').fill('sk_of_someone_else')
    await page.keyboard.press('Enter')
    await page.getByText('This is not the secret key of this collector').waitFor()
    await signIn(page)

    const command = (await page.getByRole('region', { name: 'From a terminal: what to copy' }).textContent()) ?? ''
    const body = (/-d '(.*)'$/s.exec(command)?.[1] ?? '').replace('YOUR_WRITE_KEY', writeKey)
    expect(command).toContain(new URL('../v1/events', site.url).href)
    await post(body)
    await page.locator('.figures').waitFor()
    expect(await page.locator('.first-event').isVisible()).toBe(false)
    expect((await figures(page)).slice(0, 2)).toEqual(['1', '1'])
    await post(body)
    await until(() => verdicts(page), ['Duplicate', 'Accepted'])
    await until(() => page.locator('.account .number').allTextContents(), ['1', '1', '0', '0', '2'])
    expect((await figures(page)).slice(0, 2)).toEqual(['1', '1'])
  })

  test('an order is seen live and in the figures; what was refused says why and is accounted for', async () => {
    const page = await open(site.url)
    await signIn(page)
    const order = { order_id: 'A-1', total: 84.5, currency: 'EUR', products: [{ product_id: 'teapot', quantity: 1 }] }
    await send(
      { name: 'Add To Cart', properties: { product_id: 'teapot', quantity: 1, price: 84.5, currency: 'EUR' } },
      { name: 'order_completed', properties: order },
      { name: 'order_completed', properties: order },
      { name: 'order_completed', properties: { ...order, order_id: undefined } },
      { name: 'ad_clicked', properties: { ad_id: 'autumn' } },
    )
    await until(() => verdicts(page), ['Rejected', 'Quarantined', 'Accepted', 'Accepted', 'Accepted'])
    const list = page.locator('.arrivals')
    await list.getByText('consent_missing').waitFor()
    await list.getByText('missing_required').waitFor()
    await list.getByText('sent as Add To Cart').waitFor()
    expect(await list.getByText('A-1').count()).toBe(2)
    await until(() => figures(page), ['2', '1', '1', '1', '€84.50'])
    await page.getByText('Not counted here: 1 repeat of what was already counted').waitFor()
    expect(await page.locator('.account .number').allTextContents()).toEqual(['3', '0', '1', '1', '5'])
    await page.getByText('It adds up').waitFor()
  })

  test('the figures can be downloaded', async () => {
    await send({ name: 'page_viewed', page: { url: 'https://shop.example/' } })
    const page = await open(site.url)
    await signIn(page)
    await page.getByText('The same as a table').click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download as CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^traffic-.*\.csv$/)
  })

  test('a collector that restarts is found again, with everything it had', async () => {
    const page = await open(site.url)
    await signIn(page)
    await send({ name: 'page_viewed', page: { url: 'https://shop.example/' } })
    await until(() => verdicts(page), ['Accepted'])
    await site.close()
    await page.getByText('Reconnecting …').waitFor()
    site = await start(Number(new URL(site.url).port))
    await page.getByText('Connected', { exact: true }).waitFor()
    await send({ name: 'page_viewed', page: { url: 'https://shop.example/2' } })
    await until(() => verdicts(page), ['Accepted', 'Accepted'])
    await until(async () => (await figures(page))[0], '2')
  })
})
