import type { Receipt } from '@footfall/events'
import { retryAfterMs } from './retry.ts'

/** What came back. */
export interface Answer {
  /** Of HTTP; 0 without an answer. */
  readonly status: number
  /** The body, if it is JSON: from a collector, and with status 200, the receipt. */
  readonly body: Receipt
  /** When the collector wants to be asked again, in milliseconds; not a positive number if it did not say. */
  readonly afterMs: number
}

declare global {
  /**
   * Leaves a request to the browser, which makes it when the page is gone. Throws when it has no room for it; what it answers, at once,
   * is no response.
   * @see https://fetch.spec.whatwg.org/#fetch-later-method
   */
  var fetchLater: typeof fetch
}

/** Below this, compressing saves no packet and costs the device more than the network. */
const gzipFromBytes = 2_000

/**
 * The browser's 64 KiB for what outlives a page, less what it counts besides the body. All keepalive requests of a page share them, and
 * one that does not fit fails whole; what is deferred has as much again.
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
 */
const lastBytes = 64_000
/** What all trackers of this page have on its way beyond its end. */
let pending = 0

const canDefer = () => 'fetchLater' in globalThis

/** How large a last request may be, in bytes. */
export const lastRoom = (isLeaving: boolean): number => lastBytes - (isLeaving && canDefer() ? 0 : pending)

/** Of a request for this address, made three times, does the browser say that it took no time: that nothing went on the network? */
export const isBlocked = (endpoint: URL): boolean => {
  const latest = performance.getEntriesByName(endpoint.href).slice(-3)
  return !!latest[2] && latest.every(({ duration }) => !duration)
}

const compress = async (text: string): Promise<Blob> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob()

/**
 * Sends a batch. Never rejects.
 *
 * `text/plain` without a header of our own needs no preflight, which could not finish at unload.
 * @param isLeaving given when the page may be gone in a moment: the request outlives it, and nothing may be awaited before it is made.
 * True when nobody will be there to read the answer
 * @param onLeave called right before the request is made: the last moment to abort it
 */
export async function send(
  endpoint: URL,
  text: string,
  bytes: number,
  isLeaving: boolean | undefined,
  signal: AbortSignal,
  onLeave: () => void,
): Promise<Answer> {
  const keepalive = isLeaving !== undefined
  let status = 0
  // What was received is judged by whoever reads it.
  let body = {} as Receipt
  let afterMs = 0
  if (keepalive) pending += bytes
  try {
    const request: RequestInit = {
      method: 'POST',
      // Safari before 16.4 has no CompressionStream, and sends more bytes.
      body: keepalive || bytes < gzipFromBytes ? text : await compress(text).catch(() => text),
      headers: { 'content-type': 'text/plain' },
      credentials: 'omit',
      keepalive,
      signal,
    }
    onLeave()
    const response = await (isLeaving && canDefer() ? fetchLater : fetch)(endpoint, request)
    status = response.status
    afterMs = retryAfterMs(response.headers.get('retry-after'), Date.now())
    body = Object(await response.json())
    afterMs = body.retry_after_ms ?? afterMs
  } catch {} // no network, half an answer or our own abort: all may fare better later
  if (keepalive) pending -= bytes
  return { status, body, afterMs }
}
