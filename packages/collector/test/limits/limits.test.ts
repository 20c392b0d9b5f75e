import { once } from 'node:events'
import { connect } from 'node:net'
import { envelope } from '@footfall/testkit/builders'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { CollectorOptions } from '../../src/config.ts'
import { createGuesses } from '../../src/limits/guesses.ts'
import { networksOf } from '../../src/limits/networks-of.ts'
import { createMemorySink } from '../../src/sinks/memory.ts'
import { createNodeSender } from '../faults/senders.ts'
import { type Started, secretKey, startCollector, visitorAgent, writeKey } from '../start-collector.ts'

const office = '203.0.113.9'
const elsewhere = '198.51.100.7'
const shop = 'https://shop.example'

/** Requests come as through a proxy on this machine, which says from where. */
const behindProxy = { store: 'memory', trustedProxies: '127.0.0.1', origins: [shop] } satisfies CollectorOptions

const from = (address: string) => ({ 'x-forwarded-for': address })

const batchOf = (count: number, differs: object = {}) =>
  JSON.stringify({ write_key: writeKey, events: Array.from({ length: count }, () => envelope()), ...differs })

/** The statuses of so many requests, one after the other. */
async function statuses(count: number, ask: () => Promise<Response>): Promise<readonly number[]> {
  const seen: number[] = []
  for (let request = 0; request < count; request += 1) {
    const response = await ask()
    seen.push(response.status)
    await response.arrayBuffer()
  }
  return seen
}

const metric = async ({ url }: Started, name: string): Promise<readonly string[]> =>
  (await (await fetch(`${url}/metrics`)).text()).split('\n').filter((line) => line.startsWith(`${name}{`))

