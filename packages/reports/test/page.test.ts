import type { LiveEvent } from '@footfall/collector/reports'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { completenessOf, completenessRow, consentOf, emptyTraffic, liveEventOf, liveMessageOf, trafficOf } from './builders.ts'
import { useChromium } from './open-page.ts'
import { type PageServer, startPageServer } from './page-server.ts'

const open = useChromium()
let server: PageServer

beforeEach(async () => {
  server = await startPageServer()
})
afterEach(() => server.close())

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Secret key').fill(server.secretKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Traffic' }).waitFor()
}

async function openSignedIn(options: Parameters<typeof open>[1] & { readonly search?: string } = {}): Promise<Page> {
  const { search = '', ...context } = options
  const page = await open(server.url + search, { session: server.session, ...context })
  await page.getByRole('heading', { name: 'Traffic' }).waitFor()
  return page
}

async function openWithClock(): Promise<Page> {
  const page = await openSignedIn({ stopAt: new Date('2026-11-21T17:05:00.000Z') })
  await page.getByText('Connected', { exact: true }).waitFor()
  return page
}

/** Sends events while somebody is listening, and waits until the newest is on the list. */
async function arrive(page: Page, ...events: readonly LiveEvent[]): Promise<void> {
  await page.getByText('Connected', { exact: true }).waitFor()
  await server.send(liveMessageOf(...events))
}

const rows = (page: Page) => page.locator('.arrival')
const names = (page: Page) => page.locator('.arrival .name').allTextContents()
const figures = async (page: Page): Promise<Record<string, string>> =>
  Object.fromEntries(
    await page
      .locator('.figure')
      .evaluateAll((all) => all.map((one) => [one.children[0]?.textContent, one.children[1]?.textContent])),
  )
const until = async <T>(read: () => Promise<T>, wanted: T): Promise<void> =>
  expect.poll(read, { timeout: 10_000, interval: 30 }).toEqual(wanted)

describe('signing in', { timeout: 30_000 }, () => {
  test('a wrong key is refused in words that say what to do, and the right one opens the reports', async () => {
    const page = await open(server.url)
    await page.getByLabel('Secret key').fill('wk_wrong')
    await page.keyboard.press('Enter')
    const fault = page.locator('#key-fault')
    await fault.getByText('This is not the secret key of this collector').waitFor()
    expect(
      await page
        .getByLabel('Secret key')
        .evaluate((field) => [document.activeElement === field, field.getAttribute('aria-invalid')]),
    ).toEqual([true, 'true'])

    await page.keyboard.type(server.secretKey)
    expect(await fault.textContent()).toBe('')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Traffic' }).waitFor()
    expect(await page.title()).toBe('Traffic · Footfall')
  })

  test('the field is the password manager’s, says where the key is, and is not sent empty', async () => {
    const page = await open(server.url)
    const field = page.getByLabel('Secret key')
    expect(await field.getAttribute('autocomplete')).toBe('current-password')
    expect(await field.evaluate((input) => document.activeElement === input)).toBe(true)
    const described = (await field.getAttribute('aria-describedby')) ?? ''
    expect(await page.locator(`#${described.split(' ').at(-1)}`).textContent()).toMatch(
      /printed.*keys\.json.*FOOTFALL_SECRET_KEY/s,
    )
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.method()))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Enter the secret key.').waitFor()
    expect(sent).toEqual([])
  })

  test('a session that is still valid needs no key', async () => {
    const page = await open(server.url)
    await signIn(page)
    await page.reload()
    await page.getByRole('heading', { name: 'Traffic' }).waitFor()
  })

  test('a browser that keeps no cookies is told so instead of going in circles', async () => {
    const page = await open(server.url)
    await page.route('**/v1/**', (route) => route.fulfill({ status: 401, body: '{}' }))
    await page.getByLabel('Secret key').fill(server.secretKey)
    await page.keyboard.press('Enter')
    await page.getByText('allow cookies for this address').waitFor()
  })

  test('signing out ends the session here and there', async () => {
    const page = await openSignedIn()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out.').waitFor()
    expect(await page.locator('.overview').count()).toBe(0)
    await until(async () => server.streams(), 0)
    await page.reload()
    await page.getByLabel('Secret key').waitFor()
  })

  test('a session that ends while the page is open leads back to the key', async () => {
    const page = await openSignedIn()
    server.answers.fault = { status: 401, body: '{}' }
    await page.getByText('7 days', { exact: true }).click()
    await page.getByText('Your session has ended. Sign in again.').waitFor()
  })
})

