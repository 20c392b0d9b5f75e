import { onTestFinished, vi } from 'vitest'
import type { BannerOptions } from '../../src/banner/banner.ts'
import { showBanner } from '../../src/banner/banner.ts'
import { createTracker, type FootfallOptions, type Tracker } from '../../src/index.ts'
import { createFakeCollector, type FakeCollector } from '../fake-collector.ts'

/** A page of a shop with a real tracker: this document itself, so that keys, media and the accessibility tree are the browser's. */
export interface Shop {
  readonly tracker: Tracker
  readonly collector: FakeCollector
  readonly writeKey: string
  /** A button at the top of the page and a link at its end. */
  readonly buy: HTMLButtonElement
  readonly settings: HTMLButtonElement
  /** Asks, as a page that has just been loaded would. */
  ask(options?: BannerOptions): ReturnType<typeof showBanner>
}

export function openShop(options: Partial<FootfallOptions> = {}): Shop {
  const writeKey = options.writeKey ?? `wk_${crypto.randomUUID()}`
  const collector = createFakeCollector()
  vi.spyOn(window, 'fetch').mockImplementation(collector.fetch)
  document.body.innerHTML = `<button>Buy</button>${'<p>Tea, ceramics, paper.</p>'.repeat(60)}<button>Privacy settings</button>`
  const [buy, settings] = document.querySelectorAll('button')
  if (!buy || !settings) throw new Error('the page above has two buttons')
  onTestFinished(() => {
    vi.restoreAllMocks()
    document.body.replaceChildren()
    document.documentElement.lang = 'en'
    document.documentElement.dir = ''
    document.documentElement.removeAttribute('style')
    document.documentElement.scrollTop = 0
  })
  const tracker = createTracker({ endpoint: collector.endpoint, batchDelayMs: 5, ...options, writeKey })
  return { tracker, collector, writeKey, buy, settings, ask: (about) => showBanner(tracker, about) }
}

/** The banner's inside, or undefined when none is shown. */
export const shown = (): HTMLElement | undefined =>
  document.querySelector('footfall-banner')?.shadowRoot?.querySelector('section') ?? undefined

/** What it consists of, in the order of the page. */
export function parts() {
  const section = shown()
  if (!section) throw new Error('no banner is shown')
  const [refuse, accept, third, close] = section.querySelectorAll('button')
  if (!refuse || !accept || !third || !close) throw new Error('a banner has four buttons')
  return { section, refuse, accept, third, close, boxes: [...section.querySelectorAll('input')] }
}

/** What has the keyboard's focus, in the banner too. */
export const focused = (): Element | null => {
  const { activeElement } = document
  return activeElement?.shadowRoot ? activeElement.shadowRoot.activeElement : activeElement
}
