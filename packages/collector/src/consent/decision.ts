import { type ConsentPurpose, ConsentState, type DecisionPurpose, decisionPurposes } from '@footfall/events'
import * as v from 'valibot'

/**
 * Whose word counts for whom. What comes with the public key speaks of a device, named by its anonymous id, which nobody else knows;
 * a user id can be guessed, so that only a server with the secret key may speak of a person.
 */
export type Voice = 'device' | 'person'

export type States = { readonly [P in DecisionPurpose]?: ConsentState }

/** What somebody decided, on its way into the ledger. The subject's id goes no further than the store. */
export interface Decision {
  /** Over what was sent but the subject. Equal for each attempt to deliver the same decision, so that it is entered once. */
  readonly key: string
  readonly recordId: string
  readonly previousRecordId: string | null
  readonly subject: string | null
  /** Was it posted, as somebody's? A tracker keeps its decision through a logout, when the visitor gets another id: what it tells binds nobody. */
  readonly isBinding: boolean
  readonly voice: Voice
  readonly states: States
  /** Never later than its receipt, ms since 1970 UTC. */
  readonly decidedAt: number
  readonly validUntil: number | null
  /** Version of the text that was shown. */
  readonly version: string | null
  readonly region: string | null
  /** `desktop`, `mobile` … */
  readonly device: string
  /** What else is proof, by its name in the entry. */
  readonly about: Readonly<Record<string, unknown>>
}

/**
 * Nobody's answer: there is nothing that it could prove, and it must not become a trace. It is counted and not kept. A denial that a
 * tracker tells of is none. It tells only what takes something back: where there was no decision, what the region's rule had allowed. That
 * objection is proven under its own record, which the device keeps.
 */
export const isAnonymous = ({ subject, previousRecordId, isBinding, states }: Decision): boolean =>
  subject === null && previousRecordId === null && (isBinding || purposesIn(states, 'denied') === 0)

/** What an event says about consent: shared by the events of a visit, and the same object for those of a batch that say the same. */
export interface Claim {
  readonly recordId: string | null
  readonly states: States
  /** When it was decided, by our clock, ms since 1970 UTC; `null` where nobody says, or it cannot be. */
  readonly decidedAt: number | null
  readonly version: string | null
  readonly source: string | null
  readonly voice: Voice
  readonly region: string | null
}

/** A set of purposes as a number, for tables. */
export type PurposeSet = number

const bits = new Map(decisionPurposes.map((purpose, index) => [purpose, 1 << index]))

/** The purposes that stand in this state. */
export function purposesIn(states: States, state: ConsentState): PurposeSet {
  let set = 0
  for (const [purpose, bit] of bits) if (states[purpose] === state) set |= bit
  return set
}

export const setOf = (purposes: readonly ConsentPurpose[]): PurposeSet =>
  purposes.reduce((set, purpose) => set | (bits.get(purpose) ?? 0), 0)

export const hasPurpose = (set: PurposeSet, purpose: DecisionPurpose): boolean => (set & (bits.get(purpose) ?? 0)) !== 0

/** The known purposes in what somebody sent, with states that are one; `null` where there are none. What cannot be read is not granted. */
export function statesIn(value: unknown): States | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const states: { -readonly [P in DecisionPurpose]?: ConsentState } = {}
  for (const purpose of decisionPurposes) {
    const state: unknown = Object.hasOwn(value, purpose) ? (value as Record<string, unknown>)[purpose] : undefined
    if (v.is(ConsentState, state)) states[purpose] = state
  }
  return Object.keys(states).length === 0 ? null : states
}
