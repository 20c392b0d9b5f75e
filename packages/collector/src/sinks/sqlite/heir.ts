/** A report of a happening that was reported before. */
export interface Heir {
  readonly position: number
  readonly event_id: Uint8Array
  readonly name: string
  readonly occurred_at: number
  readonly anonymous_id: string | null
  readonly user_id: string | null
  readonly session_id: string | null
  readonly value: number | null
  readonly currency: string | null
  readonly base_value: number | null
  readonly flags: string
}

export const heirColumns =
  'position, event_id, name, occurred_at, anonymous_id, user_id, session_id, value, currency, base_value, flags'
