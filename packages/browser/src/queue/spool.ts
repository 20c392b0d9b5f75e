import type { Sealed } from '../capture/seal.ts'
import type { Storage } from '../platform/storage.ts'

const prefix = 'spool:'

/**
 * The last resort at page hide: IndexedDB cannot finish there, localStorage can. Each page writes a key of its own, so that tabs
 * that close together do not overwrite each other; the next page brings the events into the queue.
 */
export interface Spool {
  /** Keeps these until the next page, instead of what was kept before. */
  write(events: readonly Sealed[]): void
  /** Hands over what pages have left, this one included, and forgets it once it was taken. */
  hand(take: (events: readonly Sealed[]) => Promise<void>): Promise<void>
}

export function createSpool(storage: Storage, pageId: string): Spool {
  let isEmpty = true
  return {
    write(events) {
      if (isEmpty && !events[0]) return // touching localStorage costs more than all the rest of a page's end
      isEmpty = !events[0]
      storage.write(prefix + pageId, isEmpty ? undefined : events)
    },
    async hand(take) {
      for (const key of storage.keys(prefix)) {
        await take(storage.read(key) as readonly Sealed[]) // written above only
        storage.write(key, undefined)
      }
    },
  }
}
