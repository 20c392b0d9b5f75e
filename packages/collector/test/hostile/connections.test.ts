import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { limits } from '@footfall/events'
import { batch, envelope } from '@footfall/testkit/builders'
import { Hono } from 'hono'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { defaultListenLimits, type ListeningCollector, type ListenLimits, listen } from '../../src/listen.ts'
import { secretKey, startCollector } from '../start-collector.ts'
import { type Served, serve, whenAllEnd } from './serve.ts'
import { answersIn, ask, blurt, dial, exchange, post, read, saidIn } from './wire.ts'

const atEnd = whenAllEnd()

const body = (): string => JSON.stringify(batch([envelope({ id: crypto.randomUUID() })]))
const deliver = async (url: string) => saidIn(await ask(url, post('/v1/events', body())))
const head = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`

let served: Served
let url = ''
beforeAll(async () => {
  served = await serve(atEnd, { store: 'memory' })
  url = served.url
}, 60_000)

test('whoever dribbles a head or a body keeps nobody waiting', async () => {
  const slow = Array.from({ length: 200 }, (_, index) => {
    const socket = dial(url)
    socket.write(
      index % 2 === 0
        ? 'POST /v1/events HTTP/1.1\r\nHost: x\r\nX-'
        : `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${limits.maxBatchBytes}\r\n\r\n{`,
    )
    return { socket, drip: setInterval(() => socket.write('a'), 100) }
  })
  for (let sent = 0; sent < 5; sent += 1) {
    expect(await deliver(url)).toMatchObject({ accepted: 1 })
    await wait(100)
  }
  for (const { socket, drip } of slow) {
    clearInterval(drip)
    socket.destroy()
  }
})

describe('a request that could be read in two ways is none', () => {
  const inner = body()
  const smuggled = head(['GET /livez HTTP/1.1', 'Host: x'])
  const chunked = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`
  const to = (...lines: readonly string[]): string => head(['POST /v1/events HTTP/1.1', 'Host: x', ...lines])
  test.each([
    { name: 'a length and chunks', bytes: `${to('Content-Length: 4', 'Transfer-Encoding: chunked')}${chunked}${smuggled}` },
    { name: 'two lengths', bytes: `${to('Content-Length: 0', `Content-Length: ${inner.length}`)}${inner}` },
    { name: 'a list of lengths', bytes: `${to(`Content-Length: ${inner.length}, ${inner.length}`)}${inner}` },
    { name: 'a length with a sign', bytes: `${to(`Content-Length: +${inner.length}`)}${inner}` },
    { name: 'a length below nothing', bytes: `${to('Content-Length: -1')}${inner}` },
    { name: 'a length in hexadecimal', bytes: `${to('Content-Length: 0x10')}${inner}` },
    { name: 'chunks, said oddly', bytes: `${to('Transfer-Encoding: xchunked')}${chunked}${smuggled}` },
    {
      name: 'chunks, said twice',
      bytes: `${to('Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}${chunked}${smuggled}`,
    },
    { name: 'a space before the colon', bytes: `${to(`Content-Length : ${inner.length}`)}${inner}` },
    { name: 'a folded header', bytes: `${to('X-A: 1', ' Content-Length: 0')}${inner}` },
    { name: 'a bare line feed', bytes: `POST /v1/events HTTP/1.1\nHost: x\nContent-Length: ${inner.length}\n\n${inner}` },
    { name: 'a size of a chunk beyond all bounds', bytes: `${to('Transfer-Encoding: chunked')}fffffffffffffffff\r\n${inner}` },
    { name: 'a NUL in a header', bytes: to('X-A: a\0b', 'Content-Length: 0') },
    { name: 'no host', bytes: head(['POST /v1/events HTTP/1.1', 'Content-Length: 0']) },
    { name: 'two hosts', bytes: to('Host: y', 'Content-Length: 0') },
  ])('$name', async ({ bytes }) => {
    const answers = await blurt(url, Buffer.from(bytes))
    expect(answers.length).toBeLessThanOrEqual(1)
    for (const { status } of answers) expect([400, 401]).toContain(status)
  })
})

describe('heads', () => {
  test('that are too large are refused by themselves', async () => {
    const [answer] = await exchange(url, 1, head(['GET /livez HTTP/1.1', 'Host: x', `X-Large: ${'a'.repeat(20_000)}`]))
    expect(answer?.status).toBe(431)
  })

  test('of hundreds of small headers are answered, of more than a thousand refused, however few bytes they are', async () => {
    const withHeaders = (count: number): string =>
      head(['GET /livez HTTP/1.1', 'Host: x', ...Array.from({ length: count }, (_, index) => `x${index}: 1`)])
    expect(withHeaders(1500).length).toBeLessThan(defaultListenLimits.maxHeadBytes)
    expect((await ask(url, withHeaders(900))).status).toBe(200)
    expect((await ask(url, withHeaders(1500))).status).toBe(431)
  })

  test('with a path of any length are answered', async () => {
    const [answer] = await exchange(url, 1, head([`GET /${'a/'.repeat(7000)} HTTP/1.1`, 'Host: x']))
    expect(answer?.status).toBe(404)
    const [longer] = await exchange(url, 1, head([`GET /${'a/'.repeat(17_000)} HTTP/1.1`, 'Host: x']))
    expect([414, 431]).toContain(longer?.status)
  })
})

