import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listen, type StoredEvent } from '@footfall/collector'
import { launchChromium } from '@footfall/testkit/browsers'
import { createFaultyNetwork, type FaultyNetwork } from '@footfall/testkit/faulty-network'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { createDemo } from '../../../scripts/demo.ts'

export const secretKey = 'sk_test_0123456789abcdef'

/** The demo with a collector and a store of its own, behind a network that can fail, and a browser before it. */
export interface OpenShop {
  readonly url: string
  readonly browser: Browser
  readonly network: FaultyNetwork
  /** A visitor who was never here. */
  visitor(options?: BrowserContextOptions): Promise<BrowserContext>
  /** What the store holds, oldest received first. */
  rows(): Promise<readonly StoredEvent[]>
  close(): Promise<void>
}

export async function openShop(): Promise<OpenShop> {
  const dataDir = await mkdtemp(join(tmpdir(), 'footfall-shop-'))
  const { app, collector } = createDemo({ dataDir, writeKey: 'wk_test', secretKey, logLevel: 'error' })
  await collector.ready
  const server = await listen(app, '127.0.0.1', 0)
  const network = await createFaultyNetwork(server.url, (path) => path.startsWith('/v1/events'))
  const browser = await launchChromium()
  return {
    url: network.url,
    browser,
    network,
    visitor: (options) => browser.newContext(options),
    async rows() {
      const response = await fetch(`${server.url}/v1/events?limit=500`, { headers: { authorization: `Bearer ${secretKey}` } })
      const { events } = (await response.json()) as { events: StoredEvent[] }
      return events
    },
    async close() {
      await browser.close()
      await network.close()
      await server.close(0)
      await collector.close()
      await rm(dataDir, { recursive: true })
    },
  }
}

/** Everything that a page has written on the device, whoever wrote it. */
export const onDevice = (page: Page) =>
  page.evaluate(async () => ({
    localStorage: Object.keys(localStorage),
    sessionStorage: Object.keys(sessionStorage),
    cookies: document.cookie,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }))

export const emptyDevice = { localStorage: [], sessionStorage: [], cookies: '', databases: [], caches: [] }
