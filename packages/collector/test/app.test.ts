import { setTimeout as sleep } from 'node:timers/promises'
import { batch, envelope } from '@footfall/testkit/builders'
import { createFakeClock } from '@footfall/testkit/fake-clock'
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCollector } from '../src/collector.ts'
import { FootfallError } from '../src/errors.ts'
import { listen } from '../src/listen.ts'
import { createMemorySink } from '../src/sinks/memory.ts'
import type { Store } from '../src/sinks/sink.ts'
import { secretKey, startCollector, temporaryFolder, visitorAgent, writeKey } from './start-collector.ts'

const memory = { store: 'memory' }

describe('GET /v1/events', () => {
  test('pages lead from one to the next until the end', async () => {
    const { deliver, get } = await startCollector()
    const sent = Array.from({ length: 5 }, () => envelope())
    await deliver(sent)
    const seen: unknown[] = []
    let cursor = ''
    do {
      const page = (await (await get(`/v1/events?limit=2${cursor}`)).json()) as { events: { id: string }[]; next: string | null }
      seen.push(...page.events.map(({ id }) => id))
      cursor = page.next === null ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    expect(seen).toEqual(sent.map(({ id }) => id))
  })

  test('filters select, days are whole and in the time zone of the project', async () => {
    const clock = createFakeClock(Date.parse('2026-11-21T23:30:00Z'))
    const { deliver, events } = await startCollector({ ...memory, timezone: 'Europe/Berlin' }, { now: clock.now })
    const at = (iso: string) => envelope({ occurred_at: iso, user_id: iso })
    await deliver(
      [at('2026-11-20T22:30:00Z'), at('2026-11-20T23:30:00Z'), at('2026-11-21T22:30:00Z'), at('2026-11-21T23:30:00Z')],
      { sent_at: undefined } as never,
    )
    const users = async (query: string) => (await events(query)).map(({ user_id }) => user_id)
    expect(await users('&from=2026-11-21&to=2026-11-21')).toEqual(['2026-11-20T23:30:00Z', '2026-11-21T22:30:00Z'])
    expect(await users('&from=2026-11-21T22:30:00Z')).toEqual(['2026-11-21T22:30:00Z', '2026-11-21T23:30:00Z'])
    expect(await users(`&to=${Date.parse('2026-11-20T23:30:00Z')}`)).toEqual(['2026-11-20T22:30:00Z'])
    expect(await users('&user_id=2026-11-20T22:30:00Z')).toEqual(['2026-11-20T22:30:00Z'])
    expect(await users('&name=order_completed')).toEqual([])
    expect(await users('&from=2026-11-22&to=9999-12-31')).toEqual(['2026-11-21T23:30:00Z'])
  })

  test.each([
    'limit=0',
    'limit=501',
    'limit=x',
    'cursor=x',
    'cursor=',
    'status=rejected',
    'from=yesterday',
    'to=2026-02-30',
    'nmae=x',
  ])('?%s is refused with what to write', async (query) => {
    const { get } = await startCollector(memory)
    const response = await get(`/v1/events?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_parameter', detail: expect.any(String) })
  })
})

describe('the secret key', () => {
  const routes = ['/v1/events', '/v1/live', '/v1/reports/traffic', '/v1/reports/completeness']
  test.each(routes)('%s is closed without it', async (route) => {
    const { url } = await startCollector(memory)
    for (const authorization of [undefined, 'Bearer nope', `Bearer ${writeKey}`, `Basic ${secretKey}`, secretKey]) {
      const response = await fetch(url + route, { headers: authorization === undefined ? {} : { authorization } })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('Bearer')
      expect(await response.json()).toMatchObject({ code: 'wrong_secret_key' })
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  test('a project reads its own events only', async () => {
    const { url } = await startCollector({
      ...memory,
      projects: {
        one: { writeKey: 'wk_one', secretKey: 'sk_one_0123456789abc' },
        two: { writeKey: 'wk_two', secretKey: 'sk_two_0123456789abc' },
      },
    })
    await fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(batch([envelope()], { write_key: 'wk_one' })) })
    const read = async (key: string) =>
      ((await (await fetch(`${url}/v1/events`, { headers: { authorization: `Bearer ${key}` } })).json()) as { events: unknown[] })
        .events
    expect(await read('sk_one_0123456789abc')).toHaveLength(1)
    expect(await read('sk_two_0123456789abc')).toHaveLength(0)
  })
})

describe('the session of the reports page', () => {
  const signIn = (url: string, key: unknown, headers = {}) =>
    fetch(`${url}/reports/session`, { method: 'POST', body: JSON.stringify({ secret_key: key }), headers })
  const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';')[0] ?? ''

  test('the secret key buys a cookie that no script can read', async () => {
    const { url } = await startCollector(memory)
    const signedIn = await signIn(url, secretKey)
    expect(signedIn.status).toBe(204)
    const [cookie] = signedIn.headers.getSetCookie()
    expect(cookie).toMatch(/^footfall_session=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(cookie).not.toContain(secretKey)
    expect((await fetch(`${url}/v1/events`, { headers: { cookie: cookieOf(signedIn) } })).status).toBe(200)
    expect((await fetch(`${url}/v1/reports/traffic`, { headers: { cookie: cookieOf(signedIn) } })).status).toBe(200)
    // Of a site behind a password the browser sends that along.
    const withPassword = { cookie: cookieOf(signedIn), authorization: 'Basic c2hvcDpzdGFnaW5n' }
    expect((await fetch(`${url}/v1/reports/traffic`, { headers: withPassword })).status).toBe(200)
    const withKey = { cookie: cookieOf(signedIn), authorization: 'Bearer sk_wrong' }
    expect((await fetch(`${url}/v1/reports/traffic`, { headers: withKey })).status).toBe(401)
  })

  test('it changes something for the page of this very host only, and never what belongs to a person', async () => {
    const { url } = await startCollector({ ...memory, origins: ['https://shop.example'] })
    const cookie = cookieOf(await signIn(url, secretKey))
    const ask = async (method: string, path: string, headers: object, body?: string) =>
      (await fetch(url + path, { method, headers: { cookie, ...headers }, ...(body && { body }) })).status
    const changes = [
      ['PUT', '/v1/aliases/add2cart', '{"to":"product_added"}', 200],
      ['DELETE', '/v1/aliases/add2cart', undefined, 204],
      ['PUT', '/v1/sources/till', '{"channel":"pos"}', 200],
      ['DELETE', '/v1/sources/till', undefined, 204],
      ['POST', '/v1/quarantine/replay', '{"all":true}', 200],
      ['DELETE', '/v1/quarantine?all=true', undefined, 200],
      ['POST', '/v1/reprocess', '{}', 200],
    ] as const
    for (const [method, path, body, status] of changes) {
      const json = { 'content-type': 'application/json' }
      expect([path, await ask(method, path, json, body)]).toEqual([path, 401])
      expect([path, await ask(method, path, { ...json, origin: 'https://shop.example' }, body)]).toEqual([path, 401])
      expect([path, await ask(method, path, { ...json, origin: 'null' }, body)]).toEqual([path, 401])
      expect([path, await ask(method, path, { ...json, origin: url }, body)]).toEqual([path, status])
    }
    expect(await ask('DELETE', '/v1/subjects/visitor-1', { origin: url })).toBe(401)
  })

  test('behind https it is Secure', async () => {
    const { url } = await startCollector({ ...memory, trustedProxies: ['127.0.0.1'] })
    const response = await signIn(url, secretKey, { 'x-forwarded-proto': 'https' })
    expect(response.headers.getSetCookie()[0]).toContain('; Secure')
  })

  test.each([writeKey, '', null, 42, undefined])('the key %s buys nothing', async (key) => {
    const { url } = await startCollector(memory)
    const response = await signIn(url, key)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'wrong_secret_key' })
    expect(response.headers.getSetCookie()).toEqual([])
  })

  test('a page of another site cannot sign anybody in', async () => {
    const { url } = await startCollector({ ...memory, origins: ['https://shop.example'] })
    expect((await signIn(url, secretKey, { origin: 'https://shop.example' })).status).toBe(403)
    expect((await signIn(url, secretKey, { origin: url })).status).toBe(204)
  })

  test('it ends after twelve hours, when signed out, and with the key it was made from', async () => {
    const clock = createFakeClock()
    const { url } = await startCollector(memory, { now: clock.now })
    const cookie = cookieOf(await signIn(url, secretKey))
    const read = async (at: string, value = cookie) =>
      (await fetch(`${at}/v1/reports/traffic`, { headers: { cookie: value } })).status
    clock.advance(12 * 60 * 60 * 1000 - 1)
    expect(await read(url)).toBe(200)
    clock.advance(1)
    expect(await read(url)).toBe(401)

    const other = await startCollector(
      { ...memory, secretKey: 'sk_another_0123456789' },
      { now: () => Date.UTC(2026, 10, 21, 12) },
    )
    expect(await read(other.url)).toBe(401)

    const out = await fetch(`${url}/reports/session`, { method: 'DELETE' })
    expect(out.status).toBe(204)
    expect(out.headers.getSetCookie()[0]).toMatch(/^footfall_session=; Max-Age=0; Path=\//)
  })

  test('nobody can make or change one', async () => {
    const { url } = await startCollector(memory)
    const [id, expires, signature] = cookieOf(await signIn(url, secretKey))
      .replace('footfall_session=', '')
      .split('.')
    const forged = [
      `${id}.${Number(expires) + 1}.${signature}`,
      `other.${expires}.${signature}`,
      `${id}.${expires}.`,
      `${id}.${expires}.AAAA`,
      'x',
      '..',
    ]
    for (const value of forged) {
      expect((await fetch(`${url}/v1/events`, { headers: { cookie: `footfall_session=${value}` } })).status).toBe(401)
    }
  })
})

describe('GET /v1/reports/traffic', () => {
  test('the last thirty days, as JSON or as a table', async () => {
    const clock = createFakeClock()
    const { deliver, get } = await startCollector(memory, { now: clock.now })
    await deliver([envelope({ occurred_at: clock.now() })], { sent_at: clock.now() })
    const answer = (await (await get('/v1/reports/traffic')).json()) as { from: string; to: string; days: unknown[] }
    expect(answer).toMatchObject({ question: 'traffic', from: '2026-10-23', to: '2026-11-21', time_zone: 'UTC' })
    expect(answer.days).toHaveLength(30)
    expect(answer.days.at(-1)).toEqual({ day: '2026-11-21', events: 1, visitors: 1 })

    for (const response of [
      await get('/v1/reports/traffic?from=2026-11-20&to=2026-11-21', { accept: 'text/csv' }),
      await get('/v1/reports/traffic?from=2026-11-20&to=2026-11-21&format=csv'),
    ]) {
      expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect(await response.text()).toBe('day,events,visitors\r\n2026-11-20,0,0\r\n2026-11-21,1,1\r\n')
    }
  })

  test.each([
    'from=2026-11-22&to=2026-11-21',
    'from=x',
    'to=2026-02-30',
    'from=1990-01-01&to=2026-01-01',
    'from=0000-01-01&to=9999-12-31',
    'format=xlsx',
  ])('?%s is refused', async (query) => {
    const { get } = await startCollector(memory)
    expect(await (await get(`/v1/reports/traffic?${query}`)).json()).toMatchObject({ code: 'bad_parameter' })
  })

  test('the last day there is ends a period like any other', async () => {
    const { get } = await startCollector()
    expect(await (await get('/v1/reports/traffic?to=9999-12-31')).json()).toMatchObject({ from: '9999-12-02', to: '9999-12-31' })
  })
})

describe('GET /v1/reports/completeness', () => {
  test('what never arrived, by day, browser and reason, as JSON or as a table', async () => {
    const clock = createFakeClock()
    const { deliver, get } = await startCollector(memory, { now: clock.now })
    const events = [1, 2, 5, 7].map((seq) => envelope({ seq, occurred_at: clock.now() }))
    await deliver(events, { sent_at: clock.now(), dropped: { queue_full: 2, from_the_future: 4 } })
    const figures = {
      expected: 7,
      received: 4,
      missing: 3,
      late: 1,
      lost: 2,
      lost_by_reason: { queue_full: 2 },
      reported: { queue_full: 2, other: 4 },
    }
    expect(await (await get('/v1/reports/completeness')).json()).toEqual({
      question: 'completeness',
      from: '2026-10-23',
      to: '2026-11-21',
      time_zone: 'UTC',
      totals: figures,
      rows: [{ day: '2026-11-21', browser: 'Chrome', ...figures }],
      excluded: { jumps: 0 },
    })
    const table = await get('/v1/reports/completeness?format=csv')
    expect(table.headers.get('content-disposition')).toContain('completeness-2026-10-23-2026-11-21.csv')
    expect(await table.text()).toBe(
      [
        'day,browser,outcome,reason,events',
        '2026-11-21,Chrome,received,,4',
        '2026-11-21,Chrome,late,,1',
        '2026-11-21,Chrome,lost,queue_full,2',
        '2026-11-21,Chrome,reported,queue_full,2',
        '2026-11-21,Chrome,reported,other,4',
        '',
      ].join('\r\n'),
    )
  })

  test('a browser that calls itself a formula is a text in the table', async () => {
    const store = createMemorySink()
    const row = {
      ...(await store.completeness({ project: '', from: '', to: '', timeZone: '', now: 0 })).totals,
      day: '2026-11-21',
    }
    const odd: Store = {
      ...store,
      completeness: async (question) => ({
        ...(await store.completeness(question)),
        rows: [{ ...row, browser: '=HYPERLINK("x"),' }],
      }),
    }
    const { get } = await startCollector(memory, { store: odd })
    const [, line] = (await (await get('/v1/reports/completeness?format=csv')).text()).split('\r\n')
    expect(line).toBe(`2026-11-21,"'=HYPERLINK(""x""),",received,,0`)
  })

  test('a period that cannot be is refused', async () => {
    const { get } = await startCollector(memory)
    expect(await (await get('/v1/reports/completeness?from=x')).json()).toMatchObject({ code: 'bad_parameter' })
  })
})

describe('GET /v1/live', () => {
  async function* messages(response: Response): AsyncGenerator<{ id: string; data: { events: Record<string, unknown>[] } }> {
    let rest = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      rest += chunk
      const parts = rest.split('\n\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const fields = new Map(
          part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        if (fields.get('event') === 'verdicts') yield { id: fields.get('id') ?? '', data: JSON.parse(fields.get('data') ?? '') }
      }
    }
  }

  test('what arrived is replayed, what arrives is told, with its verdict', async () => {
    const { deliver, get } = await startCollector(memory)
    await deliver([envelope({ name: 'Product Viewed' })])
    const response = await get('/v1/live')
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const live = messages(response)
    const first = (await live.next()).value
    expect(first?.data.events).toEqual([
      {
        id: expect.any(String),
        name: 'product_viewed',
        original_name: 'Product Viewed',
        status: 'accepted',
        code: null,
        detail: null,
        occurred_at: expect.any(String),
        channel: 'web',
        device: 'mobile',
        bot: false,
        page_path: '/p/A-1',
        summary: 'A-1, 19.99 EUR',
        received_at: expect.any(String),
      },
    ])
    await deliver([envelope({ consent: null }), envelope({ properties: {} })])
    const second = (await live.next()).value
    expect(second?.data.events).toMatchObject([
      { id: null, status: 'rejected', code: 'consent_missing' },
      { status: 'quarantined', code: 'missing_required', detail: 'properties.product_id is missing' },
    ])
    expect(Number(second?.id)).toBeGreaterThan(Number(first?.id))
    await live.return(undefined)

    // A watcher that comes back is told what it missed, and only that.
    await deliver([envelope({ name: 'missed' })])
    const again = messages(await get('/v1/live', { 'last-event-id': second?.id ?? '' }))
    expect((await again.next()).value?.data.events).toMatchObject([{ name: 'missed' }])
    await again.return(undefined)
  })

  test('closing the collector ends it', async () => {
    const { collector, get } = await startCollector(memory)
    const reader = (await get('/v1/live')).body?.getReader()
    await reader?.read()
    await collector.close()
    expect(await reader?.read()).toMatchObject({ done: true })
  })
})

describe('operating it', () => {
  test('livez, readyz, metrics and openapi are open', async () => {
    const { url, deliver } = await startCollector()
    await deliver([envelope(), envelope({ consent: null })], { dropped: { expired: 3 } })
    expect(await (await fetch(`${url}/livez`)).json()).toEqual({ status: 'alive' })
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
      status: 'ready',
      code: null,
      store: 'sqlite',
      waiting_events: 0,
      lag_ms: 0,
    })
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain('footfall_events_total{project="default",status="accepted",code=""} 1')
    expect(metrics).toContain('footfall_events_total{project="default",status="rejected",code="consent_missing"} 1')
    expect(metrics).toContain('footfall_tracker_drops_total{reason="expired"} 3')
    expect(metrics).toContain('footfall_commit_seconds_count 1')
    const api = (await (await fetch(`${url}/openapi.json`)).json()) as {
      openapi: string
      paths: object
      components: { schemas: object }
    }
    expect(api.openapi).toBe('3.1.0')
    expect(Object.keys(api.components.schemas)).toEqual(
      expect.arrayContaining(['Batch', 'Envelope', 'Receipt', 'ConsentRecord', 'ConsentReceipt', 'Problem']),
    )
  })

  test('metrics are read with a key of their own where one is set, which reads nothing else, and by nobody where they are off', async () => {
    const key = 'mk_0123456789abcdef'
    const { url } = await startCollector({ ...memory, metrics: key, trustedProxies: '127.0.0.1' })
    const ask = async (bearer: string | null, path = '/metrics') => {
      const headers = { 'x-forwarded-for': '203.0.113.9', ...(bearer !== null && { authorization: `Bearer ${bearer}` }) }
      const response = await fetch(url + path, { headers })
      return [response.status, (await response.text()).includes('footfall_')]
    }
    expect(await ask(key)).toEqual([200, true])
    expect(await ask(key, '/v1/events')).toEqual([401, false])
    expect(await ask(null)).toEqual([401, false])
    expect(await ask(secretKey)).toEqual([401, false])
    // Twenty attempts are what a guesser has, of whom one was at events and one came with the secret key.
    for (let guess = 0; guess < 18; guess += 1) expect(await ask(`${key}${guess}`)).toEqual([401, false])
    expect(await ask(`${key}x`)).toEqual([429, false])
    expect(await ask(key)).toEqual([200, true])
    const off = await startCollector({ ...memory, metrics: 'off' })
    expect((await fetch(`${off.url}/metrics`)).status).toBe(404)
    expect((await off.get('/metrics')).status).toBe(404)
    const described = async (started: { url: string }) => {
      const { paths } = (await (await fetch(`${started.url}/openapi.json`)).json()) as { paths: Record<string, { get: object }> }
      return paths['/metrics']?.get
    }
    expect(await described({ url })).toMatchObject({ security: [{ metricsKey: [] }], responses: { 401: {} } })
    expect(await described(off)).toBeUndefined()
  })

  test('every route that openapi names exists', async () => {
    const { url, collector } = await startCollector({ ...memory, path: '/e' })
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> }
    const routes = collector.routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) expect(routes).toContain(`${method.toUpperCase()} ${path}`)
    }
  })

  test('a store that cannot write is not ready, and says so to senders with when to come back', async () => {
    const broken: Store = {
      ...createMemorySink(),
      commit: () => Promise.reject(new FootfallError('store_unavailable', 'the disk is gone')),
      probe: () => Promise.reject(new FootfallError('store_unavailable', 'the disk is gone')),
    }
    const { url, post } = await startCollector(memory, { store: broken })
    const ready = await fetch(`${url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({ status: 'not_ready', code: 'store_unavailable' })
    const response = await post(JSON.stringify(batch([envelope()])))
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await response.json()).toMatchObject({ code: 'store_unavailable', retry_after_ms: expect.any(Number) })
  })

  test('an unexpected fault is a problem without details, and the collector lives on', async () => {
    const odd: Store = { ...createMemorySink(), events: () => Promise.reject(new TypeError('user_id=customer-42 is odd')) }
    const { get } = await startCollector(memory, { store: odd })
    const response = await get('/v1/events')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('customer-42')
    expect((await get('/livez')).status).toBe(200)
  })

  test('an unknown route is a problem, too', async () => {
    const { get } = await startCollector(memory)
    const response = await get('/nothing')
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  })

  test('once closed it takes nothing more', async () => {
    const { collector, post, get } = await startCollector()
    await collector.close()
    const response = await post(JSON.stringify(batch([envelope()])))
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([503, 'closing'])
    expect((await get('/v1/events')).status).toBe(503)
    expect((await get('/readyz')).status).toBe(503)
  })

  test('a store that cannot be opened rejects ready, and requests are refused until somebody acts', async () => {
    const folder = await temporaryFolder()
    const first = await startCollector({ dataDir: folder })
    const second = createCollector({ dataDir: folder, writeKey, secretKey, logLevel: 'silent' })
    await expect(second.ready).rejects.toMatchObject({ code: 'store_in_use' })
    const response = await second.request('/v1/events', { method: 'POST', body: JSON.stringify(batch([envelope()])) })
    expect(response.status).toBe(503)
    await second.close()
    expect(await first.deliver([envelope()])).toMatchObject({ accepted: 1 })
  })
})

describe('inside another app', () => {
  async function mount(path: string, before: (host: Hono) => void = () => {}) {
    const collector = createCollector({
      dataDir: await temporaryFolder(),
      writeKey,
      secretKey,
      logLevel: 'silent',
      store: 'memory',
    })
    const host = new Hono()
    before(host)
    host.get('/', (c) => c.text('the shop'))
    host.route(path, collector)
    host.notFound((c) => c.text('the shop has no such page', 404))
    const server = await listen(host, '127.0.0.1', 0)
    onTestFinished(async () => {
      await Promise.all([collector.close(), server.close(0)])
    })
    return server.url
  }
  const send = (url: string) =>
    fetch(url, { method: 'POST', body: JSON.stringify(batch([envelope()])), headers: { 'user-agent': visitorAgent } })

  test('its routes work under any path, and the host keeps its own', async () => {
    const url = await mount('/tracking')
    expect(await (await send(`${url}/tracking/v1/events`)).json()).toMatchObject({ accepted: 1 })
    const home = await fetch(url)
    expect(await home.text()).toBe('the shop')
    expect(home.headers.get('content-security-policy')).toBeNull()
    expect(await (await fetch(`${url}/nothing`)).text()).toBe('the shop has no such page')
    const session = await fetch(`${url}/tracking/reports/session`, {
      method: 'POST',
      body: JSON.stringify({ secret_key: secretKey }),
    })
    expect(session.headers.getSetCookie()[0]).toContain('Path=/tracking/;')
    const reports = await fetch(`${url}/tracking/reports`, { redirect: 'manual' })
    expect(reports.headers.get('location')).toBe('/tracking/reports/')
  })

  test('a host that has read the body already does not hide it', async () => {
    const url = await mount('/', (host) => {
      host.use(async (c, next) => {
        await c.req.text()
        await next()
      })
    })
    expect(await (await send(`${url}/v1/events`)).json()).toMatchObject({ accepted: 1 })
  })

  test('without a node server, requests are answered as well', async () => {
    const collector = createCollector({
      dataDir: await temporaryFolder(),
      writeKey,
      secretKey,
      logLevel: 'silent',
      store: 'memory',
    })
    const response = await collector.request('/v1/events', { method: 'POST', body: JSON.stringify(batch([envelope()])) })
    expect(await response.json()).toMatchObject({ accepted: 1 })
    await collector.close()
  })
})

test('while a store takes long to open, events are refused with 503 and when to come back, and trackers keep them', async () => {
  const store = { ...createMemorySink(), ready: new Promise<void>(() => {}) }
  const collector = createCollector({ writeKey, secretKey, dataDir: await temporaryFolder(), logLevel: 'silent' }, { store })
  await sleep(2100)
  const response = await collector.request('/v1/events', { method: 'POST', body: JSON.stringify(batch([envelope()])) })
  expect(response.status).toBe(503)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
})
