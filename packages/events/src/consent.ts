import * as v from 'valibot'
import type { Purpose } from './purposes.ts'

/** What a visitor has decided about one purpose. `unknown` is not a decision: the event is held, or refused. */
export const ConsentState = v.picklist(['unknown', 'granted', 'denied'])
export type ConsentState = v.InferOutput<typeof ConsentState>

/** A purpose the visitor can decide about; `necessary` is not theirs to refuse and so is not asked. */
export type ConsentPurpose = Exclude<Purpose, 'necessary'>

/** The purposes that are asked for, in the order in which a banner shows them. */
export const consentPurposes = ['analytics', 'personalization', 'marketing'] as const satisfies readonly ConsentPurpose[]

/**
 * What was agreed when the event was captured, stamped on the event as proof. A purpose that is missing was not granted.
 */
export const ConsentSnapshot = v.object({
  analytics: v.optional(ConsentState),
  personalization: v.optional(ConsentState),
  marketing: v.optional(ConsentState),
  /** The decision this snapshot comes from: changes with each decision of the visitor. */
  record_id: v.optional(v.pipe(v.string(), v.maxLength(64))),
  /** Version of the text that the visitor was shown. */
  version: v.optional(v.pipe(v.string(), v.maxLength(64))),
})
export type ConsentSnapshot = v.InferOutput<typeof ConsentSnapshot>

/** Does this snapshot allow what needs `purpose`? Missing, unknown and denied all mean no. */
export const allows = (consent: ConsentSnapshot | undefined, purpose: Purpose): boolean =>
  purpose === 'necessary' || consent?.[purpose] === 'granted'
