import { envelope, everythingGranted } from '@footfall/testkit/builders'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import type { CollectorPorts } from '../src/collector.ts'
import type { CollectorOptions } from '../src/config.ts'
import { FootfallError } from '../src/errors.ts'
import { createMemorySink } from '../src/sinks/memory.ts'
import { secretKey, startCollector, temporaryFolder, visitorAgent, writeKey } from './start-collector.ts'

const analyticsOnly = { analytics: 'granted', marketing: 'denied', personalization: 'denied' } as const

async function setUp(options: CollectorOptions = {}, ports: CollectorPorts = {}) {
  const all = { store: 'memory', path: '/e', idCookie: 'visitor', trustedProxies: '127.0.0.1', ...options }
  const started = await startCollector(all, ports)
  const send = async (
    events: readonly object[],
    { path = '/e', headers = {} }: { readonly path?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) => {
    const response = await fetch(started.url + path, {
      method: 'POST',
      body: JSON.stringify({ write_key: writeKey, events }),
      headers: { origin: started.url, 'user-agent': visitorAgent, ...headers },
    })
    expect(response.status).toBe(200)
    return { cookies: response.headers.getSetCookie(), receipt: (await response.json()) as { anonymous_id?: string } }
  }
  const decide = async (state: 'granted' | 'denied', headers: Readonly<Record<string, string>> = {}) => {
    const body = JSON.stringify({ write_key: writeKey, subject: 'visitor-1', purposes: { analytics: state } })
    const answer = await fetch(`${started.url}/v1/consent`, {
      method: 'POST',
      body,
      headers: { origin: started.url, ...headers },
    })
    expect(answer.status).toBe(200)
    return answer.headers.getSetCookie()
  }
  return { ...started, send, decide }
}

const kept = 'visitor=visitor-1; Max-Age=34128000; Path=/e; HttpOnly; SameSite=Lax'
const forgotten = (path: string) => `visitor=; Max-Age=0; Path=${path}; HttpOnly; SameSite=Lax`

describe('the id is kept', () => {
  test('in a cookie of the path alone, that no script reads, with consent to analytics', async () => {
    const { send, url } = await setUp()
    expect((await send([envelope({ consent: analyticsOnly })])).cookies).toEqual([kept])
    const headers = { origin: url.replace('http:', 'https:'), 'x-forwarded-proto': 'https' }
    const https = await send([envelope()], { headers })
    expect(https.cookies).toEqual([kept.replace('HttpOnly;', 'HttpOnly; Secure;')])
  })

  test('once: a new visit does not prolong it, another id replaces it', async () => {
    const { send } = await setUp()
    const headers = { cookie: 'visitor=visitor-1' }
    expect((await send([envelope()], { headers })).cookies).toEqual([])
    const other = await send([envelope({ anonymous_id: 'visitor-2' })], { headers })
    expect(other.cookies).toEqual([kept.replace('visitor-1', 'visitor-2')])
  })

  test.each<{ name: string; event: object; headers?: Readonly<Record<string, string>> }>([
    {
      name: 'without consent to analytics',
      event: { name: 'order_completed', consent: { ...everythingGranted, analytics: 'unknown' } },
    },
    {
      name: 'where consent to analytics is not required, and nobody gave it',
      event: { consent: { analytics: 'not_required' } },
    },
    {
      name: 'of an event for another purpose, of which the ledger was not asked about analytics',
      event: { name: 'email_opened', channel: 'email', properties: { message_id: 'M-1' } },
    },
    { name: 'of an event that was refused', event: { consent: null } },
    { name: 'of an event that is kept aside', event: { properties: {} } },
    { name: 'of an event without one', event: { anonymous_id: null } },
    { name: 'that is no tracker’s', event: { anonymous_id: 'a; Domain=evil.example' } },
    { name: 'that would break a line', event: { anonymous_id: 'a\r\nX-Evil: 1' } },
    { name: 'of another site', event: {}, headers: { origin: 'https://shop.example' } },
    { name: 'of a server', event: {}, headers: { authorization: `Bearer ${secretKey}` } },
  ])('and not $name', async ({ event, headers = {} }) => {
    const { send } = await setUp({ origins: ['https://shop.example'], regionRules: { '*': { analytics: 'opt_out' } } })
    expect((await send([envelope(event)], { headers })).cookies).toEqual([])
  })

  test('and nowhere unless it is asked for', async () => {
    for (const idCookie of ['off', undefined]) {
      const { send } = await setUp(idCookie === undefined ? { idCookie: 'off' } : { idCookie })
      expect((await send([envelope()])).cookies).toEqual([])
    }
  })
})

test('under a path of a host, the cookie is of that path', async () => {
  const { collector } = await setUp()
  const host = new Hono().route('/shop/tracking', collector)
  const ask = (path: string, body: object) =>
    host.request(`http://shop.example/shop/tracking${path}`, {
      method: 'POST',
      body: JSON.stringify({ write_key: writeKey, ...body }),
      headers: { origin: 'http://shop.example', 'user-agent': visitorAgent },
    })
  const paths = (answer: Response) => answer.headers.getSetCookie().map((cookie) => /Path=([^;]*)/.exec(cookie)?.[1])
  expect(paths(await ask('/e', { events: [envelope()] }))).toEqual(['/shop/tracking/e'])
  const denied = await ask('/v1/consent', { subject: 'visitor-1', purposes: { analytics: 'denied' } })
  expect(paths(denied)).toEqual(['/shop/tracking/v1/events', '/shop/tracking/e'])
})

describe('the id is forgotten', () => {
  test('on every path when a record denies analytics', async () => {
    const { decide } = await setUp()
    expect(await decide('granted')).toEqual([])
    // A server speaks of somebody who may be elsewhere.
    expect(await decide('denied', { authorization: `Bearer ${secretKey}` })).toEqual([])
    expect(await decide('denied')).toEqual([forgotten('/v1/events'), forgotten('/e')])
  })

  test('when a tracker tells of a denial, also behind what was allowed before it', async () => {
    const { send } = await setUp()
    const told = await send([
      envelope(),
      envelope({ name: 'consent_updated', consent: { ...everythingGranted, analytics: 'denied' }, properties: {} }),
    ])
    expect(told.cookies).toEqual([forgotten('/v1/events'), forgotten('/e')])
  })

  test('when an event comes after the withdrawal that its page has not heard of', async () => {
    const { send, decide } = await setUp()
    await decide('denied')
    expect((await send([envelope({ consent: { ...analyticsOnly, record_id: 'r-1' } })])).cookies).toEqual([
      forgotten('/v1/events'),
      forgotten('/e'),
    ])
  })

  test('and kept again when the same batch tells of a new grant', async () => {
    const { send } = await setUp()
    const denied = { ...everythingGranted, analytics: 'denied' } as const
    const events = [envelope({ name: 'consent_updated', consent: denied, properties: {} }), envelope()]
    expect((await send(events)).cookies).toEqual([kept])
  })
})

describe('the id that a device kept, of somebody of whom nothing is kept any more,', () => {
  const headers = { cookie: 'visitor=visitor-1' }
  const everywhere = [forgotten('/v1/events'), forgotten('/e')]
  // With a store as shops have it: what it refuses is refused by the worker, within the transaction.
  const withFile = async () => setUp({ store: `sqlite:${await temporaryFolder()}` })
  const fresh = { ...analyticsOnly, record_id: 'r-2' }

  const gone: readonly {
    readonly name: string
    readonly code: string
    readonly go: (started: Awaited<ReturnType<typeof setUp>>) => Promise<number>
  }[] = [
    {
      name: 'who was erased',
      code: 'erased',
      go: async ({ url }) => {
        const asked = { method: 'DELETE', headers: { authorization: `Bearer ${secretKey}` } }
        return (await fetch(`${url}/v1/subjects/visitor-1`, asked)).status
      },
    },
    {
      name: 'who withdrew at the shop',
      code: 'consent_withdrawn',
      go: async ({ url }) => {
        const body = JSON.stringify({ subject: 'visitor-1', purposes: { analytics: 'denied', personalization: 'denied' } })
        const asked = { method: 'POST', body, headers: { authorization: `Bearer ${secretKey}` } }
        return (await fetch(`${url}/v1/consent`, asked)).status
      },
    },
  ]

  test.each(gone)('$name, brings nothing back and is taken from the device, by whatever its page sends', async ({ code, go }) => {
    const started = await withFile()
    const { send, events, quarantined } = started
    const before = envelope({ consent: { ...analyticsOnly, record_id: 'r-1' } })
    expect((await send([before])).cookies).toEqual([kept])
    expect(await go(started)).toBe(200)
    const stored = await events()

    const asked = await send([], { headers })
    expect(asked.receipt).not.toHaveProperty('anonymous_id')
    expect(asked.cookies).toEqual(everywhere)
    for (const event of [
      { ...before, id: envelope().id },
      envelope({ consent: { ...analyticsOnly, record_id: 'r-1' }, seq: 7 }),
      envelope({ consent: { ...analyticsOnly, record_id: 'r-1' }, user_id: 'cust_42' }),
      // One that would be kept aside.
      envelope({ consent: { ...analyticsOnly, record_id: 'r-1' }, properties: {} }),
    ]) {
      const { cookies, receipt } = await send([event], { headers })
      expect(receipt).toMatchObject({ rejected: 1, problems: [{ code }] })
      expect(cookies).toEqual(everywhere)
    }
    expect(await events()).toEqual(stored)
    expect(await quarantined()).toEqual([])
    const rows = (await (await started.get('/v1/subjects/visitor-1')).text()).split('\n').filter((row) => row !== '')
    expect(rows.filter((row) => /"kind":"(event|quarantined_event|number_run|tracker_drop)"/.test(row))).toHaveLength(
      stored.length,
    )

    // Whoever agrees anew is somebody new, and is kept as such.
    const anew = await send([envelope({ anonymous_id: 'visitor-2', consent: fresh })], { headers })
    expect(anew.cookies).toEqual([kept.replace('visitor-1', 'visitor-2')])
    expect((await events()).map(({ anonymous_id }) => anonymous_id)).toEqual([...stored.map(() => 'visitor-1'), 'visitor-2'])
    expect((await send([], { headers: { cookie: 'visitor=visitor-2' } })).receipt).toMatchObject({ anonymous_id: 'visitor-2' })
  })

  test('is still that of others who use the device', async () => {
    const { send, url } = await withFile()
    const consent = { ...analyticsOnly, record_id: 'r-1' }
    await send([envelope({ consent, user_id: 'cust_42' }), envelope({ consent, user_id: 'cust_43' })])
    const asked = { method: 'DELETE', headers: { authorization: `Bearer ${secretKey}` } }
    expect((await fetch(`${url}/v1/subjects/cust_42`, asked)).status).toBe(200)
    expect((await send([], { headers })).receipt).toMatchObject({ anonymous_id: 'visitor-1' })
    expect((await send([envelope({ consent, user_id: 'cust_43' })], { headers })).receipt).toMatchObject({ accepted: 1 })
    expect((await send([envelope({ consent, user_id: 'cust_42' })], { headers })).receipt).toMatchObject({
      rejected: 1,
      problems: [{ code: 'erased' }],
    })
  })
})

describe('the id is given back', () => {
  test('to a page of the same origin that asks with a batch of nothing', async () => {
    const { send } = await setUp()
    const headers = { cookie: 'other=1; visitor=visitor-1' }
    expect((await send([], { headers })).receipt).toMatchObject({ accepted: 0, anonymous_id: 'visitor-1' })
    expect((await send([envelope()], { headers })).receipt).not.toHaveProperty('anonymous_id')
    expect((await send([])).receipt).not.toHaveProperty('anonymous_id')
  })

  test('not while the ledger cannot be asked; the receipt does not wait for that, and the device keeps what it has', async () => {
    const consentOf = async () => {
      throw new FootfallError('query_timeout', 'The reports take too long.')
    }
    const { send } = await setUp({}, { store: { ...createMemorySink(), consentOf } })
    const { cookies, receipt } = await send([], { headers: { cookie: 'visitor=visitor-1' } })
    expect(receipt).toMatchObject({ accepted: 0 })
    expect([cookies, receipt.anonymous_id]).toEqual([[], undefined])
  })

  test('to nobody else', async () => {
    const { send } = await setUp({ origins: ['https://shop.example'] })
    const headers = { cookie: 'visitor=visitor-1', origin: 'https://shop.example' }
    expect((await send([], { headers })).receipt).not.toHaveProperty('anonymous_id')
    const { send: off } = await setUp({ idCookie: 'off' })
    expect((await off([], { headers: { cookie: 'visitor=visitor-1' } })).receipt).not.toHaveProperty('anonymous_id')
    expect((await send([], { headers: { cookie: 'visitor=<script>' } })).receipt).not.toHaveProperty('anonymous_id')
  })
})
