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
 *
 * A page of its own costs each test a process: those that want nothing special take turns in one, which forgets in between. Nothing moves,
 * unless a test wants it to: drawing each frame of what moves is most of what the machine would do.
 */
export function useChromium(): (url: string, options?: OpenOptions) => Promise<Page> {
  let browser: Browser
  let shared: Page | undefined
  let origin = ''
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  afterAll(() => browser.close())
  afterEach(async () => {
    const own = browser.contexts().filter((context) => context !== shared?.context())
    await Promise.all([...own.map((context) => context.close()), forget(shared)])
    expect(complaints.splice(0), 'the page complained').toEqual([])
  })

  const newPage = async (options: BrowserContextOptions): Promise<Page> => {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'America/New_York',
      viewport,
      reducedMotion: 'reduce',
      ...options,
    })
    const page = await context.newPage()
    page.on('pageerror', (cause) => complaints.push(String(cause)))
    page.on('console', (line) => {
      // A refused request is printed by the browser itself, whatever the page does about it.
      if (!line.text().startsWith('Failed to load resource')) complaints.push(line.text())
    })
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin && !request.url().startsWith('data:')) complaints.push(request.url())
    })
    return page
  }

  return async (url, { session, stopAt, ...options } = {}) => {
    origin = new URL(url).origin
    const isPlain = stopAt === undefined && Object.keys(options).length === 0
    if (isPlain) shared ??= await newPage({})
    const page = isPlain && shared !== undefined ? shared : await newPage(options)
    if (session !== undefined) await page.context().addCookies([session])
    if (stopAt !== undefined) await page.clock.install({ time: stopAt })
    await page.goto(url)
    return page
  }
}

const viewport = { width: 1280, height: 800 }

async function forget(page: Page | undefined): Promise<void> {
  if (page === undefined) return
  await page.goto('about:blank')
  await page.unrouteAll()
  await Promise.all([page.context().clearCookies(), page.setViewportSize(viewport), page.emulateMedia({ colorScheme: null })])
}
