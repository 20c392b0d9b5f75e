import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { limits } from '@footfall/events'
import { batch, envelope } from '@footfall/testkit/builders'
import { describe, expect, test, vi } from 'vitest'
import { startCollector } from '../start-collector.ts'

// Hundreds of megabytes are inflated here, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const codeOf = async (response: Response): Promise<readonly [number, unknown]> => {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = (await response.json()) as Record<string, unknown>
  expect(problem).toMatchObject({
    type: `urn:footfall:problem:${problem.code}`,
    status: response.status,
    detail: expect.any(String),
  })
  return [response.status, problem.code]
}

describe('refused whole', () => {
  const huge = ' '.repeat(limits.maxBatchBytes + 1)
  test.each([
    { name: 'nothing', body: '', expect: [400, 'undecodable'] },
    { name: 'no JSON', body: '{"write_key":', expect: [400, 'undecodable'] },
    { name: 'no UTF-8', body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), expect: [400, 'undecodable'] },
    { name: 'cut gzip', body: gzipSync('{"x":1}').subarray(0, 12), expect: [400, 'undecodable'] },
    { name: 'gzip of nothing', body: Buffer.from([0x1f, 0x8b]), expect: [400, 'undecodable'] },
    { name: 'a list', body: '[]', expect: [400, 'bad_batch'] },
    { name: 'null', body: 'null', expect: [400, 'bad_batch'] },
    { name: 'no events', body: '{"write_key":"wk_test"}', expect: [400, 'bad_batch'] },
    { name: 'no key', body: '{"events":[]}', expect: [401, 'unknown_write_key'] },
    { name: 'a key that is none', body: '{"write_key":7,"events":[]}', expect: [400, 'bad_batch'] },
    { name: 'too large', body: huge, expect: [413, 'body_too_large'] },
    {
      name: 'too many events',
      body: JSON.stringify({ write_key: 'wk_test', events: Array.from({ length: limits.maxBatchEvents + 1 }, () => 0) }),
      expect: [413, 'batch_too_large'],
    },
    {
      name: 'a gzip bomb of 1000:1',
      body: gzipSync(Buffer.alloc(500 * 1024 * 1024 - 1, ' '), { level: 1 }).subarray(0, limits.maxBatchBytes),
      expect: [413, 'body_too_large'],
    },
    {
      name: 'an unknown key',
      body: JSON.stringify(batch([envelope()], { write_key: 'wk_other' })),
      expect: [401, 'unknown_write_key'],
    },
  ])(
    '$name',
    async ({ body, expect: expected }) => {
      const { post } = await startCollector({ store: 'memory' })
      expect(await codeOf(await post(body))).toEqual(expected)
    },
    30_000,
  )

  test.each(['br', 'deflate', 'zstd', 'gzip, br'])('content encoding %s', async (encoding) => {
    const { post } = await startCollector({ store: 'memory' })
    expect(await codeOf(await post('{}', { 'content-encoding': encoding }))).toEqual([415, 'unsupported_encoding'])
  })
})

test('a bomb costs neither the time nor the memory that it would take to inflate', async () => {
  const { post, deliver } = await startCollector({ store: 'memory' })
  const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024, '['))
  expect(bomb.length).toBeLessThan(limits.maxBatchBytes)
  const before = process.memoryUsage().rss
  const responses = await Promise.all(Array.from({ length: 10 }, () => post(bomb)))
  expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 413))
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
  expect(await deliver([envelope()])).toMatchObject({ accepted: 1 })
}, 30_000)

describe('what is shared counts as often as it is shared', () => {
  const sharing = (shared: object, count: number): string =>
    JSON.stringify(
      batch(
        Array.from({ length: count }, () => ({ id: envelope().id, name: 'quiz_finished' })),
        { shared },
      ),
    )
  const { consent } = envelope()
  const answer = 'x'.repeat(20_000)

  test('within the limit it is taken', async () => {
    const { post } = await startCollector({ store: 'memory' })
    const response = await post(sharing({ consent, properties: { answer } }, 150))
    expect(await response.json()).toMatchObject({ accepted: 150 })
  })

  test.each([
    { name: 'beyond the limit', body: () => sharing({ consent, properties: { answer } }, 300) },
    { name: 'a bomb', body: () => gzipSync(sharing({ consent, properties: { answer: answer.repeat(150) } }, 500)) },
    {
      name: 'nested without end',
      body: () => gzipSync(sharing({ nest: 0 }, 1).replace('"nest":0', `"nest":${'['.repeat(1e6)}${']'.repeat(1e6)}`)),
    },
  ])('$name the batch is refused', async ({ body }) => {
    const { post } = await startCollector({ store: 'memory' })
    expect(await codeOf(await post(body()))).toEqual([413, 'body_too_large'])
  })
})

