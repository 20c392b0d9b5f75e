import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { Batch, Envelope, limits, Receipt } from '@footfall/events'
import { batch, envelope } from '@footfall/testkit/builders'
import fc from 'fast-check'
import * as v from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import { secretKey, startCollector, writeKey } from '../start-collector.ts'
import { type Served, serve, whenAllEnd } from './serve.ts'
import { ask, exchange, post, saidIn } from './wire.ts'

const atEnd = whenAllEnd()

/** What a body of these events' text is answered with. */
async function said(url: string, body: string | Uint8Array): Promise<readonly [number, unknown]> {
  const answer = await ask(url, post('/v1/events', body))
  const { code, problems } = saidIn(answer) as { readonly code?: string; readonly problems?: readonly { code: string }[] }
  return [answer.status, code ?? problems?.map((problem) => problem.code).join() ?? null]
}

/** A batch around the text of one event. */
const around = (event: string): string => `{"write_key":"${writeKey}","events":[${event}]}`

const base = envelope({ id: '0198f3a0-0000-7000-8000-00000000aaaa' })
/** An event, with the text of its properties. */
const withProperties = (text: string, id: string = crypto.randomUUID()): string =>
  around(JSON.stringify({ ...base, id, properties: 0 }).replace('"properties":0', `"properties":${text}`))

const events = (count: number, properties: string): string =>
  around(
    Array.from({ length: count }, () =>
      JSON.stringify({ ...base, id: crypto.randomUUID(), properties: 0 }).replace('"properties":0', `"properties":${properties}`),
    ).join(),
  )

const filled = (unit: string, bytes: number): string => unit.repeat(Math.floor(bytes / unit.length))
const inflated = limits.maxInflatedBytes - 2000

describe('what a body costs', () => {
  let served: Served
  beforeAll(async () => {
    served = await serve(atEnd, { store: 'memory' }, ['--max-old-space-size=160'])
    // The first of everything is compiled.
    await said(served.url, JSON.stringify(batch([envelope()])))
  }, 60_000)

  test.each([
    { name: 'a bomb of 1000:1', body: () => gzipSync(Buffer.alloc(400 * 2 ** 20, '['), { level: 9 }), expect: 'body_too_large' },
    { name: 'a million lists', body: () => gzipSync(around(filled('[],', inflated))), expect: 'body_too_large' },
    { name: 'a million objects', body: () => gzipSync(around(filled('{},', inflated))), expect: 'body_too_large' },
    { name: 'keys without end', body: () => gzipSync(withProperties(manyKeys(150_000))), expect: 'body_too_large' },
    { name: 'two million numbers', body: () => gzipSync(around(`${filled('1,', inflated)}1`)), expect: 'body_too_large' },
    {
      name: 'events that are lists of numbers',
      body: () => gzipSync(events(64, `{"a":[${filled('1,', 60_000)}1]}`)),
      expect: 'body_too_large',
    },
    { name: 'nested 100,000 deep', body: () => gzipSync(withProperties(nested(49_000))), expect: 'too_deep' },
    {
      name: 'numbers of 4 MB',
      body: () => gzipSync(withProperties(`{"a":${filled('9', inflated)}}`)),
      expect: 'missing_required',
    },
    { name: 'one text of 4 MB', body: () => gzipSync(withProperties(`{"a":"${filled('x', inflated)}"}`)), expect: 'too_large' },
  ])(
    '$name takes little time',
    async ({ body, expect: code }) => {
      const bytes = body()
      expect(bytes.length).toBeLessThan(limits.maxBatchBytes)
      const record = () => said(served.url, bytes)
      expect((await record())[1]).toBe(code)
      // Measured against an honest body of its size, since machines differ.
      const honestMs = await timed(() => said(served.url, honest))
      const ms = Math.min(await timed(record), await timed(record))
      expect(ms).toBeLessThan(4 * honestMs + 250)
      await Promise.all(Array.from({ length: 4 }, record))
    },
    60_000,
  )

  test('all of them together took little memory, and it goes on', async () => {
    expect(await said(served.url, JSON.stringify(batch([envelope()])))).toEqual([200, ''])
    expect(served.complaints()).toBe('')
    const status = await readFile(`/proc/${served.pid}/status`, 'utf8').catch(() => '')
    const peakKb = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
    if (peakKb !== undefined) expect(Number(peakKb) / 1024).toBeLessThan(400)
  })
})

