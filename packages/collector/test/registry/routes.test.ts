import { envelope } from '@footfall/testkit/builders'
import { describe, expect, test } from 'vitest'
import type { SourceRow } from '../../src/registry/source-rows.ts'
import { type Started, secretKey, startCollector, visitorAgent, writeKey } from '../start-collector.ts'
import { askAs, asServer } from './ask.ts'

const dayMs = 86_400_000
const noon = Date.UTC(2026, 10, 21, 12)
const start = async (at = noon) => {
  let now = at
  const started = await startCollector({ store: 'memory', timezone: 'Europe/Berlin' }, { now: () => now })
  return {
    started,
    pass: (ms: number) => {
      now += ms
    },
    now: () => now,
  }
}
const json = async (response: Promise<Response>): Promise<unknown> => (await response).json()
const sourcesOf = async (started: Started) =>
  ((await json(started.get('/v1/sources'))) as { readonly sources: readonly SourceRow[] }).sources

const unsaid = {
  transport: null,
  time_zone: null,
  date_order: null,
  time_unit: null,
  money_unit: null,
  locale: null,
  currency: null,
  tax_inclusive: null,
  sampling: null,
  expected_per_day: null,
}
const unheard = { first_seen: null, last_seen: null, received_7d: 0, quarantined_7d: 0, error_rate: null, status: 'unseen' }

describe('/v1/sources', () => {
  test('shows nothing where nothing is known', async () => {
    const { started } = await start()
    expect(await sourcesOf(started)).toEqual([])
  })

  test('answers what was registered, as it lists it, and forgets it', async () => {
    const { started } = await start()
    const settings = { channel: 'pos', time_zone: 'Europe/Paris', tax_inclusive: false }
    const row = { id: 'till', ...unsaid, ...settings, is_registered: true, ...unheard }
    const put = await askAs(started, 'PUT', '/v1/sources/till', settings)
    expect([put.status, put.headers.get('cache-control'), await put.json()]).toEqual([200, 'no-store', row])
    expect(await sourcesOf(started)).toEqual([row])
    const replaced = await json(askAs(started, 'PUT', '/v1/sources/till', { channel: 'web' }))
    expect(replaced).toEqual({ id: 'till', ...unsaid, channel: 'web', is_registered: true, ...unheard })
    expect((await askAs(started, 'DELETE', '/v1/sources/till')).status).toBe(204)
    const again = await askAs(started, 'DELETE', '/v1/sources/till')
    expect([again.status, await again.json()]).toMatchObject([404, { code: 'not_found' }])
    expect(await sourcesOf(started)).toEqual([])
  })

  test('an id may be any text, percent-encoded', async () => {
    const { started } = await start()
    for (const id of ['Filiale Köln', 'a/b', '<b>', '__proto__', '%41'])
      expect(await json(askAs(started, 'PUT', `/v1/sources/${encodeURIComponent(id)}`, { channel: 'pos' }))).toMatchObject({ id })
    expect((await sourcesOf(started)).map(({ id }) => id)).toEqual(['%41', '<b>', 'Filiale Köln', '__proto__', 'a/b'])
    expect((await askAs(started, 'DELETE', '/v1/sources/a%2Fb')).status).toBe(204)
  })

  test('counts the last seven days, and what of them is in quarantine; what names no source has a row, too', async () => {
    const { started, pass, now } = await start()
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos' })
    const event = () => envelope({ occurred_at: now(), source: 'till' })
    await asServer(started, [event()])
    pass(7 * dayMs)
    await asServer(started, [event(), event(), event(), { ...event(), occurred_at: '03/04/2026' }])
    await started.deliver([envelope({ occurred_at: now(), source: 'made up' })], { sent_at: now() })
    expect(await sourcesOf(started)).toMatchObject([
      { id: '', is_registered: false, channel: null, received_7d: 1, error_rate: 0, status: 'new' },
      {
        id: 'till',
        is_registered: true,
        first_seen: '2026-11-21T12:00:00.000Z',
        last_seen: '2026-11-28T12:00:00.000Z',
        received_7d: 4,
        quarantined_7d: 1,
        error_rate: 0.25,
        status: 'new',
      },
    ])
  })

  test('shows a source that a server names, registered or not, until it has been quiet for long', async () => {
    const { started, pass, now } = await start()
    await asServer(started, [envelope({ occurred_at: now(), source: 'back-office' })])
    expect(await sourcesOf(started)).toMatchObject([{ id: 'back-office', is_registered: false, channel: null }])
    pass(34 * dayMs)
    expect(await sourcesOf(started)).toHaveLength(1)
    pass(dayMs)
    expect(await sourcesOf(started)).toEqual([])
    await askAs(started, 'PUT', '/v1/sources/back-office', { channel: 'web' })
    expect(await sourcesOf(started)).toMatchObject([
      { id: 'back-office', last_seen: '2026-11-21T12:00:00.000Z', status: 'silent' },
    ])
  })

  test('says who is silent, and who collapses', async () => {
    const { started, pass, now } = await start()
    for (const id of ['till', 'app']) await askAs(started, 'PUT', `/v1/sources/${id}`, { channel: 'pos', expected_per_day: 20 })
    const send = (source: string, events: number) =>
      asServer(
        started,
        Array.from({ length: events }, () => envelope({ occurred_at: now(), source })),
      )
    await send('till', 20)
    await send('app', 20)
    pass(dayMs)
    await send('app', 5)
    const statuses = async () => (await sourcesOf(started)).map(({ id, status }) => [id, status])
    expect(await statuses()).toEqual([
      ['app', 'live'],
      ['till', 'live'],
    ])
    pass(dayMs)
    expect(await statuses()).toEqual([
      ['app', 'collapsing'],
      ['till', 'silent'],
    ])
  })

  test('days are those of the project: a day ends at its midnight', async () => {
    // 23:30 in Berlin.
    const { started, pass, now } = await start(Date.UTC(2026, 10, 21, 22, 30))
    await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos', expected_per_day: 20 })
    await asServer(started, [envelope({ occurred_at: now(), source: 'till' })])
    const status = async () => (await sourcesOf(started)).find(({ id }) => id === 'till')?.status
    pass(dayMs)
    expect(await status()).toBe('live')
    pass(dayMs / 24)
    expect(await status()).toBe('silent')
  })
})

