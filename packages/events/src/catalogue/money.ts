import * as v from 'valibot'

/**
 * An amount as callers have it: `19.99`, `"19,99 €"`, or Shopify's `{ amount, currencyCode }`; major units unless the source
 * is registered with minor ones. The event's `currency` applies where the amount names none.
 *
 * Whether it can be read is for the collector to say; here only its shape is checked.
 */
export const Money = v.union([
  v.number(),
  v.string(),
  v.object({ amount: v.union([v.number(), v.string()]), currencyCode: v.optional(v.string()), currency: v.optional(v.string()) }),
])
export type Money = v.InferOutput<typeof Money>

/** ISO 4217 alphabetic code, such as `EUR`. */
export const Currency = v.string()
