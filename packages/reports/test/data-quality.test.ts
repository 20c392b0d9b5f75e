import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { qualityOf, quarantinedOf, sourceOf, unknownOf } from './builders.ts'
import { useChromium } from './open-page.ts'
import { type PageServer, startPageServer } from './page-server.ts'

const open = useChromium()
let server: PageServer

beforeEach(async () => {
  server = await startPageServer()
})
afterEach(() => server.close())

async function openDataQuality(): Promise<Page> {
  const page = await open(`${server.url}#quality`, { session: server.session })
  await page.locator('.trust').waitFor()
  return page
}

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const rowsOf = async (page: Page, name: string) =>
  (await section(page, name).getByRole('row').allInnerTexts()).map((text) => text.replaceAll('\t\n', '\t'))
const until = async <T>(read: () => Promise<T>, wanted: T): Promise<void> =>
  expect.poll(read, { timeout: 10_000, interval: 30 }).toEqual(wanted)

describe('the view', { timeout: 30_000 }, () => {
  test('the sentence at the top of the traffic leads to what it rests on, and back leads back', async () => {
    server.answers.sources = [sourceOf({ status: 'silent', last_seen: '2026-11-20T17:00:00.000Z' })]
    const page = await open(server.url, { session: server.session })
    await page.getByText('Do not rely on these numbers yet: source till-paris is silent since 20 Nov 2026, 18:00.').waitFor()
    await page.getByRole('link', { name: 'What this rests on' }).click()
    await page.getByRole('heading', { name: 'Data quality', level: 1 }).waitFor()
    expect(await page.title()).toBe('Data quality · Footfall')
    expect(await page.locator('nav [aria-current=page]').allTextContents()).toEqual(['Data quality'])
    expect(await page.locator('.figures').isVisible()).toBe(false)
    await page.getByText('7 days', { exact: true }).click()
    await until(async () => new URL(page.url()).hash, '#quality')
    await page.goBack()
    await page.goBack()
    await page.getByRole('heading', { name: 'Traffic', level: 1 }).waitFor()
  })

  test('every figure of the report stands there, those of one source too', async () => {
    server.answers.quality = (source) =>
      source === undefined ? qualityOf() : qualityOf({ days: qualityOf().days.filter((day) => day.source === source), source })
    const page = await openDataQuality()
    await until(
      () => rowsOf(page, 'Received, day by day'),
      [
        'Day\tReceived\tAccepted\tDuplicate\tQuarantined\tRejected\tReplayed',
        'Sat, 21 Nov 2026\t2,095\t2,080\t8\t5\t2\t0',
        'Fri, 20 Nov 2026\t1,000\t990\t4\t5\t1\t0',
      ],
    )
    expect(await rowsOf(page, 'Mended')).toEqual(['What\tEvents', 'Event names, EN-TYPO\t31'])
    expect(await rowsOf(page, 'Noted')).toEqual(['What\tEvents', 'Rounded\t2'])
    expect(await rowsOf(page, 'Repeats')).toEqual(['What\tEvents', 'The same event again\t9', 'Probably a double click\t3'])
    expect((await rowsOf(page, 'Delays')).slice(1)).toEqual([
      'Up to 5 minutes\t3,000',
      'Up to a day\t60',
      'Up to a week\t9',
      'Longer\t1',
    ])
    expect(await rowsOf(page, 'Amounts')).toEqual(['What\tEvents', 'Named its currency\t700'])
    expect(await rowsOf(page, 'Refused')).toEqual(['What\tEvents', 'Consent missing\t3'])
    expect((await rowsOf(page, 'Sources'))[1]).toBe('till-paris\tLive\t21 Nov 2026, 18:00\t95\t0%\tChange')
    await section(page, 'Received, day by day').getByLabel('Source').selectOption('till-paris')
    await until(async () => (await rowsOf(page, 'Received, day by day')).slice(1), ['Sat, 21 Nov 2026\t95\t90\t4\t0\t1\t0'])
    await section(page, 'Received, day by day').getByLabel('Source').selectOption('(no source named)')
    await until(async () => (await rowsOf(page, 'Received, day by day')).length, 3)
  })

  test('what a hostile client sends stays text', async () => {
    const attack = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    const row = quarantinedOf({ name: attack, code: attack, rule: attack, detail: attack, source: attack, raw: attack })
    Object.assign(server.answers, {
      sources: [sourceOf({ id: attack, status: attack, is_registered: false })],
      quality: () =>
        qualityOf({
          unknown_names: [unknownOf({ name: attack, suggestion: attack })],
          quarantine: [{ code: attack, rule: attack, events: 1, examples: [] }],
        }),
      aliases: [{ from: attack, to: attack, created_at: '2026-11-19T10:00:00.000Z' }],
      quarantine: [{ ...row, context: { attack } }],
    })
    const page = await openDataQuality()
    await page.locator('.kept summary').click()
    await page.locator('.kept pre').nth(1).waitFor()
    await page.getByRole('button', { name: `Settings of ${attack}` }).click()
    await page.getByRole('dialog', { name: attack }).waitFor()
    expect(await page.locator('#app, dialog').locator('img, script').count()).toBe(0)
    expect(await page.title()).toBe('Data quality · Footfall')
    expect(await page.locator('.kept pre').first().textContent()).toBe(attack)
  })

  test('where the report fails, its reason stands there and nothing is claimed', async () => {
    server.answers.quality = () => undefined
    const page = await openDataQuality()
    await page.getByText('Whether these numbers can be trusted cannot be told just now. It took too long.').waitFor()
    await section(page, 'Received, day by day').getByText('It took too long.').waitFor()
    expect(await section(page, 'Mended').isVisible()).toBe(false)
    await section(page, 'Sources').getByText('till-paris').waitFor()
  })
})