describe('/v1/aliases', () => {
  test('lists them by name, with the time at which they were made', async () => {
    const { started, pass } = await start()
    expect(await json(started.get('/v1/aliases'))).toEqual({ aliases: [] })
    const kasse = { from: 'kasse', to: 'checkout_started', created_at: '2026-11-21T12:00:00.000Z' }
    expect(await json(askAs(started, 'PUT', '/v1/aliases/kasse', { to: 'checkout_started' }))).toEqual(kasse)
    pass(1000)
    await askAs(started, 'PUT', '/v1/aliases/Im%20Korb%2F1', { to: 'product_added' })
    const korb = { from: 'Im Korb/1', to: 'product_added', created_at: '2026-11-21T12:00:01.000Z' }
    expect(await json(started.get('/v1/aliases'))).toEqual({ aliases: [korb, kasse] })
    expect((await askAs(started, 'DELETE', '/v1/aliases/kasse')).status).toBe(204)
    expect((await askAs(started, 'DELETE', '/v1/aliases/kasse')).status).toBe(404)
    expect(await json(started.get('/v1/aliases'))).toEqual({ aliases: [korb] })
  })
})

describe('what cannot be registered is refused with a code, and changes nothing', () => {
  test.each([
    { path: '/v1/sources/a', body: { channel: 'pos', time_zone: 'Mars' }, status: 400, code: 'bad_source' },
    { path: '/v1/sources/a', body: '{"channel":"pos","__proto__":{"timeZone":"UTC"}}', status: 400, code: 'bad_source' },
    { path: '/v1/sources/a', body: '[]', status: 400, code: 'bad_source' },
    { path: '/v1/sources/a', body: '', status: 400, code: 'undecodable' },
    { path: '/v1/sources/a', body: '{', status: 400, code: 'undecodable' },
    { path: '/v1/sources/a', body: `{"locale":"${'x'.repeat(20_000)}"}`, status: 413, code: 'body_too_large' },
    { path: `/v1/sources/${'x'.repeat(257)}`, body: { channel: 'pos' }, status: 400, code: 'bad_source' },
    { path: '/v1/sources/%00', body: { channel: 'pos' }, status: 400, code: 'bad_source' },
    { path: '/v1/aliases/korb', body: { to: 'nothing' }, status: 400, code: 'bad_alias' },
    { path: '/v1/aliases/korb', body: {}, status: 400, code: 'bad_alias' },
    { path: '/v1/aliases/korb', body: '"product_added"', status: 400, code: 'bad_alias' },
    { path: '/v1/aliases/korb', body: 'null', status: 400, code: 'bad_alias' },
    { path: '/v1/aliases/purchase', body: { to: 'product_added' }, status: 400, code: 'bad_alias' },
    { path: `/v1/aliases/${'x'.repeat(65)}`, body: { to: 'product_added' }, status: 400, code: 'bad_alias' },
  ])('$path $body', async ({ path, body, status, code }) => {
    const { started } = await start()
    const response = await askAs(started, 'PUT', path, body)
    expect([response.status, await response.json()]).toMatchObject([status, { code }])
    expect(await sourcesOf(started)).toEqual([])
    expect(await json(started.get('/v1/aliases'))).toEqual({ aliases: [] })
  })
})