describe('figures', { timeout: 30_000 }, () => {
  test('every answer stands in its section, for the same days', async () => {
    server.answers.completeness = () =>
      completenessOf([
        completenessRow({ day: '2026-11-20', received: 900, lost_by_reason: { queue_full: 2 } }),
        completenessRow({ received: 1100, late: 3 }),
        completenessRow({ browser: null, received: 40, lost_by_reason: { unknown: 1 } }),
      ])
    server.answers.consent = () =>
      consentOf([
        { purpose: 'analytics', asked: 2000, granted: 1200, refused: 300, no_answer: 500, withdrawn: 4 },
        { purpose: 'sale_of_data', asked: null, granted: 0, refused: 7, no_answer: null, withdrawn: 0 },
      ])
    const page = await openSignedIn()
    expect(await figures(page)).toEqual({
      Events: '22,935',
      Visitors: '2,548',
      Sessions: '3,823',
      Orders: '287',
      'Revenue in EUR': '€12,845.50',
    })
    await page.getByText('Not counted here: 312 events from bots').waitFor()
    const account = page.getByRole('region', { name: 'What became of every event' })
    expect(await account.getByRole('row').allInnerTexts()).toHaveLength(6)
    expect(await account.locator('td').allTextContents()).toEqual(['22,947', '31', '11', '7', '22,996'])
    await account.getByText('It adds up').waitFor()

    const completeness = page.getByRole('region', { name: 'Completeness' })
    await completeness.getByText('Of 2,046 numbered events 2,040 arrived; 3 may still come').waitFor()
    expect(await completeness.getByRole('row').allInnerTexts()).toEqual([
      'Browser\tArrived\tLate\tLost',
      'Firefox\t2,000\t3\t2',
      'Unknown\t40\t0\t1',
    ])
    expect(server.askedCompleteness).toEqual(['?from=2026-10-23&to=2026-11-21'])

    const consent = page.getByRole('region', { name: 'Consent' })
    await consent.getByText('the tracker sends nothing').waitFor()
    expect(await consent.getByRole('row').allInnerTexts()).toEqual([
      'Purpose\tAsked\tGranted\tRefused\tNo answer\tTaken back',
      'Analytics\t2,000\t1,200\t300\t500\t4',
      'Sale of data\tnot counted\t0\t7\tnot counted\t0',
    ])
  })

  test('an accounting line that does not add up says so', async () => {
    const traffic = trafficOf()
    server.answers.traffic = () => ({ ...traffic, verdicts: { ...traffic.verdicts, received: traffic.verdicts.received + 3 } })
    const page = await openSignedIn()
    await page.getByText('3 received events without a verdict').waitFor()
  })

  test('where completeness cannot be told, the reason stands there and the other figures stay', async () => {
    server.answers.completeness = () => undefined
    const page = await openSignedIn()
    await page.getByRole('region', { name: 'Completeness' }).getByText('It took too long.').waitFor()
    expect((await figures(page)).Events).toBe('22,935')
  })

  test('figures follow while events arrive', async () => {
    const page = await openWithClock()
    server.answers.traffic = () => trafficOf({ length: 7 })
    await server.send(liveMessageOf(liveEventOf()))
    await page.clock.runFor(6000)
    await until(async () => (await figures(page)).Events, trafficOf({ length: 7 }).totals.events.toLocaleString('en'))
  })

  test('an answer that comes late does not replace a newer one', async () => {
    const page = await openSignedIn()
    const late = Promise.withResolvers<void>()
    server.answers.delay = late.promise
    await page.getByText('90 days').click()
    await until(async () => server.asked.length, 2)
    server.answers.delay = Promise.resolve()
    server.answers.traffic = () => trafficOf({ length: 7 })
    await page.getByText('7 days', { exact: true }).click()
    const events = trafficOf({ length: 7 }).totals.events.toLocaleString('en')
    await until(async () => (await figures(page)).Events, events)
    server.answers.traffic = () => trafficOf({ length: 90 })
    const answered = page.waitForEvent('requestfinished', (request) => request.url().endsWith(server.asked[1] ?? ''))
    late.resolve()
    await answered
    expect((await figures(page)).Events).toBe(events)
  })
})

