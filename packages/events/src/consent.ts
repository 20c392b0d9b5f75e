import * as v from 'valibot'

/** What a visitor has decided about one purpose. `unknown` is not a decision: the event is held, or refused. */
export const ConsentState = v.picklist(['unknown', 'granted', 'denied'])
export type ConsentState = v.InferOutput<typeof ConsentState>

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
