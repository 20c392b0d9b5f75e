import type { DropReason } from '@footfall/events'
import * as limits from '@footfall/events/limits'
import type { Sealed } from '../capture/seal.ts'
import type { Outbox } from '../queue/outbox.ts'
import { type BatchLimits, cutBatch } from './cut-batch.ts'
import { nextRetryMs } from './retry.ts'
import type { Outcome } from './transport.ts'

export interface Dispatcher {
  /** Delivers after so many milliseconds, or earlier if that was planned already; while retrying, not before the retry is due. */
  plan(afterMs: number): void
  /** Delivers now what waits, once through. Resolves when nothing more can be done at the moment. */
  deliver(): Promise<void>
  /** The last chance of this page: one request with as much of what it captured as the browser takes from a page that goes away. */
  deliverLast(): Promise<void>
}

/** The browser's 64 KiB for requests that outlive their page, less the frame. */
const lastBatch: BatchLimits = { maxEvents: limits.maxBatchEvents, maxBytes: 60_000 }

/**
 * Decides when events leave and what an answer means for them.
 * @param attempt makes one attempt; `isLast` when the page may be gone in a moment
 * @param exclusively runs the work while no other tab does the same
 * @param isAllowed may this event leave, as consent stands now?
 */
export function createDispatcher(
  outbox: Outbox,
  attempt: (events: readonly Sealed[], isLast: boolean) => Promise<Outcome>,
  exclusively: (work: () => Promise<void>) => Promise<void>,
  isAllowed: (event: Sealed) => boolean,
  onDrop: (reason: DropReason, count: number) => void,
): Dispatcher {
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = 0
  let failures = 0
  let running: Promise<void> | undefined
  /** Half of what the collector takes uncompressed, so that a slow uplink gets it through; smaller after a 413. */
  let maxBytes = limits.maxBatchBytes / 2
  /** On their way in a request that outlives the page: not to be sent again while that is open. */
  const leaving = new Set<string>()

  const plan = (afterMs: number, isRetry = false) => {
    const at = Date.now() + afterMs
    if (timer && !isRetry && (failures || at >= dueAt)) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(deliver, afterMs)
  }
  const isSendable = (event: Sealed) => isAllowed(event) && !leaving.has(event.id)

  /** Answers whether to go on at once. */
  const settle = async (batch: readonly Sealed[], { retry, afterMs, refused }: Outcome): Promise<boolean> => {
    const isTooLarge = refused === 413
    if (isTooLarge && batch[1]) maxBytes /= 2
    else {
      if (refused) onDrop(isTooLarge ? 'too_large' : 'refused', batch.length)
      await outbox.remove(batch.filter(({ id }) => !retry.includes(id)))
    }
    failures = retry[0] ? failures + 1 : 0
    if (failures) plan(nextRetryMs(failures, afterMs ?? 0, Math.random()), true)
    return !failures
  }

  const drain = async () => {
    for (let goOn = true; goOn; ) {
      const waiting = (await outbox.peek(limits.maxBatchEvents)).filter(isSendable)
      const oldest = Date.now() - limits.maxQueueAgeMs
      const expired = waiting.filter(({ at }) => at < oldest)
      if (expired[0]) {
        onDrop('expired', expired.length)
        await outbox.remove(expired)
      } else {
        const batch = cutBatch(waiting, { maxEvents: limits.maxBatchEvents, maxBytes })
        goOn = !!batch[0] && (await settle(batch, await attempt(batch, false)))
      }
    }
  }

  const deliver = () => {
    clearTimeout(timer)
    timer = undefined
    running ??= exclusively(drain).finally(() => {
      running = undefined
    })
    return running
  }

  return {
    plan,
    deliver,
    async deliverLast() {
      const batch = cutBatch(outbox.own().filter(isSendable), lastBatch)
      if (!batch[0]) return
      for (const { id } of batch) leaving.add(id)
      const outcome = await attempt(batch, true)
      for (const { id } of batch) leaving.delete(id)
      await settle(batch, outcome)
    },
  }
}
