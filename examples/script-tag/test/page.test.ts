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

test('the tag that the README shows is the one on the page', () => {
  const tag = /<script async src=[^>]*><\/script>/.exec(html)?.[0].replace('__WRITE_KEY__', 'wk_shop')
  expect(readme).toContain(tag ?? 'a page with a tag')
})

test('nothing before the button is pressed; then the page view and the product, once each', async () => {
  const shop = await openShop()
  onTestFinished(() => shop.close())
  const page = await (await shop.visitor()).newPage()
  await page.goto(`${shop.url}/script-tag/`)
  await page.getByTestId('add').click()
  expect(await onDevice(page)).toEqual(emptyDevice)
  expect(shop.network.passed).toEqual([])

  await page.getByTestId('accept').click()
  await vi.waitFor(async () => expect(await shop.rows()).toHaveLength(2), { timeout: 20_000 })
  const rows = await shop.rows()
  expect(rows.map(({ name }) => name)).toEqual(['page_viewed', 'product_added'])
  for (const { consent } of rows) expect(consent).toMatchObject({ analytics: 'granted' })
})
