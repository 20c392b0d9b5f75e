import { type Batch, type ConsentSnapshot, limits, type Purpose } from '@footfall/events'
import type { Project } from '../config.ts'
import { type Claim, type Decision, isAnonymous } from '../consent/decision.ts'
import { onlyAllowed } from '../consent/only-allowed.ts'
import { purposeOf } from '../consent/purposes.ts'
import type { Bearer } from '../consent/standing.ts'
import type { DayOf } from '../normalise/day.ts'
import { normaliseEvent } from '../normalise/event.ts'
import type { EventNameReading } from '../normalise/event-name.ts'
import { likenessOf } from '../normalise/likeness.ts'
import { createNotes, type Fault, fault, type Notes } from '../normalise/notes.ts'
import { normalisePage } from '../normalise/page.ts'
import type { Rates } from '../normalise/rates.ts'
import { redactEvent } from '../normalise/redact-event.ts'
import type { UserAgentReading } from '../normalise/user-agent.ts'
import { idConflict, keep, type RequestFacts } from '../quarantine/keep.ts'
import { type BelievedSource, believedSource } from '../registry/believed-source.ts'
import type { Registry } from '../registry/registry.ts'
import { resolveName } from '../registry/resolve-name.ts'
import { datesOf, moneyOf } from '../registry/source.ts'
import { unaliased } from '../reprocess/unaliased.ts'
import type { Arrival } from '../sinks/arrival.ts'
import type { EventRecord, SinkRecord } from '../sinks/sink.ts'
import { allowedBy, type Circumstances, checkConsent, effectiveConsent, readConsent } from './check-consent.ts'
import { readDecision, withGpc } from './read-decision.ts'
import { readTime } from './read-time.ts'
import { spokenFor } from './spoken-for.ts'
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
  /** What is known about the project's sources and its own names. One for the whole request, however it changes meanwhile. */
  readonly registry: Registry
  /** Are its events rows of a file? Then nothing is said about when they happened but in them. */
  readonly isFileImport: boolean
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

/**
 * Decides about one event, whatever it is. Consent comes before everything else that keeps a trace: of an event without it, nothing
 * stays but a count.
 *
 * @param notes what was noticed before, of an event that is judged again: what was taken out of it then is not there to be noticed
 */
export function judge(sent: unknown, shared: RawEvent | undefined, sender: RequestContext, notes: Notes = createNotes()): Judged {
  if (!isRawEvent(sent)) return rejection(null, null, fault('not_an_event', 'The event is not an object'), '', null)
  const { event, ip, device } = spokenFor(shared === undefined ? sent : { ...shared, ...sent }, sender, notes)
  const request = ip === sender.ip && device === sender.device ? sender : { ...sender, ip, device }
  const whole = withTextIds(event, notes)
  const id = shortText(whole.id)
  const name = shortText(whole.name)
  const source = believedSource(whole.source, request.registry, request.isServer)
  const countedSource = source.counted
  const resolved = resolve(whole.name, request.registry)
  const purpose = purposeOf(resolved.name)
  const sentConsent = readConsent(whole.consent)
  const consent = effectiveConsent(sentConsent, request)
  const claim = request.claimOf(consent)
  const allowed = allowedBy(consent)

  const refused = checkConsent(sentConsent, consent, purpose)
  if (refused !== null) {
    const arrival = allowed === 0 ? null : arrivalIn(whole, request)
    return rejection(id, name, refused, countedSource, arrival, arrival && bearerOf(whole, claim, purpose))
  }
  // Before anything can keep a copy of it: the quarantine keeps events as sent, repairs what stood in a field.
  const kept = onlyAllowed(whole, { name: resolved.name, isServer: request.isServer, allowed, consent }, notes)
  const raw = redactEvent(kept, notes)
  const noted = { repairs: notes.repairs.length, flags: notes.flags.size }
  const read = readEvent(raw, { resolved, source, consent }, request, notes)
  const time = read.kind === 'event' ? read.occurredAt : null
  const decision = resolved.name === 'consent_updated' ? readDecision(whole, consent, time, decisionContext(request)) : null
  const bearer = bearerOf(raw, claim, purpose)
  const quarantined = (reason: Fault): SinkRecord => {
    const context = { ...contextOf(request), noted: firstOf(notes, noted), is_decision_told: isTold(decision) }
    return keep(raw, reason, context, arrivalIn(raw, request), { bearer, decision, countedSource })
  }
  const onConflict = (): SinkRecord => quarantined(idConflict)
  if (read.kind === 'fault') return { id, originalName: name, record: quarantined(read), fault: read, onConflict }
  return { id, originalName: name, record: { ...read, claim, decision, countedSource }, fault: null, onConflict }
}

/** What was noted before the event was read. */
const firstOf = ({ repairs, flags }: Notes, count: { readonly repairs: number; readonly flags: number }) => ({
  repairs: repairs.slice(0, count.repairs),
  flags: [...flags].slice(0, count.flags),
})

/** The ledger has a decision even if its event is kept aside. An anonymous answer is counted with its event. */
const isTold = (decision: Decision | null): boolean => decision !== null && !isAnonymous(decision)

