import { limits } from '@footfall/events'
import fc from 'fast-check'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { askCollector } from '../../src/commands/ask-collector.ts'
import { cutParcels, deliver, type ImportRequest, type Parcel, rehearse } from '../../src/import/delivery.ts'
import type { Entry } from '../../src/import/entries.ts'
import { listen } from '../../src/listen.ts'
import { secretKey, startCollector } from '../start-collector.ts'

const entryOf = (line: number, event: Entry['event'], problem: string | null = null): Entry => ({
  line,
  rows: [],
  event,
  problem,
})

async function* oneByOne<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

async function cut(entries: readonly Entry[]): Promise<readonly Parcel[]> {
  const parcels: Parcel[] = []
  for await (const parcel of cutParcels(oneByOne(entries), 'till')) parcels.push(parcel)
  return parcels
}

test('cutting loses nothing, keeps the order, and every request fits', async () => {
  const { maxBatchBytes } = limits
  // With room for what stands around its text, or with none: nothing in between.
  const size = fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 100_000, max: maxBatchBytes - 8192 }),
    fc.integer({ min: maxBatchBytes, max: maxBatchBytes + 100_000 }),
  )
  const entries = fc.array(fc.option(size), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(entries, async (sizes) => {
      const given = sizes.map((length, line) =>
        length === null ? entryOf(line, null, 'none') : entryOf(line, { text: 'ü'.repeat(length / 2) }),
      )
      const parcels = await cut(given)
      expect(parcels.flat().map(({ line }) => line)).toEqual(given.map(({ line }) => line))
      for (const parcel of parcels) {
        const events = parcel.flatMap(({ event }) => (event === null ? [] : [event]))
        expect(Buffer.byteLength(JSON.stringify({ write_key: '', import: true, events }))).toBeLessThan(maxBatchBytes)
      }
      const lost = parcels.flat().filter(({ event, problem }) => event === null && problem !== 'none')
      expect(lost).toHaveLength(sizes.filter((length) => length !== null && length >= maxBatchBytes).length)
    }),
    { numRuns: 30 },
  )
})

test('no request has more events than one may have', async () => {
  const parcels = await cut(Array.from({ length: 1201 }, (_, line) => entryOf(line, { line })))
  expect(parcels.map(({ length }) => length)).toEqual([500, 500, 201])
})

/** A collector behind something that says no a few times. */
async function behindTrouble(
  times: number,
  status: number,
): Promise<{ request: ImportRequest; waits: number[]; asked: () => number }> {
  const { collector, folder } = await startCollector({ store: 'memory' })
  const waits: number[] = []
  let asked = 0
  const front = new Hono()
  front.post('/v1/events', async (c, next) => {
    asked += 1
    if (asked > times) return next()
    // The receipt of the first attempt is lost: its events are in.
    if (asked === 1)
      await collector.fetch(new Request(c.req.url, { method: 'POST', headers: c.req.raw.headers, body: await c.req.text() }))
    return c.json({ code: 'overloaded', detail: 'no', ...(status === 503 && { retry_after_ms: 1234 }) }, status as 503)
  })
  front.route('/', collector)
  const server = await listen(front, '127.0.0.1', 0)
  onTestFinished(() => server.close(0))
  const asking = await askCollector({ url: server.url, env: { FOOTFALL_DATA_DIR: folder, FOOTFALL_SECRET_KEY: secretKey } })
  const wait = async (ms: number): Promise<void> => void waits.push(ms)
  return { request: { collector: asking, wait }, waits, asked: () => asked }
}

const sale = {
  name: 'pos_purchase_completed',
  occurred_at: '2026-11-20T10:00:00Z',
  consent: { analytics: 'granted' },
  properties: { receipt_id: '1', store_id: 'S', total: '5,00', currency: 'EUR' },
}

test('a collector that is busy is waited for, and what was in already is a duplicate', async () => {
  const { request, waits } = await behindTrouble(2, 503)
  const [parcel = []] = await cut([entryOf(2, null, 'cut off'), entryOf(3, sale), entryOf(4, { ...sale, properties: {} })])
  const outcomes = await deliver(parcel, request)
  expect(outcomes.map(({ entry, status, code }) => [entry.line, status, code])).toEqual([
    [2, 'unreadable', 'unreadable'],
    [3, 'duplicate', 'duplicate'],
    [4, 'duplicate', 'duplicate'],
  ])
  expect(waits).toEqual([1234, 1234])
  const rehearsed = await rehearse(parcel, request)
  expect(rehearsed.map(({ status, validation }) => [status, validation?.event?.name])).toEqual([
    ['unreadable', undefined],
    ['accepted', 'pos_purchase_completed'],
    ['quarantined', undefined],
  ])
})

test('what will not pass is not asked again', async () => {
  const { request, asked, waits } = await behindTrouble(2, 400)
  const [parcel = []] = await cut([entryOf(2, sale)])
  await expect(deliver(parcel, request)).rejects.toMatchObject({ code: 'collector_refused' })
  expect([asked(), waits]).toEqual([1, []])
})

test('nobody is waited for without end', async () => {
  const { request, waits } = await behindTrouble(100, 503)
  const [parcel = []] = await cut([entryOf(2, sale)])
  await expect(deliver(parcel, request)).rejects.toMatchObject({ code: 'collector_refused' })
  expect(waits).toHaveLength(7)
})

test('where there is nothing to send, nobody is asked', async () => {
  const { request, asked } = await behindTrouble(0, 503)
  expect(await deliver([entryOf(2, null, 'cut off')], request)).toMatchObject([{ status: 'unreadable', detail: 'cut off' }])
  expect(asked()).toBe(0)
})
