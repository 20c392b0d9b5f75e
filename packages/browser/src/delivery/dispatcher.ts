import type { DropReason } from '@footfall/events'
import * as limits from '@footfall/events/limits'
import type { Sealed } from '../capture/seal.ts'
import type { Ledger } from '../ledger.ts'
import type { Tell } from '../listeners.ts'
import type { Settings } from '../options.ts'
import { exclusively } from '../platform/locks.ts'
import type { Outbox } from '../queue/outbox.ts'
import { encodeBatch } from './encode-batch.ts'
import { nextRetryMs } from './retry.ts'
import { send } from './transport.ts'

export interface Dispatcher {
  /** Delivers after so many milliseconds, or when that was planned already; while retrying, not before the retry is due. */
  plan(afterMs: number): void
  /** Delivers now what waits, once through. Resolves when nothing more can be done at the moment. */
  deliver(): Promise<void>
  /** The last chance of this page: one request with as much of what it captured as the browser takes from a page that goes away. */
  deliverLast(): Promise<void>
  /** Calls back what is on its way. */
  abort(): void
}

/** Long enough for a slow mobile network, short enough that a hanging server does not hold up the queue of every tab. */
const timeoutMs = 30_000
/** The browser's 64 KiB for requests that outlive their page, less the frame. */
const lastBytes = 60_000

/**
 * Decides when events leave and what an answer means for them.
 * @param lock while one tab holds it, no other sends
 * @param isAllowed may this event leave, as consent stands now?
 * @param onLeave called right before a request is made
 */
export function createDispatcher(
  settings: Settings,
  lock: string,
  outbox: Outbox,
  ledger: Ledger,
  tell: Tell,
  isAllowed: (event: Sealed) => boolean,
  onLeave: () => void,
): Dispatcher {
  let timer = 0
  let failures = 0
  let running: Promise<void> | undefined
  /** Half of what the collector takes uncompressed, so that a slow uplink gets it through; smaller after a 413. */
  let maxBytes = limits.maxBatchBytes / 2
  let calling = new AbortController()
  /** The newest event that a last request took along. */
  let last: Sealed | undefined

  const plan = (afterMs: number) => {
    timer ||= setTimeout(deliver, afterMs)
  }
  const unplan = () => {
    clearTimeout(timer)
    timer = 0
  }
  const abort = () => {
    calling.abort()
    calling = new AbortController()
  }

  /** Makes one attempt with the longest prefix that fits. Answers whether to go on at once. */
  const attempt = async (events: readonly Sealed[], isLast: boolean): Promise<boolean> => {
    const dropped = { ...ledger.unreported }
    const [text, batch] = encodeBatch(settings.writeKey, dropped, events, isLast ? lastBytes : maxBytes)
    const timeout = setTimeout(abort, timeoutMs)
    const { status, body, afterMs } = await send(settings.endpoint, text, isLast, calling.signal, onLeave)
    clearTimeout(timeout)
    if (status === 413 && batch[1]) {
      maxBytes /= 2
      return true
    }
    let settled: readonly Sealed[] = []
    let reason: DropReason | undefined
    const { accepted, duplicate, quarantined, rejected, retry } = body
    // A portal or a proxy can answer 200 too: only a receipt that accounts for every event lets us forget them.
    if (status === 200 && accepted + duplicate + quarantined + rejected + retry?.length === batch.length) {
      settled = batch.filter(({ id }) => !retry.includes(id))
      ledger.delivered += settled.length
      for (const reason in dropped) {
        // More may have been dropped meanwhile, and another receipt may have confirmed the same.
        const left = (ledger.unreported[reason] ?? 0) - (dropped[reason] ?? 0)
        if (left > 0) ledger.unreported[reason] = left
        else delete ledger.unreported[reason]
      }
    }
    // 408, 425 and 429 say later; every other 4xx says never.
    if (/^4(?!08|25|29)/.test(`${status}`)) {
      settled = batch
      reason = status === 413 ? 'too_large' : 'refused'
    }
    await outbox.remove(settled, reason, status)
    // Now that the numbers of `stats()` say the same.
    if (settled[0] && !reason) tell('receipt', body)
    if (settled.length === batch.length) {
      failures = 0
      return true
    }
    unplan()
    plan(nextRetryMs(++failures, afterMs, Math.random()))
    return false
  }

  const drain = async () => {
    for (let goOn = true; goOn; ) {
      const waiting = await outbox.peek(limits.maxBatchEvents)
      const oldest = Date.now() - limits.maxQueueAgeMs
      const expired = waiting.filter(({ at }) => at < oldest)
      const sendable = waiting.filter(isAllowed)
      if (expired[0]) await outbox.remove(expired, 'expired')
      else goOn = !!sendable[0] && (await attempt(sendable, false))
    }
  }

  const deliver = () => {
    unplan()
    running ??= exclusively(lock, drain).finally(() => {
      running = undefined
    })
    return running
  }

  return {
    plan,
    deliver,
    async deliverLast() {
      const events = outbox.own().filter(isAllowed).slice(0, limits.maxBatchEvents)
      const newest = events.at(-1)
      // A page is hidden and then left: what went along the first time need not go again.
      if (!newest || newest === last) return
      last = newest
      unplan()
      if (await attempt(events, true)) await deliver()
    },
    abort,
  }
}
