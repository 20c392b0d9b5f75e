import { expect, onTestFinished, test } from 'vitest'
import { createTracker } from '../../src/index.ts'
import { eventually } from '../eventually.ts'

// biome-ignore lint/suspicious/noExplicitAny: platforms put there what they like
const page = window as any
const here = import.meta.url

test.each(['before', 'after'])(
  'a script tag that loads %s the tracker follows it, with the categories that it names',
  async (order) => {
    onTestFinished(() => {
      for (const name of ['Cookiebot', 'footfall']) delete page[name]
    })
    const tracker = createTracker({ endpoint: 'https://collector.invalid/e', writeKey: `wk_${crypto.randomUUID()}` })
    page.footfall = order === 'after' ? tracker : { q: [], consent() {} }
    page.Cookiebot = { hasResponse: true, consent: { method: 'explicit', statistics: false, mine: true, marketing: false } }
    const url = new URL('../../dist/tags/consent-cookiebot.js', here).href
    const { default: text } = (await import(/* @vite-ignore */ `${url}?raw`)) as { default: string }
    const script = Object.assign(document.createElement('script'), { text })
    script.dataset.analytics = 'mine'
    document.head.append(script)
    page.footfall = tracker
    await eventually(() => expect(tracker.consent()).toMatchObject({ analytics: 'granted', marketing: 'denied', reason: 'cmp' }))
  },
)
