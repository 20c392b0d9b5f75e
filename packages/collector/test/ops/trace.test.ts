import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { batch, envelope } from '@footfall/testkit/builders'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { loadTraceSettings } from '../../src/config.ts'
import type { Passed } from '../../src/ops/passage.ts'
import type { Attribute } from '../../src/ops/spans.ts'
import { createTracing } from '../../src/ops/trace.ts'
import { readTraceparent } from '../../src/ops/trace-context.ts'
import { traceVariables } from '../../src/ops/trace-settings.ts'
import { startCollector, writeKey } from '../start-collector.ts'
import { spansIn, startReceiver } from './span-receiver.ts'

const attributesOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

const settingsFor = (url: string, more: Readonly<Record<string, string>> = {}) =>
  loadTraceSettings({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, ...more } })

const traceId = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

test('a request is a span in the trace that it came with, and its stages are spans in it, one after the other', async () => {
  const receiver = await startReceiver()
  const traces = settingsFor(`${receiver.url}/otlp/`, {
    OTEL_SERVICE_NAME: 'shop-events',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test,team=a%2Cb',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=secret%20one',
  })
  const { post, collector } = await startCollector({ store: 'memory', trustedProxies: '127.0.0.1' }, { traces })
  const began = Date.now()
  const body = JSON.stringify(batch([envelope({ anonymous_id: 'visitor-7' }), envelope()]))
  expect((await post(body, { traceparent })).status).toBe(200)
  await collector.close()

  expect(receiver.posts).toMatchObject([
    { path: '/otlp/v1/traces', headers: { 'x-key': 'secret one', 'content-type': 'application/json' } },
  ])
  expect(attributesOf(receiver.posts[0]?.resourceSpans[0]?.resource.attributes ?? [])).toEqual({
    'service.name': 'shop-events',
    'deployment.environment': 'test',
    team: 'a,b',
  })
  const [request, ...stages] = receiver.spans()
  expect(request).toMatchObject({
    traceId,
    parentSpanId: 'b7ad6b7169203331',
    name: 'POST /v1/events',
    kind: 2,
    status: { code: 0 },
  })
  expect(attributesOf(request?.attributes ?? [])).toEqual({
    'http.request.method': 'POST',
    'http.route': '/v1/events',
    'http.response.status_code': '200',
    'footfall.project': 'default',
    'footfall.events': '2',
  })
  expect(stages.map(({ name }) => name)).toEqual(['receive', 'decode', 'judge', 'commit'])
  for (const stage of stages) expect(stage).toMatchObject({ traceId, parentSpanId: request?.spanId, kind: 1 })
  expect(new Set(receiver.spans().map(({ spanId }) => spanId)).size).toBe(5)
  // Each begins where the one before has ended, the first with the request.
  const ends = [request?.startTimeUnixNano, ...stages.map(({ endTimeUnixNano }) => endTimeUnixNano)]
  expect(stages.map(({ startTimeUnixNano }) => startTimeUnixNano)).toEqual(ends.slice(0, -1))
  expect(Number(ends.at(-1)) - Number(ends[0])).toBeGreaterThan(0)
  expect(Number(BigInt(request?.startTimeUnixNano ?? 0) / 1_000_000n)).toBeGreaterThanOrEqual(began - 1000)
  expect(BigInt(request?.endTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(BigInt(ends.at(-1) ?? 0))
  expect(JSON.stringify(receiver.posts.map(({ resourceSpans }) => resourceSpans))).not.toMatch(
    /visitor-7|wk_|sk_|127\.0|shop\.example|A-1/,
  )
})

test("refusals, the pixel and consent have spans of their own; a fault of ours is an error, a sender's is none", async () => {
  const receiver = await startReceiver()
  const { post, url, collector } = await startCollector({ store: 'memory' }, { traces: settingsFor(receiver.url) })
  await post('{')
  await fetch(`${url}/v1/pixel.gif?write_key=${writeKey}`)
  await fetch(`${url}/v1/consent`, {
    method: 'POST',
    body: JSON.stringify({ write_key: writeKey, purposes: { analytics: 'granted' } }),
  })
  await collector.close()
  const requests = receiver.spans().filter(({ kind }) => kind === 2)
  expect(requests.map(({ name }) => name)).toEqual(['POST /v1/events', 'GET /v1/pixel.gif', 'POST /v1/consent'])
  expect(attributesOf(requests[0]?.attributes ?? [])).toMatchObject({
    'http.response.status_code': '400',
    'error.type': 'undecodable',
  })
  expect(requests.map(({ status }) => status.code)).toEqual([0, 0, 0])
  // Whoever brings no trace begins one.
  expect(new Set(requests.map(({ traceId: id }) => id)).size).toBe(3)
  for (const { traceId: id, parentSpanId } of requests)
    expect([id, parentSpanId]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), undefined])
})

const silent = pino({ level: 'silent' })
const passed = (differs: Partial<Passed> = {}): Passed => ({
  way: 'events',
  route: '/v1/events',
  startedAt: 1,
  endedAt: 2,
  stages: [],
  project: 'default',
  events: 1,
  code: null,
  traceparent: undefined,
  ...differs,
})

