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

/** Below this, compressing saves no packet and costs the device more than the network. */
const gzipFromChars = 2_000

const compress = async (text: string): Promise<Blob> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob()

/**
 * Sends a batch. Never rejects.
 *
 * `text/plain` without a header of our own needs no preflight, which could not finish at unload.
 * @param isLast the page may be gone in a moment: the request outlives it, within the browser's 64 KiB, and nothing may be awaited
 * before it is made
 * @param onLeave called right before the request is made: the last moment to abort it
 */
export async function send(
  endpoint: URL,
  text: string,
  isLast: boolean,
  signal: AbortSignal,
  onLeave: () => void,
): Promise<Answer> {
  let status = 0
  // What was received is judged by whoever reads it.
  let body = {} as Receipt
  let afterMs = 0
  try {
    // Safari before 16.4 has no CompressionStream, and sends more bytes.
    const packed = isLast || text.length < gzipFromChars ? text : await compress(text).catch(() => text)
    onLeave()
    const response = await fetch(endpoint, {
      method: 'POST',
      body: packed,
      headers: { 'content-type': 'text/plain' },
      credentials: 'omit',
      keepalive: isLast,
      signal,
    })
    status = response.status
    afterMs = retryAfterMs(response.headers.get('retry-after'), Date.now())
    body = Object(await response.json())
    afterMs = body.retry_after_ms ?? afterMs
  } catch {} // no network, half an answer or our own abort: all may fare better later
  return { status, body, afterMs }
}
