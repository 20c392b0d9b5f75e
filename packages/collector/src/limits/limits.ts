import { type Refusal, refuse } from '../errors.ts'
import type { Peer } from '../ingest/peer.ts'
import { type Buckets, createBuckets } from './buckets.ts'
import { createGuesses } from './guesses.ts'
import { networkOf } from './network-of.ts'
import type { Rate } from './rate.ts'

/** How much one sender may send. Each question answers with the refusal, or with `null` and has counted it. */
export interface Limits {
  /** One more request that writes, tries or signs in. To be asked before its body is read. */
  request(peer: Peer): Refusal | null
  /**
   * Events that came with a write key, in a request that was let in.
   *
   * @param key names the key; never the key itself
   */
  events(peer: Peer, key: string, events: number, bytes: number): Refusal | null
  /** A body was looked at that is refused: the work was done, whatever key it showed. */
  wasted(peer: Peer, bytes: number): void
  /** May this secret key be looked at? What comes of it is to be told to `tried`. */
  secretKey(peer: Peer, key: string): Refusal | null
  tried(peer: Peer, key: string, isRight: boolean): void
}

export interface LimitSettings {
  /** Requests of one address; `null`: any number. */
  readonly perAddress: Rate | null
  /** Events of one write key; `null`: any number. */
  readonly perKey: Rate | null
}

export interface LimitPorts {
  /** Milliseconds since whenever; only goes forward, or a clock that is set back would shut everybody out. */
  readonly elapsedMs: () => number
  /** In [0, 1). */
  readonly random: () => number
  /** Hears once that requests come through a proxy that nobody named. */
  readonly onUnnamedProxy: () => void
}

/** An address takes some hundred bytes. Whoever has more addresses than this is not held up by limits of addresses. */
const maxAddresses = 50_000
/** There are a few keys in each project. */
const maxKeys = 10_000

/** Events that are larger than this on average count as several: a key's limit is one of the disk, too. */
const bytesPerEvent = 4096

/**
 * A request that brings more counts as several, or one address could use up with a few full batches what a key has for all visitors.
 * Trackers send as many when a page is left; more come only after an outage.
 */
const eventsPerRequest = 20

export function createLimits({ perAddress, perKey }: LimitSettings, { elapsedMs, random, onUnnamedProxy }: LimitPorts): Limits {
  let hasSeenUnnamedProxy = false
  const requests = perAddress && createBuckets(perAddress, maxAddresses, elapsedMs)
  const events = perKey && createBuckets(perKey, maxKeys, elapsedMs)
  const guesses = createGuesses(elapsedMs)

  // Full jitter on top: those who share an address must not come back together.
  const limited = (waitMs: number, sentence: string): Refusal | null =>
    waitMs === 0 ? null : refuse('rate_limited', sentence, Math.ceil(Math.max(1000, waitMs) + random() * 4000))

  function within(buckets: Buckets, name: string, tokens: number, sentence: string): Refusal | null {
    const refused = limited(buckets.waitMs(name), sentence)
    if (refused === null) buckets.take(name, tokens)
    return refused
  }

  /** What is more than the one request that was paid for. */
  function owe(peer: Peer, tokens: number): void {
    const name = networkOfPeer(peer)
    if (requests !== null && name !== null) requests.take(name, Math.max(0, Math.ceil(tokens / eventsPerRequest) - 1))
  }

  return {
    request(peer) {
      if (peer.isUnnamedProxy && !hasSeenUnnamedProxy) {
        hasSeenUnnamedProxy = true
        onUnnamedProxy()
      }
      const name = networkOfPeer(peer)
      if (requests === null || name === null) return null
      return within(requests, name, 1, 'Too many requests come from this address; send this one again later.')
    },
    events(peer, key, count, bytes) {
      const tokens = tokensOf(count, bytes)
      owe(peer, tokens)
      if (events === null) return null
      return within(events, key, tokens, 'Too many events come with this write key; send this request again later.')
    },
    wasted: (peer, bytes) => owe(peer, tokensOf(0, bytes)),
    secretKey(peer, key) {
      const name = networkOfPeer(peer)
      if (name === null) return null
      return limited(guesses.waitMs(name, key), 'Too many wrong secret keys came from this address; try again later.')
    },
    tried(peer, key, isRight) {
      const name = networkOfPeer(peer)
      if (name === null) return
      if (isRight) guesses.wasRight(name, key)
      else guesses.wasWrong(name)
    },
  }
}

const tokensOf = (events: number, bytes: number): number => Math.max(events, Math.ceil(bytes / bytesPerEvent))

/** `null` where nobody can be told from anybody else: a limit would be one for all visitors together. */
export const networkOfPeer = ({ address, isShared }: Peer): string | null =>
  address === null || isShared ? null : networkOf(address)
