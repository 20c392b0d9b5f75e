import { launchChromium } from '@footfall/testkit/browsers'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

export interface OpenOptions extends BrowserContextOptions {
  /** The session cookie of someone who has signed in before. */
  readonly session?: { readonly name: string; readonly value: string; readonly domain: string; readonly path: string }
  /** Stops the page's clock then, so that a test can make later happen now. */
  readonly stopAt?: Date
}

/**
 * Opens pages in a real Chromium for the tests of this file, and lets none of them pass in which the page threw, printed, broke its
 * own content security policy or talked to anyone but the collector.
 */
export function useChromium(): (url: string, options?: OpenOptions) => Promise<Page> {
  let browser: Browser
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  afterAll(() => browser.close())
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    expect(complaints.splice(0), 'the page complained').toEqual([])
  })

  return async (url, { session, stopAt, ...options } = {}) => {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'America/New_York',
      viewport: { width: 1280, height: 800 },
      ...options,
    })
    const page = await context.newPage()
    page.on('pageerror', (cause) => complaints.push(String(cause)))
    page.on('console', (line) => {
      // A refused request is printed by the browser itself, whatever the page does about it.
      if (!line.text().startsWith('Failed to load resource')) complaints.push(line.text())
    })
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(url).origin && !request.url().startsWith('data:'))
        complaints.push(request.url())
    })
    if (session !== undefined) await context.addCookies([session])
    if (stopAt !== undefined) await page.clock.install({ time: stopAt })
    await page.goto(url)
    return page
  }
}
