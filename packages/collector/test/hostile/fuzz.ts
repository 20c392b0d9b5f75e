import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { Receipt } from '@footfall/events'
import { anyJson, hostileText } from '@footfall/testkit/arbitraries'
import { batch, envelope } from '@footfall/testkit/builders'
import fc from 'fast-check'
import * as v from 'valibot'
import { expect } from 'vitest'
import { storeFile } from '../../src/sinks/sqlite/open.ts'
import { type Described, operationsOf } from '../openapi/described.ts'
import { secretKey, writeKey } from '../start-collector.ts'
import type { Served } from './serve.ts'
import type { Held } from './served.ts'
import { type Answer, ask, blurt, exchange, post, saidIn, textOf } from './wire.ts'

/** Another project, where what is read, replayed and erased does not disturb the accounts of the first. */
const other = { writeKey: 'wk_other', secretKey: 'sk_other_0123456789abcdef' }

/** Another one, for requests that may be cut off before their receipt. */
const wild = { writeKey: 'wk_wild', secretKey: 'sk_wild_0123456789abcdef' }

/** How the collector under fire is set up. */
export const fuzzOptions = {
  limitPerKey: 'off',
  quarantineMaxMb: 1,
  path: '/e',
  projects: { default: { writeKey, secretKey }, other, wild },
} as const

/** What came of it. */
export interface Fuzzed {
  readonly requests: number
  readonly answers: number
  readonly byStatus: Readonly<Record<string, number>>
  readonly accounted: Readonly<Record<Verdict, number>>
  /** Operations of its description that were never asked for. */
  readonly neverAsked: readonly string[]
  readonly before: Held
  readonly after: Held
}

const verdicts = ['accepted', 'duplicate', 'quarantined', 'rejected'] as const
type Verdict = (typeof verdicts)[number]

/**
 * Sends what nobody in their senses would send, for so long, and then looks: it never answered that it had made a mistake, it accounts for
 * every event that it gave a receipt for, it holds no more than at the beginning, and its file is whole.
 *
 * @param seed plays the same game again, as far as time allows
 */
