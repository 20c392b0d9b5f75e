/**
 * What every reading ends in. Only `ok` enters the normal tables; the others go to quarantine with the raw text and can be replayed.
 * `rule` names the rule that decided.
 */
export type Outcome<T, R extends string = string> =
  | ({ readonly status: 'ok'; readonly rule: R } & T)
  /** More than one plausible reading: the source's configuration has to settle it. */
  | { readonly status: 'ambiguous'; readonly rule: R }
  /** No acceptable reading. */
  | { readonly status: 'invalid'; readonly rule: R }

/** One change that the collector made to what it was sent. Reversible: `from` is what stood there. */
export interface Repair {
  /** Path of the field: `name`, `properties.quantity`, `page.url`. */
  readonly field: string
  readonly from: unknown
  readonly to: unknown
  readonly rule: string
  /** Letters that were mended in a name, 1 or 2; only with EN-TYPO. */
  readonly distance?: number
}
