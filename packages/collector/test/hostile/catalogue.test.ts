import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { catalogue, describeProperties, type PropertyDescription } from '@footfall/events'
import { batch, envelope } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { type Started, secretKey, startCollector } from '../start-collector.ts'
import { type Answer, ask, post, saidIn, textOf } from './wire.ts'

const wild = [
  `"><script>alert(1)</script>'; DROP TABLE events; --`,
  `x\r\nSet-Cookie: a=b\r\nContent-Type: text/html\r\n\r\n<html>`,
]

const sendable = [...catalogue.values()].filter(({ derived }) => !derived)

/** What is right for kinds that take no text; all others are given the text itself. */
const right: Readonly<Record<string, (text: string) => unknown>> = {
  quantity: () => 1,
  count: () => 1,
  ordinal: () => 1,
  money: () => 9.99,
  currency: () => 'EUR',
  boolean: () => true,
  moment: () => Date.now(),
  products: (text) => [{ product_id: text, name: text, category: text, price: 9.99, quantity: 1 }],
  decisions: () => ({ analytics: 'granted' }),
}

const propertiesOf = (fields: readonly PropertyDescription[], text: string, isAllWild: boolean): object =>
  Object.fromEntries(
    fields.map(({ name, kind, words }) => {
      const value = right[kind]?.(text) ?? words[0] ?? text
      return [name, isAllWild ? text : value]
    }),
  )

interface Sent {
  readonly id: string
  readonly name: string
  readonly properties: object
}

/** Each event with a text in each of its fields: once where texts may stand, once everywhere. */
const everything = (text: string): readonly Sent[] =>
  sendable.flatMap(({ name, properties }) => {
    const fields = describeProperties(properties.entries)
    return [false, true].map((isAllWild) => ({
      id: crypto.randomUUID(),
      name,
      properties: propertiesOf(fields, text, isAllWild),
    }))
  })

/** Names of headers: a text that got into one could add another, or end the head. */
const ours: ReadonlySet<string> = new Set([
  ...['cache-control', 'connection', 'content-disposition', 'content-length', 'content-type', 'date', 'keep-alive', 'vary'],
  ...['transfer-encoding', 'x-content-type-options', 'www-authenticate', 'access-control-expose-headers', 'allow', 'etag'],
])

function expectData({ headers }: Answer, path: string): void {
  expect(headers['content-type'], path).toMatch(/^(application\/(json|jsonl|x-ndjson|problem\+json)|text\/csv)(;|$)/)
  expect(headers['x-content-type-options'], path).toBe('nosniff')
  expect(
    Object.keys(headers).filter((name) => !ours.has(name)),
    path,
  ).toEqual([])
}

const tablesOf = ({ folder }: Started): readonly unknown[] => {
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  expect(db.prepare('PRAGMA quick_check').all()).toEqual([{ quick_check: 'ok' }])
  const tables = db.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY name').all()
  db.close()
  return tables
}

test.each(wild)('%j in every field of every event is text all the way: received, stored, reported, given out', async (text) => {
  const started = await startCollector()
  const { url } = started
  const before = tablesOf(started)
  const server = `Authorization: Bearer ${secretKey}`
  const get = (path: string) => ask(url, `GET ${path} HTTP/1.1\r\nHost: x\r\n${server}\r\n\r\n`)
  const sent = everything(text)
  const whose = { anonymous_id: text, user_id: text, session: null, traits: { name: text } as never }
  const body = JSON.stringify(batch(sent.map((event) => envelope({ ...whose, ...event } as never))))
  for (const [path, headers] of [
    ['/v1/validate', { Authorization: `Bearer ${secretKey}` }],
    ['/v1/events', {}],
  ] as const) {
    const answer = await ask(url, post(path, body, headers))
    expect([path, answer.status]).toEqual([path, 200])
    expectData(answer, path)
    // A problem names our fields; of what was sent it may quote a piece, as JSON.
    expect(textOf(answer)).not.toContain('\r\n')
  }

  const { events } = saidIn(await get('/v1/events?limit=500')) as { readonly events: readonly (Sent & { quality: object })[] }
  const aside = saidIn(await get('/v1/quarantine?limit=500')) as { readonly events: readonly { key: string; name: string }[] }
  expect(new Set([...events, ...aside.events].map(({ name }) => name))).toEqual(new Set(sendable.map(({ name }) => name)))
  // Where texts may stand they were taken, for every event of the catalogue.
  expect(new Set(events.map(({ name }) => name))).toEqual(new Set(sendable.map(({ name }) => name)))
  const stored = new Map(events.map(({ id, properties }) => [id, Object.entries(properties)]))
  const kept = sent.flatMap(({ id, properties }) =>
    // What is of another shape is left out, and flagged.
    (stored.get(id) ?? []).filter(
      ([field, value]) => value !== null && (properties as Readonly<Record<string, unknown>>)[field] === text,
    ),
  )
  expect(kept.length).toBeGreaterThan(100)
  for (const [field, value] of kept) expect([field, value]).toEqual([field, text])

  const person = encodeURIComponent(text)
  const reports = ['traffic', 'completeness', 'consent', 'quality'].map((question) => `/v1/reports/${question}`)
  const paths = [
    ...['/v1/events?limit=500', '/v1/quarantine?limit=500', '/v1/sources', '/v1/aliases', `/v1/consent/${person}`],
    ...[...reports, `/v1/subjects/${person}`].flatMap((path) => [path, `${path}?format=csv`]),
    ...aside.events.map(({ key }) => `/v1/quarantine/${key}`),
  ]
  for (const path of paths) {
    const answer = await get(path)
    expect([path, answer.status]).toEqual([path, 200])
    expectData(answer, path)
  }
  // The pages are files: nothing that was sent, or asked for, is in them.
  for (const path of ['/reports/', `/reports/?q=${person}`, `/reports/${person}`, '/openapi.json', '/footfall.js', '/metrics']) {
    const answer = await get(path)
    expect(textOf(answer), path).not.toContain(text)
    expect(answer.headers, path).not.toHaveProperty('set-cookie')
  }
  expect(tablesOf(started)).toEqual(before)
})
