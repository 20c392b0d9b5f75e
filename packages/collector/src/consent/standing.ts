import { type ConsentPurpose, consentPurposes, limits, type Purpose } from '@footfall/events'
import { type Fault, fault } from '../normalise/notes.ts'
import type { SubjectHash } from '../privacy/subject-hash.ts'
import { type Claim, hasPurpose } from './decision.ts'
import { inOrder } from './history.ts'
import type { Holding, LastWord, Ledger, LedgerTables, Receiving, RecordSummary } from './ledger.ts'

/** Whose event it is, what it claims, and what it is for. */
export interface Bearer {
  readonly anonymousId: string | null
  readonly userId: string | null
  readonly claim: Claim | null
  readonly purpose: Purpose
}

/** Why an event may not be kept, and whether its number may be: the visitor's id stands with it. */
export interface Refused {
  readonly because: Fault
  readonly keepsNumber: boolean
}

/** Whether an event may be kept, by what was decided until now. The last word before it is written. */
export interface Standing {
  /** To be called when a transaction begins, and after decisions were entered: what was found may not hold any more. */
  begin(): void
  /** Nothing where it may be kept; then the record that it cites is in the ledger. */
  check(project: string, bearer: Bearer, at: Receiving): Refused | null
  /** May the number of an event that is refused anyway be kept, with the visitor's id? */
  keepsNumber(project: string, bearer: Omit<Bearer, 'purpose'>, at: Receiving): boolean
}

interface Ports {
  readonly ledger: Ledger
  readonly tables: LedgerTables
  readonly hashOf: SubjectHash
}

export function createStanding({ ledger, tables, hashOf }: Ports): Standing {
  /** The events of a visit ask the same: each is looked up once in a transaction. */
  const known = new Map<Claim | null, Map<string, Reading>>()

  return {
    begin: () => known.clear(),
    check(project, bearer, at) {
      const { purpose, claim } = bearer
      if (purpose === 'necessary') return null
      const reading = read(project, bearer, at)
      const because = reading.refusals[purpose]
      if (because !== null) {
        return { because, keepsNumber: consentPurposes.some((other) => reading.refusals[other] === null) }
      }
      if (claim !== null && claim.recordId !== null && !reading.isProven) {
        ledger.cite(project, { ...claim, recordId: claim.recordId }, reading.subject, at)
        reading.isProven = true
      }
      return null
    },
    keepsNumber(project, bearer, at) {
      const { refusals } = read(project, bearer, at)
      return consentPurposes.some((purpose) => refusals[purpose] === null)
    },
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
      isDead: (other, purpose) => hasPurpose(tables.record(project, other)?.denied ?? 0, purpose),
    }
    const subject = device ?? person
    const proof = recordId === null ? null : tables.holding(project, recordId, subject ?? '')
    return {
      refusals: refusalsOf(claim, facts, receivedAt),
      subject,
      isProven: proof !== null && (proof.cited || proof.device || proof.person),
    }
  }
}

interface Reading {
  readonly refusals: Refusals
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
  isDead(recordId: string, purpose: ConsentPurpose): boolean
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
  const state = claim?.states[purpose]
  if (state !== 'granted' && state !== 'not_required') return missing
  const { record, words } = facts
  if (record !== null) {
    if (hasPurpose(record.denied, purpose)) return withdrawn
    if (record.isOwned && !facts.isOwn) return foreign
    if (record.isExplicit && state === 'granted' && !hasPurpose(record.granted, purpose)) return unproven
    if (receivedAt - record.receivedAt > limits.hardMaxConsentAgeMs) return expired
    if (record.validUntil !== null && receivedAt > record.validUntil) return expired
  }
  // Each for itself: what a stranger's device grants must not lift what a person denied.
  return isDenied(words.device, purpose, facts) || isDenied(words.person, purpose, facts) ? withdrawn : null
}

function isDenied(words: readonly LastWord[], purpose: ConsentPurpose, { record, isDead }: Facts): boolean {
  const own = words.filter((word) => word.purpose === purpose)
  const [newest] = inOrder(own)
  if (newest === undefined) return false
  if (newest.state === 'denied' || isDead(newest.recordId, purpose)) return true
  // Granted anew since: what cites a decision from before the denial was captured under the one that was taken back.
  return record !== null && own.some((word) => isBefore(record, word))
}

const isBefore = (record: RecordSummary, { deniedAt, deniedPosition }: LastWord): boolean =>
  deniedPosition > 0 && (record.decidedAt < deniedAt || (record.decidedAt === deniedAt && record.position < deniedPosition))
