import * as limits from '@footfall/events/limits'
import type { Sealed } from '../capture/seal.ts'
import { createMemoryQueue } from './memory-queue.ts'
import type { Queue } from './queue.ts'

/**
 * What this page has to say, on its way into the device's queue and until a receipt settles it. From the first failure of the
 * device on, events wait in the page's memory instead.
 */
export interface Outbox {
  add(event: Sealed): void
  /** Resolves once everything added so far is in the queue. */
  settled(): Promise<void>
  /** Added, but not safe on the device: what the end of the page would lose. */
  unsafe(): readonly Sealed[]
  /** Added by this page and not settled yet: the copy that the last moment of a page can reach. */
  own(): readonly Sealed[]
  /** Puts events back that an earlier page could only spool. */
  restore(events: readonly Sealed[]): Promise<void>
  /** The oldest, of all tabs, at most `count`. */
  peek(count: number): Promise<readonly Sealed[]>
  /** Forgets these, here and on the device. */
  remove(events: readonly Sealed[]): Promise<void>
  /** Forgets everything else, here and on the device. With nothing left, not even a counter remains. */
  retain(keep: (event: Sealed) => boolean): Promise<void>
  /** How many wait, of all tabs, when this page last looked. */
  size(): number
  isDurable(): boolean
}

/** Events per transaction: a burst is written in slices, between which the page gets its turn. */
const sliceSize = 100

export function createOutbox(device: Queue, onWritten: () => Promise<void>, onFailure: (cause: unknown) => void): Outbox {
  let queue = device
  let size = 0
  let run: Promise<void> | undefined
  const own = new Map<string, Sealed>()
  /** Of `own`, what is not in the queue yet. */
  const pending = new Map<string, Sealed>()

  const use = async <T>(operation: (queue: Queue) => Promise<T>): Promise<T> => {
    try {
      return await operation(queue)
    } catch (cause) {
      if (queue !== device) throw cause
      queue = createMemoryQueue()
      onFailure(cause)
      return operation(queue)
    }
  }
  const recount = async () => {
    size = await use((queue) => queue.count())
  }
  const put = async (events: readonly Sealed[]) => {
    for (const event of await use((queue) => queue.put(events))) if (own.has(event.id)) own.set(event.id, event)
    for (const { id } of events) pending.delete(id)
  }
  const write = async () => {
    while (pending.size) await put([...pending.values()].slice(0, sliceSize))
    await recount()
    run = undefined
    await onWritten()
  }
  const remove = async (events: readonly Sealed[]) => {
    if (!events[0]) return
    const ids = events.map(({ id }) => id)
    for (const id of ids) own.delete(id)
    await use((queue) => queue.remove(ids))
    await recount()
  }
  return {
    add(event) {
      own.set(event.id, event)
      pending.set(event.id, event)
      // All events of one task go into one transaction, opened as soon as the task's own code has run: a transaction costs more
      // than the events in it.
      run ??= Promise.resolve().then(write)
    },
    settled: async () => run,
    unsafe: () => [...(queue === device ? pending : own).values()],
    own: () => [...own.values()],
    async restore(events) {
      await put(events)
      await recount()
    },
    peek: (count) => use((queue) => queue.peek(count)),
    remove,
    async retain(keep) {
      for (const event of pending.values()) if (!keep(event)) pending.delete(event.id)
      await run // what is being written just now is forgotten with the rest
      const all = await use((queue) => queue.peek(limits.maxQueueEvents))
      await remove([...own.values(), ...all].filter((event) => !keep(event)))
      if (!size) await use((queue) => queue.clear())
    },
    size: () => size,
    isDurable: () => queue === device,
  }
}
