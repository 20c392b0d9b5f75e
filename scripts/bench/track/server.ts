import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { createCollector, listen } from '@footfall/collector'
import { build } from 'esbuild'
import { Hono } from 'hono'

/** What arrived of one visit. */
export interface Seen {
  requests: number
  /** Of request bodies, as they were on the wire. */
  bytes: number
  events: number
}

/** The shop's server: the page, every subject's bundle, our collector, and something that answers each peer as its own would. */
export interface BenchServer {
  readonly url: string
  /** The folder under which the subject of a visit sends, and what arrives there. */
  expect(): { readonly base: string; readonly seen: Seen }
  close(): Promise<void>
}

async function pageScript(): Promise<string> {
  const entry = fileURLToPath(new URL('page.ts', import.meta.url))
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', target: 'es2022', write: false })
  return outputFiles[0]?.text ?? ''
}

/** The word that stands once in every event that is counted, however a peer wraps it. */
const countIn = (body: Buffer): number => {
  const text = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body
  return text.toString('utf8').split('product_added').length - 1
}

/** An answer in which each peer finds what its own server says after it has taken a request. */
const taken = (events: number) => ({
  status: 1,
  success: true,
  code: 200,
  events_ingested: events,
  server_upload_time: Date.now(),
})

/** @param bundles by file name */
export async function serveBench(bundles: ReadonlyMap<string, Uint8Array>): Promise<BenchServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'footfall-bench-'))
  const collector = createCollector({ dataDir, writeKey: 'wk_bench', secretKey: 'sk_bench_0123456789abcdef', logLevel: 'silent' })
  const visits: Seen[] = []
  const app = new Hono()
  const headers = {
    // An isolated page has a clock of 5 µs; others have one of 100.
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    // Nobody leaves this machine.
    'content-security-policy': "default-src 'self' 'unsafe-inline' blob:",
  }
  app.get('/', (c) => c.html('<!doctype html><title>bench</title><script type="module" src="/page.js"></script>', 200, headers))
  const script = await pageScript()
  app.get('/page.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript' }))
  app.get('/subjects/:file', (c) => {
    const code = bundles.get(c.req.param('file').replace(/\.js$/, ''))
    return code ? c.body(Buffer.from(code), 200, { 'content-type': 'text/javascript' }) : c.notFound()
  })
  app.use('/visits/:visit/*', async (c, next) => {
    const seen = visits[Number(c.req.param('visit'))]
    if (seen) {
      seen.requests++
      seen.bytes += Number(c.req.header('content-length') ?? 0)
    }
    await next()
  })
  app.all('/visits/:visit/peer/*', async (c) => {
    const events = countIn(Buffer.from(await c.req.arrayBuffer()))
    const seen = visits[Number(c.req.param('visit'))]
    if (seen) seen.events += events
    return c.json(taken(events))
  })
  // Ours count when the collector has them on its disk.
  app.use('/visits/:visit/v1/events', async (c, next) => {
    await next()
    const { accepted = 0 } = await c.res.clone().json()
    const seen = visits[Number(c.req.param('visit'))]
    if (seen) seen.events += accepted
  })
  app.route('/visits/:visit', collector)
  await collector.ready
  const server = await listen(app, '127.0.0.1', 0)
  return {
    url: server.url,
    expect() {
      const seen: Seen = { requests: 0, bytes: 0, events: 0 }
      return { base: `/visits/${visits.push(seen) - 1}`, seen }
    },
    async close() {
      await server.close(0)
      await collector.close()
      await rm(dataDir, { recursive: true })
    },
  }
}