describe('who may', () => {
  const ask = (started: Started, method: string, path: string, headers: Readonly<Record<string, string>>) =>
    fetch(started.url + path, {
      method,
      headers: { 'user-agent': visitorAgent, ...headers },
      ...(method === 'PUT' && { body: path.startsWith('/v1/sources') ? '{"channel":"pos"}' : '{"to":"product_added"}' }),
    })
  const routes = [
    { method: 'GET', path: '/v1/sources' },
    { method: 'PUT', path: '/v1/sources/till' },
    { method: 'DELETE', path: '/v1/sources/till' },
    { method: 'GET', path: '/v1/aliases' },
    { method: 'PUT', path: '/v1/aliases/korb' },
    { method: 'DELETE', path: '/v1/aliases/korb' },
  ]

  test.each(routes)('$method $path needs the secret key', async ({ method, path }) => {
    const { started } = await start()
    for (const headers of [{}, { authorization: `Bearer ${writeKey}` }, { authorization: 'Bearer wrong' }])
      expect((await ask(started, method, path, headers)).status).toBe(401)
  })

  test('a signed-in page of this host may change it; the same cookie from elsewhere, or from nowhere, may not', async () => {
    const { started } = await start()
    const signedIn = await fetch(`${started.url}/reports/session`, {
      method: 'POST',
      body: JSON.stringify({ secret_key: secretKey }),
    })
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
    const statusOf = async (origin?: string) =>
      (await ask(started, 'PUT', '/v1/sources/till', { cookie, ...(origin !== undefined && { origin }) })).status
    expect(await statusOf('https://evil.example')).toBe(401)
    expect(await statusOf('null')).toBe(401)
    expect(await statusOf()).toBe(401)
    expect(await sourcesOf(started)).toEqual([])
    expect(await statusOf(started.url)).toBe(200)
    expect((await sourcesOf(started)).map(({ id }) => id)).toEqual(['till'])
  })
})

test('while the store cannot be read nothing is judged, since it could be misread; then all goes on', async () => {
  const { createMemorySink } = await import('../../src/sinks/memory.ts')
  const { FootfallError } = await import('../../src/errors.ts')
  const store = createMemorySink()
  let isReadable = false
  const registry: typeof store.registry = (project) =>
    isReadable ? store.registry(project) : Promise.reject(new FootfallError('store_unavailable', 'The disk is away.'))
  const started = await startCollector({}, { store: { ...store, registry } })
  const event = envelope()
  const refused = await started.post(JSON.stringify({ write_key: writeKey, events: [event] }))
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'store_unavailable' }])
  isReadable = true
  expect((await started.deliver([event])).accepted).toBe(1)
})

test('a change whose answer was lost counts all the same, from the next event on', async () => {
  const { createMemorySink } = await import('../../src/sinks/memory.ts')
  const { FootfallError } = await import('../../src/errors.ts')
  const store = createMemorySink()
  const register: typeof store.register = async (project, change) => {
    await store.register(project, change)
    throw new FootfallError('store_unavailable', 'The writer is gone.')
  }
  const started = await startCollector({}, { store: { ...store, register } })
  await asServer(started, [envelope({ source: 'till' })])
  expect((await askAs(started, 'PUT', '/v1/sources/till', { channel: 'pos' })).status).toBe(503)
  await asServer(started, [envelope({ source: 'till' })])
  expect((await started.events()).map(({ channel }) => channel)).toEqual([null, 'pos'])
})