describe('requests of one address', () => {
  test('beyond the burst are refused with 429 that says when to come back, also to a page', async () => {
    const started = await startCollector({ ...behindProxy, limitPerAddress: '0.01:3' })
    const post = () => started.post(batchOf(1), { ...from(office), origin: shop })
    expect(await statuses(3, post)).toEqual([200, 200, 200])
    const refused = await post()
    const problem = (await refused.json()) as { code: string; retry_after_ms: number }
    expect([refused.status, problem.code]).toEqual([429, 'rate_limited'])
    expect(Number(refused.headers.get('retry-after'))).toBe(Math.ceil(problem.retry_after_ms / 1000))
    // A token comes after 100 seconds, and on top comes what scatters those who wait.
    expect(problem.retry_after_ms).toBeGreaterThan(80_000)
    expect(problem.retry_after_ms).toBeLessThanOrEqual(104_000)
    expect(refused.headers.get('access-control-allow-origin')).toBe(shop)
    expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After')
    expect((await started.post(batchOf(1), from(elsewhere))).status).toBe(200)
    expect(await started.events()).toHaveLength(4)
  })

  test.each<{ name: string; ask: (url: string, headers: HeadersInit) => Promise<Response> }>([
    { name: 'a batch', ask: (url, headers) => fetch(`${url}/v1/events`, { method: 'POST', body: batchOf(1), headers }) },
    {
      name: "a batch on the shop's path",
      ask: (url, headers) => fetch(`${url}/e`, { method: 'POST', body: batchOf(1), headers }),
    },
    { name: 'a consent record', ask: (url, headers) => fetch(`${url}/v1/consent`, { method: 'POST', body: '{}', headers }) },
    { name: 'a rehearsal', ask: (url, headers) => fetch(`${url}/v1/validate`, { method: 'POST', body: '{}', headers }) },
    { name: 'to sign in', ask: (url, headers) => fetch(`${url}/reports/session`, { method: 'POST', body: '{}', headers }) },
  ])('$name is one of them', async ({ ask }) => {
    const { url } = await startCollector({ ...behindProxy, path: '/e', limitPerAddress: '0.01:1' })
    const statuses = [await ask(url, from(office)), await ask(url, from(office))].map(({ status }) => status)
    expect(statuses[0]).not.toBe(429)
    expect(statuses[1]).toBe(429)
  })

  test('a visitor with IPv6 has one address, however many their device takes', async () => {
    const started = await startCollector({ ...behindProxy, limitPerAddress: '0.01:2' })
    const addresses = ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:db8:0:1::3', '2001:db8:0:2::1']
    const seen = []
    for (const address of addresses) seen.push((await started.post(batchOf(1), from(address))).status)
    expect(seen).toEqual([200, 200, 429, 200])
  })

  test('and of all of its /48 are eight times as many, so that a line with thousands of /64 is no crowd', async () => {
    const started = await startCollector({ ...behindProxy, limitPerAddress: '0.001:2' })
    const post = (address: string) => started.post(batchOf(1), from(address))
    let neighbour = 0
    expect(await statuses(17, () => post(`2001:db8:7:${(neighbour++).toString(16)}::1`))).toEqual([...Array(16).fill(200), 429])
    expect((await post('2001:db8:8::1')).status).toBe(200)
  })

  test('that are refused take nothing from the neighbours', async () => {
    const started = await startCollector({ ...behindProxy, limitPerAddress: '0.001:2' })
    const post = (address: string) => started.post(batchOf(1), from(address))
    await statuses(30, () => post('2001:db8:7:1::1'))
    expect((await post('2001:db8:7:2::1')).status).toBe(200)
  })

  test('count as several when they bring many events, which are as much work', async () => {
    const started = await startCollector({ ...behindProxy, limitPerAddress: '0.01:6' })
    const post = (events: number, address: string) => () => started.post(batchOf(events), from(address))
    expect(await statuses(4, post(20, office))).toEqual([200, 200, 200, 200])
    expect(await statuses(3, post(60, elsewhere))).toEqual([200, 200, 429])
    // A server's do not: it has shown that it may.
    const server = { ...from('192.0.2.1'), authorization: `Bearer ${secretKey}` }
    expect(await statuses(6, () => started.post(batchOf(60), server))).toEqual(Array(6).fill(200))
  })

  test('are refused before their body is read', async () => {
    const started = await startCollector({ ...behindProxy, limitPerAddress: '0.01:1' })
    expect((await started.post(batchOf(1), from(office))).status).toBe(200)
    const socket = connect(Number(new URL(started.url).port), '127.0.0.1')
    socket.write(`POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${office}\r\nContent-Length: 400000\r\n\r\n{"write_`)
    const [first] = (await once(socket, 'data')) as [Buffer]
    expect(first.toString()).toMatch(/^HTTP\/1\.1 429 /)
    socket.destroy()
  })

  test('of a program on this machine, or of a proxy that nobody named, are not limited, and the second is said once, without an address', async () => {
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    const started = await startCollector({ store: 'memory', limitPerAddress: '0.01:1' }, { log })
    const warnings = () => lines.filter((line) => line.includes('FOOTFALL_TRUSTED_PROXIES'))
    expect(await statuses(3, () => started.post(batchOf(1)))).toEqual([200, 200, 200])
    expect(warnings()).toEqual([])
    expect(await statuses(3, () => started.post(batchOf(1), from(office)))).toEqual([200, 200, 200])
    expect(warnings()).toHaveLength(1)
    expect(lines.join('')).not.toContain(office)
  })

  test('that only read are not counted, and off is off', async () => {
    const limited = await startCollector({ ...behindProxy, limitPerAddress: '0.01:1' })
    expect(await statuses(3, () => limited.get('/v1/events', from(office)))).toEqual([200, 200, 200])
    const open = await startCollector({ ...behindProxy, limitPerAddress: 'off' })
    expect(await statuses(5, () => open.post(batchOf(1), from(office)))).toEqual([200, 200, 200, 200, 200])
  })
})