test('a session that ends leads back to the key, also from within a question', { timeout: 30_000 }, async () => {
  const page = await openDataQuality()
  await page.getByRole('button', { name: 'Settings of till-paris' }).click()
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Your session has ended. Sign in again.').waitFor()
  expect(server.changes).toEqual([])
})

describe('unknown names', { timeout: 30_000 }, () => {
  test('one press makes a name count as the suggested one, stored events follow, and it can be undone', async () => {
    const alias = { from: 'add2cart', to: 'product_added', created_at: '2026-11-21T17:00:00.000Z' }
    server.answers.quality = () => qualityOf({ unknown_names: server.answers.aliases.length > 0 ? [] : [unknownOf()] })
    server.answers.reprocess = (body) => {
      const isFirst = Object(body).cursor === undefined
      server.answers.aliases = server.changes.at(-2)?.startsWith('DELETE') ? [] : [alias]
      return {
        looked_at: 500,
        changed: isFirst ? 30 : 22,
        still_unknown: 0,
        unreadable: isFirst ? 0 : 1,
        next: isFirst ? 'p1.500' : null,
      }
    }
    const page = await openDataQuality()
    await section(page, 'Unknown names').getByRole('button', { name: 'Count as this' }).click()
    await page
      .getByText(
        'add2cart counts as product_added from now on. 52 stored events followed. 1 event could not be read that way and stayed',
      )
      .waitFor()
    expect(await page.evaluate(() => document.querySelector(':focus')?.textContent)).toMatch(/^add2cart counts/)
    expect(server.changes).toEqual([
      'PUT aliases/add2cart {"to":"product_added"}',
      'POST reprocess {"names":["add2cart"]}',
      'POST reprocess {"names":["add2cart"],"cursor":"p1.500"}',
    ])
    await section(page, 'Unknown names').getByText('Every stored event has a name that reports know.').waitFor()
    server.answers.reprocess = () => {
      server.answers.aliases = []
      return { looked_at: 52, changed: 52, still_unknown: 52, unreadable: 0, next: null }
    }
    await page.getByRole('button', { name: 'Undo add2cart' }).click()
    await page.getByText('add2cart stands for itself again. 52 stored events followed.').waitFor()
    expect(server.changes.slice(3)).toEqual(['DELETE aliases/add2cart', 'POST reprocess {"names":["add2cart"]}'])
    await until(async () => (await rowsOf(page, 'Unknown names')).length, 2)
  })

  test('a name that is being written is not wiped when figures follow', async () => {
    server.answers.quality = () => qualityOf({ unknown_names: [unknownOf({ suggestion: null })] })
    const page = await openDataQuality()
    const field = page.getByLabel('add2cart counts as')
    await field.fill('product_')
    await page.getByText('7 days', { exact: true }).evaluate((label: HTMLElement) => label.click())
    await until(async () => server.asked.length, 2)
    await until(() => page.locator('main').getAttribute('aria-busy'), 'false')
    expect(await field.inputValue()).toBe('product_')
  })
})

