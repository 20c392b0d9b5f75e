import type { Sealed } from '../capture/seal.ts'

/** What one request may hold. */
export interface BatchLimits {
  readonly maxEvents: number
  /** UTF-8 bytes of the events as sent, the frame around them not counted. */
  readonly maxBytes: number
}

/** Room for what an attempt adds to an event: its age, its number and punctuation. */
const overhead = 48
const encoder = new TextEncoder()
const bytes = (text: string) => encoder.encode(text).length

/**
 * Cuts the longest prefix that fits one request. Order is kept. An event that alone exceeds the limit is returned alone: what it
 * is told by the collector, or dropped for, concerns no other.
 */
export function cutBatch(queue: readonly Sealed[], { maxEvents, maxBytes }: BatchLimits): readonly Sealed[] {
  // The first event's context stands once in the batch; an event with another one carries its own.
  const shared = queue[0]?.context
  let size = 0
  const end = queue.findIndex(({ event, context }, index) => {
    size += bytes(event) + overhead + (index && context === shared ? 0 : bytes(context))
    return index && (index >= maxEvents || size > maxBytes)
  })
  return end < 0 ? queue : queue.slice(0, end)
}
