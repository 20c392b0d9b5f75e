import type { Sealed } from '../capture/seal.ts'
import { type Counter, numberEvents, type Queue } from './queue.ts'

/** Waits in this page's memory: where IndexedDB is missing or forbidden. */
export function createMemoryQueue(): Queue {
  let waiting: readonly Sealed[] = []
  let counter: Counter | undefined
  return {
    async put(events) {
      const [added, to] = numberEvents(
        counter,
        events.filter(({ id }) => !waiting.some((event) => event.id === id)),
      )
      counter = to
      waiting = [...waiting, ...added]
      return added
    },
    peek: async (count) => waiting.slice(0, count),
    async remove(ids) {
      waiting = waiting.filter(({ id }) => !ids.includes(id))
    },
    count: async () => waiting.length,
    async clear() {
      waiting = []
      counter = undefined
    },
  }
}
