import type { EventCode } from '../errors.ts'
import type { Repair } from './outcome.ts'

/** What a reader of the data should know about a stored event. */
export type Flag =
  | 'unrecognized'
  | 'bad_property'
  | 'bad_envelope_field'
  | 'bad_currency'
  | 'bad_money'
  | 'ambiguous_money'
  | 'default_currency'
  | 'missing_rate'
  | 'rounded'
  | 'derived_total'
  | 'total_mismatch'
  | 'url_cut'
  | 'pii_redacted'
  | 'identity_stripped'
  | 'marketing_stripped'
  | 'channel_not_allowed'
  | 'source_not_allowed'
  | 'bad_clock'
  | 'clock_went_back'
  | 'future_clamped'
  | 'time_from_receipt'
  | 'too_late'
  | 'day_precision'
  | 'order_conflict'
  | 'probable_duplicate'

/** Collects what is noticed and mended while one event is read. */
export interface Notes {
  readonly repairs: Repair[]
  readonly flags: Set<Flag>
}

export const createNotes = (): Notes => ({ repairs: [], flags: new Set() })

/**
 * How repairs name a key within a field: enough to find it, and no more. A hostile event has keys of a megabyte, and thousands of fields in
 * each.
 */
export const fieldWithin = (path: string, key: string): string =>
  path === '' ? key.slice(-128) : `${path.slice(0, 256)}.${key.slice(-128)}`

/** Notes what may be done thousands of times in a hostile event: once for each field and rule, and no more than tell what happens. */
export function noteRepair(repair: Repair, { repairs }: Notes): void {
  if (repairs.length >= 32) return
  const isNoted = repairs.some(({ field, rule }) => field === repair.field && rule === repair.rule)
  if (!isNoted) repairs.push(repair)
}

/** Why an event cannot enter the normal tables. `detail` names the field and never quotes a value that could be personal. */
export interface Fault {
  readonly kind: 'fault'
  readonly code: EventCode
  readonly detail: string
  /** The rule of reading that said no; `null` where it was none of them. */
  readonly rule: string | null
}

export const fault = (code: EventCode, detail: string, rule: string | null = null): Fault => ({
  kind: 'fault',
  code,
  detail,
  rule,
})
