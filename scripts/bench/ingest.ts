import { mkdtemp, open, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollector, type Delivery, listen } from '@footfall/collector'
import { batch, envelope } from '@footfall/testkit/builders'
import { uuid } from '../../packages/browser/src/platform/uuid.ts'
import { createMemorySink } from '../../packages/collector/src/sinks/memory.ts'
import { createSqliteSink } from '../../packages/collector/src/sinks/sqlite/sqlite-sink.ts'
import { type Bench, median, rounded } from './table.ts'

/** How many requests are under way at the same time. */
const connections = 32
const secretKey = 'sk_bench_0123456789abcdef'
const projects = [{ id: 'default', baseCurrency: 'EUR', timeZone: 'UTC' }]

/** Batches as trackers send them: a small shop's events, every one with an id of its own. */
function bodies(events: number, perBatch: number): Buffer[] {
  const made = Array.from({ length: Math.ceil(events / perBatch) }, (_, index) => {
    const session = uuid()
    return batch(
      Array.from({ length: perBatch }, (_, place) =>
        envelope({ id: uuid(), seq: place + 1, anonymous_id: `visitor-${index}`, session: { id: session, index: 1 } }),
      ),
      { write_key: 'wk_bench' },
    )
  })
  return made.map((each) => Buffer.from(JSON.stringify(each)))
}

/** Runs `work` over all items, so many at a time; answers the seconds it took. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<number> {
  const waiting = [...items].reverse()
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item)
    }),
  )
  return (performance.now() - startedAt) / 1000
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'footfall-bench-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const options = (dataDir: string) => ({ dataDir, writeKey: 'wk_bench', secretKey, logLevel: 'silent' as const })

/** The whole way: HTTP to durable receipt, the load made in the same process. */
const throughHttp = (sent: readonly Buffer[], perBatch: number) =>
  inFolder(async (folder) => {
    const collector = createCollector(options(folder))
    await collector.ready
    const server = await listen(collector, '127.0.0.1', 0)
    const agent = new Agent({ keepAlive: true, maxSockets: connections })
    const post = (body: Buffer) =>
      new Promise<void>((resolve, reject) => {
        const call = request({
          agent,
          port: server.port,
          method: 'POST',
          path: '/v1/events',
          headers: { 'content-length': body.length },
        })
        call.on('error', reject)
        call.on('response', (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => {
            const { accepted } = JSON.parse(text)
            if (accepted === perBatch) resolve()
            else reject(new Error(`a batch of ${perBatch} was answered with ${text.slice(0, 300)}`))
          })
        })
        call.end(body)
      })
    const seconds = await inParallel(sent, post)
    agent.destroy()
    await server.close(0)
    await collector.close()
    return seconds
  })

/** What the collector hands to its store for these requests. */
async function deliveriesOf(sent: readonly Buffer[], folder: string): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = []
  const memory = createMemorySink()
  const store = {
    ...memory,
    commit(delivery: Delivery) {
      deliveries.push(delivery)
      return memory.commit(delivery)
    },
  }
  const collector = createCollector(options(folder), { store })
  await collector.ready
  for (const body of sent) await collector.request('/v1/events', { method: 'POST', body: new Uint8Array(body) })
  await collector.close()
  return deliveries
}

/** The store alone: the same rows, already normalised, committed as durably. */
const bareStore = (sent: readonly Buffer[]) =>
  inFolder(async (folder) => {
    const deliveries = await deliveriesOf(sent, folder)
    const store = createSqliteSink({ folder, projects, subjectSecret: 'a secret for the bench' })
    await store.ready
    const seconds = await inParallel(deliveries, (delivery) => store.commit(delivery))
    await store.close()
    return seconds
  })

/** What any durable collector pays at least: the bytes appended and flushed; those that wait share a flush, as in the store. */
const appendAndSync = (sent: readonly Buffer[]) =>
  inFolder(async (folder) => {
    const file = await open(join(folder, 'log'), 'a')
    let waiting: { body: Buffer; done: () => void }[] = []
    let isFlushing = false
    const flush = async () => {
      isFlushing = true
      while (waiting.length > 0) {
        const group = waiting
        waiting = []
        await file.appendFile(Buffer.concat(group.map(({ body }) => body)))
        await file.datasync()
        for (const { done } of group) done()
      }
      isFlushing = false
    }
    const append = (body: Buffer) =>
      new Promise<void>((done) => {
        waiting.push({ body, done })
        if (!isFlushing) void flush()
      })
    const seconds = await inParallel(sent, append)
    await file.close()
    return seconds
  })

export default async function ingest(rounds = 3): Promise<readonly Bench[]> {
  const rows: Bench['rows'][number][] = []
  for (const [perBatch, events] of [
    [1, 4_000],
    [20, 20_000],
    [50, 30_000],
    [500, 40_000],
  ] as const) {
    const found = { http: [] as number[], store: [] as number[], append: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      found.http.push(events / (await throughHttp(bodies(events, perBatch), perBatch)))
      found.store.push(events / (await bareStore(bodies(events, perBatch))))
      found.append.push(events / (await appendAndSync(bodies(events, perBatch))))
    }
    const http = median(found.http)
    rows.push({
      'events a batch': perBatch,
      'HTTP to receipt, events/s': rounded(http),
      'bare store, events/s': rounded(median(found.store)),
      'append + fsync, events/s': rounded(median(found.append)),
      'of the bare store': rounded(http / median(found.store), 2),
      'of append + fsync': rounded(http / median(found.append), 2),
    })
  }
  return [
    {
      title: 'Events per second into the embedded store',
      rows,
      notes: [
        `Medians of ${rounds} interleaved rounds, ${connections} requests under way, every receipt after its fsync.`,
        'The load is made in the collector’s own process, which costs the first column what the clients need.',
        'Bare store: the same rows, decoded and normalised beforehand. Append + fsync: the same request bodies to a plain file.',
      ],
    },
  ]
}
