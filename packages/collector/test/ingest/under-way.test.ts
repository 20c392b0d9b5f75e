import { gzipSync } from 'node:zlib'
import { batch, envelope } from '@footfall/testkit/builders'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { CollectorPorts } from '../../src/collector.ts'
import { loadTraceSettings } from '../../src/config.ts'
import { createMemorySink } from '../../src/sinks/memory.ts'
import type { Delivery } from '../../src/sinks/sink.ts'
import { scrape, sumOf } from '../ops/scrape.ts'
import { startReceiver } from '../ops/span-receiver.ts'
import { startCollector } from '../start-collector.ts'

const mebibyte = 2 ** 20
const [anna, ben, cleo, dora, emil] = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4', '203.0.113.5'] as const

/** A collector whose store stands still until it is released, with senders of several addresses behind a proxy. */
async function startHeld(ports: CollectorPorts = {}) {
  const inner = createMemorySink()
  const held = Promise.withResolvers<void>()
  let inHand = 0
  const store = {
    ...inner,
    async commit(delivery: Delivery) {
      inHand += 1
      await held.promise
      return inner.commit(delivery)
    },
  }
  const options = { store: 'memory', trustedProxies: '127.0.0.1' }
  const { post, url, collector, events } = await startCollector(options, { store, ...ports })
  onTestFinished(() => held.resolve())

  /** One event, in gzip that says how large it becomes. */
  const send = (address: string, inflatedBytes: number): Promise<Response> =>
    post(gzipSync(JSON.stringify(batch([envelope()])).padEnd(inflatedBytes)), { 'x-forwarded-for': address })

  /** Is there no room for one more byte of this address? A consent record takes of the same room, and waits for no turn. */
  async function isFull(address: string): Promise<boolean> {
    const headers = { 'x-forwarded-for': address }
    const response = await fetch(`${url}/v1/consent`, { method: 'POST', body: '{', headers })
    const { code } = (await response.json()) as { code: string }
    if (code !== 'overloaded') expect(code).toBe('undecodable')
    return code === 'overloaded'
  }

  /** Sends what is left of an address's room, and resolves once it is there; nobody answers it before the store is released. */
  async function fill(address: string, ...sizes: readonly number[]): Promise<readonly Promise<Response>[]> {
    const sent = sizes.map((size) => send(address, size))
    await expect.poll(() => isFull(address), { timeout: 10_000 }).toBe(true)
    return sent
  }
  const atTheStore = (count: number) => expect.poll(() => inHand, { timeout: 10_000 }).toBe(count)
  return { send, isFull, fill, atTheStore, inHand: () => inHand, release: held.resolve, url, collector, events }
}

async function expectOverloaded(answer: Promise<Response>): Promise<void> {
  const response = await answer
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)])
  expect(await response.json()).toMatchObject({ code: 'overloaded' })
}

const statusesOf = async (answers: readonly Promise<Response>[]): Promise<readonly number[]> =>
  (await Promise.all(answers)).map(({ status }) => status)

test('an address has a quarter of 16 MiB of bodies as they inflate, and 2 MiB are in hand; who has no room comes again', async () => {
  const receiver = await startReceiver()
  const traces = loadTraceSettings({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } })
  const { send, isFull, fill, atTheStore, inHand, release, url, collector, events } = await startHeld({ traces })
  const sent = [send(anna, mebibyte), send(anna, mebibyte)]
  await atTheStore(2)
  // However small it is, the next one waits.
  sent.push(...(await fill(anna, 1024, 2 * mebibyte - 1024)))
  await expectOverloaded(send(anna, 4 * mebibyte))
  for (const address of [ben, cleo, dora]) {
    expect(await isFull(address)).toBe(false)
    sent.push(...(await fill(address, 4 * mebibyte)))
  }
  await expectOverloaded(send(emil, 4 * mebibyte))
  expect(inHand()).toBe(2)

  release()
  expect(await statusesOf(sent)).toEqual(sent.map(() => 200))
  // All that was taken is given back.
  for (const address of [anna, emil]) expect((await send(address, 4 * mebibyte)).status).toBe(200)
  expect(await events()).toHaveLength(sent.length + 2)

  const waited = sent.length - 2
  expect(sumOf(await scrape(url), 'footfall_stage_seconds_count', { stage: 'wait' })).toBe(waited)
  await collector.close()
  const stages = Map.groupBy(receiver.spans(), ({ parentSpanId }) => parentSpanId)
  const waits = [...stages.values()].map((spans) => spans.map(({ name }) => name)).filter((names) => names.includes('wait'))
  expect(waits).toEqual(Array.from({ length: waited }, () => ['receive', 'wait', 'decode', 'judge', 'commit']))
}, 30_000)

test('nobody else waits once somebody has waited for more than 5 seconds', async () => {
  let passedMs = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => passedMs)
  onTestFinished(() => void clock.mockRestore())
  const { send, isFull, fill, atTheStore, release, url } = await startHeld()
  // One that is larger than what may be in hand is so alone.
  const sent = [send(anna, 4 * mebibyte)]
  await atTheStore(1)
  passedMs = 1000
  sent.push(...(await fill(ben, 4 * mebibyte)))
  passedMs = 6000
  sent.push(...(await fill(cleo, 4 * mebibyte)))
  passedMs = 6001
  // There is room for the body.
  expect(await isFull(dora)).toBe(false)
  await expectOverloaded(send(dora, 1024))

  release()
  expect(await statusesOf(sent)).toEqual([200, 200, 200])
  expect((await send(dora, 1024)).status).toBe(200)
  const samples = await scrape(url)
  expect(sumOf(samples, 'footfall_stage_seconds_count', { stage: 'wait' })).toBe(2)
  expect(sumOf(samples, 'footfall_stage_seconds_sum', { stage: 'wait' })).toBeCloseTo(5.001 + 0.001, 9)
}, 30_000)