function rejection(
  id: string | null,
  originalName: string | null,
  reason: Fault,
  countedSource: string,
  arrival: Arrival | null,
  bearer: Bearer | null = null,
): Judged {
  const record: SinkRecord = { kind: 'rejected', code: reason.code, arrival, bearer, countedSource }
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

const resolve = (name: unknown, registry: Registry): EventNameReading =>
  resolveName(typeof name === 'string' && name.length <= limits.maxNameLength ? name : '', registry)

/** What is known about an event before it is read. */
interface Known {
  readonly resolved: EventNameReading
  readonly source: BelievedSource
  readonly consent: ConsentSnapshot | null
}

/** Everything that can be wrong with an event that may be kept. */
function readEvent(
  raw: RawEvent,
  { resolved, source, consent }: Known,
  request: RequestContext,
  notes: Notes,
): Omit<EventRecord, 'claim' | 'decision' | 'countedSource'> | Fault {
  const tooMuch = checkCaps(raw, request.mayBeTooLarge)
  if (tooMuch !== null) return tooMuch
  const valid = validate(raw, notes)
  if (valid.kind === 'fault') return valid
  const { envelope } = valid
  const dates = datesOf(source.registered)
  const isFileImport = request.isFileImport || source.registered?.transport === 'file'
  const time = readTime(envelope, { ...clocksOf(request), isFileImport }, notes, dates)
  if ('kind' in time) return time
  const page = normalisePage(envelope.page, resolved.name, hasPageType(raw), notes)
  if (page !== null && 'kind' in page) return page
  const { project, device, dayOf, rates } = request
  const channel = channelOf(envelope, resolved.name, source, request, notes)
  const named = sourceIn(envelope, source, notes)
  const beforeAlias = unaliased(envelope.properties, resolved, consent, notes)
  // The last that notes anything: what depends on the event's name stands behind all that does not.
  const normal = normaliseEvent(
    envelope,
    resolved,
    {
      time,
      device,
      baseCurrency: project.baseCurrency,
      rates,
      dayOf,
      dates,
      money: moneyOf(source.registered, project.baseCurrency),
    },
    notes,
  )
  if ('kind' in normal) return normal
  const { anonymous_id: anonymousId = null, user_id: userId = null, session = null } = envelope
  const who = { anonymousId, userId, session }
  return {
    kind: 'event',
    id: envelope.id.toLowerCase(),
    contentHash: normal.contentHash,
    name: normal.name,
    originalName: normal.originalName,
    occurredAt: time.occurredAt,
    day: normal.day,
    occurredAtDevice: envelope.occurred_at ?? null,
    timeCorrection: time.reason,
    clockSkewMs: time.skewMs,
    seq: envelope.seq ?? null,
    ...who,
    traits: envelope.traits ?? null,
    page,
    consent,
    properties: normal.name === 'consent_updated' ? statedUnder(request, normal.properties) : normal.properties,
    money: normal.money,
    valuePath: normal.valuePath,
    channel,
    source: named,
    isServer: request.isServer,
    ip: request.ip,
    device: { type: device.device, browser: device.browser, os: device.os, inApp: device.inApp },
    bot: device.bot,
    naturalKey: normal.naturalKey,
    likeness: likenessOf({ ...normal, ...who, page, bot: device.bot }),
    repairs: notes.repairs,
    flags: [...notes.flags],
    ...(beforeAlias !== null && { beforeAlias }),
  }
}

const hasPageType = ({ page }: RawEvent): boolean => isRawEvent(page) && typeof page.type === 'string'

/** Under the opt-out signal nobody's decision is stored as a grant of marketing. */
function statedUnder({ hasGpc }: RequestContext, properties: Readonly<Record<string, unknown>>): object {
  const { purposes } = properties
  return hasGpc && isRawEvent(purposes) ? { ...properties, purposes: withGpc(purposes, hasGpc, {}).states } : properties
}

const clocksOf = ({ receivedAt, sentAt, isServer }: RequestContext) => ({ receivedAt, sentAt, isServer })

/** Only a server is believed about the channel; anybody else's is that of the registered source, or else the web. */
function channelOf(
  { channel }: ValidEnvelope,
  name: string,
  { registered }: BelievedSource,
  { isServer }: RequestContext,
  notes: Notes,
): string | null {
  if (isServer) return channel ?? registered?.channel ?? null
  // Its picture is loaded with the public key, and from no page.
  const allowed = registered?.channel ?? (name === 'email_opened' ? 'email' : 'web')
  if (channel !== null && channel !== undefined && channel !== allowed) notes.flags.add('channel_not_allowed')
  return allowed
}

/** A page that names a source of servers would move that source's figures. */
function sourceIn({ source }: ValidEnvelope, { isAllowed }: BelievedSource, notes: Notes): string | null {
  if (isAllowed) return source ?? null
  notes.flags.add('source_not_allowed')
  notes.repairs.push({ field: 'source', from: source, to: null, rule: 'SR-TRANSPORT' })
  return null
}

const contextOf = ({
  receivedAt,
  sentAt,
  isServer,
  isFileImport,
  hasGpc,
  region,
  ip,
  device,
  tracker,
}: RequestContext): RequestFacts => ({
  received_at: new Date(receivedAt).toISOString(),
  sent_at: sentAt,
  is_server: isServer,
  is_file_import: isFileImport,
  gpc: hasGpc,
  region,
  ip,
  device: { type: device.device, browser: device.browser, os: device.os, in_app: device.inApp },
  bot: device.bot,
  tracker: tracker ?? null,
})
