import { LRUCache } from 'lru-cache'
import type { Rate } from './rate.ts'

/** Token buckets of one rate, one for each name. A name that was never heard of, or long ago, has a full one. */
export interface Buckets {
  /** How long until there is a token in it, in milliseconds; 0 where there is one now. */
  waitMs(name: string): number
  /** Takes tokens. A bucket may owe some: what is told only after it was let in, such as the size of a batch, is paid for later. */
  take(name: string, tokens: number): void
}

/**
 * @param maxNames how many are remembered. Who was quiet for longest is forgotten first, and that costs nothing but their debt.
 * @param elapsedMs a clock that only goes forward
 */
export function createBuckets({ perSecond, burst }: Rate, maxNames: number, elapsedMs: () => number): Buckets {
  const msPerToken = 1000 / perSecond
  // One number says it all: when the bucket will be full again.
  const fullAt = new LRUCache<string, number>({ max: maxNames })
  const msToFull = (name: string): number => Math.max(0, (fullAt.get(name) ?? 0) - elapsedMs())
  return {
    waitMs: (name) => Math.max(0, msToFull(name) - (burst - 1) * msPerToken),
    take(name, tokens) {
      fullAt.set(name, elapsedMs() + msToFull(name) + tokens * msPerToken)
    },
  }
}