test('requests that are sent all at once are answered in their order, each', async () => {
  const requests = Array.from({ length: 50 }, (_, index) =>
    index % 2 === 0 ? post('/v1/events', body()) : head(['GET /livez HTTP/1.1', 'Host: x']),
  )
  const answers = await exchange(url, requests.length, ...requests)
  expect(answers.map((answer) => [answer.status, Object.keys(saidIn(answer))[0]])).toEqual(
    requests.map((_, index) => [200, index % 2 === 0 ? 'received_at' : 'status']),
  )
})

test('a thousand requests whose answers nobody takes fill no memory', async () => {
  const before = await served.held()
  const socket = dial(url).pause()
  onTestFinished(() => void socket.destroy())
  const request = head(['GET /openapi.json HTTP/1.1', 'Host: x'])
  for (let sent = 0; sent < 1000; sent += 1) socket.write(request)
  const after = await served.held()
  expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(24 * 2 ** 20)
}, 60_000)

test('whoever closes their own side in the middle harms nobody', async () => {
  for (const part of [
    '',
    'POST',
    head(['POST /v1/events HTTP/1.1', 'Host: x', 'Content-Length: 100']),
    `${post('/v1/events', body()).toString().slice(0, -5)}`,
  ]) {
    const socket = dial(url)
    const all = read(socket)
    socket.end(part)
    for (const { status } of answersIn(await all)) expect(status).toBe(400)
  }
  expect(await deliver(url)).toMatchObject({ accepted: 1 })
})

test('what it waits for after all of this is what it waited for before', async () => {
  const { resources } = await served.held()
  expect(resources.filter((resource) => resource === 'TCPSocketWrap').length).toBeLessThanOrEqual(2)
  expect(served.complaints()).toBe('')
})

describe('a port', () => {
  async function open(app: Hono, given: ListenLimits): Promise<ListeningCollector> {
    const server = await listen(app, '127.0.0.1', 0, given)
    onTestFinished(() => server.close(0))
    return server
  }

  test('takes so many connections; those that only wait for a next request make room', async () => {
    const app = new Hono().get('/', (c) => c.text('here'))
    const server = await open(app, { maxConnections: 5 })
    const idle = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const socket = dial(server.url)
        socket.write(head(['GET / HTTP/1.1', 'Host: x']))
        await once(socket, 'data')
        return socket
      }),
    )
    expect(await exchange(server.url, 1, head(['GET / HTTP/1.1', 'Host: x']))).toEqual([])
    await Promise.all(idle.map((socket) => socket.destroyed || once(socket, 'close')))
    expect(await ask(server.url, head(['GET / HTTP/1.1', 'Host: x']))).toMatchObject({ status: 200 })
  })

  test('answers 408 to whoever dribbles, and lets go: a head has less time than a whole request', async () => {
    const { collector } = await startCollector({ store: 'memory' })
    const server = await open(collector, { headMs: 300, requestMs: 3000, slownessCheckMs: 100 })
    const dribbled = async (bytes: string) => {
      const begunAt = performance.now()
      const socket = dial(server.url)
      const all = read(socket)
      socket.write(bytes)
      const drip = setInterval(() => socket.write('a'), 50)
      const statuses = answersIn(await all).map(({ status }) => status)
      clearInterval(drip)
      return { statuses, ms: performance.now() - begunAt }
    }
    const [slowHead, slowBody] = await Promise.all([
      dribbled('POST /v1/events HTTP/1.1\r\nHost: x\r\nX-'),
      dribbled(head(['POST /v1/events HTTP/1.1', 'Host: x', `Content-Length: ${limits.maxBatchBytes}`])),
    ])
    expect(slowHead.statuses).toEqual([408])
    expect(slowHead.ms).toBeGreaterThan(250)
    expect(slowHead.ms).toBeLessThan(3000)
    expect(slowBody.statuses).toEqual([408])
    expect(slowBody.ms).toBeGreaterThan(2900)
    expect(slowBody.ms).toBeLessThan(10_000)
  })

  test('lets go of who does not take an answer, and not of who waits for one', async () => {
    const large = new Uint8Array(32 * 2 ** 20)
    const app = new Hono()
      .get('/large', () => new Response(large))
      .get('/late', async (c) => {
        await wait(3000)
        return c.text('at last')
      })
    // Twice before the other has its answer: the first time, what the system has taken meanwhile looks like somebody who reads.
    const server = await open(app, { unreadMs: 700 })
    const unread = dial(server.url).pause()
    const cut = once(unread, 'close')
    unread.write(head(['GET /large HTTP/1.1', 'Host: x']))
    expect(await ask(server.url, head(['GET /late HTTP/1.1', 'Host: x']))).toMatchObject({ status: 200 })
    unread.resume()
    await cut
    expect(unread.bytesRead).toBeLessThan(large.length)
  })
})

describe('who watches', () => {
  const watch = head(['GET /v1/live HTTP/1.1', 'Host: x', `Authorization: Bearer ${secretKey}`])

  test('is one of so many, and there is room again when somebody goes', async () => {
    const sockets = Array.from({ length: 70 }, () => {
      const socket = dial(url)
      socket.write(watch)
      return socket
    })
    const statuses = await Promise.all(
      sockets.map(async (socket) => /^HTTP\/1\.1 (\d{3})/.exec(String((await once(socket, 'data'))[0]))?.[1]),
    )
    expect(statuses.filter((status) => status === '200')).toHaveLength(64)
    expect(statuses.filter((status) => status === '503')).toHaveLength(6)
    for (const socket of sockets) socket.destroy()
    await expect.poll(async () => (await watching())?.status, { timeout: 10_000 }).toBe(200)
  })

  async function watching() {
    const socket = dial(url)
    socket.write(watch)
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString())?.[1]) }
  }
})