describe('events of one write key', () => {
  const two = {
    store: 'memory',
    projects: {
      tea: { writeKey: [writeKey, 'wk_tea_old'], secretKey },
      pots: { writeKey: 'wk_pots', secretKey: 'sk_pots_0123456789' },
    },
  } satisfies CollectorOptions

  test('beyond the burst are refused, and those of other keys and of the server itself are not', async () => {
    const started = await startCollector({ ...two, limitPerKey: '0.1:10' })
    expect(await statuses(3, () => started.post(batchOf(6)))).toEqual([200, 200, 429])
    expect((await started.post(batchOf(1, { write_key: 'wk_tea_old' }))).status).toBe(200)
    expect((await started.post(batchOf(1, { write_key: 'wk_pots' }))).status).toBe(200)
    const server = { authorization: `Bearer ${secretKey}` }
    expect(await statuses(2, () => started.post(batchOf(50), server))).toEqual([200, 200])
    const record = { write_key: writeKey, subject: 'a-1', purposes: { analytics: 'granted' } }
    const consent = await fetch(`${started.url}/v1/consent`, { method: 'POST', body: JSON.stringify(record) })
    expect(consent.status).toBe(429)
  })

  test.each([
    { name: 'an address', senders: ['203.0.113.9'], share: 10 },
    { name: 'a /64', senders: ['2001:db8:1:2::1', '2001:db8:1:2::2'], share: 10 },
    { name: 'a /48', senders: Array.from({ length: 8 }, (_, net) => `2001:db8:1:${net}::1`), share: 20 },
  ])('are shared: of $name no more than so many are let in, and others are not kept out', async ({ senders, share }) => {
    const started = await startCollector({ ...behindProxy, limitPerKey: '0.01:40' })
    let turn = 0
    const seen = await statuses(30, () => started.post(batchOf(1), from(senders[turn++ % senders.length] ?? '')))
    expect(seen).toEqual([...Array(share).fill(200), ...Array(30 - share).fill(429)])
    // What was refused was not taken from what the key has.
    expect(await statuses(10, () => started.post(batchOf(1), from(elsewhere)))).toEqual(Array(10).fill(200))
    const server = { ...from(senders[0] ?? ''), authorization: `Bearer ${secretKey}` }
    expect((await started.post(batchOf(50), server)).status).toBe(200)
  })

  test('are not shared out where addresses are not limited', async () => {
    const started = await startCollector({ ...behindProxy, limitPerKey: '0.01:20', limitPerAddress: 'off' })
    expect(await statuses(21, () => started.post(batchOf(1), from(office)))).toEqual([...Array(20).fill(200), 429])
  })

  test('count by their size where they are large, so that the disk is no way around', async () => {
    const started = await startCollector({ ...two, limitPerKey: '0.1:10' })
    const large = () => started.post(batchOf(1, { events: [envelope({ properties: { note: 'x'.repeat(60_000) } })] }))
    expect(await statuses(2, large)).toEqual([200, 429])
  })

  test('that were refused are kept by the tracker, which comes back with them', async () => {
    const started = await startCollector({ store: 'memory', limitPerKey: '100:30' })
    const sender = createNodeSender('visitor', started.url)
    for (let count = 0; count < 40; count += 1) await sender.track()
    // Another page of the shop has just used up what there was.
    expect((await started.post(batchOf(400))).status).toBe(200)
    await sender.flush()
    expect(sender.state()).toMatchObject({ receipted: 0, dropped: 0 })
    await expect.poll(() => sender.state(), { timeout: 20_000 }).toEqual({ captured: 40, receipted: 40, dropped: 0 })
    expect(await started.events()).toHaveLength(440)
    expect(await metric(started, 'footfall_refused_requests_total')).toContainEqual(
      expect.stringMatching(/code="rate_limited"\} [1-9]/),
    )
    await sender.close()
  })
})