describe('the period', { timeout: 30_000 }, () => {
  test('the last days are asked for as days of the shop, and stand in the address', async () => {
    // In New York it is still the day before.
    const page = await openSignedIn({ stopAt: new Date('2026-11-22T00:30:00Z') })
    await page.getByText('7 days', { exact: true }).click()
    await until(async () => server.asked.at(-1), '?from=2026-11-16&to=2026-11-22')
    expect(new URL(page.url()).search).toBe('?days=7')
  })

  test('the address opens its period, and the back button returns to the one before', async () => {
    const page = await openSignedIn({ search: '?from=2026-10-01&to=2026-10-31' })
    await until(async () => server.asked.at(-1), '?from=2026-10-01&to=2026-10-31')
    await page.getByText('30 days').click()
    await until(async () => server.asked.at(-1), '')
    await page.goBack()
    await until(async () => server.asked.at(-1), '?from=2026-10-01&to=2026-10-31')
    expect(await page.getByLabel('Custom').isChecked()).toBe(true)
  })

  test('two days of one’s own begin with those that are shown', async () => {
    const page = await openSignedIn()
    await page.getByText('Custom').click()
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe('2026-10-23')
    await page.getByLabel('From', { exact: true }).fill('2026-11-03')
    await page.getByRole('button', { name: 'Show' }).click()
    await until(async () => server.asked.at(-1), '?from=2026-11-03&to=2026-11-21')
  })

  test('days in the wrong order are not asked for', async () => {
    const page = await openSignedIn()
    await page.getByText('Custom').click()
    const before = server.asked.length
    await page.getByLabel('From', { exact: true }).fill('2026-12-01')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('The first day must not be after the last.').waitFor()
    expect(server.asked).toHaveLength(before)
  })
})

describe('day by day', { timeout: 30_000 }, () => {
  const strokeOf = (page: Page, metric: string) =>
    page
      .locator(`[data-metric=${metric}] .plot-line`)
      .first()
      .evaluate((line) => getComputedStyle(line).stroke)

  test('the lines have the colours of the scheme, also when it changes', async () => {
    const page = await openSignedIn({ colorScheme: 'light' })
    await until(() => strokeOf(page, 'events'), 'rgb(29, 100, 168)')
    await until(() => strokeOf(page, 'visitors'), 'rgb(179, 84, 30)')
    await page.emulateMedia({ colorScheme: 'dark' })
    await until(() => strokeOf(page, 'events'), 'rgb(114, 180, 245)')
    await until(() => strokeOf(page, 'visitors'), 'rgb(240, 162, 103)')
  })

  test('the charts take the width they have', async () => {
    const page = await openSignedIn()
    const plot = page.locator('[data-metric=events] svg')
    const slack = () => plot.evaluate((drawn) => (drawn.parentElement?.clientWidth ?? 0) - drawn.clientWidth)
    await until(slack, 0)
    await page.setViewportSize({ width: 600, height: 800 })
    await until(async () => ((await plot.boundingBox())?.width ?? 0) < 600, true)
    await until(slack, 0)
  })

  test('pointing at a day reads out both figures of it', async () => {
    const page = await openSignedIn()
    expect(await page.locator('.readout-day').textContent()).toContain('Sat, 21 Nov 2026')
    const plot = page.locator('[data-metric=visitors] svg')
    await plot.hover({ position: { x: 1, y: 70 } })
    await until(() => page.locator('.readout-day').textContent(), 'Fri, 23 Oct 2026')
    expect(await page.locator('.legend').allTextContents()).toEqual(['Events400', 'Visitors57'])
    expect(await page.locator('.plot-cursor > .plot-point').count()).toBe(2)
    await page.mouse.move(0, 0)
    await until(async () => (await page.locator('.readout-day').textContent())?.startsWith('Sat, 21 Nov 2026'), true)
  })

  test('who cannot see the charts hears what they show, or reads it as a table, or downloads it', async () => {
    const page = await openSignedIn()
    const label = await page.getByRole('img').getAttribute('aria-label')
    expect(label).toMatch(/^Events: between .* on .* and .* on .*\. Visitors: between/)
    await page.getByText('The same as a table').click()
    const table = page.getByRole('table', { name: 'Events and visitors by day' })
    expect(await table.getByRole('row').count()).toBe(31)
    expect(await table.getByRole('row').nth(30).locator('th, td').allTextContents()).toEqual(['Fri, 23 Oct 2026', '400', '57'])
    expect(await page.getByRole('link', { name: 'Download as CSV' }).getAttribute('href')).toMatch(
      /\/count\/v1\/reports\/traffic\?from=2026-10-23&to=2026-11-21&format=csv$/,
    )
  })
})

