import { type Refusal, refuse } from '../errors.ts'
import { bearerToken, digestOf, find } from '../ingest/authenticate.ts'
import type { Peer } from '../ingest/peer.ts'
import type { Limits } from '../limits/limits.ts'

/**
 * Who may read the metrics: everybody who reaches the port, nobody, or who shows a key. It is a key of its own, since a secret key reads
 * all that visitors did, and a program that only draws curves should not be able to.
 */
export type MetricsAccess = 'open' | 'off' | { readonly key: string }

/** Attempts are held to the limit of guesses, like those at a secret key. */
export function createMetricsAccess(
  access: MetricsAccess,
  limits: Pick<Limits, 'secretKey' | 'tried'>,
): (authorization: string | undefined, peer: Peer) => Refusal | null {
  if (access === 'open') return () => null
  if (access === 'off') return () => refuse('not_found', 'The metrics are turned off here.')
  const keys = [{ digest: digestOf(access.key) }]
  return (authorization, peer) => {
    const given = bearerToken(authorization)
    if (given === undefined) return needsMetricsKey
    const limited = limits.secretKey(peer, given)
    if (limited !== null) return limited
    const isRight = find(keys, given) !== null
    limits.tried(peer, given, isRight)
    return isRight ? null : needsMetricsKey
  }
}

const needsMetricsKey = refuse(
  'wrong_secret_key',
  'The metrics need the key that FOOTFALL_METRICS is set to: send it as "Authorization: Bearer <key>".',
)
