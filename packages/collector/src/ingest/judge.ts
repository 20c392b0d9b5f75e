import { type Batch, type ConsentSnapshot, catalogue, limits, type Purpose, purposeOf } from '@footfall/events'
import type { Project } from '../config.ts'
import type { Claim } from '../consent/decision.ts'
import { onlyAllowed } from '../consent/only-allowed.ts'
import type { Bearer } from '../consent/standing.ts'
import type { DayOf } from '../normalise/day.ts'
import { normaliseEvent } from '../normalise/event.ts'
import { type EventNameReading, resolveEventName } from '../normalise/event-name.ts'
import { createNotes, type Fault, fault, type Notes } from '../normalise/notes.ts'
import { normalisePage } from '../normalise/page.ts'
import type { Rates } from '../normalise/rates.ts'
import { redactEvent } from '../normalise/redact-event.ts'
import type { UserAgentReading } from '../normalise/user-agent.ts'
import { keep, type QuarantineContext } from '../quarantine/keep.ts'
import type { Arrival } from '../sinks/arrival.ts'
import type { EventRecord, SinkRecord } from '../sinks/sink.ts'
import { allowedBy, type Circumstances, checkConsent, effectiveConsent, readConsent } from './check-consent.ts'
import { readDecision, withGpc } from './read-decision.ts'
import { readTime } from './read-time.ts'
import { checkCaps, isRawEvent, type RawEvent, type ValidEnvelope, validate, withTextIds } from './validate.ts'

/** What all events of one request have in common. */
export interface RequestContext extends Circumstances {
  readonly project: Project
  readonly receivedAt: number
  readonly sentAt: number | null
  /** Truncated. */
  readonly ip: string | null
  readonly device: UserAgentReading
  readonly claimOf: (consent: ConsentSnapshot | null) => Claim | null
  readonly tracker: Batch['tracker']
  readonly dayOf: DayOf
  /** `null`: none are known. */
  readonly rates: Rates | null
  /** Is the whole request larger than one event may be? */
  readonly mayBeTooLarge: boolean
}

/** What is to become of one event, and what a receipt says about it. */
export interface Judged {
  /** As sent; `null` where there was none to read. */
  readonly id: string | null
  readonly originalName: string | null
  readonly record: SinkRecord
  readonly fault: Fault | null
  /** Makes the quarantine record should another event turn out to have this id. */
  readonly onConflict: () => SinkRecord
}

export const idConflict = fault('id_conflict', 'Another event with this id and other content was received first')

/**
 * Decides about one event, whatever it is. Consent comes before everything else that keeps a trace: of an event without it, nothing
 * stays but a count.
 */
export function judge(sent: unknown, shared: RawEvent | undefined, request: RequestContext): Judged {
  if (!isRawEvent(sent)) return rejection(null, null, fault('not_an_event', 'The event is not an object'), null)
  const notes = createNotes()
  const whole = withTextIds(shared === undefined ? sent : { ...shared, ...sent }, notes)
  const id = shortText(whole.id)
  const name = shortText(whole.name)
  const resolved = resolve(whole.name)
  const purpose = purposeOf(resolved.name)
  const sentConsent = readConsent(whole.consent)
  const consent = effectiveConsent(sentConsent, request)
  const claim = request.claimOf(consent)
  const allowed = allowedBy(consent)

  const refused = checkConsent(sentConsent, consent, purpose) ?? checkDerived(resolved)
  if (refused !== null) {
    const arrival = allowed === 0 ? null : arrivalIn(whole, request)
    return rejection(id, name, refused, arrival, arrival && bearerOf(whole, claim, purpose))
  }
  // Before anything can keep a copy of it: the quarantine keeps events as sent, repairs what stood in a field.
  const kept = onlyAllowed(whole, { name: resolved.name, isServer: request.isServer, allowed, consent }, notes)
  const raw = redactEvent(kept, notes)
  const read = readEvent(raw, resolved, consent, request, notes)
  const time = read.kind === 'event' ? read.occurredAt : null
  const decision = resolved.name === 'consent_updated' ? readDecision(whole, consent, time, decisionContext(request)) : null
  const bearer = bearerOf(raw, claim, purpose)
  const quarantined = (reason: Fault): SinkRecord =>
    keep(raw, reason, contextOf(request), arrivalIn(raw, request), { bearer, decision })
  const onConflict = (): SinkRecord => quarantined(idConflict)
  if (read.kind === 'fault') return { id, originalName: name, record: quarantined(read), fault: read, onConflict }
  return { id, originalName: name, record: { ...read, claim, decision }, fault: null, onConflict }
}

function rejection(
  id: string | null,
  originalName: string | null,
  reason: Fault,
  arrival: Arrival | null,
  bearer: Bearer | null = null,
): Judged {
  const record: SinkRecord = { kind: 'rejected', code: reason.code, arrival, bearer }
  return { id, originalName, record, fault: reason, onConflict: () => record }
}

