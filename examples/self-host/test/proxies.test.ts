import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollector, listen } from '@footfall/collector'
import { batch, envelope } from '@footfall/testkit/builders'
import { freePort } from '@footfall/testkit/free-port'
import { sayNotTested } from '@footfall/testkit/not-tested'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { caddy } from './proxies/caddy.ts'
import { nginx } from './proxies/nginx.ts'
import type { Running } from './proxies/proxy.ts'

const secretKey = 'sk_test_0123456789abcdef'
const asServer = { authorization: `Bearer ${secretKey}` }

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Ask {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

for (const { name, whyNot, start } of [caddy, nginx]) {
  sayNotTested(`the example behind ${name}`, whyNot)

  describe.skipIf(whyNot !== null)(`a real collector behind a real ${name}, with TLS`, () => {
    let httpsPort = 0
    let proxy: Running
    const endings: (() => Promise<unknown>)[] = []

    beforeAll(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'footfall-proxy-'))
      endings.unshift(() => rm(folder, { recursive: true }))
      const [site, own] = [join(folder, 'shop'), join(folder, 'proxy')]
      await Promise.all([mkdir(site), mkdir(own)])
      await writeFile(join(site, 'index.html'), '<!doctype html><title>a shop</title>')
      const keys = { writeKey: 'wk_test', secretKey }
      const trustedProxies = ['127.0.0.1', '::1']
      const collector = createCollector({ ...keys, dataDir: folder, path: '/e', trustedProxies, logLevel: 'silent' })
      await collector.ready
      const server = await listen(collector, '127.0.0.1', 0)
      endings.unshift(() => Promise.all([collector.close(), server.close(0)]))
      httpsPort = await freePort()
      proxy = await start({ folder: own, site, upstream: new URL(server.url).host, httpsPort })
      endings.unshift(proxy.stop)
      await vi.waitFor(() => ask(proxy.shop, '/'), 20_000)
    })

    afterAll(async () => {
      for (const end of endings) await end()
    })

    /** A POST where there is a body. Fails where the certificate is not one for this name. */
    async function ask(host: string, path: string, { headers = {}, body }: Ask = {}): Promise<Answer> {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      const to = { host: '127.0.0.1', port: httpsPort, servername: host, ca: proxy.authority, path, agent: false as const }
      const asked = request({ ...to, method: body === undefined ? 'GET' : 'POST', headers: { host, ...headers } }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece
        })
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }))
      })
      asked.on('error', reject).end(body)
      return promise
    }

    test('events arrive at the shop’s own name, from where the proxy saw them and not from where they say', async () => {
      const sent = envelope({ name: 'product_viewed', properties: { product_id: 'A' } })
      const forged = { 'x-forwarded-for': '203.0.113.9', 'content-type': 'text/plain', 'user-agent': 'Mozilla/5.0 Firefox/140.0' }
      const receipt = await ask(proxy.shop, '/e', { headers: forged, body: JSON.stringify(batch([sent])) })
      expect(receipt).toMatchObject({ status: 200, body: expect.stringContaining('"accepted":1,') })
      const { body } = await ask(proxy.reports, '/v1/events', { headers: asServer })
      expect(JSON.parse(body)).toMatchObject({ events: [{ id: sent.id, ip: '127.0.0.0' }] })
    })

    test('a batch that is too large is answered by the collector, so that the tracker cuts it smaller', async () => {
      const text = { 'content-type': 'text/plain' }
      const large = await ask(proxy.shop, '/e', { headers: text, body: JSON.stringify({ write_key: 'x'.repeat(600_000) }) })
      expect(large).toMatchObject({ status: 413, body: expect.stringContaining('body_too_large') })
    })

    test('on the shop’s name there are the shop and the tracker, and nothing that is read with a key', async () => {
      expect(await ask(proxy.shop, '/')).toMatchObject({ status: 200, body: expect.stringContaining('a shop') })
      expect(await ask(proxy.shop, '/footfall.js')).toMatchObject({ status: 200, body: expect.stringContaining('footfall') })
      for (const path of ['/v1/events', '/metrics', '/reports', '/readyz', '/openapi.json']) {
        expect({ path, ...(await ask(proxy.shop, path, { headers: asServer })) }).toMatchObject({ path, status: 404 })
      }
    })

    test('whoever logs in to the reports has a cookie that travels by https alone', async () => {
      const headers = { 'content-type': 'application/json', origin: `https://${proxy.reports}`, 'sec-fetch-site': 'same-origin' }
      const signedIn = await ask(proxy.reports, '/reports/session', { headers, body: JSON.stringify({ secret_key: secretKey }) })
      expect(signedIn.headers['set-cookie']).toEqual([expect.stringMatching(/; Secure/)])
    })

    test.each(['/metrics', '/metrics/', '//metrics', '/./metrics', '/%6detrics', '/metrics?x=1', '/METRICS'])(
      'metrics are nowhere to be had, as %s neither',
      async (path) => {
        for (const host of [proxy.shop, proxy.reports]) {
          const { status, body } = await ask(host, path, { headers: asServer })
          expect([308, 404]).toContain(status)
          expect(body).not.toContain('footfall_')
        }
      },
    )

    test('the log knows no address, no header, no query and no id', async () => {
      const asked = { headers: { ...asServer, 'user-agent': 'told-by-header' } }
      await ask(proxy.reports, '/v1/subjects/anonymous/told-by-path', asked)
      await ask(proxy.reports, '/v1/events?user_id=told-by-query', asked)
      await vi.waitFor(async () => expect((await proxy.log()).join('\n')).toMatch(/\/v1\/subjects[\s\S]*\/v1\/events/), 5_000)
      const lines = await proxy.log()
      expect(lines.filter((line) => !line.includes('127.0.0.0'))).toEqual([])
      expect(lines.join('\n')).not.toMatch(/told-by|127\.0\.0\.1\b|203\.0\.113|headers|sk_test/)
    })
  })
}
