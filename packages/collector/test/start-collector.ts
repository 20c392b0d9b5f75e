import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BatchInput, Receipt } from '@footfall/events'
import { batch } from '@footfall/testkit/builders'
import { onTestFinished } from 'vitest'
import { type Collector, type CollectorPorts, createCollector } from '../src/collector.ts'
import type { CollectorOptions } from '../src/config.ts'
import { listen } from '../src/listen.ts'
import type { StoredEvent, StoredQuarantine } from '../src/sinks/stored-event.ts'

export const writeKey = 'wk_test'
export const secretKey = 'sk_test_0123456789abcdef'

/** What visitors' browsers say; without it every request would be a bot's. */
export const visitorAgent =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36'

/** A folder of its own, gone when the test is. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'footfall-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A collector on a real port, and the other end of its wire. */
export interface Started {
  readonly collector: Collector
  readonly url: string
  readonly folder: string
  /** Sends a body as it is. */
  post(body: BodyInit, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Sends events as a tracker does, and expects a receipt. */
  deliver(events: BatchInput['events'], differs?: Partial<BatchInput>): Promise<Receipt>
  /** Reads with the secret key. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  events(query?: string): Promise<readonly StoredEvent[]>
  quarantined(): Promise<readonly StoredQuarantine[]>
}

export async function startCollector(options: CollectorOptions = {}, ports: CollectorPorts = {}): Promise<Started> {
  const folder = options.dataDir ?? (await temporaryFolder())
  const keys = options.projects === undefined ? { writeKey, secretKey } : {}
  const collector = createCollector({ dataDir: folder, logLevel: 'silent', ...keys, ...options }, ports)
  const server = await listen(collector, '127.0.0.1', 0)
  onTestFinished(async () => {
    await Promise.all([collector.close(), server.close(0)])
  })
  await collector.ready
  const { url } = server

  const post: Started['post'] = (body, headers = {}) =>
    fetch(`${url}/v1/events`, {
      method: 'POST',
      body,
      headers: { 'user-agent': visitorAgent, 'content-type': 'text/plain', ...headers },
    })
  const get: Started['get'] = (path, headers = {}) =>
    fetch(url + path, { headers: { authorization: `Bearer ${secretKey}`, ...headers } })

  return {
    collector,
    url,
    folder,
    post,
    get,
    async deliver(events, differs = {}) {
      const response = await post(JSON.stringify(batch(events, differs)))
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
      return (await response.json()) as Receipt
    },
    async events(query = '') {
      const { events } = (await (await get(`/v1/events?limit=500${query}`)).json()) as { events: StoredEvent[] }
      return events
    },
    async quarantined() {
      const { events } = (await (await get('/v1/events?status=quarantined&limit=500')).json()) as { events: StoredQuarantine[] }
      return events
    },
  }
}
