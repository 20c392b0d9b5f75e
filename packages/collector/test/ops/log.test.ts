import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { batch, envelope } from '@footfall/testkit/builders'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { FootfallError } from '../../src/errors.ts'
import { described } from '../../src/ops/log.ts'
import { createMetrics } from '../../src/ops/metrics.ts'
import { createWitness } from '../../src/ops/witness.ts'
import { createMemorySink } from '../../src/sinks/memory.ts'
import type { Store } from '../../src/sinks/sink.ts'
import { secretKey, startCollector, visitorAgent, writeKey } from '../start-collector.ts'

type Line = Readonly<Record<string, unknown>>

function createTestLog() {
  let text = ''
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  return {
    log: pino({ name: 'footfall', level: 'debug' }, stream),
    text: () => text,
    lines: () =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Line),
  }
}

const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
const fieldList = /Fields: (.*?)\n\n/s.exec(readme)?.[1] ?? ''
const documented: ReadonlySet<string> = new Set([...fieldList.matchAll(/`(\w+)`/g)].map(([, field]) => field ?? ''))

/** What must not be found again, each in a place where somebody might write it down. */
const hostile = 'evil\n{"level":50,"msg":"forged"}\r\n\u2028ada@example.com'
const secrets = [
  'evil',
  'forged',
  'ada',
  '203.0.113.9',
  '2001:db8',
  'visitor-7',
  'wk_evil',
  writeKey,
  secretKey,
  'sk-guess',
  'A-1',
  'shop.example',
  'Mozilla',
]

async function visit(url: string, { post, get, deliver }: Awaited<ReturnType<typeof startCollector>>): Promise<void> {
  const headers = { 'x-forwarded-for': '203.0.113.9, 2001:db8::1', 'user-agent': visitorAgent }
  await deliver([
    envelope({ anonymous_id: 'visitor-7', user_id: 'ada@example.com', properties: { product_id: hostile, name: hostile } }),
    envelope({ name: hostile }),
    envelope({ consent: null }),
    { id: hostile } as never,
  ])
  const one = JSON.stringify(batch([envelope()]))
  await post(hostile, headers)
  await post(one.replace(writeKey, 'wk_evil'), headers)
  await post(one, { ...headers, origin: 'https://evil.example' })
  await post(one, { ...headers, authorization: 'Bearer sk-guess' })
  await post(one, { ...headers, 'content-encoding': 'evil' })
  const name = encodeURIComponent(hostile)
  await get(`/v1/events?${name}=${name}`)
  await get(`/v1/events?cursor=${name}`)
  await get(`/v1/subjects/${name}`)
  await get(`/v1/consent/${name}`)
  await get(`/${name}`)
  await get(`/footfall/${name}`)
  await get('/v1/events', { authorization: 'Bearer sk-guess' })
  await fetch(`${url}/v1/pixel.gif?write_key=${name}&user_id=${name}`)
  await fetch(`${url}/v1/consent`, {
    method: 'POST',
    body: JSON.stringify({ write_key: writeKey, subject: hostile, purposes: {} }),
  })
  await fetch(`${url}/v1/subjects/${name}`, { method: 'DELETE', headers: { authorization: `Bearer ${secretKey}` } })
  await fetch(`${url}/v1/sources/${name}`, { method: 'PUT', body: hostile, headers: { authorization: `Bearer ${secretKey}` } })
  await fetch(`${url}/reports/session`, { method: 'POST', body: JSON.stringify({ secret_key: hostile }) })
}