test.each([
  { sampler: {}, parent: undefined, share: 1 },
  { sampler: {}, parent: traceparent, share: 1 },
  { sampler: {}, parent: traceparent.replace(/01$/, '00'), share: 0 },
  { sampler: { OTEL_TRACES_SAMPLER: 'always_on' }, parent: traceparent.replace(/01$/, '00'), share: 1 },
  { sampler: { OTEL_TRACES_SAMPLER: 'always_off' }, parent: traceparent, share: 0 },
  { sampler: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, parent: traceparent, share: 1 },
  { sampler: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, parent: undefined, share: 0 },
  { sampler: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, parent: undefined, share: 0.25 },
])('of requests with $sampler in $parent the share $share is traced', async ({ sampler, parent, share }) => {
  const receiver = await startReceiver()
  const tracing = createTracing(settingsFor(receiver.url, sampler) ?? never(), silent)
  for (let index = 0; index < 400; index += 1) tracing.onPassed(passed({ traceparent: parent }))
  await tracing.close()
  // Four hundred throws of a quarter: 60 is eight standard deviations away from nothing, 140 from chance.
  const bounds = share === 0.25 ? [60, 140] : [400 * share, 400 * share]
  expect(receiver.spans().length).toBeGreaterThanOrEqual(bounds[0] ?? 0)
  expect(receiver.spans().length).toBeLessThanOrEqual(bounds[1] ?? 0)
})

test('whoever is away for a moment gets the same spans again, whoever refuses them does not', async () => {
  const receiver = await startReceiver([503, 400])
  const tracing = createTracing(settingsFor(receiver.url) ?? never(), silent)
  for (let index = 0; index < 512; index += 1) tracing.onPassed(passed())
  await expect.poll(() => receiver.posts.length).toBe(1)
  // Not before its time, however much comes.
  for (let index = 0; index < 100; index += 1) {
    tracing.onPassed(passed())
    await fetch(receiver.url)
  }
  expect(receiver.posts).toHaveLength(1)
  await tracing.close()
  expect(receiver.posts.map((post) => spansIn(post).length)).toEqual([512, 512, 100])
})

test('nobody waits for an address that takes nothing, and what waits for it stays bounded', async () => {
  const lines: unknown[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const tracing = createTracing(settingsFor('http://127.0.0.1:9') ?? never(), log)
  for (let index = 0; index < 10_000; index += 1) tracing.onPassed(passed())
  const started = performance.now()
  await tracing.close()
  expect(performance.now() - started).toBeLessThan(4000)
  expect(lines.map((line) => (line as { spans: number }).spans).reduce((sum, spans) => sum + spans, 0)).toBe(10_000)
  expect(lines.length).toBeLessThanOrEqual(3)
})

test('nothing is traced unless it is asked for', () => {
  expect(loadTraceSettings({ env: {} })).toBeNull()
  expect(loadTraceSettings({ env: { OTEL_SERVICE_NAME: 'a' } })).toBeNull()
  expect(settingsFor('http://a:4318', { OTEL_SDK_DISABLED: 'TRUE' })).toBeNull()
  expect(settingsFor('http://a:4318', { OTEL_TRACES_EXPORTER: 'none' })).toBeNull()
  expect(settingsFor('', {})).toBeNull()
})

test('the address of traces goes before the common one, and is taken as it is', () => {
  const own = settingsFor('http://a:4318', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://b/x' })
  expect([own?.endpoint, settingsFor('http://a:4318')?.endpoint]).toEqual(['https://b/x', 'http://a:4318/v1/traces'])
  expect(settingsFor('http://a', { OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '500', OTEL_EXPORTER_OTLP_TIMEOUT: '9' })?.timeoutMs).toBe(
    500,
  )
})

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://user:secret@a'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'secret'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%zzsecret'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a=b%0d%0ax: secret'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a b=secret'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'secret'],
  ['OTEL_TRACES_SAMPLER', 'secret'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
])('%s=%s stops the start with a sentence that does not repeat it', (name, value) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_TRACES_SAMPLER: 'traceidratio', [name]: value }
  expect(() => loadTraceSettings({ env })).toThrow(
    expect.objectContaining({ code: 'bad_setting', message: expect.stringContaining(name) }),
  )
  expect(() => loadTraceSettings({ env })).not.toThrow(/secret/)
})

test.each([
  { header: traceparent, expected: { traceId, spanId: 'b7ad6b7169203331', isSampled: true } },
  { header: traceparent.replace(/01$/, '02'), expected: { traceId, spanId: 'b7ad6b7169203331', isSampled: false } },
  { header: `cc${traceparent.slice(2)}-what-comes-later`, expected: { traceId, spanId: 'b7ad6b7169203331', isSampled: true } },
  { header: `${traceparent}-more`, expected: null },
  { header: `ff${traceparent.slice(2)}`, expected: null },
  { header: traceparent.toUpperCase(), expected: null },
  { header: traceparent.replace(traceId, '0'.repeat(32)), expected: null },
  { header: traceparent.replace('b7ad6b7169203331', '0'.repeat(16)), expected: null },
  { header: `${traceparent}, ${traceparent}`, expected: null },
  { header: '', expected: null },
  { header: undefined, expected: null },
])('traceparent $header', ({ header, expected }) => {
  expect(readTraceparent(header)).toEqual(expected)
})

test('every variable of traces is in the README', async () => {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
  for (const name of traceVariables) expect(readme).toContain(`\`${name}`)
})

function never(): never {
  throw new Error('traces were asked for')
}