export async function fuzz(served: Served, forMs: number, seed: number): Promise<Fuzzed> {
  const byStatus: Record<string, number> = {}
  const accounted: Record<Verdict, number> = { accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 }
  const operations = operationsOf(saidIn(await ask(served.url, 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n')))
  const neverAsked = new Set(operations.map(({ id }) => id))
  let requests = 0
  let answers = 0

  async function play({ bytes, kind, operation }: Shot): Promise<void> {
    requests += 1
    if (operation !== undefined) neverAsked.delete(operation)
    const said = kind === 'wild' ? await blurt(served.url, bytes) : await exchange(served.url, 1, bytes)
    if (kind !== 'wild') expect(said).toHaveLength(1)
    for (const answer of said) {
      answers += 1
      byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1
      check(answer, bytes)
      if (kind === 'counted') account(answer, accounted)
    }
  }

  // What is loaded, compiled and cached at the first of everything is no leak.
  const shots = fc.sample(anyShot(operations), { numRuns: 300, seed })
  for (let at = 0; at < shots.length; at += 10) await Promise.all(shots.slice(at, at + 10).map(play))
  const before = await served.held()
  let underWay: Promise<unknown> = Promise.resolve()
  await fc.assert(
    fc.asyncProperty(fc.array(anyShot(operations), { minLength: 16, maxLength: 16 }), async (salvo) => {
      underWay = Promise.all(salvo.map(play))
      await underWay
      expect(served.isAlive()).toBe(true)
    }),
    // To shrink is pointless where each attempt leaves its events behind; the seed plays it all again.
    { seed, numRuns: 10_000_000, interruptAfterTimeLimit: forMs, endOnFailure: true, reporter: explain },
  )
  // The end of the time is no end to the salvo that it falls into.
  await underWay
  const after = await served.held()
  await expectAccounts(served, accounted)
  expect(served.complaints()).toBe('')
  expect(await served.close()).toBe(0)
  expectWhole(served.folder)
  return { requests, answers, byStatus, accounted, neverAsked: [...neverAsked], before, after }
}

/** A salvo is long: the request that was answered wrongly stands in the error. */
function explain({ failed, seed, numRuns, errorInstance }: fc.RunDetails<[Shot[]]>): void {
  if (failed) throw new Error(`seed ${seed}, salvo ${numRuns}`, { cause: errorInstance })
}

/** A refusal is a decision; a fault is a mistake. */
function check(answer: Answer, request: Uint8Array): void {
  const { status, headers } = answer
  const text = textOf(answer)
  const isJson = /^application\/(?:problem\+)?json(?:;|$)/.test(headers['content-type'] ?? '')
  // Node itself answers 400, 408, 417 and 431, without a word.
  const isSniffable = text !== '' && headers['content-type'] !== undefined && headers['x-content-type-options'] !== 'nosniff'
  if (status < 500 && !isSniffable && (!isJson || isReadable(text))) return
  throw new Error(`answered ${status} ${text.slice(0, 400)}\nto ${JSON.stringify(Buffer.from(request).toString('latin1'))}`)
}

function isReadable(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function account(answer: Answer, accounted: Record<Verdict, number>): void {
  const said = saidIn(answer)
  if (answer.status !== 200 || !('problems' in said)) return
  const receipt = v.parse(Receipt, said)
  for (const verdict of verdicts) accounted[verdict] += receipt[verdict]
}

/** What receipts said is what the report says; where receipts were lost, at least its sum is right. */
async function expectAccounts({ url }: Served, accounted: Readonly<Record<Verdict, number>>): Promise<void> {
  expect(await accountsOf(url, secretKey)).toEqual({ received: sumOf(accounted), ...accounted })
  for (const project of [other, wild]) {
    const { received, ...rest } = await accountsOf(url, project.secretKey)
    expect(sumOf(rest)).toBe(received)
  }
}

async function accountsOf(url: string, key: string) {
  const answer = await ask(url, `GET /v1/reports/traffic HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`)
  return (saidIn(answer) as { readonly verdicts: Readonly<Record<Verdict | 'received', number>> }).verdicts
}

const sumOf = (counts: Readonly<Record<Verdict, number>>): number => verdicts.reduce((sum, verdict) => sum + counts[verdict], 0)

function expectWhole(folder: string): void {
  const db = new DatabaseSync(storeFile(folder), { readOnly: true })
  try {
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
    const sizes = db.prepare(`SELECT project, sum(octet_length(raw) + octet_length(context) + 256) AS bytes FROM quarantine
      GROUP BY project ORDER BY project`)
    const kept = db.prepare('SELECT project, bytes FROM quarantine_sizes WHERE bytes <> 0 ORDER BY project')
    expect(kept.all()).toEqual(sizes.all())
  } finally {
    db.close()
  }
}

/** One request, or what is left of it. */
interface Shot {
  readonly bytes: Uint8Array
  /** `counted`: well-formed, and its receipt counts in the accounts; `told`: well-formed; `wild`: maybe no request at all. */
  readonly kind: 'counted' | 'told' | 'wild'
  /** What of its description is asked for. */
  readonly operation?: string
}

const anyShot = (operations: readonly Described[]): fc.Arbitrary<Shot> =>
  fc.oneof(
    { weight: 4, arbitrary: structured() },
    { weight: 4, arbitrary: mutated() },
    { weight: 4, arbitrary: fc.constantFrom(...operations).chain(asked) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => ({ bytes, kind: 'wild' as const })) },
  )

/** Text in places where text is read: as dates, amounts, addresses. */
const anyText = (): fc.Arbitrary<string> =>
  fc.oneof(
    hostileText(),
    fc.constantFrom(
      '2026-02-30',
      '03/04/2026 25:61',
      '1.299,00 €',
      '$-5',
      '1e400',
      '٣٫٥',
      'http://[::1',
      'https://x/?email=a@b.c#%',
    ),
    fc.constantFrom(
      '\u202e',
      '\u0000',
      '\ufeff',
      '\ud800\udc00',
      '%00',
      '\r\nSet-Cookie: a=b',
      '{{7*7}}',
      '../../etc/passwd',
      '~'.repeat(300),
    ),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
  )

const anyValue = (): fc.Arbitrary<unknown> =>
  fc.oneof(anyText(), fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null), anyJson())

const names = ['page_viewed', 'order_completed', 'product_added', 'cart_viewed', 'consent_updated', 'email_opened', 'Ad Click']

const anyProperties = (): fc.Arbitrary<object> =>
  fc.dictionary(
    fc.oneof(fc.constantFrom('total', 'price', 'currency', 'products', 'order_id', 'url', 'timestamp', '__proto__'), anyText()),
    fc.oneof(
      anyValue(),
      fc.array(fc.dictionary(fc.constantFrom('price', 'quantity', 'product_id', 'x'), anyValue()), { maxLength: 3 }),
    ),
    { maxKeys: 6 },
  )

const anyEvent = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ product_id: anyText(), note: anyText() }).map(readable) },
    { weight: 3, arbitrary: anyProperties().map((properties) => envelope({ id: crypto.randomUUID(), properties } as never)) },
    {
      weight: 5,
      arbitrary: fc
        .record(
          {
            id: fc.oneof(fc.uuid(), fc.constant('0198f3a0-0000-7000-8000-0000000000aa'), anyValue()),
            name: fc.oneof(fc.constantFrom(...names), anyValue()),
            occurred_at: fc.oneof(fc.constant(Date.now()), anyValue()),
            age_ms: anyValue(),
            seq: anyValue(),
            anonymous_id: fc.oneof(fc.constantFrom('a', 'b'), anyValue()),
            user_id: fc.oneof(fc.constantFrom('a', 'u'), anyValue()),
            session: fc.oneof(fc.record({ id: anyText(), index: anyValue() }), anyValue()),
            page: fc.oneof(fc.record({ url: anyText(), title: anyText(), referrer: anyText() }), anyValue()),
            consent: fc.oneof(fc.constant({ analytics: 'granted', marketing: 'granted', record_id: 'r1' }), anyValue()),
            traits: anyValue(),
            channel: anyValue(),
            source: anyValue(),
            properties: fc.oneof(anyProperties(), anyValue()),
          },
          { requiredKeys: [] },
        )
        .map((event) => ({ consent: { analytics: 'granted' }, ...event })),
    },
    { weight: 1, arbitrary: anyJson() },
  )