describe('guesses at the secret key', () => {
  const ask = ({ url }: Started, key: string, address: string) =>
    fetch(`${url}/v1/events`, { headers: { authorization: `Bearer ${key}`, ...from(address) } })

  test('end after twenty: then not even the right one is looked at, from there', async () => {
    const started = await startCollector(behindProxy)
    let guess = 0
    expect(await statuses(22, () => ask(started, `sk_guess_${guess++}`, office))).toEqual([...Array(20).fill(401), 429, 429])
    const refused = await ask(started, secretKey, office)
    expect([refused.status, await refused.json()]).toEqual([429, expect.objectContaining({ code: 'rate_limited' })])
    expect((await ask(started, secretKey, elsewhere)).status).toBe(200)
  })

  test('are counted for all of a /48 as well', () => {
    const guesses = createGuesses(() => 1000)
    const tried = Array.from({ length: 9 * 19 }, (_, guess) => {
      const networks = networksOf(`2001:db8:7:${guess % 9}::1`)
      const isHeard = guesses.waitMs(networks, 'sk_wrong') === 0
      if (isHeard) guesses.wasWrong(networks)
      return isHeard
    })
    expect(tried).toEqual([...Array(160).fill(true), ...Array(11).fill(false)])
    expect(guesses.waitMs(networksOf('2001:db8:8::1'), 'sk_wrong')).toBe(0)
  })

  test('of one in the office do not lock out who has shown the right one there', async () => {
    const started = await startCollector(behindProxy)
    expect((await ask(started, secretKey, office)).status).toBe(200)
    await statuses(25, () => ask(started, 'sk_wrong', office))
    expect((await ask(started, 'sk_wrong', office)).status).toBe(429)
    expect((await ask(started, secretKey, office)).status).toBe(200)
  })

  test.each<{ name: string; guess: (started: Started) => Promise<Response> }>([
    {
      name: 'when signing in',
      guess: ({ url }) =>
        fetch(`${url}/reports/session`, { method: 'POST', body: '{"secret_key":"sk_wrong"}', headers: from(office) }),
    },
    { name: 'with a batch', guess: ({ post }) => post(batchOf(1), { authorization: 'Bearer sk_wrong', ...from(office) }) },
    {
      name: 'with a consent record',
      guess: ({ url }) =>
        fetch(`${url}/v1/consent`, {
          method: 'POST',
          body: JSON.stringify({ subject: 'a-1', purposes: { analytics: 'granted' } }),
          headers: { authorization: 'Bearer sk_wrong', ...from(office) },
        }),
    },
    {
      name: 'when something is changed',
      guess: ({ url }) =>
        fetch(`${url}/v1/aliases/x`, { method: 'DELETE', headers: { authorization: 'Bearer sk_wrong', ...from(office) } }),
    },
  ])('are counted $name', async ({ guess }) => {
    const started = await startCollector(behindProxy)
    expect(await statuses(21, () => guess(started))).toEqual([...Array(20).fill(401), 429])
    expect((await ask(started, secretKey, office)).status).toBe(429)
  })

  test('are neither what has no key nor what a browser sends by itself', async () => {
    const started = await startCollector(behindProxy)
    const { url } = started
    for (const headers of [{}, { authorization: 'Basic eDp5' }, { cookie: 'footfall_session=default.1.x' }])
      await statuses(25, () => fetch(`${url}/v1/events`, { headers: { ...headers, ...from(office) } as HeadersInit }))
    expect((await ask(started, secretKey, office)).status).toBe(200)
  })
})

describe('a picture', () => {
  const query = `write_key=${writeKey}&message_id=M-1&user_id=cust_42`

  test('that is refused for its address or key is shown, is not looked up in the ledger, and counts as lost', async () => {
    let asked = 0
    const memory = createMemorySink()
    const store = {
      ...memory,
      consentOf: (...question: Parameters<typeof memory.consentOf>) => {
        asked += 1
        return memory.consentOf(...question)
      },
    }
    const options = { ...behindProxy, limitPerAddress: '0.01:2', limitPerKey: '0.01:1' }
    const started = await startCollector(options, { store })
    const open = () => fetch(`${started.url}/v1/pixel.gif?${query}`, { headers: { 'user-agent': visitorAgent, ...from(office) } })
    expect(await statuses(1, open)).toEqual([200])
    expect(asked).toBe(1)
    expect(await statuses(3, open)).toEqual([200, 200, 200])
    const foreign = await fetch(`${started.url}/v1/pixel.gif?write_key=wk_other&user_id=cust_42`, { headers: from(elsewhere) })
    expect(foreign.status).toBe(200)
    expect(asked).toBe(1)
    expect((await metric(started, 'footfall_lost_openings_total')).toSorted()).toEqual([
      'footfall_lost_openings_total{code="rate_limited"} 3',
      'footfall_lost_openings_total{code="unknown_write_key"} 1',
    ])
  })
})

