import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ConsentSource, follow } from '../../src/consent-cmp.ts'
import { readDevice } from '../device.ts'
import { eventually } from '../eventually.ts'
import { createFakeCollector } from '../fake-collector.ts'
import { openPage } from '../open-page.ts'

// A base by name: Vite takes the usual form for an asset.
const here = import.meta.url

export type Page = Window & typeof globalThis
export type Answer = 'all' | 'none'

/** A consent platform as it stands on a page. */
export interface Platform {
  /** The visitor answers its dialog. */
  decide(answer: Answer): void | Promise<void>
}

export interface Setup {
  /** The module that has the source, and how it is made. */
  readonly face: 'consent-tcf' | 'consent-gpp' | 'consent-google' | 'consent-cmp'
  source(module: Record<string, unknown>): ConsentSource<never>
  /** Globals of the platform's, which may hold anything. */
  readonly globals: readonly string[]
  /** Loads it on the page, for a visitor who has answered on an earlier one, or never. */
  load(page: Page, stored?: Answer): Promise<Platform> | Platform
  /** What it can grant of ours. */
  readonly purposes?: readonly ('analytics' | 'personalization' | 'marketing')[]
  /** It cannot tell that it has loaded and nobody has decided from not having loaded. */
  readonly isMuteWhileUndecided?: true
}

/**
 * What every source promises, in the three ways in which a platform meets a page and in the ways in which it fails.
 * @param built the package's folder that pages import from: `src` or what is published
 */
