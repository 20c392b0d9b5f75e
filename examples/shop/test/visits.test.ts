import { setTimeout as wait } from 'node:timers/promises'
import type { ConsentSnapshot } from '@footfall/events'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { emptyDevice, type OpenShop, onDevice, openShop, secretKey } from './open-shop.ts'

let shop: OpenShop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

/** Opens the shop as a visitor who was never here. */
async function enter(): Promise<Page> {
  const page = await (await shop.visitor()).newPage()
  await page.goto(`${shop.url}/shop/`)
  await page.getByRole('region', { name: 'May we take notes?' }).waitFor()
  return page
}

const click = (page: Page, testId: string) => page.getByTestId(testId).click()
const answer = (page: Page, button: string) => page.getByRole('button', { name: button }).click()

async function lookAround(page: Page): Promise<void> {
  await click(page, 'nav-tea')
  await page.getByTestId('product-card-sencha-first-light').getByRole('link').first().click()
  await page.getByTestId('add-to-cart').waitFor()
}

async function putInCart(page: Page, category: string, product: string): Promise<void> {
  await click(page, `nav-${category}`)
  await page.getByTestId(`product-card-${product}`).getByRole('link').first().click()
  await click(page, 'add-to-cart')
}

async function logIn(page: Page): Promise<void> {
  await click(page, 'open-account')
  await page.getByTestId('login-email').fill('mara@example.com')
  await page.getByTestId('login-password').fill('whatever')
  await click(page, 'login-submit')
  await page.getByTestId('logout').waitFor()
}

async function order(page: Page): Promise<void> {
  await click(page, 'open-cart')
  await click(page, 'go-to-checkout')
  await page.getByTestId('checkout-name').fill('Ada Blatt')
  await page.getByTestId('checkout-email').fill('ada@example.com')
  await click(page, 'checkout-next')
  await click(page, 'method-pickup')
  await click(page, 'checkout-next')
  await click(page, 'checkout-next')
  await click(page, 'place-order')
  await page.getByTestId('order-id').waitFor()
}

const names = async () => (await shop.rows()).map(({ name }) => name)

/** Waits until the store has so many of these. */
const arrived = (name: string, count = 1) =>
  vi.waitFor(async () => expect((await names()).filter((each) => each === name)).toHaveLength(count), { timeout: 30_000 })

test('a visitor who agrees half-way: nothing before, then every event in order and once, through an offline order', async () => {
  const page = await enter()
  await lookAround(page)
  await page.reload()
  await page.getByTestId('add-to-cart').waitFor()
  expect(await onDevice(page)).toEqual(emptyDevice)
  expect(shop.network.passed).toEqual([])

  await answer(page, 'Choose')
  await page.getByRole('checkbox', { name: 'Statistics' }).check()
  await answer(page, 'Save choice')
  await putInCart(page, 'tea', 'sencha-first-light')
  await putInCart(page, 'ceramics', 'round-teapot')
  await logIn(page)
  await arrived('logged_in')
  const sentOnline = shop.network.passed.length

  await page.getByTestId('offline-switch').click()
  await order(page)
  await wait(1_000) // long enough for a batch to leave, were there a network
  expect(shop.network.passed).toHaveLength(sentOnline)
  expect(await names()).not.toContain('order_completed')

  await page.getByTestId('offline-switch').click()
  await arrived('order_completed')

  const stored = await shop.rows()
  // The decision went ahead of all that it let go.
  expect(stored.find(({ seq }) => seq === 1)).toMatchObject({
    name: 'consent_updated',
    properties: { purposes: { analytics: 'granted', marketing: 'denied' }, source: 'banner', method: 'choose' },
  })
  const rows = stored.filter(({ name }) => name !== 'consent_updated')
  expect(rows.map(({ name }) => name)).toEqual([
    // What the page held since it was loaded, released by the grant. The pages before it forgot theirs when they were left.
    ...['page_viewed', 'product_viewed', 'experiment_viewed'],
    ...['page_viewed', 'product_list_viewed', 'product_clicked'],
    ...['page_viewed', 'product_viewed', 'experiment_viewed', 'product_added'],
    ...['page_viewed', 'product_list_viewed', 'product_clicked'],
    ...['page_viewed', 'product_viewed', 'experiment_viewed', 'product_added'],
    ...['page_viewed', 'logged_in'],
    ...['page_viewed', 'cart_viewed'],
    ...['page_viewed', 'checkout_started', 'checkout_step_completed', 'checkout_step_completed'],
    ...['payment_info_entered', 'checkout_step_completed', 'checkout_step_completed'],
    ...['page_viewed', 'order_completed'],
  ])
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 2))
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  expect(new Set(rows.map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
  const occurred = rows.map(({ occurred_at }) => occurred_at)
  expect(occurred).toEqual(occurred.toSorted())
  const loggedIn = rows.findIndex(({ name }) => name === 'logged_in')
  expect(rows.map(({ user_id }) => user_id)).toEqual(rows.map((_, index) => (index < loggedIn ? null : 'cust_1042')))
  expect(rows.at(-1)).toMatchObject({
    original_name: 'order_completed',
    channel: 'web',
    bot: false,
    ip: '127.0.0.0',
    device: { type: 'desktop', browser: 'Chrome', os: 'Linux' },
    consent: { analytics: 'granted', personalization: 'denied', marketing: 'denied', version: '2026-11' },
    money: { total: { minor: 7290, currency: 'EUR', base_minor: 7290, base_currency: 'EUR' } },
    duplicate_of: null,
    quality: { status: 'clean', repairs: [] },
  })

  const reports = await (await shop.visitor()).newPage()
  await reports.goto(`${shop.url}/reports/`)
  await reports.getByLabel('Secret key').fill(secretKey)
  await reports.keyboard.press('Enter')
  await reports.getByText('order_completed').first().waitFor()
  await reports.getByText('€72.90').waitFor()
}, 120_000)

