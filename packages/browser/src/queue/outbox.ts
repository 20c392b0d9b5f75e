import type { DropReason } from '@footfall/events'
import * as limits from '@footfall/events/limits'
import type { Sealed } from '../capture/seal.ts'
import type { Extent, Queue } from './queue.ts'

/**
 * What this page has to say, on its way into the device's queue and until a receipt settles it. From the first failure of the
 * device on, the page's own copy is the queue.
 */
export interface Outbox {
  /** An event that is here already is not added again. */
  add(event: Sealed): void
  /** Resolves once everything added so far is on the device, if that is possible. */
  settled(): Promise<void>
  /** Added, but not safe on the device: what the end of the page would lose. */
  unsafe(): readonly Sealed[]
  /** Added by this page and not settled yet: the copy that the last moment of a page can reach. */
  own(): readonly Sealed[]
  /** The oldest, of all tabs, at most `count`. */
  peek: Queue['peek']
  /** Forgets these, here and on the device: given up, if there is a reason. */
  remove(events: readonly Sealed[], reason?: DropReason): Promise<void>
  /** Forgets everything else, here at once and then on the device; with `isAll`, how far the visitor was counted too. */
  retain(keep: (event: Sealed) => unknown, isAll?: boolean): Promise<void>
  /** How many wait, of all tabs, when this page last looked. */
  size(): number
  isDurable(): boolean
}

/** Events per transaction: a burst is written in slices, between which the page gets its turn. */
const sliceSize = 100
/** How long the device may take. A page that a browser has frozen in the middle of a change can hold up all others for good;
 * a dialog of the page's own holds up its answer. */
const patienceMs = 30_000

/**
 * @param onChange called at the end of a task that added events, again when they are on the device, or failed to get there, and when
 * another tab turns out to have delivered what waited
 * @param onDrop events were given up
 * @param onFailure called once, with the device's first error
 */
export function createOutbox(
  device: Queue,
  onChange: () => void,
  onDrop: (reason: DropReason, count: number) => void,
  onFailure: (cause: unknown) => void,
): Outbox {
  const own = new Map<string, Sealed>()
  let extent: Extent = [0, 0]
  let isDurable = true
  let adding: Promise<void> | undefined
  let writing: Promise<void> | undefined

  const all = () => [...own.values()]
  const unsafe = () => all().filter(({ isSafe }) => !isSafe)
  /** In memory the count alone is bounded. */
  const extentNow = (): Extent => (isDurable ? extent : [own.size, 0])

  /** How many must go for the rest to stay within the bounds. */
  const excess = () => Math.max(extentNow()[0] - limits.maxQueueEvents, +(extentNow()[1] > limits.maxQueueBytes))
  /** What the device answers; nothing when it fails. */
  const ask = async <T>(question: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await Promise.race([question(), new Promise<never>((_, reject) => setTimeout(reject, patienceMs))])
    } catch (cause) {
      if (isDurable) onFailure(cause)
      isDurable = false
    }
    return undefined
  }
  const change = async (added: readonly Sealed[], removed: readonly Sealed[]) => {
    extent = (await ask(() => device.change(added, removed))) ?? extent
  }
  const endOfTask = async () => {
    await undefined
    adding = undefined
    onChange()
    writing ??= write()
  }
  /** All events of one task go into one transaction: a transaction costs more than the events in it. */
  const write = async () => {
    while (isDurable && unsafe()[0]) {
      const slice = unsafe().slice(0, sliceSize)
      await change(slice, [])
      for (const event of slice) {
        event.isSafe = isDurable
        if (!isDurable) event.seq = undefined // the numbers of a transaction that failed are given again
      }
    }
    writing = undefined
    while (excess() > 0) await remove(await peek(excess()), 'queue_full')
    onChange()
  }
  const remove: Outbox['remove'] = async (events, reason) => {
    if (reason) onDrop(reason, events.length)
    for (const { id } of events) own.delete(id)
    await change([], events)
  }
  const peek: Outbox['peek'] = async (count) => {
    const found = isDurable && (await ask(() => device.peek(count)))
    if (found && extent[0] && !found[0]) {
      extent = [0, 0] // another tab has delivered the rest
      onChange()
    }
    return found || all().slice(0, count)
  }
  return {
    add(event) {
      if (own.has(event.id)) return
      own.set(event.id, event)
      adding ??= endOfTask()
    },
    settled: async () => {
      await adding
      await writing
    },
    unsafe,
    own: all,
    peek,
    remove,
    async retain(keep, isAll) {
      for (const event of all()) if (!keep(event)) own.delete(event.id)
      extent = (await ask(() => device.retain(keep, isAll))) ?? extent
    },
    size: () => extentNow()[0],
    isDurable: () => isDurable,
  }
}