/** As much as a body may be once it is inflated. */
const honest = gzipSync(
  JSON.stringify(batch(Array.from({ length: 500 }, () => envelope({ properties: { note: 'x'.repeat(7000) } as never })))),
)

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await act()
  return performance.now() - started
}

const manyKeys = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"${index.toString(36)}":1`).join(',')}}`
const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`

describe('one collector that is sent', () => {
  let url = ''
  let stored: (id: string) => Promise<Record<string, unknown> | undefined>
  let served: Served
  beforeAll(async () => {
    served = await serve(atEnd)
    url = served.url
    stored = async (id) => {
      const answer = await ask(url, get('/v1/events?limit=500'))
      const { events } = saidIn(answer) as { readonly events: readonly Record<string, unknown>[] }
      return events.find((event) => event.id === id)
    }
  }, 60_000)

  const utf16 = Buffer.from(around('{}'), 'utf16le')
  test.each([
    { name: 'nested 10,000 deep', body: withProperties(nested(10_000)), expect: [200, 'too_deep'] },
    {
      name: 'nested 10,000 deep in its envelope',
      body: around(`{"consent":{"analytics":"granted"},"x":${nested(10_000)}}`),
      expect: [200, 'too_deep'],
    },
    { name: 'nested 10,000 deep where no batch may be', body: '['.repeat(10_000), expect: [400, 'undecodable'] },
    {
      name: 'nested 10,000 deep around the batch',
      body: `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      expect: [400, 'bad_batch'],
    },
    { name: '10,000 keys', body: withProperties(manyKeys(10_000)), expect: [200, 'too_many_keys'] },
    {
      name: '10,000 fields',
      body: around(`{"consent":{"analytics":"granted"},${manyKeys(10_000).slice(1)}`),
      expect: [200, 'too_many_keys'],
    },
    { name: '10,000 lists', body: withProperties(`{"a":[${filled('[],', 30_000)}[]]}`), expect: [200, 'too_many_keys'] },
    { name: 'a byte order mark', body: `\ufeff${around('')}`, expect: [200, ''] },
    { name: 'UTF-16', body: utf16, expect: [400, 'undecodable'] },
    { name: 'an overlong form', body: Buffer.from([0x22, 0xc0, 0xaf, 0x22]), expect: [400, 'undecodable'] },
    { name: 'half a character', body: Buffer.from([0x22, 0xe2, 0x82, 0x22]), expect: [400, 'undecodable'] },
    { name: 'a surrogate in UTF-8', body: Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), expect: [400, 'undecodable'] },
    { name: 'NaN', body: withProperties('{"a":NaN}'), expect: [400, 'undecodable'] },
    { name: 'gzip cut in the middle', body: gzipSync(around('')).subarray(0, 25), expect: [400, 'undecodable'] },
    { name: 'gzip with a wrong sum', body: broken(gzipSync(around(''))), expect: [400, 'undecodable'] },
    { name: 'gzip within gzip', body: gzipSync(gzipSync(around(''))), expect: [400, 'undecodable'] },
    // RFC 1952: members one after the other are one text.
    {
      name: 'gzip in two members',
      body: Buffer.concat([gzipSync('{"write_key":'), gzipSync(`"${writeKey}","events":[]}`)]),
      expect: [200, ''],
    },
    {
      name: 'gzip and then something',
      body: Buffer.concat([gzipSync(around('')), Buffer.from('junk')]),
      expect: [400, 'undecodable'],
    },
    {
      name: 'gzip that says more of itself than it holds',
      body: Buffer.concat([gzipSync(around('')), Buffer.from([0, 0xff, 0xff, 0xff, 0xff])]),
      expect: [400, 'undecodable'],
    },
    {
      name: 'bombs in members',
      body: Buffer.concat(Array.from({ length: 100 }, () => gzipSync(Buffer.alloc(4 * 2 ** 20, ' '), { level: 9 }))),
      expect: [413, 'body_too_large'],
    },
  ])('$name answers with $expect', async ({ body, expect: expected }) => {
    expect(await said(url, body)).toEqual(expected)
  })

  // A half of a surrogate pair, a NUL and marks of direction are text like any other; a number is what the nearest double is.
  test.each([
    { name: 'lone surrogates', text: '{"product_id":"\\ud800","quantity":1,"\\udfff":"\\udfff"}' },
    { name: 'NUL in keys and texts', text: '{"product_id":"a\\u0000b","quantity":1,"\\u0000":"\\u0000"}' },
    { name: 'texts that run the other way', text: '{"product_id":"\u202eA\u2066","quantity":1,"\u202e":"\u200f"}' },
    {
      name: 'a number of 400 decimals',
      text: `{"product_id":"A","quantity":1,"score":0.${'3'.repeat(400)}}`,
      kept: '{"product_id":"A","quantity":1,"score":0.3333333333333333}',
    },
    {
      name: 'less than nothing',
      text: '{"product_id":"A","quantity":1,"score":-0}',
      kept: '{"product_id":"A","quantity":1,"score":0}',
    },
  ])('$name stores it as it is', async ({ text, kept = text }) => {
    const id = crypto.randomUUID()
    expect(await said(url, withProperties(text, id))).toEqual([200, ''])
    const row = await stored(id)
    expect(JSON.stringify(row?.properties)).toBe(kept)
    expect(row?.quality).toMatchObject({ repairs: [], flags: [] })
  })

  test.each([
    { name: 'the largest number', score: '1.7976931348623157e308', kept: Number.MAX_VALUE },
    { name: 'a whole number of 20 digits', score: '12345678901234567890', kept: 12345678901234567000 },
    { name: 'the first whole number that is another', score: '9007199254740993', kept: 9007199254740992 },
  ])('$name stores the nearest, and says in a repair that it may be another', async ({ score, kept }) => {
    const id = crypto.randomUUID()
    expect(await said(url, withProperties(`{"product_id":"A","quantity":1,"score":${score}}`, id))).toEqual([200, ''])
    const row = await stored(id)
    expect(row?.properties).toMatchObject({ score: kept })
    expect(row?.quality).toMatchObject({
      repairs: [{ field: 'properties.score', from: null, to: kept, rule: 'EV-DIGITS' }],
      flags: ['bad_property'],
    })
  })

  test.each([
    { name: 'a number beyond all bounds', text: '{"product_id":"A","quantity":1,"score":1e400}', sign: '' },
    { name: 'one below them', text: '{"product_id":"A","quantity":1,"score":-1e400}', sign: '-' },
    { name: 'one of 400 digits', text: `{"product_id":"B","quantity":1,"score":${'9'.repeat(400)}}`, sign: '' },
    { name: 'one in a list', text: '{"product_id":"A","quantity":1,"score":[1e400,1e999]}', sign: '', isList: true },
  ])('$name says in its place, and in a repair, that it was there', async ({ text, sign, isList = false }) => {
    const id = crypto.randomUUID()
    const to = `${sign}Infinity`
    expect(await said(url, withProperties(text, id))).toEqual([200, ''])
    const row = await stored(id)
    expect(row?.properties).toMatchObject({ quantity: 1, score: isList ? [to, to] : to })
    expect(row?.quality).toMatchObject({
      repairs: [{ field: 'properties.score', from: null, to, rule: 'EV-NUMBER' }],
      flags: ['bad_property'],
    })
  })

  test.each([
    { name: 'no quantity: beyond all bounds', text: '{"product_id":"A","quantity":1e400}', raw: { quantity: 'Infinity' } },
    { name: 'no quantity: 400 digits', text: `{"product_id":"A","quantity":${'9'.repeat(400)}}`, raw: { quantity: 'Infinity' } },
    { name: 'no quantity: less than nothing', text: '{"product_id":"A","quantity":-0}', raw: { quantity: 0 } },
    {
      name: 'no id: digits that no number holds',
      text: '{"product_id":12345678901234567890,"quantity":1}',
      raw: { quantity: 1 },
    },
  ])('$name is kept aside, and a replay takes it for nothing else', async ({ text, raw }) => {
    const id = crypto.randomUUID()
    expect(await said(url, withProperties(text, id))).toEqual([200, 'bad_property'])
    expect(await stored(id)).toBeUndefined()
    const aside = saidIn(await ask(url, get('/v1/quarantine?limit=500'))) as { readonly events: readonly Aside[] }
    const row = aside.events.find((event) => event.id === id)
    expect(row?.raw.properties).toMatchObject(raw)
    const replay = post('/v1/quarantine/replay', JSON.stringify({ keys: [row?.key] }), asServer)
    expect(saidIn(await ask(url, replay))).toMatchObject({ looked_at: 1, quarantined: 1 })
  })

  test('an id that is mended by a patch is in doubt no longer', async () => {
    const id = crypto.randomUUID()
    expect(await said(url, withProperties('{"product_id":12345678901234567890,"quantity":1}', id))).toEqual([200, 'bad_property'])
    const aside = saidIn(await ask(url, get('/v1/quarantine?limit=500'))) as { readonly events: readonly Aside[] }
    const row = aside.events.find((event) => event.id === id)
    const patch = { properties: { product_id: '12345678901234567890' } }
    const replay = post('/v1/quarantine/replay', JSON.stringify({ keys: [row?.key], patch }), asServer)
    expect(saidIn(await ask(url, replay))).toMatchObject({ looked_at: 1, accepted: 1 })
    const event = await stored(id)
    expect(event?.properties).toMatchObject({ product_id: '12345678901234567890' })
    expect(event?.quality).toMatchObject({ repairs: [], flags: [] })
  })

  test('EV-UNICODE: half a character in what names somebody or something stores U+FFFD, and says so in a repair', async () => {
    const id = crypto.randomUUID()
    const session = { id: 's-1', index: 1 }
    const event = JSON.stringify({ ...base, id, name: 'own_event', anonymous_id: 'a-1', user_id: 'u-1', source: 'x-1', session })
    const halves = event
      .replace('"own_event"', '"own_\\ud800"')
      .replaceAll(/"([aux])-1"/g, '"$1-\\udfff"')
      .replace('"s-1"', '"s-\\ud800"')
    expect(await said(url, around(halves))).toEqual([200, ''])
    const row = await stored(id)
    expect(row).toMatchObject({
      ...{ name: 'own_\ufffd', original_name: 'own_\ufffd', source: 'x-\ufffd', anonymous_id: 'a-\ufffd', user_id: 'u-\ufffd' },
      session: { id: 's-\ufffd', index: 1 },
    })
    expect(row?.quality).toMatchObject({
      repairs: [
        { field: 'name', from: 'own_\ud800', to: 'own_\ufffd', rule: 'EV-UNICODE' },
        { field: 'anonymous_id', from: null, to: null, rule: 'EV-UNICODE' },
        { field: 'user_id', from: null, to: null, rule: 'EV-UNICODE' },
        { field: 'source', from: 'x-\udfff', to: 'x-\ufffd', rule: 'EV-UNICODE' },
        { field: 'session', from: null, to: null, rule: 'EV-UNICODE' },
      ],
    })
  })

  test('a time beyond all numbers is kept aside with a sign of it', async () => {
    const id = crypto.randomUUID()
    const event = JSON.stringify({ ...base, id, occurred_at: 1 }).replace('"occurred_at":1', '"occurred_at":1e400')
    expect(await said(url, around(event))).toEqual([200, 'bad_time'])
    const aside = saidIn(await ask(url, get('/v1/quarantine?limit=500'))) as { readonly events: readonly Aside[] }
    expect(aside.events.find((row) => row.id === id)?.raw).toMatchObject({ occurred_at: 'Infinity' })
  })

  test('names of prototypes stores them as data, and no event after it inherits anything', async () => {
    const inherited = '{"isAdmin":true,"price":1.23,"currency":"JPY","user_id":"mallory","source":"mallory"}'
    const text = `{"product_id":"A","quantity":1,"__proto__":${inherited},"constructor":{"prototype":${inherited}}}`
    const changing = ['id', 'anonymous_id', 'occurred_at', 'received_at']
    const plain = async () => {
      const id = crypto.randomUUID()
      const differs = { id, anonymous_id: id, user_id: undefined, session: null, properties: { product_id: 'A', quantity: 1 } }
      expect(await said(url, around(JSON.stringify({ ...base, ...differs })))).toEqual([200, ''])
      const row = await stored(id)
      expect(row).toMatchObject({ anonymous_id: id, user_id: null, money: {} })
      return Object.entries(row ?? {}).filter(([field]) => !changing.includes(field))
    }
    const before = await plain()
    const id = crypto.randomUUID()
    const wild = withProperties(text, id).replace(
      '"events"',
      `"__proto__":${inherited},"shared":{"__proto__":${inherited}},"events"`,
    )
    expect(await said(url, wild.replace('"properties"', `"__proto__":${inherited},"properties"`))).toEqual([200, ''])
    const row = await stored(id)
    expect(JSON.stringify(row?.properties)).toBe(text)
    expect(row?.user_id).toBeNull()
    expect(await plain()).toEqual(before)
  })

  test('of keys that stand twice the last, as JSON.parse has it, and one only', async () => {
    const id = crypto.randomUUID()
    expect(await said(url, withProperties('{"product_id":"A","product_id":"B","quantity":1,"quantity":2}', id))).toEqual([
      200,
      '',
    ])
    expect(await stored(id)).toMatchObject({ properties: { product_id: 'B', quantity: 2 } })
  })

  test('two keys and two lists of events counts those that stand last', async () => {
    const event = JSON.stringify(envelope())
    const body = `{"write_key":"wk_nobody","events":[${event},${event}],"write_key":"${writeKey}","events":[]}`
    expect(await said(url, body)).toEqual([200, ''])
  })

  const wrong = [null, true, 0, -1, 1.5, 1e21, '', 'x', '\u0000', [], [null], [[]], {}, { '': {} }, { a: [1, { b: null }] }]
  const places = [
    ...Object.keys(Batch.entries).map((field) => [field]),
    ...Object.keys(Envelope.entries).map((field) => ['events', field]),
    ...['id', 'index'].map((field) => ['events', 'session', field]),
    ...['url', 'title', 'referrer', 'view_id'].map((field) => ['events', 'page', field]),
    ...['analytics', 'marketing', 'record_id', 'decided_at', 'version'].map((field) => ['events', 'consent', field]),
  ]
  test.each(places.map((place) => ({ place: place.join('.') })))(
    '%s of every type: an answer, and the accounts hold',
    async ({ place }) => {
      const requests = wrong.map((value) => post('/v1/events', JSON.stringify(withValue(place.split('.'), value))))
      const answers = await exchange(url, requests.length, ...requests)
      expect(answers).toHaveLength(wrong.length)
      for (const answer of answers) {
        expect([200, 400, 401, 413]).toContain(answer.status)
        if (answer.status !== 200) continue
        const { accepted, duplicate, quarantined, rejected } = v.parse(Receipt, saidIn(answer))
        expect(accepted + duplicate + quarantined + rejected).toBeLessThanOrEqual(1)
      }
    },
  )

  test('after all of it, it has complained about nothing', () => {
    expect(served.complaints()).toBe('')
    expect(served.isAlive()).toBe(true)
  })
})

