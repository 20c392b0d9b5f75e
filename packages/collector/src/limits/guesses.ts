import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { createNetworkBuckets, ofOneAddress } from './network-buckets.ts'
import type { Rate } from './rate.ts'

/** Watches over attempts to guess a secret key. Who has no name by `networksOf` is not watched. */
export interface Guesses {
  /** How long whoever has these names must wait before a key of theirs is looked at, in milliseconds; 0 where it is looked at now. */
  waitMs(networks: readonly string[], key: string): number
  wasWrong(networks: readonly string[]): void
  wasRight(networks: readonly string[], key: string): void
}

/**
 * Twenty wrong keys at once are a shop that has just changed its own on ten tills; nobody guesses even a bad key in twenty attempts and six
 * more a minute.
 */
const wrongKeys: Rate = { perSecond: 0.1, burst: 20 }

const maxBelieved = 10_000

/**
 * Once the attempts are used up no key is looked at, so that a right one cannot be told from a wrong one. But whoever has shown a right key
 * before is heard with it: a till with an old key, or a guesser in the same office, must not lock the others out.
 */
export function createGuesses(elapsedMs: () => number): Guesses {
  const buckets = createNetworkBuckets(wrongKeys, ofOneAddress, elapsedMs)
  const believed = new LRUCache<string, true>({ max: maxBelieved })
  const entryOf = ([address = '']: readonly string[], key: string): string => `${address} ${hash('sha256', key, 'base64url')}`
  return {
    waitMs(networks, key) {
      const waitMs = buckets.waitMs(networks)
      return waitMs > 0 && believed.get(entryOf(networks, key)) === undefined ? waitMs : 0
    },
    wasWrong: (networks) => buckets.take(networks, 1),
    wasRight(networks, key) {
      if (networks.length > 0) believed.set(entryOf(networks, key), true)
    },
  }
}
