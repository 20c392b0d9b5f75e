import type { ConsentPurpose, ConsentSnapshot } from '@footfall/events'
import { maxConsentAgeMs } from '@footfall/events/limits'

declare global {
  interface Navigator {
    /** @see https://w3c.github.io/gpc/ */
    readonly globalPrivacyControl?: boolean
  }
}

/** Why consent stands as it does; see `ConsentStatus`. */
export type Reason = 'undecided' | 'region' | 'gpc' | 'expired' | 'version' | (string & {})

/** How consent stands: what was decided and still holds, what counts, and why. */
export type Standing = readonly [decided: ConsentSnapshot, consent: ConsentSnapshot, reason: Reason]

/**
 * Weighs what stands on the device against the rest of the world.
 *
 * A decision holds for six months, and for the text that it was about; one whose age cannot be told, or lies in the future, is none. What
 * nobody decided is allowed where the region says so. The browser's opt-out signal is stronger than any grant.
 * @param policyVersion version of the text that the visitor would be shown today; without it any will do
 * @param optOut purposes that need no consent where the visitor is
 */
export function standing(
  stored: ConsentSnapshot,
  policyVersion: string | undefined,
  optOut: readonly ConsentPurpose[] | undefined,
  hasGpc: boolean | undefined,
  now: number,
): Standing {
  // Of nothing there is no number, and so no comparison holds.
  const flaw =
    Math.abs(now - (stored.decided_at as number)) < maxConsentAgeMs
      ? policyVersion && stored.version !== policyVersion && 'version'
      : 'expired'
  const decided = flaw ? {} : stored
  const consent: ConsentSnapshot = { ...decided, ...(hasGpc && optedOut) }
  for (const purpose of optOut ?? []) consent[purpose] ??= 'not_required'
  const reason = stored.decided_at ? flaw || stored.source || 'api' : optOut ? 'region' : hasGpc ? 'gpc' : 'undecided'
  return [decided, consent, reason]
}

/** What the browser's opt-out signal says. */
export const optedOut = { marketing: 'denied', sale_of_data: 'denied' } as const
