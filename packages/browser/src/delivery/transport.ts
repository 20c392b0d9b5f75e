import type { Receipt } from '@footfall/events'
import { retryAfterMs } from './retry.ts'

/** What became of an attempt. */
export interface Outcome {
  /** Ids to send again: what the receipt says, or all without one. Every other event is settled. */
  readonly retry: readonly string[]
  /** When, in milliseconds, if the collector said so. */
  readonly afterMs?: number | null | undefined
  /** The status with which the collector will never take this batch; with 413 it may take a smaller one. */
  readonly refused?: number
  /** The collector has the batch on its disk. */
  readonly receipt?: Receipt
}

/** Long enough for a slow mobile network, short enough that a hanging server does not hold up the queue of every tab. */
const timeoutMs = 30_000
/** Below this, compressing saves no packet and costs the device more than the network. */
const gzipFromChars = 2_000

const compress = (text: string): Promise<Blob> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob()

/**
 * Sends a batch of the events with these ids. Never rejects.
 *
 * `text/plain` without a header of our own needs no preflight, which could not finish at unload.
 * @param isLast the page may be gone in a moment: the request outlives it, within the browser's 64 KiB, and nothing may be awaited
 * before it is made
 */
export async function send(
  endpoint: URL,
  ids: readonly string[],
  body: string,
  isLast: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      body: !isLast && body.length > gzipFromChars && globalThis.CompressionStream ? await compress(body) : body,
      headers: { 'content-type': 'text/plain' },
      credentials: 'omit',
      keepalive: isLast,
      // Browsers before 2024 have no `any`: there a withdrawal still stops the request, and only their own time limit ends it.
      signal: AbortSignal.any?.([signal, AbortSignal.timeout(timeoutMs)]) ?? signal,
    })
    const { status } = response
    // 408, 425 and 429 say later; every other 4xx says never.
    if (/^4(?!08|25|29)/.test(`${status}`)) return { retry: [], refused: status }
    const receipt: Receipt = await response.json().catch(() => ({}))
    const { accepted, duplicate, quarantined, rejected, retry, retry_after_ms } = receipt
    // A portal or a proxy can answer 200 too: only a receipt that accounts for every event lets us forget them.
    return status === 200 && accepted + duplicate + quarantined + rejected + retry?.length === ids.length
      ? { retry, afterMs: retry_after_ms, receipt }
      : { retry: ids, afterMs: retryAfterMs(response.headers.get('retry-after'), Date.now()) ?? retry_after_ms }
  } catch {
    return { retry: ids } // no network, no answer or our own abort: all may fare better later
  }
}
