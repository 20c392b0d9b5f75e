import type { ConsentSnapshot } from '@footfall/events'
import { consentPurposes } from '@footfall/events/purposes'
import type { Decisions } from '../options.ts'

/**
 * Applies decisions to what was decided before. Purposes that are not named stay as they are; without any change the snapshot
 * is returned as it was, record id included. Anything but `granted` and `denied` is ignored: nothing is granted by accident.
 */
export function decide(before: ConsentSnapshot, decisions: Decisions, recordId: string, version: string | undefined): ConsentSnapshot {
  const after = { ...before, record_id: recordId, ...(version && { version }) }
  let isChanged = false
  for (const purpose of consentPurposes) {
    const decision = decisions[purpose]
    if ((decision === 'granted' || decision === 'denied') && decision !== before[purpose]) {
      after[purpose] = decision
      isChanged = true
    }
  }
  return isChanged ? after : before
}
