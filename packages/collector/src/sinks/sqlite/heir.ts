/** A report of a happening that was reported before. */
export interface Heir {
  readonly position: number
  readonly event_id: Uint8Array
  readonly name: string
  readonly occurred_at: number
  readonly received_at: number
  readonly by_server: number
  readonly bot: number
  readonly anonymous_id: string | null
  readonly user_id: string | null
  readonly session_id: string | null
  readonly value: number | null
  readonly currency: string | null
  readonly base_value: number | null
  readonly flags: string
}

export const heirColumns =
  'position, event_id, name, occurred_at, received_at, by_server, bot, anonymous_id, user_id, session_id, value, currency, base_value, flags'

/** Under which name an event claims its natural key: what bots report, they report apart. A person's order counts, whatever came before. */
export const claimedName = ({ name, bot }: Pick<Heir, 'name' | 'bot'>): string => (bot === 1 ? `bot ${name}` : name)

/** Was one of two reports received before the other? A replayed one stands behind what came since, though it was received before it. */
export const precedes = (one: Pick<Heir, 'received_at' | 'position'>, other: Heir): boolean =>
  one.received_at < other.received_at || (one.received_at === other.received_at && one.position < other.position)
