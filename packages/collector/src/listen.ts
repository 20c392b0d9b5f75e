import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { FootfallError } from './errors.ts'

/** A collector, or a host that holds one, on a port. */
export interface ListeningCollector {
  /** `http://127.0.0.1:8080`, with the port that was taken where 0 was asked for. */
  readonly url: string
  readonly port: number
  /** Takes no new connections, waits for requests under way, at most `graceMs`, then closes what is left. */
  close(graceMs?: number): Promise<void>
}

/** What an open port may cost. */
export interface ListenLimits {
  /**
   * Connections at once; more are closed as they come, after those that only wait for a next request. One takes some 20 KB.
   * @defaultValue 4096
   */
  readonly maxConnections?: number
  /** Largest head of a request, in bytes; a larger one is answered 431. @defaultValue 16 KiB */
  readonly maxHeadBytes?: number
  /** Whose head is not whole after so long is answered 408 and let go, in milliseconds. @defaultValue 10,000 */
  readonly headMs?: number
  /** The same of the whole request, from its first byte to the last of its body. Not below `headMs`. @defaultValue 30,000 */
  readonly requestMs?: number
  /** How often it is looked who is slow, in milliseconds: they may take so much longer. @defaultValue 5,000 */
  readonly slownessCheckMs?: number
  /** Whoever takes nothing of an answer for so long is let go, in milliseconds. @defaultValue 60,000 */
  readonly unreadMs?: number
}

/** What holds where nothing else is said. */
export const defaultListenLimits: Required<ListenLimits> = {
  maxConnections: 4096,
  maxHeadBytes: 16 * 1024,
  headMs: 10_000,
  // A batch is half a megabyte: whoever takes longer holds the line, not the pen.
  requestMs: 30_000,
  slownessCheckMs: 5000,
  unreadMs: 60_000,
}

/**
 * Serves an app with the limits that an open port needs.
 *
 * @throws FootfallError `address_in_use`, `address_refused`
 */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  host: string,
  port: number,
  limits: ListenLimits = {},
): Promise<ListeningCollector> {
  const { maxConnections, maxHeadBytes, headMs, requestMs, slownessCheckMs, unreadMs } = { ...defaultListenLimits, ...limits }
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: host,
    serverOptions: {
      requestTimeout: requestMs,
      headersTimeout: headMs,
      connectionsCheckingInterval: slownessCheckMs,
      // Longer than a load balancer keeps its own end, so that it never sends into a connection we have just closed.
      keepAliveTimeout: 75_000,
      maxHeaderSize: maxHeadBytes,
    },
  }) as Server // plain HTTP: no other kind was asked for
  server.maxConnections = maxConnections
  server.on('drop', () => server.closeIdleConnections())
  server.timeout = unreadMs
  // An answer that is still being made may take long, an erasure minutes; one that lies there and is not taken is somebody who holds on.
  server.on('request', ({ socket }, response) => {
    response.on('timeout', () => {
      if (socket.writableLength > 0) socket.destroy()
    })
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (cause) => reject(refused(cause, host, port)))
  server.listen(port, host, () => resolve())
  await promise
  const address = server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    port: taken,
    close: (graceMs) => closeServer(server, graceMs),
  }
}

async function closeServer(server: Server, graceMs = 5000): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  // A connection that is kept alive for a next request is idle only once its last one is answered.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const limit = setTimeout(() => server.closeAllConnections(), graceMs)
  server.closeIdleConnections()
  await promise
  clearInterval(sweep)
  clearTimeout(limit)
}

function refused(cause: Error, host: string, port: number): FootfallError {
  const { code } = cause as NodeJS.ErrnoException
  switch (code) {
    case 'EADDRINUSE':
      return new FootfallError(
        'address_in_use',
        `Port ${port} on ${host} is taken; stop the other program, or set PORT to another one.`,
        { cause },
      )
    case 'EACCES':
      return new FootfallError(
        'address_refused',
        `The system does not allow port ${port} on ${host}; set PORT to one above 1023.`,
        { cause },
      )
    default:
      return new FootfallError(
        'address_refused',
        `It is not possible to listen on ${host} (${code ?? cause.message}); set HOST to an address of this machine.`,
        { cause },
      )
  }
}