const bearerOf = ({ anonymous_id, user_id }: RawEvent, claim: Claim | null, purpose: Purpose): Bearer => ({
  anonymousId: shortText(anonymous_id) || null,
  userId: shortText(user_id) || null,
  claim,
  purpose,
})

const decisionContext = ({ isServer, receivedAt, region, device, hasGpc }: RequestContext) =>
  ({ voice: isServer ? 'person' : 'device', receivedAt, region, device: device.device, hasGpc }) as const

/** The number of an event that is not stored: it has arrived all the same. */
function arrivalIn({ anonymous_id, seq }: RawEvent, { receivedAt, dayOf, device }: RequestContext): Arrival | null {
  const anonymousId = shortText(anonymous_id)
  if (anonymousId === null || anonymousId === '' || !isSeq(seq)) return null
  return { anonymousId, seq, at: receivedAt, day: dayOf(receivedAt), browser: device.browser }
}

const isSeq = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1

const shortText = (value: unknown): string | null =>
  typeof value === 'string' && value.length <= limits.maxIdLength ? value.toWellFormed() : null

const resolve = (name: unknown): EventNameReading =>
  resolveEventName(typeof name === 'string' && name.length <= limits.maxNameLength ? name : '')

const checkDerived = ({ name }: EventNameReading): Fault | null =>
  catalogue.get(name)?.derived === true
    ? fault('derived_event', `${name} is made by the collector from other events and cannot be sent`)
    : null

/** Everything that can be wrong with an event that may be kept. */
function readEvent(
  raw: RawEvent,
  resolved: EventNameReading,
  consent: ConsentSnapshot | null,
  request: RequestContext,
  notes: Notes,
): Omit<EventRecord, 'claim' | 'decision'> | Fault {
  const tooMuch = checkCaps(raw, request.mayBeTooLarge)
  if (tooMuch !== null) return tooMuch
  const valid = validate(raw, notes)
  if (valid.kind === 'fault') return valid
  const { envelope } = valid
  const time = readTime(envelope, request, notes)
  if ('kind' in time) return time
  const page = normalisePage(envelope.page, resolved.name, hasPageType(raw), notes)
  if (page !== null && 'kind' in page) return page
  const { project, device, dayOf, rates } = request
  const normal = normaliseEvent(
    { ...envelope, properties: envelope.properties },
    resolved,
    { time, device, baseCurrency: project.baseCurrency, rates, dayOf },
    notes,
  )
  if ('kind' in normal) return normal
  const channel = channelOf(envelope, request, notes)
  return {
    kind: 'event',
    id: envelope.id.toLowerCase(),
    contentHash: normal.contentHash,
    name: normal.name.toWellFormed(),
    originalName: normal.originalName.toWellFormed(),
    occurredAt: time.occurredAt,
    day: normal.day,
    occurredAtDevice: envelope.occurred_at ?? null,
    timeCorrection: time.reason,
    clockSkewMs: time.skewMs,
    seq: envelope.seq ?? null,
    anonymousId: wellFormed(envelope.anonymous_id),
    userId: wellFormed(envelope.user_id),
    traits: envelope.traits ?? null,
    session: sessionOf(envelope),
    page,
    consent,
    properties: normal.name === 'consent_updated' ? statedUnder(request, normal.properties) : normal.properties,
    money: normal.money,
    valuePath: normal.valuePath,
    channel,
    source: wellFormed(envelope.source),
    ip: request.ip,
    device: { type: device.device, browser: device.browser, os: device.os, inApp: device.inApp },
    bot: device.bot,
    naturalKey: normal.naturalKey,
    repairs: notes.repairs,
    flags: [...notes.flags],
  }
}

const wellFormed = (text: string | null | undefined): string | null => text?.toWellFormed() ?? null

const hasPageType = ({ page }: RawEvent): boolean => isRawEvent(page) && typeof page.type === 'string'

const sessionOf = ({ session }: ValidEnvelope): EventRecord['session'] =>
  session === null || session === undefined ? null : { ...session, id: session.id.toWellFormed() }

/** Under the opt-out signal nobody's decision is stored as a grant of marketing. */
function statedUnder({ hasGpc }: RequestContext, properties: Readonly<Record<string, unknown>>): object {
  const { purposes } = properties
  return hasGpc && isRawEvent(purposes) ? { ...properties, purposes: withGpc(purposes, hasGpc, {}).states } : properties
}

/** Only a server is believed about the channel; a page is the web. */
function channelOf({ channel }: ValidEnvelope, { isServer }: RequestContext, notes: Notes): string | null {
  if (isServer) return wellFormed(channel)
  if (channel !== null && channel !== undefined && channel !== 'web') notes.flags.add('channel_not_allowed')
  return 'web'
}

const contextOf = ({ receivedAt, sentAt, isServer, hasGpc, ip, device, tracker }: RequestContext): QuarantineContext => ({
  received_at: new Date(receivedAt).toISOString(),
  sent_at: sentAt,
  is_server: isServer,
  gpc: hasGpc,
  ip,
  device: { type: device.device, browser: device.browser, os: device.os, in_app: device.inApp },
  bot: device.bot,
  tracker: tracker ?? null,
})
