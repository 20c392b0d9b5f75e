import * as v from 'valibot'
import { optional } from './field.ts'

/**
 * An amount as callers have it: `19.99`, `"19,99 €"`, or Shopify's `{ amount, currencyCode }`; major units unless the source
 * is registered with minor ones. The event's `currency` applies where the amount names none.
 *
 * Whether it can be read is for the collector to say; here only its shape is checked.
 */
export const Money = v.pipe(
  v.union([
    v.number(),
    v.string(),
    v.object({
      amount: v.union([v.number(), v.string()]),
      currencyCode: v.optional(v.string()),
      currency: v.optional(v.string()),
    }),
  ]),
  v.title('money'),
  v.description(
    'An amount in major units: `19.99`, `"19.99"` or `{ "amount": "19.99", "currencyCode": "EUR" }`. The event\'s `currency` applies where the amount names none.',
  ),
)
export type Money = v.InferOutput<typeof Money>

/** ISO 4217 alphabetic code, such as `EUR`. */
const Currency = v.pipe(v.string(), v.title('currency'), v.description('ISO 4217 code: `EUR`.'))

/** Goes with every event that has an amount, its own or one of its products. */
export const currency = {
  currency: optional(Currency, "Of all amounts that name none themselves. Without it the source's or the shop's applies."),
}
