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
  await page.getByText('Connected', { exact: true }).waitFor({ state: 'attached' })
}

const post = async (body: string, headers = {}): Promise<unknown> =>
  (
    await fetch(new URL('../v1/events', site.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': '', ...headers },
      body,
    })
  ).json()
const send = (...events: readonly object[]): Promise<unknown> =>
  post(JSON.stringify({ write_key: writeKey, events: events.map((event) => ({ ...visit, id: randomUUID(), ...event })) }))
const sendAsServer = (...events: readonly object[]): Promise<unknown> =>
  post(JSON.stringify({ write_key: writeKey, events }), { authorization: `Bearer ${secretKey}` })
const dayOf = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)
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

  test('what a till left open is settled on the page, and what was kept aside is counted', async () => {
    const sale = (daysAgo: number) => ({
      ...{ id: randomUUID(), name: 'pos_purchase_completed', source: 'till-paris', user_id: 'customer-1' },
      ...{ occurred_at: `${dayOf(daysAgo)} 10:15`, consent: { analytics: 'granted' } },
      properties: { receipt_id: `R-${daysAgo}`, store_id: 'paris', total: 20, currency: 'EUR', products: [] },
    })
    await sendAsServer(sale(2), sale(3))
    const page = await open(`${site.url}#quality`)
    await signIn(page)
    const kept = page.getByRole('region', { name: 'Kept aside' })
    await until(() => kept.locator('summary code').allTextContents(), ['DT-LOCAL-NOZONE', 'DT-LOCAL-NOZONE'])
    await page.getByText('Do not rely on these numbers yet: 2 events (100%) could not be read').waitFor()
    await kept.locator('summary').first().click()
    await kept.getByText('Give its source a time zone').waitFor()
    expect(await kept.locator('pre').first().textContent()).toContain('"source":"till-paris"')
    await kept.getByLabel('Changes to it').fill('{"properties":{"receipt_id":null}}')
    await kept.getByRole('button', { name: 'Only try' }).click()
    await page.getByText('Only tried, nothing has changed. 1 event replayed: 1 still not readable.').waitFor()

    const settle = async (timeZone: string) => {
      await page.getByRole('button', { name: 'Settings of till-paris' }).click()
      await page.getByLabel('Channel').selectOption('pos')
      await page.getByLabel('Time zone').fill(timeZone)
      await page.getByRole('button', { name: 'Save' }).click()
    }
    await settle('Paris')
    await page.locator('.details > [role=status]').getByText(/zone/i).waitFor()
    await settle('Europe/Paris')
    await page.getByText('till-paris is saved.').waitFor()
    await kept.getByLabel('Source').selectOption('till-paris')
    await kept.getByRole('button', { name: 'Replay all of these' }).click()
    await page.getByText('2 events replayed: 2 accepted.').waitFor()
    await kept.getByText('Nothing of this kind is kept aside from these days.').waitFor()
    await page.getByText('You can trust these numbers').waitFor()
    await page.getByRole('link', { name: 'Traffic' }).click()
    await until(async () => (await figures(page)).slice(3), ['2', '€40.00'])
  })

  test('a name that nobody knows is told what it means, also for what is stored, and back', async () => {
    const order = { order_id: 'A-1', total: 84.5, currency: 'EUR', products: [] }
    await send({ name: 'Kasse/fertig?', properties: order }, { name: 'page_viewed', page: { url: 'https://shop.example/' } })
    const page = await open(`${site.url}#quality`)
    await signIn(page)
    const unknown = page.getByRole('region', { name: 'Unknown names' })
    await unknown.getByLabel('Kasse/fertig? counts as').fill('order_done')
    await page.keyboard.press('Enter')
    await page.getByText('is no name of the catalogue').waitFor()
    await unknown.getByLabel('Kasse/fertig? counts as').fill('order_completed')
    await page.keyboard.press('Enter')
    await page.getByText('Kasse/fertig? counts as order_completed from now on. 1 stored event followed.').waitFor()
    await until(() => figures(page), ['2', '1', '1', '1', '€84.50'])
    await page.getByRole('button', { name: 'Undo Kasse/fertig?' }).click()
    await page.getByText('Kasse/fertig? stands for itself again. 1 stored event followed.').waitFor()
    await unknown.getByLabel('Kasse/fertig? counts as').waitFor()
    await until(() => figures(page), ['2', '1', '1', '0', '€0.00'])
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
    await page.getByText('Connected', { exact: true }).waitFor({ state: 'attached' })
    await send({ name: 'page_viewed', page: { url: 'https://shop.example/2' } })
    await until(() => verdicts(page), ['Accepted', 'Accepted'])
    await until(async () => (await figures(page))[0], '2')
  })
})
