import { type ConsentState, type DecisionPurpose, decisionPurposes } from '@footfall/events'
import type { Link } from './chain.ts'
import { hasPurpose, type PurposeSet } from './decision.ts'
import type { LastWord } from './ledger.ts'

/** How one purpose stands, by the newest decision about it. */
export interface CurrentState {
  /** Denied also where the decision granted and was taken back since. */
  readonly state: ConsentState
  readonly decided_at: string
  readonly record_id: string
  readonly position: number
}

/** The answer to `GET /v1/consent/{subject}`: what was agreed, when, to which text, and where it stands in the sealed ledger. */
export interface ConsentHistory {
  /** The pseudonym under which the ledger keeps the id that was asked for. */
  readonly subject: string
  readonly current: {
    /** If the id is a device's: by every word about it. Purposes that nobody decided about are left out. */
    readonly as_anonymous_id: CurrentStates
    /** If it is a user's: only what servers told, since a user id can be guessed. */
    readonly as_user_id: CurrentStates
  }
  readonly entries: readonly { readonly position: number; readonly hash: string; readonly entry: unknown }[]
  /** Where to go on; `null` at the end. */
  readonly next: number | null
}
type CurrentStates = { readonly [P in DecisionPurpose]?: CurrentState }

/** For which purposes a decision is dead. */
export type DeniedOf = (recordId: string) => PurposeSet

/** @param links the subject's own, from where the page begins; one more than `limit` says that there is another */
export function historyOf(
  subject: string,
  words: readonly LastWord[],
  links: readonly Link[],
  limit: number,
  deniedOf: DeniedOf,
): ConsentHistory {
  const entries = links
    .slice(0, limit)
    .map(({ position, hash, entry }) => ({ position, hash, entry: JSON.parse(entry) as unknown }))
  const next = links.length > limit ? (entries.at(-1)?.position ?? null) : null
  const current = {
    as_anonymous_id: currentStates(words, deniedOf),
    as_user_id: currentStates(
      words.filter(({ voice }) => voice === 'person'),
      deniedOf,
    ),
  }
  return { subject, current, entries, next }
}

function currentStates(words: readonly LastWord[], deniedOf: DeniedOf): CurrentStates {
  return Object.fromEntries(
    decisionPurposes.flatMap((purpose) => {
      const newest = newestAbout(purpose, words, deniedOf)
      return newest === undefined ? [] : [[purpose, stateOf(newest)]]
    }),
  )
}

/**
 * The last word about a purpose, as it stands today: the newest decision; of two at the same time, the one that was entered later. One
 * that was taken back is a no.
 */
export function newestAbout(purpose: DecisionPurpose, words: readonly LastWord[], deniedOf: DeniedOf): LastWord | undefined {
  const [newest] = words
    .filter((word) => word.purpose === purpose)
    .sort((one, other) => other.decidedAt - one.decidedAt || other.position - one.position)
  return newest !== undefined && hasPurpose(deniedOf(newest.recordId), purpose) ? { ...newest, state: 'denied' } : newest
}

const stateOf = ({ state, decidedAt, recordId, position }: LastWord): CurrentState => ({
  state,
  decided_at: new Date(decidedAt).toISOString(),
  record_id: recordId,
  position,
})
