import type { Receipt } from '@footfall/events'
import { retryAfterMs } from './retry.ts'

/** What became of an attempt. */
export type Outcome =
  /** The collector has the batch on its disk; every event that is not in `retry` is settled. */
  | { readonly receipt: Receipt }
  /** The collector will never take this batch; with 413 it may take a smaller one. */
  | { readonly refused: number }
  /** No answer, or one that says later: after so many milliseconds, if it says when. */
  | { readonly afterMs: number | null | undefined }

/** Long enough for a slow mobile network, short enough that a hanging server does not hold up the queue of every tab. */
const timeoutMs = 30_000
/** Below this, compressing saves no packet and costs the device more than the network. */
const gzipFromChars = 2_000
/** Another attempt may fare better. */
const retryable = [408, 425, 429]

const compress = (text: string): Promise<Blob> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob()

/**
 * Sends one batch of `count` events. Never rejects.
 *
 * `text/plain` without a header of our own needs no preflight, which could not finish at unload.
 * @param isLast the page may be gone in a moment: the request outlives it, within the browser's 64 KiB, and nothing may be awaited
 * before it is made
 */
export async function send(endpoint: URL, body: string, count: number, isLast: boolean, signal: AbortSignal): Promise<Outcome> {
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
    if (status >= 400 && status < 500 && !retryable.includes(status)) return { refused: status }
    const asked = retryAfterMs(response.headers.get('retry-after'), Date.now())
    const answer: Receipt = await response.json().catch(() => ({}))
    const { accepted, duplicate, quarantined, rejected, retry } = answer
    // A portal or a proxy can answer 200 too: only a receipt that accounts for every event lets us forget them.
    return status === 200 && accepted + duplicate + quarantined + rejected + retry?.length === count
      ? { receipt: answer }
      : { afterMs: asked ?? answer.retry_after_ms }
  } catch {
    return { afterMs: 0 } // no network, no answer or our own abort: all may fare better later
  }
}
