import { readFile } from 'node:fs/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { emptyDevice, onDevice, openShop } from '../../shop/test/open-shop.ts'

const beside = (path: string) => readFile(new URL(path, import.meta.url), 'utf8')
const html = await beside('../index.html')
const readme = await beside('../README.md')

test('the page carries the stub that the package ships', async () => {
  const stub = await beside('../../../packages/browser/src/stub.js')
  expect(html).toContain(`<script>${stub.trim()}</script>`)
})

test('the tags that the README shows are those on the page', () => {
  const tags = html.replace('__WRITE_KEY__', 'wk_shop').match(/<script async src=[^>]*><\/script>/g) ?? []
  expect(tags).toHaveLength(2)
  expect(readme).toContain(tags.join('\n'))
})

test('nothing before the banner is answered; then the answer, the page view and the product, once each', async () => {
  const shop = await openShop()
  onTestFinished(() => shop.close())
  const page = await (await shop.visitor()).newPage()
  await page.goto(`${shop.url}/script-tag/`)
  await page.getByTestId('add').click()
  await page.getByRole('region', { name: 'Privacy' }).waitFor()
  expect(await onDevice(page)).toEqual(emptyDevice)
  expect(shop.network.passed).toEqual([])

  await page.getByRole('button', { name: 'Choose' }).click()
  await page.getByRole('checkbox', { name: 'Statistics' }).check()
  await page.getByRole('button', { name: 'Save choice' }).click()
  await vi.waitFor(async () => expect(await shop.rows()).toHaveLength(3), { timeout: 20_000 })
  const rows = await shop.rows()
  expect(rows.map(({ name }) => name).toSorted()).toEqual(['consent_updated', 'page_viewed', 'product_added'])
  const expected = { analytics: 'granted', marketing: 'denied', source: 'banner', version: '2026-11' }
  for (const { consent } of rows) expect(consent).toMatchObject(expected)
})

test('the button in the page opens the answer again, and one click takes it back', async () => {
  const shop = await openShop()
  onTestFinished(() => shop.close())
  const page = await (await shop.visitor()).newPage()
  await page.goto(`${shop.url}/script-tag/`)
  await page.getByRole('button', { name: 'Accept all' }).click()
  await page.getByTestId('settings').click()
  expect(await page.getByRole('checkbox', { name: 'Statistics' }).isChecked()).toBe(true)
  await page.getByRole('button', { name: 'Refuse all' }).click()
  await page.reload()
  await page.waitForFunction(() => 'stats' in Object(Reflect.get(window, 'footfall')))
  expect(await page.evaluate(() => JSON.parse(localStorage['footfall:wk_test:consent']).analytics)).toBe('denied')
  expect(await page.getByRole('region', { name: 'Privacy' }).count()).toBe(0)
})

test('told to count, the banner tells the collector that it asked and what was answered, and the collector takes it', async () => {
  const shop = await openShop()
  onTestFinished(() => shop.close())
  const page = await (await shop.visitor()).newPage()
  await page.route('**/script-tag/', async (route) => {
    const response = await route.fetch()
    const counting = 'data-count="/v1/consent" data-write-key="wk_test" data-version="2026-11"'
    await route.fulfill({ response, body: (await response.text()).replace('data-policy-url', `${counting} data-policy-url`) })
  })
  const told: [status: number, body: unknown][] = []
  page.on('response', async (response) => {
    if (response.url().endsWith('/v1/consent')) told.push([response.status(), response.request().postDataJSON()])
  })
  await page.goto(`${shop.url}/script-tag/`)
  await vi.waitFor(() => expect(told).toHaveLength(1), 10_000)
  await page.getByRole('button', { name: 'Refuse all' }).click()
  await vi.waitFor(() => expect(told).toHaveLength(2), 10_000)
  const about = { write_key: 'wk_test', policy_version: '2026-11', source: 'banner' }
  const all = (state: string) => ({ analytics: state, personalization: state, marketing: state })
  expect(told).toEqual([
    [200, { ...about, purposes: all('unknown') }],
    [200, { ...about, purposes: all('denied'), method: 'refuse_all' }],
  ])
  expect(shop.network.passed).toEqual([])
})