describe('the quarantine', { timeout: 30_000 }, () => {
  const late = quarantinedOf({ key: 'b2'.repeat(16), name: 'order_completed', code: 'missing_required', rule: null, source: '' })

  test('an event is looked at, tried with a change, replayed with it, and what came of it is said', async () => {
    server.answers.quarantine = [quarantinedOf()]
    server.answers.replayed = () => ({
      ...{ looked_at: 1, accepted: 0, duplicate: 0, quarantined: 1, rejected: 0, next: null },
      problems: [{ key: 'a1', code: 'bad_time', detail: 'occurred_at is no date.' }],
    })
    const page = await openDataQuality()
    const kept = section(page, 'Kept aside')
    await kept.getByText('pos_purchase_completed').click()
    await kept.getByText('occurred_at can be read in two ways').waitFor()
    await kept.getByText('Say in which order its source writes day, month and year under Sources').waitFor()
    expect(await kept.locator('pre').first().textContent()).toBe('{"name":"pos_purchase_completed","occurred_at":"03/04/2026"}')
    const patch = kept.getByLabel('Changes to it')
    await patch.fill('{"occurred_at":')
    await kept.getByRole('button', { name: 'Only try' }).click()
    await kept.getByText('This is not a JSON object').waitFor()
    expect(server.changes).toEqual([])

    await patch.fill('{"occurred_at":"yesterday"}')
    await kept.getByRole('button', { name: 'Only try' }).click()
    await page
      .getByText(
        'Only tried, nothing has changed. 1 event replayed: 1 still not readable. The first of them: occurred_at is no date.',
      )
      .waitFor()
    expect(await patch.inputValue()).toBe('{"occurred_at":"yesterday"}')

    server.answers.replayed = () => {
      server.answers.quarantine = []
      return { looked_at: 1, accepted: 1, duplicate: 0, quarantined: 0, rejected: 0, next: null, problems: [] }
    }
    await patch.fill('{"occurred_at":"2026-04-03T10:00:00Z"}')
    await kept.getByRole('button', { name: 'Replay', exact: true }).click()
    await page.getByText('1 event replayed: 1 accepted.').waitFor()
    const { key } = quarantinedOf()
    expect(server.changes).toEqual([
      `POST quarantine/replay {"keys":["${key}"],"patch":{"occurred_at":"yesterday"},"dry_run":true}`,
      `POST quarantine/replay {"keys":["${key}"],"patch":{"occurred_at":"2026-04-03T10:00:00Z"}}`,
    ])
    await kept.getByText('Nothing is kept aside from these days.').waitFor()
    expect(await kept.getByRole('button', { name: 'Replay all of these' }).isVisible()).toBe(false)
  })

  test('it is narrowed by reason, source and name, and all that match are replayed, slice by slice', async () => {
    server.answers.quarantine = [quarantinedOf(), late]
    const slices = [
      { looked_at: 500, accepted: 480, duplicate: 20, quarantined: 0, rejected: 0, next: 'p1.500', problems: [] },
      { looked_at: 10, accepted: 10, duplicate: 0, quarantined: 0, rejected: 0, next: null, problems: [] },
    ]
    server.answers.replayed = () => slices.shift() ?? {}
    const page = await openDataQuality()
    const kept = section(page, 'Kept aside')
    const names = () => kept.locator('summary b').allTextContents()
    await until(names, ['pos_purchase_completed', 'order_completed'])
    await kept.getByLabel('Source').selectOption('till-paris')
    await until(names, ['pos_purchase_completed'])
    await kept.getByLabel('Reason').selectOption('Bad time, DT-NUM-ORDER (10)')
    await kept.getByLabel('Event').fill('pos_purchase_completed')
    await kept.getByLabel('Event').press('Enter')
    await kept.getByRole('button', { name: 'Replay all of these' }).click()
    await page.getByText('510 events replayed: 490 accepted, 20 known already.').waitFor()
    const filter =
      '"filter":{"from":"2026-10-23","to":"2026-11-21","code":"bad_time","rule":"DT-NUM-ORDER","source":"till-paris","name":"pos_purchase_completed"}'
    expect(server.changes).toEqual([`POST quarantine/replay {${filter}}`, `POST quarantine/replay {${filter},"cursor":"p1.500"}`])
  })

  test('deleting asks first, and the harmless answer has the focus', async () => {
    server.answers.quarantine = [quarantinedOf(), late]
    const withoutRule = { code: 'missing_required', rule: '', events: 2, examples: [] }
    server.answers.quality = () => qualityOf({ quarantine: [withoutRule] })
    const page = await openDataQuality()
    const kept = section(page, 'Kept aside')
    // Not all rules of its code: what has none is a reason of its own.
    await kept.getByLabel('Reason').selectOption('Missing required (2)')
    const ask = kept.getByRole('button', { name: 'Delete all of these' })
    await ask.click()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await ask.evaluate((button) => document.activeElement === button)).toBe(true)
    await ask.click()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(server.changes).toEqual([])
    await kept.getByLabel('Source').selectOption('(no source named)')
    await ask.click()
    await page
      .getByText('All of “Missing required (2); (no source named)” kept aside from 23 Oct – 21 Nov 2026 is deleted')
      .waitFor()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('12 events deleted.').waitFor()
    expect(server.changes).toEqual(['DELETE quarantine?from=2026-10-23&to=2026-11-21&code=missing_required&rule=&source='])
  })
})