test('many who announce a body and never send it keep nobody else out', async () => {
  const { url, deliver } = await startCollector({ store: 'memory' })
  const { hostname, port } = new URL(url)
  const head = `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${limits.maxBatchBytes}\r\n\r\n{`
  const idle = await Promise.all(
    Array.from({ length: 150 }, async () => {
      const socket = connect(Number(port), hostname).on('error', () => {})
      await new Promise((resolve) => socket.write(head, resolve))
      return socket
    }),
  )
  expect(await deliver([envelope()])).toMatchObject({ accepted: 1 })
  for (const socket of idle) socket.destroy()
})

test('thousands of empty product lines are too much, and found to be so at once', async () => {
  const { deliver } = await startCollector({ store: 'memory' })
  const products = Array.from({ length: limits.maxKeys + 1 }, () => ({}))
  const receipt = await deliver([envelope({ name: 'cart_viewed', properties: { products } as never })])
  expect(receipt).toMatchObject({ quarantined: 1, problems: [{ code: 'too_many_keys' }] })
})

test.each([{ sent_at: null }, { sent_at: 'now' }, { tracker: 7, sent_at: null }, { dropped: { expired: -1 } }, { dropped: [] }])(
  'what a batch can do without costs no event its delivery: %o',
  async (differs) => {
    const { deliver } = await startCollector({ store: 'memory' })
    expect(await deliver([envelope()], differs as never)).toMatchObject({ accepted: 1 })
  },
)

test.each([{ shared: 7 }, { events: {} }, { write_key: null, sent_at: null }])('refused: %o', async (differs) => {
  const { post } = await startCollector({ store: 'memory' })
  expect(await codeOf(await post(JSON.stringify({ ...batch([envelope()]), ...differs })))).toEqual([400, 'bad_batch'])
})

test('a batch of exactly the limit is taken', async () => {
  const { post } = await startCollector({ store: 'memory' })
  const body = JSON.stringify(batch(Array.from({ length: limits.maxBatchEvents }, () => envelope())))
  expect(body.length).toBeLessThan(limits.maxBatchBytes)
  const response = await post(body.padEnd(limits.maxBatchBytes, ' '))
  expect(await response.json()).toMatchObject({ accepted: limits.maxBatchEvents })
})

test('any content type is taken, since a beacon cannot choose', async () => {
  const { url } = await startCollector({ store: 'memory' })
  for (const type of ['application/json', 'text/plain;charset=UTF-8', 'application/octet-stream', 'nonsense']) {
    const body = JSON.stringify(batch([envelope()]))
    expect((await fetch(`${url}/v1/events`, { method: 'POST', body, headers: { 'content-type': type } })).status).toBe(200)
  }
})

/** Speaks HTTP by hand. */
async function raw(url: string, send: (write: (text: string) => void) => void): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  send((part) => void socket.write(part))
  return text(socket).catch(String)
}

test('a body without a length is stopped as soon as it is too large, and the refusal arrives', async () => {
  const { url } = await startCollector({ store: 'memory' })
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`
  const answer = await raw(url, (write) => {
    write('POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (let sent = 0; sent < limits.maxBatchBytes + 0x20000; sent += 0x10000) write(chunk)
    write('0\r\n\r\n')
  })
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(answer).toContain('body_too_large')
})

test('an announced body that is too large is refused before it is sent', async () => {
  const { url } = await startCollector({ store: 'memory' })
  const answer = await raw(url, (write) => {
    write(`POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${limits.maxBatchBytes + 1}\r\n\r\n`)
  })
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
})

test('a connection that breaks in the middle of a body stores nothing and harms nobody', async () => {
  const { url, deliver, events } = await startCollector()
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const body = JSON.stringify(batch([envelope()]))
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.on('close', () => resolve())
  socket.write(`POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -10)}`, () =>
    socket.destroy(),
  )
  await promise
  const event = envelope()
  await deliver([event])
  expect((await events()).map(({ id }) => id)).toEqual([event.id])
})
