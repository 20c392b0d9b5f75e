import type { ConsentPurpose, ConsentSnapshot, ConsentState } from '@footfall/events'
import type { ConsentStatus } from '../tracker.ts'

/** Consent before any decision. */
export const undecided: ConsentStatus = { analytics: 'unknown', personalization: 'unknown', marketing: 'unknown' }

/** The purposes that a visitor is asked about. */
export const asked = Object.keys(undecided) as ConsentPurpose[]

/**
 * Applies decisions to what was decided before. Purposes that are not named stay as they are. Anything but `granted` and `denied` is
 * ignored: nothing is granted by accident.
 */
export function decide(
  before: ConsentSnapshot,
  decisions: { readonly [P in ConsentPurpose]?: ConsentState | undefined },
): ConsentSnapshot {
  const after = { ...before }
  for (const purpose of asked) {
    const decision = decisions[purpose]
    if (decision === 'granted' || decision === 'denied') after[purpose] = decision
  }
  return after
}
