import { type ConsentState, type DecisionPurpose, decisionPurposes } from '@footfall/events'

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
  /** May nobody else cite it? A tracker keeps its decision through a logout, when the visitor gets another id: what it tells binds nobody. */
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

/** Nobody's answer: there is nothing that it could prove, and it must not become a trace. It is counted and not kept. */
export const isAnonymous = ({ subject, previousRecordId }: Decision): boolean => subject === null && previousRecordId === null

/** What an event says about consent: shared by the events of a visit, and the same object for those of a batch that say the same. */
export interface Claim {
  readonly recordId: string | null
  readonly states: States
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

export const hasPurpose = (set: PurposeSet, purpose: DecisionPurpose): boolean => (set & (bits.get(purpose) ?? 0)) !== 0
