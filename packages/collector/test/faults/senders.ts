import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type RunningBrowser, type Tab } from '@footfall/testkit/engines'
import { createFaultyNetwork } from '@footfall/testkit/faulty-network'
import { capture, clock, createSeal, type Sealed } from '../../../browser/src/capture/seal.ts'
import { createDispatcher } from '../../../browser/src/delivery/dispatcher.ts'
import { createOutbox } from '../../../browser/src/queue/outbox.ts'
import type { Queue } from '../../../browser/src/queue/queue.ts'
import { writeKey } from '../start-collector.ts'

/** Somebody who captures numbered events and delivers them with the code that pages run, whatever happens to the collector. */
export interface Sender {
  readonly name: string
  /** Captures one more event. */
  track(): Promise<void> | void
  /** Tries to deliver now what waits. */
  flush(): Promise<void>
  state(): Promise<SenderState> | SenderState
  close(): Promise<void>
}

export interface SenderState {
  readonly captured: number
  /** Settled by a receipt; a tab's consent record is among them. */
  readonly receipted: number
  /** Given up: none ever may be. */
  readonly dropped: number
}

/** The name under which a sender's event can be told from all others: it is stored as the product's. */
export const keyOf = (sender: string, number: number): string => `${sender}-${number}`

/** The tracker's delivery as it is: outbox, dispatcher, batches, retries. Only what waits stands in memory, as there is no device. */
export function createNodeSender(name: string, url: string): Sender {
  clock.now = () => [Date.now(), 'https://shop.example/']
  const view = {
    current: (url: string) => ({ url, title: 'shop', referrer: '', view_id: crypto.randomUUID(), type: null }),
    begin() {},
  }
  const seal = createSeal()
  const consent = { analytics: 'granted', record_id: crypto.randomUUID(), version: '1', decided_at: Date.now() } as const
  const who = { anonymous_id: `visitor-${name}`, user_id: null, traits: null, session: { id: crypto.randomUUID(), index: 1 } }
  let captured = 0
  let receipted = 0
  let dropped = 0
  const outbox = createOutbox(
    createMemoryQueue(),
    () => dispatcher.plan(20),
    (_, count) => {
      dropped += count
    },
    (cause) => {
      throw cause
    },
  )
  const dispatcher = createDispatcher(
    { endpoint: new URL(`${url}/v1/events`), writeKey },
    name,
    outbox,
    () => ({}),
    (_, count) => {
      receipted += count
    },
    () => true,
    (json) => json,
    () => {},
  )
  return {
    name,
    track() {
      captured += 1
      outbox.add(seal(capture('product_viewed', { product_id: keyOf(name, captured) }, view), who, consent))
    },
    async flush() {
      await outbox.settled()
      await dispatcher.deliver()
    },
    state: () => ({ captured, receipted, dropped }),
    async close() {
      dispatcher.abort()
    },
  }
}

/** Numbers and keeps what waits, as the device's database does. */
function createMemoryQueue(): Queue {
  const waiting = new Map<string, Sealed>()
  let seq = 0
  const extent = (): [number, number] => [waiting.size, [...waiting.values()].reduce((sum, { event }) => sum + event.length, 0)]
  return {
    async change(added, removed) {
      for (const event of added) {
        if (waiting.has(event.id)) continue
        seq += 1
        event.seq = seq
        waiting.set(event.id, event)
      }
      for (const { id } of removed) waiting.delete(id)
      return extent()
    },
    async retain(keep) {
      for (const event of waiting.values()) if (!keep(event)) waiting.delete(event.id)
      return extent()
    },
    peek: async (count) => [...waiting.values()].sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, count),
  }
}

/** Tabs of a real Chromium with the built tracker, each of an origin and so a visitor of its own. */
export async function openTabs(count: number, url: string): Promise<readonly Sender[]> {
  const profile = await mkdtemp(join(tmpdir(), 'footfall-profile-'))
  const browser = await chromium.launch(profile)
  const names = Array.from({ length: count }, (_, index) => `tab${index}`)
  let open = count
  return Promise.all(
    names.map((name) =>
      openTab(name, url, browser, async () => {
        open -= 1
        if (open > 0) return
        await browser.close()
        await rm(profile, { recursive: true, force: true })
      }),
    ),
  )
}

const page = (name: string): string => `<!doctype html><title>shop</title><link rel="icon" href="data:,">
  <script src="/footfall.js" data-write-key="${writeKey}" data-consent="analytics" data-page="off" data-batch-delay-ms="50"></script>
  <script>
    let captured = 0
    const track = () => { captured += 1; footfall.track('product_viewed', { product_id: '${name}-' + captured }) }
    const state = () => ({
      captured,
      receipted: footfall.stats().delivered,
      dropped: Object.values(footfall.stats().dropped).reduce((sum, count) => sum + count, 0),
    })
  </script>`

async function openTab(name: string, url: string, browser: RunningBrowser, onClose: () => Promise<void>): Promise<Sender> {
  const shop = createServer((_, response) => void response.setHeader('content-type', 'text/html').end(page(name)))
  await once(shop.listen(0, '127.0.0.1'), 'listening')
  const shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}` // a port was asked for
  // Pages and collector in one origin, as behind a shop's proxy.
  const network = await createFaultyNetwork(
    (path) => (/^\/(v1|footfall\.js)/.test(path) ? url : shopUrl),
    () => false,
  )
  const tab: Tab = await browser.openTab(network.url)
  return {
    name,
    async track() {
      await tab.run('track()')
    },
    async flush() {
      await tab.run('return footfall.flush()')
    },
    state: async () => (await tab.run('return state()')) as SenderState, // as the page above makes it
    async close() {
      await tab.close()
      await network.close()
      shop.close()
      await onClose()
    },
  }
}
