import { type ConsentPurpose, consentPurposes, limits, type Purpose } from '@footfall/events'
import { type Fault, fault } from '../normalise/notes.ts'
import type { SubjectHash } from '../privacy/subject-hash.ts'
import { type Claim, hasPurpose, type PurposeSet, setOf } from './decision.ts'
import { type DeniedOf, newestAbout } from './history.ts'
import {
  emptySummary,
  type Holding,
  type LastWord,
  type Ledger,
  type LedgerTables,
  type Receiving,
  type RecordSummary,
} from './ledger.ts'

/** Whose event it is, what it claims, and what it is for. */
export interface Bearer {
  readonly anonymousId: string | null
  readonly userId: string | null
  readonly claim: Claim | null
  readonly purpose: Purpose
}

/** What the ledger leaves of what an event claims. */
export interface Found {
  /** Why the event may not be kept; `null` where it may. */
  readonly because: Fault | null
  /** What may be kept with it is for these purposes. For none: nothing that tells who it was, its number included. */
  readonly allowed: PurposeSet
  /** Purposes that its snapshot allows and that the ledger does not. */
  readonly lost: PurposeSet
}

/** Whether an event may be kept, by what was decided until now. The last word before it is written. */
export interface Standing {
  /** To be called when a transaction begins, and after decisions were entered: what was found may not hold any more. */
  begin(): void
  /** Where the event may be kept, the record that it cites is in the ledger by then. */
  check(project: string, bearer: Bearer, at: Receiving): Found
  /** What `check` would say. Enters nothing. */
  foresee(project: string, bearer: Bearer, at: Receiving): Found
  /** What may be kept with an event that is refused anyway. */
  allowed(project: string, bearer: Omit<Bearer, 'purpose'>, at: Receiving): PurposeSet
}

interface Ports {
  readonly ledger: Ledger
  readonly tables: LedgerTables
  readonly hashOf: SubjectHash
}

export function createStanding({ ledger, tables, hashOf }: Ports): Standing {
  /** The events of a visit ask the same: each is looked up once in a transaction. */
  const known = new Map<Claim | null, Map<string, Reading>>()

  const foundIn = ({ refusals, allowed, lost }: Reading, purpose: Purpose): Found => ({
    because: purpose === 'necessary' ? null : refusals[purpose],
    allowed,
    lost,
  })

  return {
    begin: () => known.clear(),
    check(project, bearer, at) {
      const { purpose, claim } = bearer
      const reading = read(project, bearer, at)
      const found = foundIn(reading, purpose)
      if (found.because === null && purpose !== 'necessary' && claim !== null && claim.recordId !== null && !reading.isProven) {
        ledger.cite(project, { ...claim, recordId: claim.recordId }, reading.subject, at)
        reading.isProven = true
      }
      return found
    },
    foresee: (project, bearer, at) => foundIn(read(project, bearer, at), bearer.purpose),
    allowed: (project, bearer, at) => read(project, bearer, at).allowed,
  }

  function read(project: string, bearer: Omit<Bearer, 'purpose'>, at: Receiving): Reading {
    const { anonymousId, userId, claim } = bearer
    const ofClaim = known.get(claim) ?? new Map<string, Reading>()
    // No project's id holds a NUL, and of two ids the first is told from the second by its length.
    const key = `${project}\0${anonymousId?.length ?? ''}\0${anonymousId ?? ''}\0${userId ?? ''}`
    const found = ofClaim.get(key)
    if (found !== undefined) return found
    const fresh = look(project, bearer, at)
    ofClaim.set(key, fresh)
    known.set(claim, ofClaim)
    return fresh
  }

  function look(project: string, { anonymousId, userId, claim }: Omit<Bearer, 'purpose'>, { receivedAt }: Receiving): Reading {
    const device = anonymousId === null ? null : hashOf(project, anonymousId)
    const person = userId === null ? null : hashOf(project, userId)

    const recordId = claim?.recordId ?? null
    const record = recordId === null ? null : tables.record(project, recordId)
    const holding = (subject: string | null): Holding | null =>
      recordId === null || subject === null ? null : tables.holding(project, recordId, subject)
    const held = { device: holding(device), person: holding(person) }
    const words = {
      device: device === null ? [] : tables.lastWords(project, device),
      // A user id can be guessed: only a server's word counts about it.
      person: person === null ? [] : tables.lastWords(project, person).filter(({ voice }) => voice === 'person'),
    }
    const facts: Facts = {
      record,
      isOwn: held.device?.device === true || held.device?.person === true || held.person?.person === true,
      words,
      deniedOf: (other) => tables.record(project, other)?.denied ?? 0,
    }
    const subject = device ?? person
    const proof = recordId === null ? null : tables.holding(project, recordId, subject ?? '')
    const refusals = refusalsOf(claim, facts, receivedAt)
    return {
      refusals,
      allowed: setOf(consentPurposes.filter((purpose) => refusals[purpose] === null)),
      lost: setOf(consentPurposes.filter((purpose) => refusals[purpose] !== null && isClaimed(claim, purpose))),
      subject,
      isProven: proof !== null && (proof.cited || proof.device || proof.person),
    }
  }
}

