import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { batch, envelope } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { FootfallError } from '../../src/errors.ts'
import { loadRates } from '../../src/normalise/rates.ts'
import { createMemorySink } from '../../src/sinks/memory.ts'
import type { Lag } from '../../src/sinks/sink.ts'
import { startCollector, writeKey } from '../start-collector.ts'
import { scrape, sumOf } from './scrape.ts'

test('what can be counted stands there from the first scrape, so that the first of each has a rate', async () => {
  const { url } = await startCollector({ store: 'memory' })
  const samples = await scrape(url)
  expect(samples.get('footfall_events_total{project="default",status="quarantined",code="bad_money"}')).toBe(0)
  expect(samples.get('footfall_received_events_total{project="default"}')).toBe(0)
  expect(samples.get('footfall_store_thread_restarts_total{thread="writer"}')).toBe(0)
  expect(samples.get('footfall_refused_requests_total{code="wrong_secret_key"}')).toBe(0)
  expect(samples.get('footfall_unstored_events_total{project="default",code="disk_low"}')).toBe(0)
  // A nought would ring a bell: for a full disk, for rates and for a retention that nobody has asked for.
  expect([...samples.keys()].filter((name) => /store_bytes|disk_bytes|retention|rates/.test(name))).toEqual([])
})

test('each stage of each way, the commits and the files are measured', async () => {
  const rates = loadRates('Date,USD,\n2026-01-16,1.16,')
  const { url, deliver, get, post } = await startCollector({ retentionDays: 400 }, { rates })
  await deliver([envelope(), envelope()])
  await post('{')
  await fetch(`${url}/v1/pixel.gif?write_key=${writeKey}`)
  await get('/v1/reports/traffic')
  const live = await get('/v1/live')
  const samples = await scrape(url)
  await live.body?.cancel()

  const count = (metric: string, labels = {}) => sumOf(samples, `footfall_${metric}_count`, labels)
  expect(count('request_seconds', { way: 'events', outcome: 'receipt' })).toBe(1)
  expect(count('request_seconds', { way: 'events', outcome: 'refused' })).toBe(1)
  expect(count('request_seconds', { way: 'pixel', outcome: 'receipt' })).toBe(1)
  // The picture has no body; what cannot be read is not judged.
  expect(['receive', 'decode', 'judge', 'commit'].map((stage) => count('stage_seconds', { stage }))).toEqual([2, 2, 2, 2])
  for (const metric of ['commit_seconds', 'delivery_events', 'group_seconds', 'sync_seconds']) expect(count(metric)).toBe(2)
  expect([count('group_events'), sumOf(samples, 'footfall_group_events_sum')]).toEqual([2, 3])
  const [group, sync] = ['group', 'sync'].map((what) => sumOf(samples, `footfall_${what}_seconds_sum`)) as [number, number]
  expect(sync).toBeGreaterThan(0)
  expect(group).toBeGreaterThan(sync)
  expect(count('question_seconds', { question: 'traffic' })).toBe(1)
  expect(samples.get('footfall_registry_reads_total')).toBe(1)
  expect(samples.get('footfall_live_watchers')).toBe(1)
  expect(samples.get('footfall_rates_newest_timestamp_seconds')).toBe(Date.UTC(2026, 0, 16) / 1000)
  expect(samples.get('footfall_retention_last_run_timestamp_seconds')).toBeCloseTo(Date.now() / 1000, -2)
  expect(samples.get('footfall_store_bytes{file="data"}')).toBeGreaterThan(4096)
  expect(samples.get('footfall_store_bytes{file="log"}')).toBeGreaterThan(4096)
  expect(samples.get('footfall_disk_bytes{room="floor"}')).toBe(64 * 2 ** 20)
  expect(samples.get('footfall_disk_bytes{room="free"}')).toBeGreaterThan(0)
  expect(samples.get('footfall_waiting_bytes')).toBe(0)
})

test('what waits for the disk is told as the store tells it, at each scrape', async () => {
  let lag: Lag = { waitingEvents: 7, waitingBytes: 700, oldestMs: 2500 }
  const { url } = await startCollector({ store: 'memory' }, { store: { ...createMemorySink(), lag: () => lag } })
  const waiting = async () => {
    const samples = await scrape(url)
    return ['events', 'bytes', 'seconds'].map((what) => samples.get(`footfall_waiting_${what}`))
  }
  expect(await waiting()).toEqual([7, 700, 2.5])
  lag = { waitingEvents: 0, waitingBytes: 0, oldestMs: 0 }
  expect(await waiting()).toEqual([0, 0, 0])
})

test('events that the store refuses are offered and unstored, and not received', async () => {
  const store = createMemorySink()
  const full = { ...store, commit: () => Promise.reject(new FootfallError('disk_low', 'full')) }
  const { url, post } = await startCollector({ store: 'memory' }, { store: full })
  expect((await post(JSON.stringify(batch([envelope(), envelope()])))).status).toBe(503)
  const samples = await scrape(url)
  expect(samples.get('footfall_offered_events_total{project="default"}')).toBe(2)
  expect(samples.get('footfall_received_events_total{project="default"}')).toBe(0)
  expect(samples.get('footfall_unstored_events_total{project="default",code="disk_low"}')).toBe(2)
  expect(samples.get('footfall_refused_requests_total{code="disk_low"}')).toBe(1)
})

test('a disk that does not answer keeps nobody from the other metrics, and leaves its figures out', async () => {
  const stuck = { ...createMemorySink(), footprint: () => new Promise<never>(() => {}) }
  const { url } = await startCollector({ store: 'memory' }, { store: stuck })
  const started = performance.now()
  const samples = await scrape(url)
  expect(performance.now() - started).toBeLessThan(5000)
  expect(samples.has('footfall_waiting_events')).toBe(true)
  expect(samples.has('footfall_store_bytes{file="data"}')).toBe(false)
})

test('an address that asks for the metrics without end is held up: writing them takes milliseconds', async () => {
  const { url } = await startCollector({ store: 'memory', trustedProxies: '127.0.0.1', limitPerAddress: '1:3' })
  const headers = { 'x-forwarded-for': '203.0.113.5' }
  const statuses: number[] = []
  for (let index = 0; index < 8; index += 1) statuses.push((await fetch(`${url}/metrics`, { headers })).status)
  expect([statuses[0], statuses.includes(429)]).toEqual([200, true])
})

test('the README names every metric, and no other', async () => {
  const rates = loadRates('Date,USD,\n2026-01-16,1.16,')
  const { collector } = await startCollector({ store: 'memory', retentionDays: 400 }, { rates })
  const made = (await collector.metrics.getMetricsAsJSON()).map(({ name }) => name.slice('footfall_'.length))
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
  const section = /\n## Watching it\n(.*?)\n## /s.exec(readme)?.[1] ?? ''
  const [, table = ''] = /\| Metric `footfall_…`(.*?)\n\n/s.exec(section) ?? []
  const named = [...table.matchAll(/^\| (.*?) +\|/gm)].flatMap(([, cell]) =>
    [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  )
  expect(named.toSorted()).toEqual(made.toSorted())
  const asked = [...section.matchAll(/footfall_(\w+?)(?:_bucket|_sum|_count)?\b/g)].map(([, name]) => name)
  expect(asked.filter((name) => !made.includes(name ?? ''))).toEqual([])
})
