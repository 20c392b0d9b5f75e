import { allows, ConsentSnapshot, consentPurposes, type DecisionPurpose, type Purpose } from '@footfall/events'
import { type Claim, type PurposeSet, type States, setOf, type Voice } from '../consent/decision.ts'
import { readClock } from '../normalise/clock.ts'
import { type Fault, fault } from '../normalise/notes.ts'
import { readerOf, unreadable } from '../normalise/reader.ts'
import { type RegionRules, rulesOf } from '../privacy/region-rules.ts'

/** What the collector itself knows about a request, whatever its body says. */
export interface Circumstances {
  /** The browser's own opt-out signal, which no page can set. @see https://w3c.github.io/gpc/ */
  readonly hasGpc: boolean
  /** A server knows where its customer is, and answers for what it says about them. */
  readonly isServer: boolean
  readonly region: string | null
  readonly rules: RegionRules
}

/** The snapshot on an event as it was sent. One that cannot be read grants nothing. */
export function readConsent(value: unknown): ConsentSnapshot | null {
  const consent = readSnapshot(value)
  return consent === unreadable ? null : consent
}

const readSnapshot = readerOf(ConsentSnapshot)

/**
 * What of a snapshot counts, and is stored. No consent is needed only where the region's rule says so, and the opt-out signal denies
 * marketing and the sale of data whatever the snapshot says.
 */
export function effectiveConsent(consent: ConsentSnapshot | null, circumstances: Circumstances): ConsentSnapshot | null {
  if (consent === null) return null
  const changed: { -readonly [P in DecisionPurpose]?: 'unknown' | 'denied' } = {}
  for (const purpose of [...consentPurposes, 'sale_of_data'] as const) {
    if (consent[purpose] === 'not_required' && !isFree(purpose, circumstances)) changed[purpose] = 'unknown'
  }
  if (circumstances.hasGpc) changed.marketing = changed.sale_of_data = 'denied'
  return Object.keys(changed).length === 0 ? consent : { ...consent, ...changed }
}

const isFree = (purpose: DecisionPurpose, { isServer, region, rules }: Circumstances): boolean =>
  isServer || rulesOf(rules, region)[purpose] === 'opt_out'

/**
 * Checks the purpose that the catalogue names against the snapshot, as sent and as it counts. Fails closed: what is missing, unknown or
 * unreadable is not granted.
 */
export function checkConsent(sent: ConsentSnapshot | null, counting: ConsentSnapshot | null, purpose: Purpose): Fault | null {
  if (purpose === 'necessary' || allows(counting ?? undefined, purpose)) return null
  if (sent === null)
    return fault('consent_missing', `The event needs consent to ${purpose}, and has no consent snapshot that can be read`)
  if (!allows(sent, purpose)) {
    return fault('consent_missing', `The event needs consent to ${purpose}, which its consent snapshot does not grant`)
  }
  if (counting?.[purpose] === 'denied') {
    return fault('gpc', 'The browser asks not to be tracked for marketing (Global Privacy Control)')
  }
  return fault('consent_missing', `The event needs consent to ${purpose}, which is required where the visitor is, or may be`)
}

/** What may be kept of an event with this snapshot is for these purposes. */
export const allowedBy = (consent: ConsentSnapshot | null): PurposeSet =>
  setOf(consentPurposes.filter((purpose) => allows(consent ?? undefined, purpose)))

/** What the claims of one request have in common. */
interface ClaimContext {
  readonly voice: Voice
  readonly region: string | null
  readonly sentAt: number | null
  readonly receivedAt: number
}

/** Makes claims, the same object for snapshots that say the same: what a batch says fifty times is looked up and sent on once. */
export function createClaims(context: ClaimContext): (consent: ConsentSnapshot | null) => Claim | null {
  let latest: Claim | null = null
  let latestConsent: ConsentSnapshot | null = null
  return (consent) => {
    if (consent === null) return null
    if (latest !== null && consent === latestConsent) return latest
    latestConsent = consent
    const claim = claimOf(consent, context)
    if (latest === null || !isSame(latest, claim)) latest = claim
    return latest
  }
}

function claimOf(consent: ConsentSnapshot, { voice, region, ...clock }: ClaimContext): Claim {
  const { analytics, personalization, marketing, sale_of_data, record_id: recordId, version, source } = consent
  const states: States = {
    ...(analytics && { analytics }),
    ...(personalization && { personalization }),
    ...(marketing && { marketing }),
    ...(sale_of_data && { sale_of_data }),
  }
  return {
    recordId: recordId?.toWellFormed() || null,
    states,
    decidedAt: decidedAtOf(consent, clock),
    version: version?.toWellFormed() ?? null,
    source: source?.toWellFormed() ?? null,
    voice,
    region,
  }
}

/** Of the future is none: under a clock that was set back since, an old decision would be newer than its withdrawal. */
function decidedAtOf(
  { decided_at }: ConsentSnapshot,
  { sentAt, receivedAt }: Omit<ClaimContext, 'voice' | 'region'>,
): number | null {
  if (decided_at === undefined) return null
  const time = readClock({ occurredAt: decided_at, sentAt, receivedAt })
  if (time.status !== 'ok' || time.reason === 'clock_went_back' || time.reason === 'future_clamped') return null
  return Math.min(time.occurredAt, receivedAt)
}

const isSame = (one: Claim, other: Claim): boolean =>
  one.recordId === other.recordId &&
  one.decidedAt === other.decidedAt &&
  one.version === other.version &&
  one.source === other.source &&
  one.states.analytics === other.states.analytics &&
  one.states.personalization === other.states.personalization &&
  one.states.marketing === other.states.marketing &&
  one.states.sale_of_data === other.states.sale_of_data