interface Reading {
  readonly refusals: Refusals
  readonly allowed: PurposeSet
  readonly lost: PurposeSet
  /** Who holds the record, once it is cited. */
  readonly subject: string | null
  /** Does the ledger say that this subject holds the record? */
  isProven: boolean
}

type Refusals = { readonly [P in ConsentPurpose]: Fault | null }

/** What the ledger knows about an event's record and about those who sent it. */
export interface Facts {
  readonly record: RecordSummary | null
  /** Was the record told of as this device's or this person's? */
  readonly isOwn: boolean
  /** Last words about the device's id and about the user's, those that count. */
  readonly words: { readonly device: readonly LastWord[]; readonly person: readonly LastWord[] }
  readonly deniedOf: DeniedOf
}

export const refusalsOf = (claim: Claim | null, facts: Facts, receivedAt: number): Refusals => ({
  analytics: refusalOf('analytics', claim, facts, receivedAt),
  personalization: refusalOf('personalization', claim, facts, receivedAt),
  marketing: refusalOf('marketing', claim, facts, receivedAt),
})

const missing = fault('consent_missing', 'The consent snapshot does not grant the purpose that the event needs')
const foreign = fault('consent_missing', 'The consent record that the event cites belongs to somebody else')
const unproven = fault('consent_missing', 'The consent record that the event cites does not grant the purpose that it needs')
const withdrawn = fault('consent_withdrawn', 'The consent that the event cites was taken back')
const expired = fault('consent_expired', 'The consent that the event cites is too old or has ended')

/** The table of checks: why an event that needs this purpose is refused, or nothing. */
function refusalOf(purpose: ConsentPurpose, claim: Claim | null, facts: Facts, receivedAt: number): Fault | null {
  if (claim === null || !isClaimed(claim, purpose)) return missing
  const record = facts.record ?? untold(claim, receivedAt)
  if (hasPurpose(record.denied, purpose)) return withdrawn
  if (record.isOwned && !facts.isOwn) return foreign
  if (record.isExplicit && claim.states[purpose] === 'granted' && !hasPurpose(record.granted, purpose)) return unproven
  // A device's clock must not make told consent longer or shorter. Of one that nobody told, it is all that is known.
  if (receivedAt - (record.isExplicit ? record.receivedAt : record.decidedAt) > limits.hardMaxConsentAgeMs) return expired
  if (record.validUntil !== null && receivedAt > record.validUntil) return expired
  // A user id can be guessed: what a page says of itself does not lift what a server said about the user.
  const isAnswer = claim.recordId !== null && claim.decidedAt !== null && claim.states[purpose] === 'granted'
  const { device, person } = facts.words
  // Each for itself: what a stranger's device grants must not lift what a person denied.
  return isDenied(purpose, device, facts, record, isAnswer) || isDenied(purpose, person, facts, record, false) ? withdrawn : null
}

const isClaimed = (claim: Claim | null, purpose: ConsentPurpose): boolean => {
  const state = claim?.states[purpose]
  return state === 'granted' || state === 'not_required'
}

/** A decision of which the ledger knows nothing is what the event says of it, and newer than every entry of the same time. */
const untold = ({ decidedAt }: Claim, receivedAt: number): RecordSummary => ({
  ...emptySummary,
  decidedAt: decidedAt ?? receivedAt,
  receivedAt,
  position: Number.POSITIVE_INFINITY,
})

/** @param isAnswer may what the event cites be a newer decision than the last word, though nobody told of it? */
function isDenied(
  purpose: ConsentPurpose,
  words: readonly LastWord[],
  { deniedOf }: Facts,
  cited: RecordSummary,
  isAnswer: boolean,
): boolean {
  const isBefore = (decidedAt: number, position: number): boolean =>
    cited.decidedAt < decidedAt || (cited.decidedAt === decidedAt && cited.position < position)
  const newest = newestAbout(purpose, words, deniedOf)
  if (newest?.state === 'denied' && (!isAnswer || isBefore(newest.decidedAt, newest.position))) return true
  // What cites a decision from before a denial was captured under the one that was taken back.
  return words.some((word) => word.purpose === purpose && word.deniedPosition > 0 && isBefore(word.deniedAt, word.deniedPosition))
}
