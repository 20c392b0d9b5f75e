import { expect, onTestFinished } from 'vitest'
import type { createTracker } from '../src/index.ts'
import type { FakeCollector } from './fake-collector.ts'

/** A page of the shop: a document of its own, with its own clock, timers and life, on the device that all pages share. */
export interface OpenPage {
  readonly window: Window & typeof globalThis
  readonly createTracker: typeof createTracker
  /** The visitor goes elsewhere: the page gets its last events and is gone. */
  close(): void
}

/**
 * @param module the tracker's, as the page imports it
 * @param prepare what the browser of this page is like, before the tracker is there
 */
export async function openPage(
  module: string,
  collector: FakeCollector,
  prepare: (window: Window & typeof globalThis) => void = () => {},
): Promise<OpenPage> {
  const frame = document.createElement('iframe')
  document.body.append(frame)
  const page = frame.contentWindow as Window & typeof globalThis // it is in the document
  Object.assign(page, { fetch: collector.fetch, fetchLater: collector.fetchLater })
  // Retries come as late as they may, so that none comes in the middle of a test.
  page.Math.random = () => 0.999
  prepare(page)
  // By name, so that it is the page's own import and not this one's.
  const load = page.eval('(url) => import(url)') as (url: string) => Promise<{ createTracker: typeof createTracker }>
  const loaded = await load(new URL(module, import.meta.url).href)
  const faults: unknown[] = []
  page.addEventListener('error', ({ error }) => faults.push(error))
  page.addEventListener('unhandledrejection', ({ reason }) => faults.push(reason))
  const close = () => frame.remove()
  onTestFinished(async () => {
    await new Promise((resolve) => setTimeout(resolve))
    close()
    expect(faults, 'what the tracker let escape into the page').toEqual([])
  })
  return { window: page, createTracker: loaded.createTracker, close }
}