describe('sources', { timeout: 30_000 }, () => {
  test('settings are changed and nothing else of the source is lost', async () => {
    server.answers.sources = [sourceOf({ time_zone: 'Europe/Paris', sampling: 0.5, tax_inclusive: false })]
    const page = await openDataQuality()
    await page.getByRole('button', { name: 'Settings of till-paris' }).click()
    await page.getByLabel('Order of dates').selectOption('DMY')
    await page.getByLabel('Events expected a day').fill('120')
    await page.keyboard.press('Enter')
    await page.getByText('till-paris is saved.').waitFor()
    expect(server.changes).toEqual([
      'PUT sources/till-paris {"channel":"pos","time_zone":"Europe/Paris","date_order":"DMY","tax_inclusive":false,"sampling":0.5,"expected_per_day":120}',
    ])
  })

  test('one that has not sent yet is added by its name, whatever the name', async () => {
    const page = await openDataQuality()
    await page.getByRole('button', { name: 'Add a source' }).click()
    await page.getByLabel('Name, as in the events').fill('till/paris ?#1')
    await page.getByLabel('Channel').selectOption('pos')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('till/paris ?#1 is saved.').waitFor()
    expect(server.changes).toEqual(['PUT sources/till%2Fparis%20%3F%231 {"channel":"pos"}'])
  })
})
