import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the network misbehaves for requests that match. */
export type Fault =
  /** Nothing is wrong. */
  | { readonly kind: 'none' }
  /** The connection is cut before anything is read: the collector is down. */
  | { readonly kind: 'refuse' }
  /** The request is taken and never answered. */
  | { readonly kind: 'hang' }
  /** The request arrives and is answered in full, so long afterwards. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** The collector is not asked; this is the answer. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** Half of the request arrives, then the connection is cut. */
  | { readonly kind: 'cut-request' }
  /** The collector gets and keeps the batch, and its answer never arrives. */
  | { readonly kind: 'hold-receipt' }
  /** The collector gets and keeps the batch, and its answer is lost on the way back. */
  | { readonly kind: 'lose-receipt' }
  /** As before, but half of the answer arrives. */
  | { readonly kind: 'cut-receipt' }

/** A proxy in front of a real server, with a switch for what goes wrong. */
export interface FaultyNetwork {
  readonly url: string
  /** What is wrong from now on. Answers under way are not touched. */
  become(fault: Fault): void
  /** What passed by: the method and path of each matching request, and the fault it met. */
  readonly passed: readonly { readonly request: string; readonly fault: Fault['kind'] }[]
  close(): Promise<void>
}

/**
 * Puts a proxy on a free port before `target`, which may depend on the path. Faults meet only requests whose path `concerns` accepts;
 * the rest passes.
 */
export async function createFaultyNetwork(
  target: string | ((path: string) => string),
  concerns: (path: string) => boolean,
): Promise<FaultyNetwork> {
  let fault: Fault = { kind: 'none' }
  const passed: { request: string; fault: Fault['kind'] }[] = []

  const open = ({ url: path = '', method, headers }: IncomingMessage, onAnswer: (answer: IncomingMessage) => void) => {
    const { hostname, port } = new URL(typeof target === 'string' ? target : target(path))
    return request({ hostname, port, path, method, headers }, onAnswer)
  }
  const forward = (incoming: IncomingMessage, onAnswer: (answer: IncomingMessage) => void, onFailure: () => void) => {
    incoming.pipe(open(incoming, onAnswer).on('error', onFailure))
  }
  const relay = (incoming: IncomingMessage, response: ServerResponse) =>
    forward(
      incoming,
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
      () => response.destroy(),
    )

  const server: Server = createServer((incoming, response) => {
    const met: Fault = concerns(incoming.url ?? '') ? fault : { kind: 'none' }
    if (concerns(incoming.url ?? '')) passed.push({ request: `${incoming.method} ${incoming.url}`, fault: met.kind })
    switch (met.kind) {
      case 'none':
        return relay(incoming, response)
      case 'refuse':
        return incoming.socket.destroy()
      case 'hang':
        return incoming.resume()
      case 'slow':
        return setTimeout(() => relay(incoming, response), met.delayMs)
      case 'status':
        incoming.resume()
        incoming.on('end', () => response.writeHead(met.status, met.headers).end(met.body))
        return
      case 'cut-request': {
        const outgoing = open(incoming, () => {}).on('error', () => {}) // the collector's view of it: we cut
        incoming.once('data', (chunk: Buffer) => {
          outgoing.write(chunk.subarray(0, chunk.length >> 1), () => {
            outgoing.destroy()
            incoming.socket.destroy()
          })
        })
        return
      }
      case 'hold-receipt':
        return forward(
          incoming,
          (answer) => answer.resume(),
          () => response.destroy(),
        )
      case 'lose-receipt':
        return forward(
          incoming,
          (answer) => {
            answer.resume()
            answer.on('end', () => incoming.socket.destroy())
          },
          () => response.destroy(),
        )
      case 'cut-receipt':
        return forward(
          incoming,
          (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers)
            answer.once('data', (chunk: Buffer) => {
              response.write(chunk.subarray(0, chunk.length >> 1), () => incoming.socket.destroy())
            })
          },
          () => response.destroy(),
        )
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo // listening on a port
  return {
    url: `http://127.0.0.1:${port}`,
    become: (next) => {
      fault = next
    },
    passed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
