import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { emptyTraffic, liveEventOf, liveMessageOf, qualityOf, quarantinedOf, sourceOf, unknownOf } from './builders.ts'
import { useChromium } from './open-page.ts'
import { type PageServer, startPageServer } from './page-server.ts'

const open = useChromium()
let server: PageServer

beforeEach(async () => {
  server = await startPageServer()
  server.answers.replay = liveMessageOf(
    liveEventOf(),
    liveEventOf({ status: 'duplicate' }),
    liveEventOf({ status: 'quarantined', code: 'bad_currency', detail: '"EURO" is not an ISO 4217 code', bot: true }),
    liveEventOf({
      status: 'rejected',
      code: 'consent_missing',
      detail: 'marketing was denied',
      name: 'x'.repeat(64),
      summary: 'y'.repeat(300),
    }),
  )
})
afterEach(() => server.close())

type Options = Parameters<typeof open>[1]

/** Ways into each state of the page. */
const states = {
  'signing in': async (options: Options) => {
    const page = await open(server.url, options)
    await page.getByLabel('Secret key').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('This is not the secret key').waitFor()
    return page
  },
  figures: async (options: Options) => {
    const page = await openSignedIn(options)
    await page.getByText('Custom').click()
    await page.getByText('The same as a table').click()
    await page.locator('.arrival').nth(3).waitFor()
    return page
  },
  'data quality': async (options: Options) => {
    const page = await openDataQuality(options)
    await page.locator('.kept summary').first().click()
    await page.getByText('As it was sent').waitFor()
    return page
  },
  'a question': async (options: Options) => {
    const page = await openDataQuality(options)
    await page.getByRole('button', { name: 'Settings of till-paris' }).click()
    await page.getByRole('dialog').waitFor()
    return page
  },
  'before the first event': async (options: Options) => {
    server.answers.traffic = emptyTraffic
    const page = await openSignedIn(options)
    await server.send(liveMessageOf(liveEventOf({ status: 'rejected' })))
    await page.locator('.first-event .notice').waitFor()
    return page
  },
  'a fault': async (options: Options) => {
    server.answers.fault = { status: 503, body: '{"detail":"overloaded"}' }
    const page = await openSignedIn(options)
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    return page
  },
} as const

async function openDataQuality(options: Options): Promise<Page> {
  const long = 'x'.repeat(64)
  Object.assign(server.answers, {
    sources: [sourceOf({ status: 'silent' }), sourceOf({ id: long, is_registered: false, status: 'new' })],
    quality: () => qualityOf({ unknown_names: [unknownOf(), unknownOf({ name: long, suggestion: null })] }),
    aliases: [{ from: long, to: 'order_completed', created_at: '2026-11-19T10:00:00.000Z' }],
    quarantine: [quarantinedOf({ raw: long.repeat(4) }), quarantinedOf({ key: 'b2'.repeat(16), name: long, source: long })],
  })
  const page = await open(`${server.url}#quality`, { session: server.session, ...options })
  await page.locator('.kept summary').nth(1).waitFor()
  return page
}

async function openSignedIn(options: Options = {}): Promise<Page> {
  const page = await open(server.url, { session: server.session, ...options })
  await page.getByText('Connected', { exact: true }).waitFor()
  return page
}

/** One page for each state: what is wrong with it is all listed. */
describe('everything can be seen, pressed and read', { timeout: 60_000 }, () => {
  // The narrowest that is sold.
  const phone = { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true }

  test.each(Object.entries(states).map(([name, reach]) => ({ name, reach })))('$name', async ({ reach }) => {
    const page = await reach(phone)
    // A page that is too wide is zoomed out by the browser, so that its width says so.
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect.soft(widths, 'nothing reaches beyond the edge of a phone').toEqual([360, 360])
    expect.soft(await page.evaluate(smallButtons), 'all that is pressed is large enough for a finger').toEqual([])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect.soft(await page.evaluate(faintTexts), `texts are strong enough, ${colorScheme}`).toEqual([])
    }
    await page.setViewportSize({ width: 1280, height: 800 })
    expect.soft(await page.evaluate(faintTexts), 'texts are strong enough on a desk').toEqual([])
  })
})