export function sourceContract(name: string, setup: Setup, built: 'src' | 'dist' = 'src'): void {
  const purposes = setup.purposes ?? ['analytics', 'personalization', 'marketing']
  const all = Object.fromEntries(purposes.map((purpose) => [purpose, 'granted']))
  const none = Object.fromEntries(purposes.map((purpose) => [purpose, 'denied']))
  const unknown = { analytics: 'unknown', personalization: 'unknown', marketing: 'unknown' }
  const ending = built === 'src' ? 'ts' : 'js'

  const visit = async (writeKey = `wk_${crypto.randomUUID()}`) => {
    const collector = createFakeCollector()
    const page = await openPage(`../${built}/index.${ending}`, collector)
    const load = page.window.eval('(url) => import(url)') as (url: string) => Promise<Record<string, unknown>>
    const module = await load(new URL(`../../${built}/${setup.face}.${ending}`, here).href)
    const tracker = page.createTracker({ endpoint: collector.endpoint, writeKey, batchDelayMs: 5 })
    return {
      page,
      tracker,
      writeKey,
      collector,
      follow: () => (module.follow as typeof follow)(tracker, setup.source(module)),
      detect: () => setup.source(module).detect(),
      /** Nothing has been written, and nothing sent. */
      isUntouched: async () => {
        tracker.track('product_added', { product_id: 'A-1', quantity: 1 })
        await tracker.flush()
        page.window.dispatchEvent(new Event('pagehide'))
        expect(collector.attempts).toEqual([])
        expect(await readDevice(writeKey)).toEqual({ keys: [], queue: undefined })
      },
    }
  }
  type Visit = Awaited<ReturnType<typeof visit>>
  const becomes = ({ tracker }: Visit, status: object) =>
    vi.waitFor(() => expect(tracker.consent()).toMatchObject(status), { timeout: 3_000, interval: 10 })
  const soon = () => new Promise((resolve) => setTimeout(resolve, 30))

  describe(name, () => {
    afterEach(() => localStorage.clear())

    test('already loaded, decided before: the decision is taken over, and its record says who told of it', async () => {
      const shop = await visit()
      await setup.load(shop.page.window, 'all')
      shop.follow()
      await becomes(shop, { ...all, reason: 'cmp' })
      expect(shop.detect()).toBe(true)
      await eventually(() => expect(shop.collector.stored()[0]).toMatchObject({ name: 'consent_updated' }))
      expect(shop.collector.stored()[0]?.properties).toMatchObject({ source: 'cmp', method: name })
    })

    test('already loaded, undecided: nothing is written or sent until the visitor answers', async () => {
      const shop = await visit()
      const platform = await setup.load(shop.page.window)
      shop.follow()
      await soon()
      expect(shop.tracker.consent()).toMatchObject(unknown)
      await shop.isUntouched()
      await platform.decide('all')
      await becomes(shop, all)
    })

    test('loads later: what it says then is taken over', async () => {
      const shop = await visit()
      shop.follow()
      await soon()
      await shop.isUntouched()
      await setup.load(shop.page.window, 'all')
      await becomes(shop, all)
    })

    test('loads later, undecided: nothing is decided until the visitor answers', async () => {
      const shop = await visit()
      shop.follow()
      const platform = await setup.load(shop.page.window)
      await new Promise((resolve) => setTimeout(resolve, 600))
      expect(shop.tracker.consent()).toMatchObject(unknown)
      await shop.isUntouched()
      await platform.decide('none')
      await becomes(shop, none)
      expect(shop.collector.attempts).toEqual([])
    })

    test('changes later: taken back and given again', async () => {
      const shop = await visit()
      const platform = await setup.load(shop.page.window, 'all')
      shop.follow()
      await becomes(shop, all)
      await platform.decide('none')
      await becomes(shop, none)
      await eventually(async () => expect(await readDevice(shop.writeKey)).toMatchObject({ keys: ['consent'] }))
      await platform.decide('all')
      await becomes(shop, all)
    })

    // What is published is the same code through a bundler: that it works shows in what stands above.
    if (built === 'dist') return

    test('a refusal of before is taken over, and nothing is sent', async () => {
      const shop = await visit()
      await setup.load(shop.page.window, 'none')
      shop.follow()
      await becomes(shop, none)
      await soon()
      expect(shop.collector.attempts).toEqual([])
    })

    test('an old grant does not undo what the visitor refused in the shop’s own banner; a new one does', async () => {
      const shop = await visit()
      const refusal = { analytics: 'denied', personalization: 'denied', marketing: 'denied' } as const
      shop.tracker.consent(refusal, { source: 'banner' })
      const platform = await setup.load(shop.page.window, 'all')
      shop.follow()
      await new Promise((resolve) => setTimeout(resolve, 600))
      expect(shop.tracker.consent()).toMatchObject({ ...refusal, reason: 'banner' })
      await platform.decide('none')
      await platform.decide('all')
      await becomes(shop, all)
    })

    test.skipIf(setup.isMuteWhileUndecided)('a first decision after the refusal is a new one', async () => {
      const shop = await visit()
      const platform = await setup.load(shop.page.window)
      shop.follow()
      await soon()
      shop.tracker.consent({ analytics: 'denied' }, { source: 'banner' })
      await platform.decide('all')
      await becomes(shop, all)
    })

    test('missing: nothing happens, and the page hears nothing of it', async () => {
      const shop = await visit()
      shop.follow()
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      expect(shop.tracker.consent()).toMatchObject({ ...unknown, reason: 'undecided' })
      await shop.isUntouched()
    })

    const rubbish: Readonly<Record<string, (page: Page) => unknown>> = {
      undefined: () => undefined,
      null: () => null,
      number: () => 5,
      text: () => 'granted',
      'empty object': () => ({}),
      'empty list': () => [],
      'function that throws': (page) => page.eval('() => { throw new Error("broken") }'),
      'function that answers nonsense': (page) =>
        page.eval('(...told) => told.find((each) => typeof each === "function")?.("granted", true)'),
      'getters that throw': (page) => page.eval('new Proxy(() => {}, { get() { throw new Error("broken") } })'),
      'an object that answers true to everything': (page) =>
        page.eval(
          'const yes = new Proxy(() => true, { get: (_, name) => name === Symbol.toPrimitive ? () => "true" : yes, apply: () => yes }); yes',
        ),
    }
    test.each(Object.keys(rubbish))('malformed (%s): nothing is decided, nothing escapes into the page', async (kind) => {
      const shop = await visit()
      for (const global of setup.globals) Object.assign(shop.page.window, { [global]: rubbish[kind]?.(shop.page.window) })
      shop.follow()
      await soon()
      const status = shop.tracker.consent()
      for (const purpose of ['analytics', 'personalization', 'marketing'] as const) expect(status[purpose]).not.toBe('granted')
      expect(shop.collector.attempts).toEqual([])
    })

    test('two trackers may follow one platform', async () => {
      const shop = await visit()
      const platform = await setup.load(shop.page.window)
      shop.follow()
      const other = {
        ...shop,
        tracker: shop.page.createTracker({ endpoint: shop.collector.endpoint, writeKey: `${shop.writeKey}_2` }),
      }
      const load = shop.page.window.eval('(url) => import(url)') as (url: string) => Promise<Record<string, unknown>>
      const module = await load(new URL(`../../${built}/${setup.face}.${ending}`, here).href)
      ;(module.follow as typeof follow)(other.tracker, setup.source(module))
      await platform.decide('all')
      await becomes(shop, all)
      await becomes(other, all)
    })
  })
}
