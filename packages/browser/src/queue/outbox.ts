import type { DropReason } from '@footfall/events'
import * as limits from '@footfall/events/limits'
import type { Sealed } from '../capture/seal.ts'
import { counterId, type Queue } from './queue.ts'

/**
 * What this page has to say, on its way into the device's queue and until a receipt settles it. From the first failure of the
 * device on, the page's own copy is the queue.
 */
export interface Outbox {
  /** An event that is here already is not added again. */
  add(event: Sealed): void
  /** Resolves once everything added so far is on the device, if that is possible. */
  settled(): Promise<void> | undefined
  /** Added, but not safe on the device: what the end of the page would lose. */
  unsafe(): readonly Sealed[]
  /** Added by this page and not settled yet: the copy that the last moment of a page can reach. */
  own(): readonly Sealed[]
  /** The oldest, of all tabs, at most `count`. */
  peek(count: number): Promise<readonly Sealed[]>
  /** Forgets these, here and on the device. With a reason they are counted as given up. */
  remove(events: readonly Pick<Sealed, 'id'>[], reason?: DropReason, status?: number): Promise<void>
  /** Forgets everything else, here at once and then on the device, and how far the visitor was counted. */
  retain(keep: (event: Sealed) => boolean): Promise<void>
  /** How many wait, of all tabs, when this page last looked. */
  size(): number
  isDurable(): boolean
}

/** Events per transaction: a burst is written in slices, between which the page gets its turn. */
const sliceSize = 100

/**
 * @param onWritten called after events went to the device, or failed to
 * @param onDrop events were given up; `status` is the collector's, if that is why
 * @param onFailure called once, with the device's first error
 */
export function createOutbox(
  device: Queue,
  onWritten: () => void,
  onDrop: (reason: DropReason, count: number, status?: number) => void,
  onFailure: (cause: unknown) => void,
): Outbox {
  const own = new Map<string, Sealed>()
  let waiting = 0
  let isDurable = true
  let writing: Promise<void> | undefined
  let purging: Promise<void> | undefined

  const all = () => [...own.values()]
  const unsafe = () => all().filter(({ isSafe }) => !isSafe)
  const size = () => (isDurable ? waiting : own.size)

  /** What the device answers; nothing when it fails. */
  const ask = async <A, T>(question: (about: A) => Promise<T>, about: A): Promise<T | undefined> => {
    let answer: T | undefined
    try {
      answer = await question(about)
    } catch (cause) {
      if (isDurable) onFailure(cause)
      isDurable = false
    }
    return answer
  }
  const write = async () => {
    // All events of one task go into one transaction, opened as soon as the task's own code has run: a transaction costs more
    // than the events in it.
    await undefined
    while (isDurable && unsafe()[0]) {
      const slice = unsafe().slice(0, sliceSize)
      waiting = (await ask(device.put, slice)) ?? waiting
      for (const event of slice) {
        event.isSafe = isDurable
        if (!isDurable) event.seq = undefined // the numbers of a transaction that failed are given again
      }
    }
    writing = undefined
    const excess = size() - limits.maxQueueEvents
    if (excess > 0) await remove(await peek(excess), 'queue_full')
    onWritten()
  }
  const remove: Outbox['remove'] = async (events, reason, status) => {
    if (reason) onDrop(reason, events.length, status)
    for (const { id } of events) own.delete(id)
    waiting = (await ask(device.remove, events)) ?? waiting
  }
  const peek: Outbox['peek'] = async (count) => {
    await writing
    await purging
    const found = isDurable && (await ask(device.peek, count))
    if (!found) return all().slice(0, count)
    if (!found[0] && !unsafe()[0]) own.clear() // another tab has delivered them
    return found
  }
  const purge: Outbox['retain'] = async (keep) => {
    const isGone = (event: Sealed) => !keep(event)
    // The counter goes first, as nothing of the next visitor is counted yet.
    await remove([...all().filter(isGone), { id: counterId }])
    await writing // what is being written just now is forgotten with the rest
    await remove(((await ask(device.peek, limits.maxQueueEvents)) ?? []).filter(isGone))
  }
  return {
    add(event) {
      if (own.has(event.id)) return
      own.set(event.id, event)
      writing ??= write()
    },
    settled: () => writing,
    unsafe,
    own: all,
    peek,
    remove,
    retain(keep) {
      purging = purge(keep)
      return purging
    },
    size,
    isDurable: () => isDurable,
  }
}
