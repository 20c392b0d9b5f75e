import { setTimeout as wait } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { openShop } from './open-shop.ts'

const blank =
  '<!doctype html><title>blank</title><script src="/footfall.js" data-write-key="wk_test" data-consent="analytics" data-page="off"></script>'

test('what a blocker turns down three times is not asked again on this page, and arrives once the blocker is gone', async () => {
  const shop = await openShop()
  try {
    const context = await shop.visitor()
    await context.route('**/blank', (route) => route.fulfill({ contentType: 'text/html', body: blank }))
    const page = await context.newPage()
    let turnedDown = 0
    page.on('requestfailed', (request) => {
      if (request.url().endsWith('/v1/events')) turnedDown++
    })
    // As an extension's rule does: the browser itself turns the request down, nothing goes on the network.
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    await devtools.send('Network.setBlockedURLs', { urls: ['*/v1/events'] })
    await page.goto(`${shop.url}/blank`)
    await page.evaluate('footfall.flush()') // what a page that is shown does by itself is over
    await page.evaluate(`for (let n = 0; n < 50; n++) footfall.track('product_viewed', { product_id: String(n) }); undefined`)
    await vi.waitFor(() => expect(turnedDown).toBeGreaterThan(2), 30_000)
    await wait(13_000) // the fourth attempt would come within four seconds, the fifth within eight more
    // What a blocker turns down takes no time, but 3 in 2,000 fall on a tick of the browser's clock and count as asked.
    const took = await page.evaluate(
      `performance.getEntriesByName(location.origin + '/v1/events').map(({ duration }) => duration)`,
    )
    expect(turnedDown).toBe((took as number[]).findIndex((ms, index) => index > 1 && ms === 0) + 1)
    expect(turnedDown).toBeLessThan(5)
    expect(await page.evaluate('footfall.stats().queued')).toBe(50)

    await page.close()
    await (await context.newPage()).goto(`${shop.url}/blank`)
    await vi.waitFor(async () => expect(await shop.rows()).toHaveLength(50), 30_000)
    expect((await shop.rows()).map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  } finally {
    await shop.close()
  }
})
