import type { DropReason, Receipt } from '@footfall/events'
import * as limits from '@footfall/events/limits'
import { isOfThisPage, type Sealed } from '../capture/seal.ts'
import type { Settings } from '../options.ts'
import { exclusively } from '../platform/locks.ts'
import type { Outbox } from '../queue/outbox.ts'
import { encodeBatch } from './encode-batch.ts'
import { nextRetryMs } from './retry.ts'
import { lastRoom, send } from './transport.ts'

export interface Dispatcher {
  /** Delivers after so many milliseconds, or when that was planned already; while retrying, not before the retry is due. */
  plan(afterMs: number): void
  /** Delivers now what waits, once through. Resolves when nothing more can be done at the moment. */
  deliver(): Promise<void>
  /**
   * The last chance of this page: one request with as much of what it captured as the browser takes from a page that goes away.
   * @param isLeaving it will not come back, at least not before the request is over
   */
  deliverLast(isLeaving: boolean): Promise<void>
  /** Calls back what is on its way. */
  abort(): void
}

/** How many events, by reason. */
export type Drops = Readonly<Record<string, number>>

/** Long enough for a slow mobile network, short enough that a hanging server does not hold up the queue of every tab. */
const timeoutMs = 30_000

/**
 * Decides when events leave and what an answer means for them.
 * @param lock while one tab holds it, no other sends
 * @param unreported how many events were given up, by reason, and no receipt has confirmed
 * @param onReceipt so many events are settled, and so many drops confirmed
 * @param isAllowed may this event leave, as consent stands now?
 * @param clean takes out of a body what may not leave, as consent stands now
 * @param onLeave called right before a request is made
 */
export function createDispatcher(
  { endpoint, writeKey }: Settings,
  lock: string,
  outbox: Outbox,
  unreported: () => Drops,
  onReceipt: (receipt: Receipt, count: number, reported: Drops) => void,
  isAllowed: (event: Sealed) => unknown,
  clean: (json: string) => string,
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
    timer ||= setTimeout(resume, afterMs)
  }
  const unplan = () => {
    clearTimeout(timer)
    timer = 0
  }
  const abort = () => {
    calling.abort()
    calling = new AbortController()
  }

  /**
   * Makes one attempt with the longest prefix that fits, the last of this page if `isLeaving` is given. Answers whether to go on at once.
   */
  const attempt = async (events: readonly Sealed[], isLeaving?: boolean): Promise<boolean> => {
    // What took no time never went on the network. What blocks us is the visitor's will or a rule of the page's: silence for this page's
    // life. The queue stays.
    if (failures > 2 && performance.getEntriesByName(endpoint.href).at(-1)?.duration === 0) return false
    const isLast = isLeaving !== undefined
    // A last request may cross another on its way: told in both, the same would count twice.
    const dropped = isLast ? {} : unreported()
    const [text, batch, bytes] = encodeBatch(writeKey, dropped, events, isLast ? lastRoom() : maxBytes)
    // What is being written just now gets its number with that, and must go once more to tell it.
    const numbered = isLast ? batch.filter(({ isSafe }) => isSafe) : batch
    const timeout = setTimeout(abort, timeoutMs)
    const [status, body, afterMs] = await send(endpoint, clean(text), bytes, isLeaving, calling.signal, onLeave)
    clearTimeout(timeout)
    if (status === 413 && batch[1]) {
      maxBytes /= 2
      return true
    }
    let settled: readonly Sealed[] = []
    let reason: DropReason | undefined
    // A portal or a proxy can answer 200 too: only a receipt, which says what is wanted again, lets us forget.
    const retry = status === 200 && body.retry
    if (retry) settled = numbered.filter(({ id }) => !retry.includes(id))
    // What a collector refuses for good; everything else may be a proxy's word, a deployment, or a wrong path, and is asked again.
    if (/^4(0[013]|1[35])/.test(status as unknown as string)) {
      settled = batch
      reason = status === 413 ? 'too_large' : 'refused'
    }
    await outbox.remove(settled, reason)
    // Now that the numbers of `stats()` say the same.
    if (retry) onReceipt(body, settled.length, dropped)
    if (settled.length === batch.length) {
      failures = 0
      return true
    }
    unplan()
    plan(nextRetryMs(++failures, afterMs, Math.random()))
    return false
  }

  const drain = async () => {
    for (let goOn: unknown = true; goOn; ) {
      const waiting = await outbox.peek(limits.maxBatchEvents)
      // A clock that is put forward makes nothing old that this page has just seen.
      const expired = waiting.filter((event) => Date.now() - event.at > limits.maxQueueAgeMs && !isOfThisPage(event))
      const sendable = waiting.filter(isAllowed)
      if (expired[0]) await outbox.remove(expired, 'expired')
      else goOn = sendable[0] && (await attempt(sendable))
    }
  }

  const resume = () => {
    unplan()
    running ??= exclusively(lock, drain).finally(() => {
      running = undefined
    })
    return running
  }
  /** Whoever asks knows of something new: the network is back, the page is shown. What has failed so far does not count. */
  const deliver = async () => {
    failures = 0
    await running // it may not have seen what is new, or may be called back just now
    await resume()
  }

  return {
    plan,
    deliver,
    async deliverLast(isLeaving) {
      const events = outbox.own().filter(isAllowed).slice(0, limits.maxBatchEvents)
      const newest = events.at(-1)
      // A page is hidden and then left: what went along the first time need not go again.
      if (!newest || newest === last) return
      last = newest
      unplan()
      if (await attempt(events, isLeaving)) await deliver()
      else last = undefined
    },
    abort,
  }
}