describe('by keyboard', { timeout: 30_000 }, () => {
  test('the page is built of landmarks and headings in order, and the first stop skips to the content', async () => {
    const page = await openSignedIn()
    await page.getByRole('heading', { name: 'Traffic' }).waitFor()
    for (const role of ['banner', 'navigation', 'main'] as const) expect(await page.getByRole(role).count()).toBe(1)
    const headings = page.locator('h1, h2, h3')
    const levels = await headings.evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.tagName))
    expect(levels).toEqual(['H1', 'H2', 'H2', 'H2', 'H2', 'H2', 'H2'])
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
  })

  test('every control is reached, in the order of the page, and shows that it has the focus', async () => {
    const page = await states.figures({})
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await page.locator('.skip-link').focus()
    const stops: string[] = []
    for (let stop = 0; stop < 40; stop += 1) {
      await page.keyboard.press('Tab')
      const [name, isVisible] = await page.evaluate(() => {
        const focused = document.activeElement
        if (focused === null || focused === document.body) return ['', true]
        const shown = focused.matches('[type=radio]') ? focused.nextElementSibling : focused
        const { outlineStyle, outlineWidth } = getComputedStyle(shown ?? focused)
        const label =
          focused.getAttribute('aria-label') ?? (focused as HTMLInputElement).labels?.[0]?.textContent ?? focused.textContent
        return [label ?? '', outlineStyle !== 'none' && outlineWidth !== '0px']
      })
      if (name === '') break
      expect(isVisible, `${name} shows its focus`).toBe(true)
      if (stops.at(-1) !== name) stops.push(name)
    }
    expect(stops.map((name) => name.replaceAll(/\s*\d+$/g, ''))).toEqual([
      'Traffic',
      'Data quality',
      'Sign out',
      'Custom',
      'From',
      'to',
      'Show',
      'What this rests on',
      'The same as a table',
      'Table of events and visitors by day',
      'Download as CSV',
      'Table: Completeness',
      'Pause',
      'All',
      'Accepted',
      'Duplicate',
      'Quarantined',
      'Rejected',
      'Only events whose name contains',
    ])
  })
})

test('what arrives is marked by motion, but not for someone who asked for stillness', { timeout: 30_000 }, async () => {
  const page = await openSignedIn({ reducedMotion: 'no-preference' })
  const moving = () => page.evaluate(() => document.getAnimations().length)
  await page.locator('.arrival').nth(3).waitFor()
  expect(await moving()).toBeGreaterThan(0)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  expect(await moving()).toBe(0)
})

/** Runs in the page: everything that can be pressed and is lower than a finger needs. */
function smallButtons(): { what: string; height: number }[] {
  const pressed = 'button, summary, select, nav a, .segments label, input:not([type=radio])'
  return [...document.querySelectorAll(pressed)]
    .filter((one) => one.checkVisibility())
    .map((one) => ({ what: one.outerHTML, height: one.getBoundingClientRect().height }))
    .filter(({ height }) => height < 40)
}

/** Runs in the page: every text whose contrast with what is behind it is below 4.5:1 (WCAG 2.2, 1.4.3). */
function faintTexts(): string[] {
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const over = (colour: string, ground: readonly number[]): number[] => {
    if (paint === null) return []
    paint.fillStyle = `rgb(${ground.join(' ')})`
    paint.fillRect(0, 0, 1, 1)
    paint.fillStyle = colour
    paint.fillRect(0, 0, 1, 1)
    return [...paint.getImageData(0, 0, 1, 1).data.slice(0, 3)]
  }
  const groundOf = (element: Element | null): number[] =>
    element === null ? [255, 255, 255] : over(getComputedStyle(element).backgroundColor, groundOf(element.parentElement))
  const luminance = (colour: readonly number[]): number => {
    const [red = 0, green = 0, blue = 0] = colour.map((part) => {
      const share = part / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const faint: string[] = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    const element = text.parentElement
    if (element === null || text.textContent?.trim() === '' || !element.checkVisibility({ opacityProperty: true })) continue
    const ground = groundOf(element)
    const [lighter = 0, darker = 0] = [luminance(over(getComputedStyle(element).color, ground)), luminance(ground)].sort(
      (a, b) => b - a,
    )
    const ratio = (lighter + 0.05) / (darker + 0.05)
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${text.textContent}`)
  }
  return faint
}
