import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollector, listen, type StoredEvent, type StoredQuarantine } from '@footfall/collector'
import type { Engine, RunningBrowser, Tab } from '@footfall/testkit/engines'
import { createFaultyNetwork, type FaultyNetwork } from '@footfall/testkit/faulty-network'
import { Hono } from 'hono'
import { type CollectorProcess, createCollectorProcess } from './collector-process.ts'

const secretKey = 'sk_test_0123456789abcdef'

/** A script tag of a shop whose visitors have agreed. */
export const tracker = (writeKey = 'wk_test') =>
  `<script src="/footfall.js" data-write-key="${writeKey}" data-consent="analytics" data-page="off"></script>`

/** A page with a script before the tracker. */
export const after = (script: string) => `<script>${script}</script>${tracker()}`

/** A shop at an origin of its own, with a collector and a store, behind a network that can fail. */
export interface Scene {
  readonly network: FaultyNetwork
  /** What a page of this path is made of; the tracker and nothing else, unless a scenario changes it. */
  html: (path: string) => string
  /** The pages' content security policy. */
  policy: string | undefined
  /** The paths that were asked for, collector's excepted. */
  readonly visited: readonly string[]
  /** The browser in which pages are opened: one for all scenes, unless a scenario launches its own. */
  browser: RunningBrowser
  /** Launches a browser on a device that only this scene has. */
  launch(): Promise<RunningBrowser>
  /** Opens a page of the shop in a tab of its own. */
  open(path?: string): Promise<Tab>
  /** From now on the collector is a process that can be killed. */
  moveCollector(): Promise<CollectorProcess>
  /** What the store holds. */
  rows(): Promise<readonly StoredEvent[]>
  quarantined(): Promise<readonly StoredQuarantine[]>
  /** How many events the trackers said they gave up, as the collector was told. */
  dropsTold(): Promise<number>
  /** Ends everything but the network: while that stands, no other scene gets its origin, and with it what is on the device. */
  close(): Promise<void>
}

export async function openScene(engine: Engine, shared: RunningBrowser): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'footfall-losses-'))
  const keys = { writeKey: 'wk_test', secretKey }
  const projects = { default: keys, other: { writeKey: 'wk_other', secretKey: `${secretKey}_other` } }
  const collector = createCollector({ dataDir: join(folder, 'store'), logLevel: 'error', projects })
  await collector.ready
  const collectorServer = await listen(collector, '127.0.0.1', 0)
  let collectorUrl = collectorServer.url
  let process: CollectorProcess | undefined

  const visited: string[] = []
  const pages = new Hono()
  pages.post('/hold', () => new Promise(() => {}))
  pages.get('*', (c) => {
    const path = c.req.url.replace(/^https?:\/\/[^/]+/, '')
    visited.push(path)
    const headers = scene.policy === undefined ? {} : { 'content-security-policy': scene.policy }
    return c.html(`<!doctype html><title>shop</title><link rel="icon" href="data:,">${scene.html(path)}`, 200, headers)
  })
  const pagesServer = await listen(pages, '127.0.0.1', 0)
  const network = await createFaultyNetwork(
    (path) => (/^\/(v1|footfall\.js)/.test(path) ? collectorUrl : pagesServer.url),
    (path) => path.startsWith('/v1/'),
  )

  const launched: RunningBrowser[] = []
  const tabs: Tab[] = []
  const read = async (path: string, key = secretKey) =>
    (await fetch(collectorUrl + path, { headers: { authorization: `Bearer ${key}` } })).json()
  const readAll = async <T>(query: string, key?: string) => {
    const all: T[] = []
    let cursor = ''
    do {
      const { events, next } = (await read(`/v1/events?limit=500${query}${cursor}`, key)) as { events: T[]; next: string | null }
      all.push(...events)
      cursor = next === null ? '' : `&cursor=${next}`
    } while (cursor !== '')
    return all
  }

  const scene: Scene = {
    network,
    html: () => tracker(),
    policy: undefined,
    visited,
    browser: shared,
    async launch() {
      const browser = await engine.launch(join(folder, 'profile'))
      launched.push(browser)
      return browser
    },
    async open(path = '/blank') {
      const tab = await scene.browser.openTab(network.url + path)
      tabs.push(tab)
      return tab
    },
    async moveCollector() {
      process = await createCollectorProcess({
        FOOTFALL_DATA_DIR: join(folder, 'moved'),
        FOOTFALL_WRITE_KEY: keys.writeKey,
        FOOTFALL_SECRET_KEY: keys.secretKey,
      })
      await process.start()
      collectorUrl = process.url
      return process
    },
    rows: async () => [
      ...(await readAll<StoredEvent>('')),
      ...(process === undefined ? await readAll<StoredEvent>('', projects.other.secretKey) : []),
    ],
    quarantined: () => readAll<StoredQuarantine>('&status=quarantined'),
    async dropsTold() {
      const metrics = await (await fetch(`${collectorUrl}/metrics`, { headers: { authorization: `Bearer ${secretKey}` } })).text()
      const counts = [...metrics.matchAll(/^footfall_tracker_drops_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count))
      return counts.reduce((sum, count) => sum + count, 0)
    },
    async close() {
      network.become({ kind: 'none' })
      await Promise.allSettled([...tabs.map((tab) => tab.close()), ...launched.map((browser) => browser.kill())])
      await process?.kill()
      await Promise.all([pagesServer.close(0), collectorServer.close(0)])
      await collector.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return scene
}
