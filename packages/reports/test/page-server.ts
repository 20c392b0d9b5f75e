import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { CompletenessAnswer, ConsentAnswer, LiveMessage, QualityAnswer, TrafficAnswer } from '@footfall/collector/reports'
import { serve } from '@hono/node-server'
import { build } from 'esbuild'
import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { AliasRow, QuarantinedRow, SourceRow } from '../src/answers.ts'
import { completenessOf, consentOf, qualityOf, sourceOf, trafficOf } from './builders.ts'

const secretKey = 'sk_right'
const session = { name: 'footfall_session', value: 'signed', domain: '127.0.0.1', path: '/count' }
/** What the collector lets the page do. */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/**
 * Serves the page and speaks just enough of the collector's contract to put it into states that a real collector is seldom in:
 * failing, slow, flooding, gone. The way against the real one is tested beside it.
 */
export interface PageServer {
  /** Where the page is; mounted under a path, as a shop may do. */
  readonly url: string
  readonly secretKey: string
  /** The cookie of someone who has signed in. */
  readonly session: { readonly name: string; readonly value: string; readonly domain: string; readonly path: string }
  /** What the next answers are made of; tests change it. */
  readonly answers: {
    traffic: (from: string | undefined, to: string | undefined) => TrafficAnswer
    completeness: () => CompletenessAnswer | undefined
    consent: () => ConsentAnswer
    quality: (source: string | undefined) => QualityAnswer | undefined
    sources: readonly SourceRow[]
    aliases: readonly AliasRow[]
    quarantine: readonly QuarantinedRow[]
    /** To one request for long work; the cursor is the number of the slice. */
    replayed: (body: unknown) => object
    reprocess: (body: unknown) => object
    /** Sent instead of figures. */
    fault: { readonly status: 401 | 500 | 503; readonly body: string } | undefined
    /** Answers wait for this. */
    delay: Promise<unknown>
    /** What a new connection to the live stream is told first. */
    replay: LiveMessage | undefined
    isStreamRefused: boolean
  }
  /** What was asked to be changed: method, path, query and body. */
  readonly changes: string[]
  /** The questions that were asked, as query strings. */
  readonly asked: string[]
  readonly askedCompleteness: string[]
  readonly streams: () => number
  send(message: LiveMessage): Promise<void>
  /** Cuts every live connection, as a restart does. */
  cutStreams(): void
  close(): Promise<void>
}

type PageFiles = ReadonlyMap<string, { readonly type: string; readonly text: string }>

let bundled: Promise<PageFiles> | undefined

/** Bundles the page as it is in `src` now, once for all tests of a file. */
export function bundlePage(): Promise<PageFiles> {
  bundled ??= bundle()
  return bundled
}

