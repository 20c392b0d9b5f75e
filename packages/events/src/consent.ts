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

/** A state that is none grants nothing, and takes nothing from the purposes beside it. */
const State = v.optional(v.fallback(ConsentState, 'unknown'))

/** Servers write what they do not know as null. */
const Missing = v.pipe(
  v.null(),
  v.transform(() => undefined),
)

/**
 * What was agreed when the event was captured, stamped on the event as proof. A purpose that is missing was not granted.
 */
export const ConsentSnapshot = v.object({
  analytics: State,
  personalization: State,
  marketing: State,
  /** Passing data on to others for something in return, as US states' laws call it. No event needs it; what a shop does with events may. */
  sale_of_data: State,
  /**
   * The decision this snapshot comes from: changes with each decision of the visitor. A snapshot whose decision cannot be named is none:
   * nobody could tell whether that decision was taken back.
   */
  record_id: v.optional(v.union([Short, Missing])),
  /** When it was decided by the device's clock, in milliseconds since 1970 UTC. */
  decided_at: said(v.number()),
  /** Version of the text that the visitor was shown. */
  version: said(v.union([Short, v.pipe(v.number(), v.transform(String))])),
  /** Who told of the decision: `banner`, `cmp` …, as the page says. */
  source: said(Short),
})
export type ConsentSnapshot = v.InferOutput<typeof ConsentSnapshot>