describe('live', { timeout: 30_000 }, () => {
  test('an event appears with its verdict in words, its name, time, device and what it was about', async () => {
    const page = await openSignedIn()
    await arrive(
      page,
      liveEventOf({ name: 'order_completed', summary: 'A-1 · 84.50 EUR', device: 'phone · Safari', page_path: '/order/A-1' }),
    )
    await rows(page).first().waitFor()
    // Received at 17:04:09 UTC; the shop is in Berlin, the person in New York.
    expect((await rows(page).first().getByRole('cell').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      '18:04:09',
      'Accepted',
      'order_completed',
      'A-1 · 84.50 EUR /order/A-1',
      'phone · Safari',
    ])
  })

  test('a refusal has its code and its reason, a repaired name the one it was sent with', async () => {
    const page = await openSignedIn()
    await arrive(
      page,
      liveEventOf({ name: 'product_added', original_name: 'AddToCart' }),
      liveEventOf({ status: 'quarantined', code: 'bad_currency', detail: '"EURO" is not an ISO 4217 code' }),
      liveEventOf({ bot: true, channel: 'email', occurred_at: '2026-11-21T14:00:00.000Z' }),
    )
    await rows(page).nth(2).getByText('sent as AddToCart').waitFor()
    await rows(page).nth(1).getByText('bad_currency "EURO" is not an ISO 4217 code').waitFor()
    expect(await rows(page).nth(0).textContent()).toMatch(/3 h after it happened.*phone · email.*Bot/s)
  })

  test('what a hostile client sends stays text', async () => {
    const page = await openSignedIn()
    const attack = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    await arrive(
      page,
      liveEventOf({
        name: attack,
        original_name: attack,
        summary: attack,
        detail: attack,
        code: attack,
        device: attack,
        channel: attack,
        page_path: attack,
      }),
    )
    await rows(page).first().waitFor()
    expect(await rows(page).locator('img, script').count()).toBe(0)
    expect(await page.title()).toBe('Traffic · Footfall')
    expect(await names(page)).toEqual([attack])
  })

  test('what was already there when the page was opened is shown', async () => {
    server.answers.replay = liveMessageOf(liveEventOf({ name: 'page_viewed' }), liveEventOf({ name: 'product_viewed' }))
    const page = await openSignedIn()
    await until(() => names(page), ['product_viewed', 'page_viewed'])
  })

  test('pausing holds the list still and counts what is missed', async () => {
    const page = await openSignedIn()
    await arrive(page, liveEventOf({ name: 'page_viewed' }))
    await rows(page).first().waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await arrive(page, liveEventOf({ name: 'product_viewed' }), liveEventOf({ name: 'product_added' }))
    const resume = page.getByRole('button', { name: 'Resume (2 new)' })
    await resume.waitFor()
    expect(await names(page)).toEqual(['page_viewed'])
    await resume.click()
    expect(await names(page)).toEqual(['product_added', 'product_viewed', 'page_viewed'])
  })

  test('the list can be narrowed by verdict and by name', async () => {
    const page = await openSignedIn()
    await arrive(
      page,
      liveEventOf({ name: 'page_viewed' }),
      liveEventOf({ name: 'order_completed' }),
      liveEventOf({ name: 'order_completed', status: 'duplicate' }),
      liveEventOf({ name: 'ad_clicked', status: 'rejected', code: 'consent_missing' }),
    )
    await page.getByRole('button', { name: 'Rejected 1' }).click()
    expect(await names(page)).toEqual(['ad_clicked'])
    await page.getByRole('button', { name: 'All 4' }).click()
    await page.getByLabel('Only events whose name contains').fill('order')
    expect(await names(page)).toEqual(['order_completed', 'order_completed'])
    await page.getByRole('button', { name: 'Quarantined 0' }).click()
    await page.getByText('None of the newest events matches this filter.').waitFor()
  })

  test('a flood leaves the newest two hundred', async () => {
    const page = await openSignedIn()
    for (let batch = 0; batch < 5; batch += 1) {
      await arrive(page, ...Array.from({ length: 50 }, (_, index) => liveEventOf({ name: `event_${batch * 50 + index}` })))
    }
    await page.getByText('event_249', { exact: true }).waitFor()
    expect(await rows(page).count()).toBe(200)
    expect((await names(page)).at(-1)).toBe('event_50')
  })

  test('a burst that the collector does not list one by one is counted', async () => {
    const page = await openSignedIn()
    await page.getByText('Connected', { exact: true }).waitFor()
    await server.send({ ...liveMessageOf(liveEventOf({ name: null })), skipped: 1234 })
    await page.getByText('1,234 more events arrived too fast to be listed one by one.').waitFor()
    expect(await names(page)).toEqual(['(no name)'])
  })

  test('a cut connection is said, repaired, and doubles nothing', async () => {
    const known = liveEventOf({ name: 'page_viewed' })
    const page = await openSignedIn()
    await arrive(page, known)
    await rows(page).first().waitFor()
    server.answers.replay = liveMessageOf(known, liveEventOf({ name: 'missed_meanwhile' }))
    const states: string[] = []
    await page.exposeFunction('heardState', (state: string) => states.push(state))
    await page.evaluate(() => {
      const badge = document.querySelector('.connection')
      if (badge === null) return
      // @ts-expect-error: exposed above
      new MutationObserver(() => globalThis.heardState(badge.textContent)).observe(badge, { childList: true })
    })
    server.cutStreams()
    await until(() => names(page), ['missed_meanwhile', 'page_viewed'])
    expect(states).toEqual(['Reconnecting …', 'Connected'])
  })

  test('a refused stream is tried again', async () => {
    server.answers.isStreamRefused = true
    const page = await openSignedIn({ stopAt: new Date('2026-11-21T17:05:00.000Z') })
    await page.getByText('Reconnecting …').waitFor()
    server.answers.isStreamRefused = false
    await page.clock.runFor(31_000)
    await page.getByText('Connected', { exact: true }).waitFor()
  })

  test('arrivals are announced as a sum after a while, and not one by one', async () => {
    server.answers.replay = liveMessageOf(liveEventOf())
    const page = await openWithClock()
    await page.clock.runFor(100)
    await rows(page).first().waitFor()
    await server.send(liveMessageOf(...Array.from({ length: 12 }, () => liveEventOf()), liveEventOf({ status: 'rejected' })))
    await until(async () => {
      await page.clock.runFor(100)
      return rows(page).count()
    }, 14)
    expect(await page.locator('#announcements').textContent()).toBe('')
    await page.clock.runFor(10_000)
    await until(() => page.locator('#announcements').textContent(), '13 new events: 12 accepted, 1 rejected.')
  })
})

