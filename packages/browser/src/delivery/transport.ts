import type { Receipt } from '@footfall/events'
import { retryAfterMs } from './retry.ts'

/**
 * What came back: the status of HTTP, 0 without an answer; the body, if it is JSON, from a collector and with status 200 the receipt; and
 * when the collector wants to be asked again, in milliseconds, no positive number if it did not say.
 */
type Answer = [status: number | undefined, body: Receipt, afterMs: number | undefined]

declare global {
  /**
   * Leaves a request to the browser, which makes it when the page is gone. Throws when it has no room for it; what it answers, at once,
   * is no response.
   * @see https://fetch.spec.whatwg.org/#fetch-later-method
   */
  var fetchLater: typeof fetch | undefined
}

/** Below this, compressing saves no packet and costs the device more than the network. */
const gzipFromBytes = 2_000

/**
 * The browser's 64 KiB for what outlives a page, less what it counts besides the body. All keepalive requests of a page share them, and
 * one that does not fit fails whole; what is deferred has as much again, whoever uses up the first.
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
 */
const lastBytes = 64_000
/** What all trackers of this page have on its way beyond its end. */
let pending = 0

/** How large a last request may be, in bytes. */
export const lastRoom = (): number => lastBytes - pending

const compress = async (text: string): Promise<Blob> =>
  new Response(new Response(text).body?.pipeThrough(new CompressionStream('gzip'))).blob()

/**
 * Sends a batch. Never rejects.
 *
 * Without a header of our own (text is `text/plain` anyway) it needs no preflight, which could not finish at unload.
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
  let status: number | undefined
  // What was received is judged by whoever reads it.
  let body = {} as Receipt
  let afterMs: number | undefined
  if (keepalive) pending += bytes
  try {
    const request: RequestInit = {
      method: 'POST',
      // Safari before 16.4 has no CompressionStream, and sends more bytes.
      body: keepalive || bytes < gzipFromBytes ? text : await compress(text).catch(() => text),
      credentials: 'omit',
      keepalive,
      signal,
    }
    onLeave()
    const response = await ((isLeaving && globalThis.fetchLater) || fetch)(endpoint, request)
    status = response.status
    afterMs = retryAfterMs(response.headers.get('retry-after'), Date.now())
    body = Object(await response.json())
    afterMs = body.retry_after_ms ?? afterMs
  } catch {} // no network, half an answer or our own abort: all may fare better later
  if (keepalive) pending -= bytes
  return [status, body, afterMs]
}
