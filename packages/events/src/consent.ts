import * as v from 'valibot'

/**
 * How a visitor stands to one purpose. `unknown` is not a decision: the event is held, or refused. `not_required` is none either: where
 * the visitor is, the purpose is allowed until it is objected to, and nobody has.
 */
export const ConsentState = v.picklist(['unknown', 'granted', 'denied', 'not_required'])
export type ConsentState = v.InferOutput<typeof ConsentState>

const Short = v.pipe(v.string(), v.maxLength(64))

/** What else is said about a decision. It is left out where it has no shape, or is too long: the decision counts all the same. */
const said = <S extends v.GenericSchema>(schema: S) => v.fallback(v.optional(schema), undefined)

/**
 * What was agreed when the event was captured, stamped on the event as proof. A purpose that is missing was not granted.
 */
export const ConsentSnapshot = v.object({
  analytics: v.optional(ConsentState),
  personalization: v.optional(ConsentState),
  marketing: v.optional(ConsentState),
  /** Passing data on to others for something in return, as US states' laws call it. No event needs it; what a shop does with events may. */
  sale_of_data: v.optional(ConsentState),
  /** The decision this snapshot comes from: changes with each decision of the visitor. */
  record_id: v.optional(Short),
  /** When it was decided by the device's clock, in milliseconds since 1970 UTC. */
  decided_at: said(v.number()),
  /** Version of the text that the visitor was shown. */
  version: said(v.union([Short, v.pipe(v.number(), v.transform(String))])),
  /** Who told of the decision: `banner`, `cmp` …, as the page says. */
  source: said(Short),
})
export type ConsentSnapshot = v.InferOutput<typeof ConsentSnapshot>
