import type { ConsentPurpose, ConsentSnapshot, ConsentState } from '@footfall/events'

/** The purposes that a visitor is asked about, before any decision. */
export const undecided = { analytics: 'unknown', personalization: 'unknown', marketing: 'unknown' } as const

/** The purposes that a visitor is asked about. */
export const asked = Object.keys(undecided) as ConsentPurpose[]

/**
 * Applies decisions to what was decided before. Purposes that are not named stay as they are. Anything but `granted` and `denied` is
 * ignored: nothing is granted by accident.
 */
export function decide(
  before: ConsentSnapshot,
  decisions: { readonly [P in ConsentPurpose | 'sale_of_data']?: ConsentState | undefined },
): ConsentSnapshot {
  const after = { ...before }
  for (const purpose in decisions) {
    const decision = decisions[purpose as ConsentPurpose] // or a name that nobody asks about
    if (decision === 'denied' || decision === 'granted') after[purpose as ConsentPurpose] = decision
  }
  return after
}