describe('before the first event', { timeout: 30_000 }, () => {
  beforeEach(() => {
    server.answers.traffic = emptyTraffic
  })

  test('the page tells how to send it, with this collector’s addresses', async () => {
    const page = await openSignedIn({ permissions: ['clipboard-read', 'clipboard-write'] })
    await page.getByRole('heading', { name: 'Waiting for the first event' }).waitFor()
    expect(await page.locator('.figures').isVisible()).toBe(false)
    const terminal = page.getByRole('group', { name: 'From a terminal' })
    await terminal.getByRole('button').click()
    await terminal.getByText('Copied').waitFor()
    const origin = new URL(server.url).origin
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toContain(`curl '${origin}/count/v1/events' -A ''`)
    expect(copied).toMatch(/"id": "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"/)
    expect(await page.getByRole('group', { name: 'From a page' }).textContent()).toContain(`src="${origin}/count/footfall.js"`)
  })

  test('without a clipboard the text is selected instead', async () => {
    const page = await openSignedIn()
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await page.getByRole('group', { name: 'From a page' }).getByRole('button').click()
    await page.getByRole('button', { name: 'Selected: now copy' }).waitFor()
    expect(await page.evaluate(() => String(getSelection()))).toMatch(/^<script async.*<\/script>$/s)
  })

  test('it gives way to the figures by itself', async () => {
    const page = await openSignedIn()
    await page.getByRole('heading', { name: 'Waiting for the first event' }).waitFor()
    server.answers.traffic = () => trafficOf()
    await arrive(page, liveEventOf())
    await page.getByText('22,935').waitFor()
    expect(await page.locator('.first-event').isVisible()).toBe(false)
    expect(await page.locator('#announcements').textContent()).toBe('The first event has arrived.')
  })

  test('a first event that is refused says why', async () => {
    const page = await openSignedIn()
    await arrive(
      page,
      liveEventOf({ name: 'page_viewed', status: 'rejected', code: 'consent_missing', detail: 'analytics was not granted' }),
    )
    await page.getByText('page_viewed arrived but was rejected (consent_missing: analytics was not granted).').waitFor()
    expect(await page.locator('.first-event').isVisible()).toBe(true)
  })
})