/** An event that is stored, whatever its texts are. */
const readable = (properties: object) =>
  envelope({ id: crypto.randomUUID(), name: 'product_viewed', properties: properties as never })

/** Mostly a batch, since one that is none is refused whole and teaches nothing about its events. */
const anyBatch = (key: string): fc.Arbitrary<object> =>
  fc
    .record(
      {
        sent_at: anyValue(),
        shared: fc.oneof(
          { weight: 9, arbitrary: fc.dictionary(anyText(), anyValue(), { maxKeys: 3 }) },
          { weight: 1, arbitrary: anyValue() },
        ),
        dropped: fc.oneof(
          fc.dictionary(fc.constantFrom('expired', '__proto__', 'nonsense'), anyValue(), { maxKeys: 2 }),
          anyValue(),
        ),
        tracker: anyValue(),
        import: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: anyValue() }),
      },
      { requiredKeys: [] },
    )
    .chain((rest) => fc.array(anyEvent(), { maxLength: 6 }).map((events) => ({ ...rest, write_key: key, events })))

const anyHeaders = (): fc.Arbitrary<Readonly<Record<string, string>>> =>
  fc.dictionary(
    fc.constantFrom(
      'Origin',
      'User-Agent',
      'X-Forwarded-For',
      'Sec-GPC',
      'Sec-CH-UA-Platform',
      'Referer',
      'traceparent',
      'Cookie',
      'Accept-Encoding',
    ),
    // A line break would begin another header; what that does is the business of what is mutated.
    fc.oneof(fc.constantFrom('null', 'https://x', '1', 'a=b; footfall_session=default.1.x'), anyText()).map(ofOneLine),
    { maxKeys: 3 },
  )

const ofOneLine = (text: string): string => text.replace(/[\r\n\0]/g, '')

/** Well-formed JSON of any meaning, plain or gzipped. */
const structured = (): fc.Arbitrary<Shot> =>
  fc
    .record({ key: fc.constantFrom(writeKey, other.writeKey), isGzip: fc.boolean(), headers: anyHeaders() })
    .chain(({ key, isGzip, headers }) =>
      anyBatch(key).map((given) => {
        const json = JSON.stringify(given)
        return {
          bytes: post('/v1/events', isGzip ? gzipSync(json) : json, headers),
          kind: key === writeKey ? 'counted' : 'told',
        } as const
      }),
    )

type Mutation = readonly [kind: 'flip' | 'cut' | 'double' | 'insert' | 'end', at: number, amount: number, bytes: Uint8Array]

const anyMutation = (): fc.Arbitrary<Mutation> =>
  fc.tuple(
    fc.constantFrom('flip', 'cut', 'double', 'insert', 'end'),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 1, max: 60 }),
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 6 }),
      fc
        .constantFrom(
          '\r\n',
          '\r\n\r\n',
          '\0',
          'chunked',
          '"',
          '[[[[',
          '\\ud800',
          '1e999',
          '-0',
          '{"__proto__":',
          '\n',
          ': ',
          ',',
        )
        .map((text) => Buffer.from(text)),
    ),
  )

