import { type Buckets, createBuckets } from './buckets.ts'
import type { Rate } from './rate.ts'

/** Token buckets of senders that have one name or several, by `networksOf`: there must be a token for each of them. */
export interface NetworkBuckets {
  /** How long until there is a token for all, in milliseconds; 0 for who has no name. */
  waitMs(networks: readonly string[]): number
  take(networks: readonly string[], tokens: number): void
}

/**
 * How many are remembered at each place: some hundred bytes each. Who keeps sending is not forgotten; whoever has more addresses than this
 * is held up by no limit of addresses.
 */
const maxNames = 20_000

/** @param parts of the rate that the first name may have, the second, and so on */
export function createNetworkBuckets(
  { perSecond, burst }: Rate,
  parts: readonly number[],
  elapsedMs: () => number,
): NetworkBuckets {
  const levels: readonly Buckets[] = parts.map((part) =>
    createBuckets({ perSecond: perSecond * part, burst: Math.max(1, burst * part) }, maxNames, elapsedMs),
  )
  return {
    waitMs: (networks) => levels.reduce((longest, buckets, level) => Math.max(longest, waitIn(buckets, networks[level])), 0),
    take(networks, tokens) {
      for (const [level, buckets] of levels.entries()) {
        const name = networks[level]
        if (name !== undefined) buckets.take(name, tokens)
      }
    },
  }
}

const waitIn = (buckets: Buckets, name: string | undefined): number => (name === undefined ? 0 : buckets.waitMs(name))

/**
 * What an address may have, and what a whole network: mobile carriers have thousands of subscribers in one, of whom a limit that is meant
 * for one hears as little as the many behind one IPv4 address.
 */
export const ofOneAddress = [1, 8] as const