describe('when the collector fails', { timeout: 30_000 }, () => {
  const fault = { status: 503, body: JSON.stringify({ detail: 'the store is not available; try again in a moment' }) } as const

  test('its sentence is shown, and trying again brings the figures', async () => {
    server.answers.fault = fault
    const page = await openSignedIn()
    await page.getByRole('alert').getByText('The store is not available; try again in a moment.').waitFor()
    server.answers.fault = undefined
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('22,935').waitFor()
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(false)
  })

  test('figures that were there stay while a newer answer fails', async () => {
    const page = await openSignedIn()
    server.answers.fault = fault
    await page.getByText('7 days', { exact: true }).click()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    expect((await figures(page)).Events).toBe('22,935')
  })

  test('a collector that comes back is noticed without pressing anything', async () => {
    const page = await openSignedIn()
    server.answers.fault = fault
    await page.getByText('7 days', { exact: true }).click()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    server.answers.fault = undefined
    server.cutStreams()
    await page.getByRole('button', { name: 'Try again' }).waitFor({ state: 'hidden' })
  })

  test('a slow answer shows that something is going on', async () => {
    const page = await openSignedIn()
    const slow = Promise.withResolvers<void>()
    server.answers.delay = slow.promise
    await page.getByText('7 days', { exact: true }).click()
    expect(await page.locator('main').getAttribute('aria-busy')).toBe('true')
    slow.resolve()
    await until(() => page.locator('main').getAttribute('aria-busy'), 'false')
  })
})

test('a browser whose language Intl does not know sees the page all the same', async () => {
  const page = await openSignedIn({ locale: 'en-US@posix' })
  await until(async () => (await figures(page)).Events, '22,935')
})
