import { likenessWindowMs } from '../normalise/likeness.ts'
import type { EventRecord } from './sink.ts'
import { qualityOf, type StoredEvent } from './stored-event.ts'

interface Kept {
  readonly project: string
  readonly record: EventRecord
}

/** Finds events that say the same. */
export interface MemoryAlike<K extends Kept> {
  /** The nearest one that happened before (of several at one instant the one stored last), and the nearest after; close enough to be the same. */
  around(project: string, record: EventRecord): { readonly previous: K | undefined; readonly next: K | undefined }
  add(kept: K): void
  clear(): void
}

export function createMemoryAlike<K extends Kept>(): MemoryAlike<K> {
  const groups = new Map<string, K[]>()
  const keyOf = (project: string, { likeness }: EventRecord): string => `${project} ${likeness}`
  return {
    around(project, record) {
      const { name, occurredAt, likeness } = record
      if (likeness === null) return { previous: undefined, next: undefined }
      const near = (groups.get(keyOf(project, record)) ?? [])
        .filter((kept) => Math.abs(kept.record.occurredAt - occurredAt) <= likenessWindowMs(name))
        // Stable: those of one instant stay in the order in which they were stored.
        .sort((one, other) => one.record.occurredAt - other.record.occurredAt)
      return {
        previous: near.findLast((kept) => kept.record.occurredAt <= occurredAt),
        next: near.find((kept) => kept.record.occurredAt > occurredAt),
      }
    },
    add(kept) {
      if (kept.record.likeness === null) return
      const key = keyOf(kept.project, kept.record)
      const group = groups.get(key) ?? []
      group.push(kept)
      groups.set(key, group)
    },
    clear: () => groups.clear(),
  }
}

/** Of an event that turns out to repeat one that was stored after it. */
export function repeating(stored: StoredEvent, id: string): StoredEvent {
  const { repairs, flags } = stored.quality
  const others = flags.filter((flag) => flag !== 'probable_duplicate')
  return { ...stored, duplicate_of: id, quality: qualityOf(repairs, [...others, 'probable_duplicate']) }
}
