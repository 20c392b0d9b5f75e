import { connect } from 'node:net'
import { batch, envelope } from '@footfall/testkit/builders'
import { beforeAll, describe, expect, test } from 'vitest'
import { secretKey } from '../start-collector.ts'
import { serve, whenAllEnd } from './serve.ts'
import { type Answer, ask, exchange, post, saidIn } from './wire.ts'

const atEnd = whenAllEnd()

const shop = 'https://shop.example'
let url = ''
beforeAll(async () => {
  ;({ url } = await serve(atEnd, { store: 'memory', origins: [shop], path: '/e' }))
}, 60_000)

const request = (line: string, ...headers: readonly string[]): Promise<Answer> =>
  ask(url, `${[`${line} HTTP/1.1`, 'Host: x', ...headers].join('\r\n')}\r\n\r\n`)

const body = (): string => JSON.stringify(batch([envelope({ id: crypto.randomUUID() })]))

describe('only a route as it is written is a route', () => {
  test.each([
    ...[
      '//v1/events',
      '/v1//events',
      '/v1/events/',
      '/v1/events/.',
      '/V1/EVENTS',
      '/v1/events;a',
      '/v1/events%00',
      '/v1/events%20',
    ],
    ...[
      '/v1/events..',
      '/v1/events.json',
      '/e/',
      '/e/x',
      '//e',
      '/%2e%2e/v1/eventss',
      '/v1%2fevents',
      '/v1\\events',
      '/.git/config',
    ],
  ])('POST %s', async (path) => {
    const answer = await ask(url, post(path, body()))
    expect([400, 404]).toContain(answer.status)
  })

  test.each([
    ...[
      '/reports/../../../../etc/passwd',
      '/reports/..%2f..%2fpackage.json',
      '/reports/%2e%2e/%2e%2e/etc/passwd',
      '/reports/....//x',
    ],
    ...['/footfall/..%5c..%5ckeys.json', '/footfall/%00.js', '/footfall/banner.js%00', '/footfall/../keys.json'],
  ])('GET %s gives no file away', async (path) => {
    const { status, body: bytes } = await request(`GET ${path}`)
    expect([400, 404]).toContain(status)
    expect(bytes.toString()).not.toMatch(/root:|dependencies|write_?key"/i)
  })

  test('dots that lead to a route lead to that route, as everywhere', async () => {
    expect((await ask(url, post('/x/../v1/events', body()))).status).toBe(200)
    expect((await ask(url, post('/%76%31/events', body()))).status).toBe(200)
  })

  test('the absolute form counts by its path', async () => {
    expect((await ask(url, post('http://elsewhere.example/v1/events', body()))).status).toBe(200)
    expect((await request('GET http://elsewhere.example/nothing')).status).toBe(404)
  })

  test.each(['*', '?', 'v1/events', 'file:///etc/passwd', 'ftp://x/v1/events', 'http://', '/v1/events#'])(
    '%s is no address',
    async (target) => {
      const answers = await exchange(
        url,
        1,
        `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      )
      for (const { status } of answers) expect([400, 404]).toContain(status)
    },
  )
})

describe('methods', () => {
  test.each([
    { line: 'PUT /v1/events', allow: 'GET, OPTIONS, POST, HEAD' },
    { line: 'DELETE /v1/events', allow: 'GET, OPTIONS, POST, HEAD' },
    { line: 'GET /e', allow: 'OPTIONS, POST' },
    { line: 'PATCH /v1/sources/till', allow: 'DELETE, PUT' },
    { line: 'POST /livez', allow: 'GET, HEAD' },
    { line: 'PROPFIND /metrics', allow: 'GET, HEAD' },
  ])('$line is told what there is', async ({ line, allow }) => {
    const answer = await request(line, 'Content-Length: 0')
    expect([answer.status, saidIn(answer).code]).toEqual([405, 'method_not_allowed'])
    expect(answer.headers.allow?.split(', ').sort()).toEqual(allow.split(', ').sort())
  })

  test.each(['PUT', 'PATCH', 'PROPFIND'])('%s of what is not there is not found', async (method) => {
    expect((await request(`${method} /nothing`, 'Content-Length: 0')).status).toBe(404)
  })

  test.each([
    'TRACE / HTTP/1.1',
    'TRACE /v1/events HTTP/1.1',
    'TRACK / HTTP/1.1',
    'CONNECT x:80 HTTP/1.1',
    'NONSENSE / HTTP/1.1',
    'GET / HTTP/9.9',
  ])('%s repeats and opens nothing', async (line) => {
    const answers = await exchange(url, 1, `${line}\r\nHost: x\r\nX-Secret: 4711\r\nConnection: close\r\n\r\n`)
    for (const { status, body: bytes } of answers) {
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(bytes.toString()).not.toContain('4711')
    }
  })

  test('an upgrade is answered as the request it is', async () => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.end('GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n')
    const chunks: Buffer[] = []
    for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).not.toMatch(/^HTTP\/1\.1 101/)
  })
})

describe('pages of other origins', () => {
  const hostile = [
    ...[
      'null',
      'https://shop.example.evil.example',
      'https://evilshop.example',
      'https://shop.example:444',
      'http://shop.example',
    ],
    ...[
      'https://SHOP.example',
      'https://shop.example.',
      'https://shop.example@evil.example',
      'https://shop.example/',
      'https://shop.example%00',
    ],
    ...[
      'https://shop.example, https://evil.example',
      'https://*',
      '*',
      'https://shop%2eexample',
      'https://user@x',
      'http://x/',
      'http://x#',
    ],
  ]
  test.each(hostile)('%s may neither write nor read an answer', async (origin) => {
    const answer = await ask(url, post('/v1/events', body(), { Origin: origin }))
    expect([answer.status, saidIn(answer).code]).toEqual([403, 'origin_not_allowed'])
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    const preflight = await request('OPTIONS /v1/events', `Origin: ${origin}`, 'Access-Control-Request-Method: POST')
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin')
    expect(
      (await request('GET /v1/events', `Origin: ${origin}`, `Authorization: Bearer ${secretKey}`)).headers,
    ).not.toHaveProperty('access-control-allow-origin')
  })

  test('no answer lets cookies go along, and none allows whoever asks but the tracker, which holds no secret', async () => {
    for (const line of [
      'GET /v1/events',
      'GET /v1/reports/traffic',
      'GET /reports/',
      'GET /metrics',
      'GET /openapi.json',
      'OPTIONS /v1/events',
    ]) {
      const { headers } = await request(line, `Origin: ${shop}`, `Authorization: Bearer ${secretKey}`)
      expect(headers).not.toHaveProperty('access-control-allow-credentials')
      if (line !== 'OPTIONS /v1/events') expect(headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  test('a form on another page cannot sign anybody in, nor change anything with a cookie', async () => {
    const form = JSON.stringify({ secret_key: secretKey })
    const evil = { Origin: 'https://evil.example' }
    expect((await ask(url, post('/reports/session', form, evil))).status).toBe(403)
    const signedIn = await ask(url, post('/reports/session', form, { Origin: 'http://x' }))
    expect(signedIn.status).toBe(204)
    const cookie = signedIn.headers['set-cookie']?.split(';')[0] ?? ''
    expect(signedIn.headers['set-cookie']).toMatch(/HttpOnly.*SameSite=Strict/i)
    const purge = (headers: readonly string[]) => request('DELETE /v1/quarantine?all=true', `Cookie: ${cookie}`, ...headers)
    expect((await purge([])).status).toBe(401)
    expect((await purge(['Origin: https://evil.example'])).status).toBe(401)
    expect((await purge(['Origin: http://x'])).status).toBe(200)
    expect((await request('DELETE /v1/subjects/somebody', `Cookie: ${cookie}`, 'Origin: http://x')).status).toBe(401)
  })
})