test('a visitor who refuses: the refusal stays on the device, and nothing else, and nothing leaves it', async () => {
  const page = await enter()
  await lookAround(page)
  await answer(page, 'Refuse all')
  await putInCart(page, 'ceramics', 'round-teapot')
  await logIn(page)
  await order(page)
  await page.reload()
  await page.getByTestId('order-id').waitFor()
  const device = await onDevice(page)
  // What begins with `shop.` is the shop's own cart and account.
  expect({ ...device, localStorage: device.localStorage.filter((key) => !key.startsWith('shop.')) }).toEqual({
    ...emptyDevice,
    localStorage: ['footfall:wk_test:consent'],
  })
  expect(JSON.parse(await page.evaluate(() => localStorage['footfall:wk_test:consent']))).toEqual({
    analytics: 'denied',
    personalization: 'denied',
    marketing: 'denied',
    decided_at: expect.any(Number),
    source: 'banner',
    version: '2026-11',
  })
  expect(shop.network.passed).toEqual([])
  expect(await shop.rows()).toEqual([])
}, 120_000)

test('a visitor who takes consent back half-way: what waited is gone from every tab, one record is sent, and nothing after it', async () => {
  const page = await enter()
  await answer(page, 'Accept all')
  await lookAround(page)
  await arrived('product_viewed')
  const before = await shop.rows()

  const otherTab = await page.context().newPage()
  await otherTab.goto(`${shop.url}/shop/c/ceramics`)
  await arrived('product_list_viewed', 3)
  const seenByBoth = await shop.rows()

  // Both tabs have something waiting when the visitor changes their mind.
  shop.network.become({ kind: 'refuse' })
  await putInCart(page, 'ceramics', 'round-teapot')
  await putInCart(otherTab, 'paper', 'letter-set')
  await click(page, 'privacy-choices')
  await answer(page, 'Refuse all')
  await vi.waitFor(() => otherTab.evaluate(() => localStorage['footfall:wk_test:consent'].includes('denied')), 10_000)
  await putInCart(page, 'tea', 'sencha-first-light')
  await putInCart(otherTab, 'tea', 'sencha-first-light')
  shop.network.become({ kind: 'none' })
  await arrived('consent_updated', 2)
  await page.reload()
  await page.getByTestId('add-to-cart').waitFor()
  await wait(1_000) // long enough for a batch to leave, were there one

  const rows = await shop.rows()
  expect(rows.slice(0, -1)).toEqual(seenByBoth)
  expect(rows.at(-1)).toMatchObject({
    name: 'consent_updated',
    anonymous_id: null,
    user_id: null,
    session: null,
    properties: {
      purposes: { analytics: 'denied' },
      method: 'refuse_all',
      previous_record_id: (before[0]?.consent as ConsentSnapshot | null)?.record_id,
    },
  })
  for (const tab of [page, otherTab]) {
    const keys = (await onDevice(tab)).localStorage.filter((key) => !key.startsWith('shop.'))
    expect(keys).toEqual(['footfall:wk_test:consent'])
  }
  const left = await page.evaluate(async () => {
    const open = indexedDB.open('footfall:wk_test')
    await new Promise((resolve) => {
      open.onsuccess = resolve
    })
    const all = open.result.transaction('events').objectStore('events').getAllKeys()
    await new Promise((resolve) => {
      all.onsuccess = resolve
    })
    return all.result
  })
  expect(left).toEqual([])
}, 120_000)
