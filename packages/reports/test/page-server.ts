import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { CompletenessAnswer, ConsentAnswer, LiveMessage, TrafficAnswer } from '@footfall/collector/reports'
import { serve } from '@hono/node-server'
import { build } from 'esbuild'
import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { completenessOf, consentOf, trafficOf } from './builders.ts'

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
    /** Sent instead of figures. */
    fault: { readonly status: 401 | 500 | 503; readonly body: string } | undefined
    /** Answers wait for this. */
    delay: Promise<unknown>
    /** What a new connection to the live stream is told first. */
    replay: LiveMessage | undefined
    isStreamRefused: boolean
  }
  /** The questions that were asked, as query strings. */
  readonly asked: string[]
  readonly askedCompleteness: string[]
  readonly streams: () => number
  send(message: LiveMessage): Promise<void>
  /** Cuts every live connection, as a restart does. */
  cutStreams(): void
  close(): Promise<void>
}

/** Bundles the page as it is in `src` now. */
export async function bundlePage(): Promise<ReadonlyMap<string, { readonly type: string; readonly text: string }>> {
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
  const askedCompleteness: string[] = []
  const answers: PageServer['answers'] = {
    traffic: () => trafficOf(),
    completeness: () => completenessOf(),
    consent: () => consentOf([]),
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
