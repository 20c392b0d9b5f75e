/** What has to become of one event. */
export type Expected =
  | {
      readonly verdict: 'accepted'
      /** Rules of the repairs on the stored event, each once, in alphabetical order. */
      readonly rules: readonly string[]
      /** In alphabetical order. */
      readonly flags: readonly string[]
      /** Why it is kept and not counted; `null` where it counts. */
      readonly duplicate: 'business_key' | 'order_conflict' | 'probable' | null
      readonly isBot: boolean
      /** How long after it happened it came: up to 5 minutes, a day, a week, longer. */
      readonly late: Late
    }
  | { readonly verdict: 'duplicate' }
  /** `rule`: the one that its detail names; `null` where it names none. */
  | { readonly verdict: 'quarantined'; readonly code: string; readonly rule: string | null }
  | { readonly verdict: 'rejected'; readonly code: string }

export type Late = 'live' | 'day' | 'week' | 'too_late'

type Accepted = Extract<Expected, { verdict: 'accepted' }>

export function accepted(differs: Partial<Omit<Accepted, 'verdict'>> = {}): Accepted {
  const { rules = [], flags = [], ...rest } = differs
  return {
    verdict: 'accepted',
    duplicate: null,
    isBot: false,
    late: 'live',
    ...rest,
    rules: [...new Set(rules)].sort(),
    flags: [...new Set(flags)].sort(),
  }
}

export const quarantined = (code: string, rule: string | null = null): Expected => ({ verdict: 'quarantined', code, rule })
export const rejected = (code: string): Expected => ({ verdict: 'rejected', code })
export const duplicate: Expected = { verdict: 'duplicate' }

/** What a shop's owner wants to be told of a file: how many events of what. */
export interface Counts {
  readonly received: number
  readonly accepted: number
  readonly duplicate: number
  readonly quarantined: number
  readonly rejected: number
  /** Accepted events on which something was repaired; on which something is flagged; from bots. */
  readonly repaired: number
  readonly flagged: number
  readonly bots: number
  /** Accepted events by rule, by flag, by why they are not counted, by lateness; quarantined and rejected ones by code. Only what there is. */
  readonly rules: Readonly<Record<string, number>>
  readonly flags: Readonly<Record<string, number>>
  readonly duplicates: Readonly<Record<string, number>>
  readonly late: Readonly<Record<string, number>>
  readonly quarantine: Readonly<Record<string, number>>
  readonly rejections: Readonly<Record<string, number>>
}

export function countsOf(all: readonly Expected[]): Counts {
  const stored = all.filter((one) => one.verdict === 'accepted')
  const of = (verdict: Expected['verdict']) => all.filter((one) => one.verdict === verdict).length
  return {
    received: all.length,
    accepted: stored.length,
    duplicate: of('duplicate'),
    quarantined: of('quarantined'),
    rejected: of('rejected'),
    repaired: stored.filter(({ rules }) => rules.length > 0).length,
    flagged: stored.filter(({ flags }) => flags.length > 0).length,
    bots: stored.filter(({ isBot }) => isBot).length,
    rules: tally(stored.flatMap(({ rules }) => rules)),
    flags: tally(stored.flatMap(({ flags }) => flags)),
    duplicates: tally(stored.flatMap(({ duplicate }) => duplicate ?? [])),
    late: tally(stored.map(({ late }) => late)),
    quarantine: tally(all.flatMap((one) => (one.verdict === 'quarantined' ? `${one.code} ${one.rule ?? ''}`.trim() : []))),
    rejections: tally(all.flatMap((one) => (one.verdict === 'rejected' ? one.code : []))),
  }
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)))
}
