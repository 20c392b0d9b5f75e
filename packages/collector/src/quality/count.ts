/**
 * What is counted about events as they come in, by day of receipt and source. Within a kind an event counts at most once per key: flagged
 * or repaired twice by one rule, it is one event. Only what became of it is counted of every event; the rest of those that are stored.
 */
export type QualityKind =
  /** That it came, key `received`: counted by itself, so that a fault of the accounts shows in that its verdicts do not add up to it. */
  | 'received'
  /** What became of it: `accepted`, `duplicate`, `quarantined`, `rejected`. */
  | 'verdict'
  /** Why it is kept aside: the code and, where one decided, the rule behind a space. */
  | 'quarantined'
  /** Why nothing of it is kept: the code. */
  | 'rejected'
  /** `same_id` for what was not stored again; see `Repeat` for what is stored and not counted in reports. */
  | 'duplicate'
  /** The rule of a repair. */
  | 'repair'
  | 'flag'
  /** How long after it happened it was received: see `latenessOf`. */
  | 'late'
  /** Of events with an amount, whose currency it is: `own`, or `default` where the sender did not say one. */
  | 'currency'
  /** What a replay made of an event that was quarantined: a verdict. */
  | 'replayed'

/** Hears of one event more, for a kind and key. */
export type CountQuality = (kind: QualityKind, key: string) => void

/** How a stored event repeats another one: by what it names (such as an order), with the same amount or another; or by all it says. */
export type Repeat = 'business_key' | 'order_conflict' | 'probable'

/** What is counted of an event that is stored. */
export interface CountedEvent {
  /** Between what happened and its receipt, ms. */
  readonly lagMs: number
  readonly repairRules: readonly string[]
  readonly flags: readonly string[]
  readonly hasAmount: boolean
  readonly repeat: Repeat | null
}

export function countStored({ lagMs, repairRules, flags, hasAmount, repeat }: CountedEvent, count: CountQuality): void {
  count('late', latenessOf(lagMs))
  if (hasAmount) count('currency', flags.includes('default_currency') ? 'default' : 'own')
  if (repeat !== null) count('duplicate', repeat)
  for (const flag of new Set(flags)) count('flag', flag)
  for (const rule of new Set(repairRules)) count('repair', rule)
}

/** A stored event that was no repetition turns out to be one, of an event that was received after it. */
export function countLateRepetition(count: CountQuality): void {
  count('duplicate', 'probable')
  count('flag', 'probable_duplicate')
}

/** What is counted of any event: what became of it, and why. */
export function countVerdict(
  verdict: 'accepted' | 'duplicate' | 'quarantined' | 'rejected',
  { code, rule }: { readonly code: string; readonly rule: string | null },
  count: CountQuality,
): void {
  count('verdict', verdict)
  if (verdict === 'duplicate') count('duplicate', 'same_id')
  if (verdict === 'rejected') count('rejected', code)
  if (verdict === 'quarantined') count('quarantined', rule === null ? code : `${code} ${rule}`)
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Live until 5 minutes, then late within a day, within a week, and too late for anything that goes by time. */
export function latenessOf(lagMs: number): 'live' | 'day' | 'week' | 'too_late' {
  if (lagMs <= 5 * minuteMs) return 'live'
  if (lagMs <= 24 * hourMs) return 'day'
  return lagMs <= 7 * 24 * hourMs ? 'week' : 'too_late'
}
