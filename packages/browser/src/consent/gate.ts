import type { ConsentPurpose, ConsentSnapshot, ConsentState, Purpose } from '@footfall/events'
import { allows } from '@footfall/events/purposes'

/** What becomes of an event that needs this purpose: `granted` lets it pass, `denied` forgets it, anything else holds it in memory. */
export const gate = (consent: ConsentSnapshot, purpose: Purpose): ConsentState | undefined =>
  allows(consent, purpose) ? 'granted' : consent[purpose as ConsentPurpose] // `necessary` is always allowed