async function bundle(): Promise<PageFiles> {
  const here = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [here('src/main.ts'), here('src/main.css')],
    outdir: here('dist'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' }
  const files = new Map(
    outputFiles.map(({ path, text }) => [
      path.slice(path.lastIndexOf('/') + 1),
      { type: types[path.slice(path.lastIndexOf('.') + 1)] ?? '', text },
    ]),
  )
  return files.set('', { type: 'text/html; charset=utf-8', text: await readFile(here('index.html'), 'utf8') })
}

export async function startPageServer(): Promise<PageServer> {
  const files = await bundlePage()
  const streams = new Set<SSEStreamingApi>()
  const asked: string[] = []
  const changes: string[] = []
  const askedCompleteness: string[] = []
  const answers: PageServer['answers'] = {
    traffic: () => trafficOf(),
    completeness: () => completenessOf(),
    consent: () => consentOf([]),
    quality: () => qualityOf(),
    sources: [sourceOf()],
    aliases: [],
    quarantine: [],
    replayed: () => ({ looked_at: 1, accepted: 1, duplicate: 0, quarantined: 0, rejected: 0, next: null, problems: [] }),
    reprocess: () => ({ looked_at: 7, changed: 7, still_unknown: 0, unreadable: 0, next: null }),
    fault: undefined,
    delay: Promise.resolve(),
    replay: undefined,
    isStreamRefused: false,
  }
  let sent = 0
  const write = (stream: SSEStreamingApi, message: LiveMessage): Promise<void> => {
    sent += 1
    return stream.writeSSE({ event: 'verdicts', id: String(sent), data: JSON.stringify(message) })
  }

  const app = new Hono().basePath('/count')
  app.use('/v1/*', async (c, next) => {
    if (getCookie(c, session.name) !== session.value) return c.json({ status: 401, code: 'unauthorized', detail: 'sign in' }, 401)
    return next()
  })
  app.get('/v1/reports/traffic', async (c) => {
    asked.push(new URL(c.req.url).search)
    const { fault, traffic } = answers
    await answers.delay
    if (fault !== undefined) return c.body(fault.body, fault.status, { 'content-type': 'application/problem+json' })
    return c.json(traffic(c.req.query('from'), c.req.query('to')))
  })
  app.get('/v1/reports/completeness', async (c) => {
    askedCompleteness.push(new URL(c.req.url).search)
    const answer = answers.completeness()
    if (answer === undefined) return c.json({ status: 503, code: 'query_timeout', detail: 'it took too long' }, 503)
    return c.json(answer)
  })
  app.get('/v1/reports/consent', (c) => c.json(answers.consent()))
  app.get('/v1/reports/quality', (c) => {
    const answer = answers.quality(c.req.query('source'))
    return answer === undefined ? c.json({ status: 503, detail: 'it took too long' }, 503) : c.json(answer)
  })
  app.get('/v1/sources', (c) => c.json({ sources: answers.sources }))
  app.get('/v1/aliases', (c) => c.json({ aliases: answers.aliases }))
  app.get('/v1/quarantine', (c) => {
    const wanted = Object.entries(c.req.query()).filter(([name]) => ['code', 'rule', 'source', 'name'].includes(name))
    const events = answers.quarantine.filter((row) => wanted.every(([name, value]) => (Object(row)[name] ?? '') === value))
    return c.json({ events, next: null })
  })
  app.get('/v1/quarantine/:key', (c) => c.json(answers.quarantine.find(({ key }) => key === c.req.param('key')) ?? {}))
  app.on(['PUT', 'POST', 'DELETE'], ['/v1/sources/:id', '/v1/aliases/:from', '/v1/quarantine', '/v1/*'], async (c) => {
    const text = await c.req.text()
    const { pathname, search } = new URL(c.req.url)
    const path = pathname.slice('/count/v1/'.length)
    changes.push([c.req.method, path + search, text].join(' ').trim())
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    if (path === 'reprocess') return c.json(answers.reprocess(body))
    if (path === 'quarantine/replay') return c.json(answers.replayed(body))
    return c.json(path === 'quarantine' ? { purged: 12 } : {})
  })
  app.get('/v1/live', (c) => {
    if (answers.isStreamRefused) return c.json({ status: 503, code: 'overloaded', detail: 'too many listeners' }, 503)
    return streamSSE(c, async (stream) => {
      streams.add(stream)
      // Real browsers wait three seconds before they come back; a test need not.
      await stream.write('retry: 20\n\n')
      if (answers.replay !== undefined) await write(stream, answers.replay)
      await new Promise<void>((resolve) => stream.onAbort(resolve))
      streams.delete(stream)
    })
  })
  app.post('/reports/session', async (c) => {
    const { secret_key } = await c.req.json<{ secret_key: string }>()
    if (secret_key !== secretKey)
      return c.json({ status: 401, code: 'wrong_secret_key', detail: 'this is not the secret key' }, 401)
    setCookie(c, session.name, session.value, { httpOnly: true, sameSite: 'Strict', path: session.path })
    return c.body(null, 204)
  })
  app.delete('/reports/session', (c) => {
    deleteCookie(c, session.name, { path: session.path })
    return c.body(null, 204)
  })
  app.get('/reports/*', (c) => {
    const file = files.get(c.req.path.slice('/count/reports/'.length))
    if (file === undefined) return c.notFound()
    return c.body(file.text, 200, { 'content-type': file.type, 'content-security-policy': pagePolicy })
  })

  const { promise: address, resolve } = Promise.withResolvers<AddressInfo>()
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, resolve) as Server
  const { port } = await address

  return {
    url: `http://127.0.0.1:${port}/count/reports/`,
    secretKey,
    session,
    answers,
    changes,
    asked,
    askedCompleteness,
    streams: () => streams.size,
    async send(message) {
      await Promise.all([...streams].map((stream) => write(stream, message)))
    },
    cutStreams() {
      for (const stream of streams) stream.abort()
      server.closeAllConnections()
    },
    async close() {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}