const asServer = { Authorization: `Bearer ${secretKey}` }

interface Aside {
  readonly id: string
  readonly key: string
  readonly raw: { readonly properties: object }
}

const get = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer sk_test_0123456789abcdef\r\n\r\n`

function broken(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt32LE(0, copy.length - 8)
  return copy
}

/** A good batch but for one value. */
function withValue([first = '', ...rest]: readonly string[], value: unknown): object {
  const good = batch([envelope({ id: crypto.randomUUID() })])
  if (first !== 'events' || rest.length === 0) return { ...good, [first]: value }
  return { ...good, events: good.events.map((event) => replaced(event, rest, value)) }
}

const replaced = (object: object, [field = '', ...rest]: readonly string[], value: unknown): object => ({
  ...object,
  [field]: rest.length === 0 ? value : replaced((object as Record<string, object>)[field] ?? {}, rest, value),
})

test('an event that is far too large is kept in short, and still told from others', async () => {
  const { post: send, quarantined } = await startCollector({ store: 'memory' })
  const id = crypto.randomUUID()
  const event = { ...base, id, user_id: 'u-1', extra: 'x'.repeat(200_000), properties: { note: 'y'.repeat(100_000) } }
  for (const page of [
    { url: 'https://shop.example/' },
    { url: 'https://shop.example/other' },
    { url: 'https://shop.example/' },
  ]) {
    await send(JSON.stringify(batch([{ ...event, page } as never])))
  }
  const rows = await quarantined()
  expect(rows).toHaveLength(2)
  expect(rows[0]).toMatchObject({ id, code: 'too_large' })
  const { raw } = rows[0] as unknown as { readonly raw: object }
  expect(raw).toMatchObject({ id, user_id: 'u-1', properties: '[too large to keep]', page: { url: 'https://shop.example/' } })
  expect(raw).not.toHaveProperty('extra')
  expect(JSON.stringify(raw).length).toBeLessThan(8192)
})

test('one that is only just too large is kept whole', async () => {
  const { deliver, quarantined } = await startCollector({ store: 'memory' })
  await deliver([envelope({ properties: { note: 'y'.repeat(limits.maxEventBytes) } as never })])
  expect((await quarantined())[0]).toMatchObject({ raw: { properties: { note: expect.stringMatching(/^y{65536}$/) } } })
})

test('a quarantine that is full is told in the receipt, the report and the metrics', async () => {
  const { deliver, get: read, post: send } = await startCollector({ store: 'memory', quarantineMaxMb: 1 })
  const large = () => envelope({ properties: { note: 'y'.repeat(limits.maxEventBytes) } as never })
  const receipts = [await deliver(Array.from({ length: 7 }, large)), await deliver(Array.from({ length: 7 }, large))]
  receipts.push(await deliver([large(), large(), envelope()]))
  const sumOf = (verdict: 'accepted' | 'quarantined' | 'rejected'): number =>
    receipts.reduce((sum, receipt) => sum + receipt[verdict], 0)
  expect([sumOf('quarantined'), sumOf('rejected'), sumOf('accepted')]).toEqual([11, 5, 1])
  expect(receipts[2]?.problems.at(-1)).toMatchObject({ status: 'rejected', code: 'quarantine_full' })
  const report = (await (await read('/v1/reports/traffic')).json()) as { readonly verdicts: object }
  expect(report.verdicts).toMatchObject({ received: 17, quarantined: 11, rejected: 5, accepted: 1 })
  expect(await (await read('/metrics')).text()).toMatch(/code="quarantine_full"[^\n]* 5/)
  // A quarter is left to servers, and no more.
  const server = { authorization: `Bearer ${secretKey}` }
  const kept = await (await send(JSON.stringify(batch(Array.from({ length: 6 }, large))), server)).json()
  expect(kept).toMatchObject({ quarantined: 4, rejected: 2 })
})

test('whatever bytes a body has, the answer is no fault', async () => {
  const { post: send } = await startCollector({ store: 'memory' })
  const good = JSON.stringify(batch([envelope()]))
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length), fc.uint8Array({ minLength: 1, maxLength: 4 }), async (at, bytes) => {
      const body = Buffer.concat([Buffer.from(good.slice(0, at)), bytes, Buffer.from(good.slice(at + bytes.length))])
      expect([200, 400, 401, 413]).toContain((await send(body)).status)
    }),
    { numRuns: 150 },
  )
})