describe('keys that change', () => {
  const options = { ...behindProxy, writeKey: `${writeKey},wk_old`, secretKey: [secretKey, 'sk_old_0123456789'] }

  test('old ones still work, and it is counted when they do', async () => {
    const started = await startCollector(options)
    expect((await started.post(batchOf(1, { write_key: 'wk_old' }))).status).toBe(200)
    expect((await started.post(batchOf(1))).status).toBe(200)
    const read = await fetch(`${started.url}/v1/events`, { headers: { authorization: 'Bearer sk_old_0123456789' } })
    expect((await read.json()) as object).toMatchObject({ events: [{}, {}] })
    expect((await started.post(batchOf(1, { write_key: 'wk_older' }))).status).toBe(401)
    expect((await metric(started, 'footfall_key_requests_total')).toSorted()).toEqual([
      // Those that were not shown are there as well: nobody could tell 0 from a metric that does not exist.
      'footfall_key_requests_total{project="default",kind="secret",key="current"} 0',
      'footfall_key_requests_total{project="default",kind="secret",key="old"} 1',
      'footfall_key_requests_total{project="default",kind="write",key="current"} 1',
      'footfall_key_requests_total{project="default",kind="write",key="old"} 1',
    ])
  })

  test('who is signed in with an old key is until the current one changes', async () => {
    const started = await startCollector(options)
    const body = JSON.stringify({ secret_key: 'sk_old_0123456789' })
    const signedIn = await fetch(`${started.url}/reports/session`, { method: 'POST', body })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await fetch(`${started.url}/v1/events`, { headers: { cookie } })).status).toBe(200)
    const rotated = await startCollector({ ...options, secretKey: ['sk_new_0123456789', secretKey] })
    expect((await fetch(`${rotated.url}/v1/events`, { headers: { cookie } })).status).toBe(401)
  })
})

describe("a project's own path", () => {
  const pots = 'https://pots.example'
  const two = {
    store: 'memory',
    path: '/all',
    projects: {
      tea: { writeKey, secretKey, origins: [shop], path: '/t' },
      pots: { writeKey: 'wk_pots', secretKey: 'sk_pots_0123456789', origins: [pots], path: '/p' },
    },
  } satisfies CollectorOptions

  const send = ({ url }: Started, path: string, key: string, origin?: string) =>
    fetch(url + path, { method: 'POST', body: batchOf(1, { write_key: key }), headers: origin === undefined ? {} : { origin } })

  test('takes its events and knows no other key; the one above takes those of all', async () => {
    const started = await startCollector(two)
    const seen = []
    for (const [path, key] of [
      ['/t', writeKey],
      ['/t', 'wk_pots'],
      ['/p', 'wk_pots'],
      ['/p', writeKey],
      ['/all', writeKey],
      ['/all', 'wk_pots'],
    ] as const)
      seen.push((await send(started, path, key)).status)
    expect(seen).toEqual([200, 401, 200, 401, 200, 200])
    const server = { authorization: 'Bearer sk_pots_0123456789' }
    const foreign = await fetch(`${started.url}/t`, { method: 'POST', body: batchOf(1, { write_key: '' }), headers: server })
    expect(foreign.status).toBe(401)
  })

  test('is readable to its own pages alone', async () => {
    const started = await startCollector(two)
    const allowed = async (path: string, origin: string) => {
      const preflight = await fetch(started.url + path, { method: 'OPTIONS', headers: { origin } })
      return preflight.headers.get('access-control-allow-origin')
    }
    expect([await allowed('/t', shop), await allowed('/t', pots), await allowed('/all', pots)]).toEqual([shop, null, pots])
    expect((await send(started, '/t', writeKey, pots)).status).toBe(403)
  })

  test('is in the description of the API, each under a name of its own', async () => {
    const { url } = await startCollector(two)
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, { post?: { operationId: string } }>
    }
    expect(['/all', '/t', '/p'].map((path) => paths[path]?.post?.operationId)).toEqual([
      'deliverEventsUnderPath',
      'deliverEventsUnderPath2',
      'deliverEventsUnderPath3',
    ])
  })
})
