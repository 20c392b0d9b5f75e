import { batch, envelope } from '@footfall/testkit/builders'
import { describe, expect, test } from 'vitest'
import { startCollector } from '../start-collector.ts'

const body = (): string => JSON.stringify(batch([envelope()]))
const shop = 'https://shop.example'

describe('pages that may write', () => {
  test.each([
    { name: 'a listed origin', origin: shop },
    { name: "a page of the collector's own host", origin: 'own' },
  ])('$name', async ({ origin: given }) => {
    const { post, url } = await startCollector({ store: 'memory', origins: [shop] })
    const origin = given === 'own' ? url : given
    const response = await post(body(), { origin })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(response.headers.get('access-control-expose-headers')).toBe('Retry-After')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    expect(response.headers.get('vary')).toContain('Origin')
  })

  test('a request without an origin comes from no page', async () => {
    const { post } = await startCollector({ store: 'memory' })
    const response = await post(body())
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('a page behind a trusted proxy is known by the host the browser knows', async () => {
    const headers = { origin: shop, 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https' }
    const trusting = await startCollector({ store: 'memory', trustedProxies: ['127.0.0.1'] })
    expect((await trusting.post(body(), headers)).status).toBe(200)
    const wary = await startCollector({ store: 'memory' })
    expect((await wary.post(body(), headers)).status).toBe(403)
  })
})

test.each(['Basic c2hvcDpzdGFnaW5n', 'Negotiate YII', ''])(
  'what opens a site behind a password (%j) says nothing about its pages',
  async (authorization) => {
    const { post } = await startCollector({ store: 'memory', origins: [shop] })
    const response = await post(body(), { origin: shop, authorization })
    expect([response.status, await response.json()]).toMatchObject([200, { accepted: 1 }])
    expect((await post(body(), { origin: 'https://evil.example', authorization })).status).toBe(403)
  },
)

describe('pages that may not', () => {
  test('one without https, of a host that has it', async () => {
    const { post } = await startCollector({ store: 'memory', trustedProxies: ['127.0.0.1'] })
    const headers = { origin: 'http://shop.example', 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https' }
    expect((await post(body(), headers)).status).toBe(403)
    expect((await post(body(), { ...headers, 'x-forwarded-proto': 'http' })).status).toBe(200)
  })

  test.each([
    'https://evil.example',
    'http://shop.example',
    'https://shop.example:8443',
    'https://shop.example.evil.example',
    'https://www.shop.example',
    'https://shop.example/',
    'null',
    'file://',
    '',
  ])('%s', async (origin) => {
    const { post, events } = await startCollector({ store: 'memory', origins: [shop] })
    const response = await post(body(), { origin })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'origin_not_allowed' })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(await events()).toEqual([])
  })

  test('an origin of one project may not write to another', async () => {
    const { url } = await startCollector({
      store: 'memory',
      projects: {
        one: { writeKey: 'wk_one', secretKey: 'sk_one_0123456789abc', origins: [shop] },
        two: { writeKey: 'wk_two', secretKey: 'sk_two_0123456789abc' },
      },
    })
    const send = (write_key: string) =>
      fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { origin: shop },
        body: JSON.stringify(batch([envelope()], { write_key })),
      })
    expect((await send('wk_one')).status).toBe(200)
    const refused = await send('wk_two')
    expect(refused.status).toBe(403)
    // The page may read why.
    expect(refused.headers.get('access-control-allow-origin')).toBe(shop)
  })
})

test('a refusal can be read by the page it is for', async () => {
  const { post } = await startCollector({ store: 'memory', origins: [shop] })
  const response = await post('{', { origin: shop })
  expect(response.status).toBe(400)
  expect(response.headers.get('access-control-allow-origin')).toBe(shop)
})

test('a preflight is answered for listed origins only', async () => {
  const { url } = await startCollector({ store: 'memory', origins: [shop] })
  const ask = (origin: string) =>
    fetch(`${url}/v1/events`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
  const allowed = await ask(shop)
  expect(allowed.status).toBe(204)
  expect(allowed.headers.get('access-control-allow-origin')).toBe(shop)
  expect(allowed.headers.get('access-control-allow-methods')).toBe('POST')
  expect(allowed.headers.get('access-control-allow-headers')).not.toContain('Authorization')
  expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
})