test('no line of the log holds what visitors sent, and each is one JSON object of documented fields', async () => {
  const { log, text, lines } = createTestLog()
  // Not every fault is ours: those of others may quote what they were given.
  const inner = createMemorySink()
  const odd: Store = { ...inner, quality: () => Promise.reject(new TypeError(`${hostile}\n    at ada@example.com`)) }
  const started = await startCollector({ store: 'memory', trustedProxies: '127.0.0.1' }, { log, store: odd })
  await visit(started.url, started)
  await started.get('/v1/reports/quality')
  await started.collector.close()

  expect(documented.size).toBeGreaterThan(20)
  for (const line of lines()) {
    expect(line).toMatchObject({ name: 'footfall', msg: expect.any(String), time: expect.any(Number) })
    for (const field of Object.keys(line)) expect([...documented], `the field of ${JSON.stringify(line)}`).toContain(field)
  }
  for (const secret of secrets) expect(text()).not.toContain(secret)
  const codes = lines().map(({ code }) => code)
  const expected = [
    'undecodable',
    'unknown_write_key',
    'origin_not_allowed',
    'wrong_secret_key',
    'unsupported_encoding',
    'bad_parameter',
  ]
  expect(codes).toEqual(expect.arrayContaining([...expected, 'bad_consent_record', 'internal']))
  expect(lines().find(({ code }) => code === 'internal')).toMatchObject({ reason: 'TypeError', route: '/v1/reports/quality' })
})

test('a start and an end are lines', async () => {
  const { log, lines } = createTestLog()
  const { collector } = await startCollector({ store: 'memory' }, { log })
  await collector.close()
  const said = lines().map(({ msg }) => msg)
  expect(said[0]).toBe('starting')
  expect(said).toContain('the store is open')
  expect(said.slice(-2)).toEqual(['closing', 'closed'])
})

test('two hundred refused requests are two lines, which say how many they were', async () => {
  const { log, lines } = createTestLog()
  const { post, collector } = await startCollector({ store: 'memory' }, { log })
  for (let round = 0; round < 4; round += 1) await Promise.all(Array.from({ length: 50 }, () => post('{')))
  await collector.close()
  const refused = lines().filter(({ code }) => code === 'undecodable')
  expect(refused.map(({ times }) => times)).toEqual([1, 199])
})

test('a time in which nothing is stored is one line, with what the operator has to do', async () => {
  const { log, lines } = createTestLog()
  const full: Store = {
    ...createMemorySink(),
    commit: () => Promise.reject(new FootfallError('disk_low', 'Only 3 MiB are free in /data; make room.')),
  }
  const { post } = await startCollector({ store: 'memory' }, { log, store: full })
  for (let index = 0; index < 5; index += 1) await post(JSON.stringify(batch([envelope()])))
  expect(lines().filter(({ level }) => level === 50)).toMatchObject([
    { code: 'disk_low', reason: 'Only 3 MiB are free in /data; make room.', msg: 'the store takes no more events' },
  ])
})

test('of a fault that is not ours only its kind and its frames are told, whatever its message looks like', () => {
  const fault = new RangeError('x\n    at ada@example.com (/home/ada)')
  const { reason, stack } = described(fault)
  expect(reason).toBe('RangeError')
  expect(stack?.length).toBeGreaterThan(0)
  expect(stack?.join('\n')).not.toContain('ada')
  expect(stack?.[0]).toContain('log.test.ts')
  const changed = new Error('short')
  expect(changed.stack).toContain('short')
  changed.message = 'another'
  expect(described(changed).stack).toEqual([])
  expect(described('ada')).toEqual({ reason: 'string' })
})

test('a commit of more than a second is a line', async () => {
  const { log, lines } = createTestLog()
  const inner = createMemorySink()
  const slow: Store = { ...inner, commit: (delivery) => setTimeout(1010).then(() => inner.commit(delivery)) }
  const { deliver } = await startCollector({ store: 'memory' }, { log, store: slow })
  await deliver([envelope()])
  expect(lines().filter(({ level }) => level === 40)).toMatchObject([{ seconds: expect.any(Number), events: 1, times: 1 }])
})

test('a thread that ends again and again is one line a minute, and counted each time', async () => {
  const { log, lines } = createTestLog()
  const metrics = createMetrics({
    projects: [],
    lag: () => ({ waitingEvents: 0, waitingBytes: 0, oldestMs: 0 }),
    footprint: async () => null,
    newestRate: () => null,
    watchers: () => 0,
  })
  const witness = createWitness(log, metrics)
  for (let index = 0; index < 5; index += 1) witness.restarted('writer')
  witness.restarted('reader')
  witness.close()
  expect(lines().map(({ thread, times }) => [thread, times])).toEqual([
    ['writer', 1],
    ['reader', 1],
    ['writer', 4],
  ])
  expect(await metrics.text()).toContain('footfall_store_thread_restarts_total{thread="writer"} 5')
})
