import { type Refusal, refuse } from '../errors.ts'
import type { Peer } from '../ingest/peer.ts'
import { createBuckets } from './buckets.ts'
import { createGuesses } from './guesses.ts'
import { createNetworkBuckets, ofOneAddress } from './network-buckets.ts'
import { sharesOfAll } from './networks-of.ts'
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
  /** Requests of one address; `null`: any number, and as many events of a key as anybody may send. */
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

/** There are a few keys in each project. */
const maxKeys = 10_000

/** Events that are larger than this on average count as several: a key's limit is one of the disk, too. */
const bytesPerEvent = 4096

/**
 * A request that brings more counts as several: it is as much work. Trackers send as many when a page is left; more come only after an
 * outage.
 */
const eventsPerRequest = 20

export function createLimits({ perAddress, perKey }: LimitSettings, { elapsedMs, random, onUnnamedProxy }: LimitPorts): Limits {
  let hasSeenUnnamedProxy = false
  const requests = perAddress && createNetworkBuckets(perAddress, ofOneAddress, elapsedMs)
  const events = perKey && createBuckets(perKey, maxKeys, elapsedMs)
  // Where nobody is limited by address, nobody has only a share.
  const shares = perAddress && perKey && createNetworkBuckets(perKey, sharesOfAll, elapsedMs)
  const guesses = createGuesses(elapsedMs)

  // Full jitter on top: those who share an address must not come back together.
  const limited = (waitMs: number, sentence: string): Refusal | null =>
    waitMs === 0 ? null : refuse('rate_limited', sentence, Math.ceil(Math.max(1000, waitMs) + random() * 4000))

  /** What is more than the one request that was paid for. */
  const owe = ({ networks }: Peer, tokens: number): void =>
    requests?.take(networks, Math.max(0, Math.ceil(tokens / eventsPerRequest) - 1))

  return {
    request(peer) {
      if (peer.isUnnamedProxy && !hasSeenUnnamedProxy) {
        hasSeenUnnamedProxy = true
        onUnnamedProxy()
      }
      const refused = limited(
        requests?.waitMs(peer.networks) ?? 0,
        'Too many requests come from this address; send this one again later.',
      )
      if (refused === null) requests?.take(peer.networks, 1)
      return refused
    },
    events(peer, key, count, bytes) {
      const tokens = tokensOf(count, bytes)
      owe(peer, tokens)
      const refused =
        limited(shares?.waitMs(peer.networks) ?? 0, 'Too many events come from this address; send this request again later.') ??
        limited(events?.waitMs(key) ?? 0, 'Too many events come with this write key; send this request again later.')
      if (refused !== null) return refused
      shares?.take(peer.networks, tokens)
      events?.take(key, tokens)
      return null
    },
    wasted: (peer, bytes) => owe(peer, tokensOf(0, bytes)),
    secretKey: ({ networks }, key) =>
      limited(guesses.waitMs(networks, key), 'Too many wrong secret keys came from this address; try again later.'),
    tried({ networks }, key, isRight) {
      if (isRight) guesses.wasRight(networks, key)
      else guesses.wasWrong(networks)
    },
  }
}

const tokensOf = (events: number, bytes: number): number => Math.max(events, Math.ceil(bytes / bytesPerEvent))
