import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { Attribute, Span } from '../../src/ops/spans.ts'

/** What was sent to a receiver in one request. */
export interface Post {
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly scope: object; readonly spans: readonly Span[] }[]
  }[]
}

/**
 * Takes spans as an OpenTelemetry collector does.
 *
 * @param statuses of its first answers; 200 from then on
 */
export async function startReceiver(statuses: readonly number[] = []) {
  const posts: Post[] = []
  const left = [...statuses]
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return void response.end()
    const body = (await json(request)) as Pick<Post, 'resourceSpans'>
    posts.push({ path: request.url ?? '', headers: request.headers, ...body })
    response.writeHead(left.shift() ?? 200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, posts, spans: () => posts.flatMap(spansIn) }
}

export const spansIn = ({ resourceSpans }: Post): readonly Span[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