/** A good request, with bytes of it changed, left out, said twice or cut off: heads as well as bodies. */
const mutated = (): fc.Arbitrary<Shot> =>
  fc
    .tuple(fc.array(anyMutation(), { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean())
    .map(([mutations, isGzip, isConsent]) => {
      const events = [envelope({ id: crypto.randomUUID() }), envelope({ id: crypto.randomUUID(), name: 'page_viewed' })]
      const json = isConsent
        ? JSON.stringify({ write_key: wild.writeKey, subject: 'a', purposes: { analytics: 'denied' } })
        : JSON.stringify(batch(events, { write_key: wild.writeKey }))
      const whole = post(isConsent ? '/v1/consent' : '/v1/events', isGzip ? gzipSync(json) : json)
      return { bytes: mutations.reduce(changed, whole), kind: 'wild' } as const
    })

function changed(bytes: Uint8Array, [kind, where, amount, given]: Mutation): Uint8Array {
  const at = Math.floor(where * bytes.length)
  const before = bytes.subarray(0, at)
  switch (kind) {
    case 'flip':
      return Buffer.concat([before, given, bytes.subarray(at + given.length)])
    case 'cut':
      return Buffer.concat([before, bytes.subarray(at + amount)])
    case 'double':
      return Buffer.concat([before, bytes.subarray(at, at + amount), bytes.subarray(at)])
    case 'insert':
      return Buffer.concat([before, given, bytes.subarray(at)])
    case 'end':
      return before
  }
}

/** What stands in an address, where a name belongs. */
const anyName = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('a', 'u', 'till') },
    { weight: 1, arbitrary: fc.constantFrom('%00', '%', '..%2f', '%ff', '%ed%a0%80') },
    { weight: 1, arbitrary: anyText().map(encoded) },
  )

/** Mostly what is described, since one senseless parameter makes the others count for nothing. */
const anyParameter = ({ schema, example }: Described['parameters'][number]): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(...(schema?.enum ?? [example ?? (schema?.type === 'integer' ? 5 : '2026-11-22')])).map(String),
    },
    { weight: 1, arbitrary: fc.constantFrom('a', '2026-01-01', 'csv', 'true', other.writeKey) },
    { weight: 1, arbitrary: anyText() },
  )

const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })

const anyBody = (body: Described['body']): fc.Arbitrary<string> => {
  const examples = Object.values(body ?? {}).flatMap((media) =>
    Object.values(media.examples ?? {}).map(({ value }) => ofOther(value)),
  )
  const anything = fc.oneof(
    anyBatch(other.writeKey),
    fc.record({ keys: anyValue(), filter: anyValue(), dry_run: anyValue(), patch: anyValue() }, { requiredKeys: [] }),
    anyJson(),
  )
  const asDescribed = fc
    .tuple(fc.constantFrom({}, ...examples), fc.nat(), sometimes(anyValue()))
    // As it is, or with another value in one of its fields.
    .map(([example, at, value]) => {
      const names = Object.keys(example)
      const name = names[at % names.length]
      return value === null || name === undefined ? example : { ...example, [name]: value }
    })
  const json = fc
    .oneof({ weight: 1, arbitrary: anything }, { weight: 2, arbitrary: asDescribed })
    .map((value) => JSON.stringify(value))
  return body === null ? fc.oneof({ weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: json }) : json
}

/** With keys that are known here. */
const ofOther = (example: unknown): object => ({
  ...(example as object), // bodies are objects
  ...(Object.hasOwn(example as object, 'write_key') && { write_key: other.writeKey }),
  ...(Object.hasOwn(example as object, 'secret_key') && { secret_key: other.secretKey }),
})

/** Whatever the description has, mostly with the secret key of the other project: parameters and bodies of any kind. */
const asked = ({ id, method, path, parameters, body }: Described): fc.Arbitrary<Shot> =>
  fc
    .record({
      below: fc.array(anyName(), { minLength: 2, maxLength: 2 }),
      values: fc.tuple(...parameters.map((parameter) => sometimes(anyParameter(parameter)))),
      json: anyBody(body),
      headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: anyHeaders() }),
      key: fc.constantFrom(...Array.from({ length: 6 }, () => other.secretKey), other.writeKey, null),
    })
    .map(({ below, values, json, headers, key }) => {
      const given = (place: string): readonly (readonly [name: string, value: string])[] =>
        parameters.flatMap(({ name, in: its }, index) => {
          const value = values[index] ?? null
          return its === place && value !== null ? [[name, value] as const] : []
        })
      const query = given('query').map(([name, value]) => `${name}=${encoded(value)}`)
      const target = `${path.split(/\{\w+\}/).reduce((before, after, index) => before + below[index - 1] + after)}?${query.join('&')}`
      const head = [
        `${method} ${target} HTTP/1.1`,
        'Host: x',
        ...[...Object.entries(headers), ...given('header')].map(([name, value]) => `${name}: ${ofOneLine(value)}`),
        ...(key === null ? [] : [`Authorization: Bearer ${key}`]),
        `Content-Length: ${Buffer.byteLength(json)}`,
      ]
      const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(json)])
      return { bytes, kind: 'told', operation: id } as const
    })

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())
