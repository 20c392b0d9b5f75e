import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type Buckets, createBuckets } from './buckets.ts'
import type { Rate } from './rate.ts'

/** Watches over attempts to guess a secret key. */
export interface Guesses {
  /** How long whoever has this name must wait before a key of theirs is looked at, in milliseconds; 0 where it is looked at now. */
  waitMs(name: string, key: string): number
  wasWrong(name: string): void
  wasRight(name: string, key: string): void
}

/**
 * Twenty wrong keys at once are a shop that has just changed its own on ten tills; nobody guesses even a bad key in twenty attempts and six
 * more a minute.
 */
const wrongKeys: Rate = { perSecond: 0.1, burst: 20 }

const maxNames = 10_000

/**
 * Once the attempts are used up no key is looked at, so that a right one cannot be told from a wrong one. But whoever has shown a right key
 * before is heard with it: a till with an old key, or a guesser in the same office, must not lock the others out.
 */
export function createGuesses(elapsedMs: () => number): Guesses {
  const buckets: Buckets = createBuckets(wrongKeys, maxNames, elapsedMs)
  const believed = new LRUCache<string, true>({ max: maxNames })
  const entryOf = (name: string, key: string): string => `${name} ${hash('sha256', key, 'base64url')}`
  return {
    waitMs(name, key) {
      const waitMs = buckets.waitMs(name)
      return waitMs > 0 && believed.get(entryOf(name, key)) === undefined ? waitMs : 0
    },
    wasWrong: (name) => buckets.take(name, 1),
    wasRight: (name, key) => void believed.set(entryOf(name, key), true),
  }
}
