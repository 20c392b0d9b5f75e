import type { ConsentSnapshot, DropReason, Purpose } from '@footfall/events'
import * as limits from '@footfall/events/limits'
import { consentPurposes, purposeOf } from '@footfall/events/purposes'
import { createPageView } from './capture/page.ts'
import { type Captured, captureEvent, type Sealed, seal } from './capture/seal.ts'
import { decide } from './consent/decide.ts'
import { gate } from './consent/gate.ts'
import { createDispatcher } from './delivery/dispatcher.ts'
import { encodeBatch } from './delivery/encode-batch.ts'
import { type Outcome, send } from './delivery/transport.ts'
import { type ErrorCode, FootfallError } from './errors.ts'
import { createIdentity, nobody } from './identity/identity.ts'
import { createListeners } from './listeners.ts'
import type { Decisions, Settings } from './options.ts'
import { isPrerendering, onHide, onShown, onWake } from './platform/lifecycle.ts'
import { exclusively } from './platform/locks.ts'
import { createStorage } from './platform/storage.ts'
import { createUuid } from './platform/uuid.ts'
import { createIdbQueue } from './queue/idb-queue.ts'
import { createOutbox } from './queue/outbox.ts'
import { createSpool } from './queue/spool.ts'
import type { ConsentStatus, Tracker } from './tracker.ts'
import { version } from './version.ts'

/** When and where an early call was made, before this script had loaded. */
export interface Moment {
  /** Milliseconds since 1970 UTC, by the page's clock. */
  readonly at: number
  readonly url: string
}

/** The tracker with the one door that the script tag needs and a page does not. */
export interface ReplayableTracker extends Tracker {
  capture(name: string, properties?: unknown, moment?: Moment): void
}

type Drops = Record<string, number>

const consentKey = 'consent'

/** Consent before any decision. */
export const undecided: ConsentStatus = { analytics: 'unknown', personalization: 'unknown', marketing: 'unknown' }

/** Puts the stages together; the only place that knows them all. */
export function createFootfall(settings: Settings): ReplayableTracker {
  const installation = `footfall:${settings.writeKey}`
  const uuid = createUuid()
  const storage = createStorage(`${installation}:`)
  const { on, tell } = createListeners()
  const pageView = createPageView(uuid)
  const identity = createIdentity(storage, uuid)
  const spool = createSpool(storage, uuid())

  let consent: ConsentSnapshot = {}
  let held: Captured[] = []
  let delivered = 0
  const dropped: Drops = {}
  /** Drops that no receipt has confirmed yet. */
  const unreported: Drops = {}
  let abort = new AbortController()

  const fault = (code: ErrorCode, message: string, cause?: unknown) => tell('error', new FootfallError(code, message, cause))
  const drop = (reason: DropReason, count: number) => {
    for (const counts of [dropped, unreported]) counts[reason] = (counts[reason] ?? 0) + count
    tell('drop', reason, count)
  }
  const isGranted = (purpose: Purpose) => gate(consent, purpose) === 'granted'
  const isAllowed = (event: Pick<Captured, 'purpose'>) => isGranted(event.purpose)
  const isKnown = () => consentPurposes.some(isGranted)

  const outbox = createOutbox(
    createIdbQueue(installation),
    async () => {
      if (!outbox.unsafe()[0]) spool.write([])
      const excess = outbox.size() - limits.maxQueueEvents
      if (excess > 0) {
        drop('queue_full', excess)
        await outbox.remove(await outbox.peek(excess))
      }
      dispatcher.plan(settings.batchDelayMs)
    },
    (cause) => fault('storage_failed', 'IndexedDB failed: waiting in memory', cause),
  )

  const attempt = async (events: readonly Sealed[], isLast: boolean): Promise<Outcome> => {
    readConsent() // once more at the very last: another tab may have taken it back
    if (!events.every(isAllowed)) return { afterMs: 0 }
    const frame = { write_key: settings.writeKey, tracker: { name: '@footfall/browser', version }, dropped: { ...unreported } }
    const outcome = await send(settings.endpoint, encodeBatch(frame, events), events.length, isLast, abort.signal)
    if ('refused' in outcome) fault('batch_refused', `HTTP ${outcome.refused}: check writeKey and origins`)
    if ('receipt' in outcome) {
      // Only what was reported is settled: more may have been dropped while the request was on its way.
      for (const [reason, count] of Object.entries(frame.dropped)) unreported[reason] = (unreported[reason] ?? 0) - count
      delivered += events.length - outcome.receipt.retry.length
      tell('receipt', outcome.receipt)
    }
    return outcome
  }
  const dispatcher = createDispatcher(outbox, attempt, (work) => exclusively(installation, work), isAllowed, drop)

  /** Nothing is opened on the device of a visitor who has agreed to nothing. */
  const flush = async () => {
    await outbox.settled()
    if (outbox.size() || isKnown()) await dispatcher.deliver()
  }
  const restore = () => spool.hand((events) => outbox.restore(events.filter(isAllowed)))

  const release = (captured: Captured) => outbox.add(seal(captured, isKnown() ? identity.stamp(captured.at) : nobody, consent))
  /** Lets go what was held for a purpose that is decided by now. */
  const releaseHeld = () => {
    const waiting = held
    held = waiting.filter(({ purpose }) => gate(consent, purpose) === 'unknown')
    const oldest = Date.now() - limits.maxHeldAgeMs
    for (const captured of waiting) {
      if (!isAllowed(captured)) continue
      if (captured.at < oldest) drop('held_too_long', 1)
      else release(captured)
    }
  }

  /** Makes a new state of consent true in this tab; answers whether something was taken back. */
  const apply = async (next: ConsentSnapshot) => {
    const before = consentPurposes.filter(isGranted)
    consent = next
    releaseHeld()
    tell('consent', consent)
    if (before.every(isGranted)) return false
    abort.abort()
    abort = new AbortController()
    spool.write([])
    await restore()
    await outbox.retain(isAllowed)
    return true
  }
  /** Takes over what another tab decided. A decision that has vanished from the device is none. */
  const readConsent = () => {
    const stored = (storage.read(consentKey) ?? {}) as ConsentSnapshot // written below only
    if (stored.record_id !== consent.record_id) void apply(stored)
  }

  const status = () => ({ ...undecided, ...consent }) as ConsentStatus // a snapshot never names a purpose without a state
  const setConsent = async (decisions: Decisions) => {
    const { record_id } = consent
    const decided = decide(consent, decisions, uuid(), settings.policyVersion)
    if (decided === consent) return
    storage.write(consentKey, decided)
    // What is taken back is also forgotten: the next grant must not be linked to the visitor of before.
    if (consentPurposes.some((purpose) => isGranted(purpose) && decided[purpose] !== 'granted')) identity.rotate()
    // The record goes without an identity: it names the decision that was taken back, and that is all the collector needs.
    if (await apply(decided)) capture('consent_updated', { purposes: consent, policy_version: consent.version ?? 'none', record_id })
    await flush()
  }

  const capture = (name: string, properties?: unknown, moment?: Moment) => {
    const purpose = purposeOf(name)
    const passage = isPrerendering() ? 'unknown' : gate(consent, purpose)
    if (passage === 'denied' || (passage === 'unknown' && settings.preConsent === 'drop')) return
    let captured: Captured
    try {
      const page = pageView.current()
      captured = captureEvent(uuid(), name, purpose, properties, moment ? { ...page, url: moment.url } : page, moment?.at ?? Date.now())
    } catch (cause) {
      drop('unreadable', 1)
      return fault('bad_properties', `${name}: properties are no JSON`, cause)
    }
    if (captured.event.length > limits.maxEventBytes) drop('too_large', 1)
    else if (passage === 'granted') release(captured)
    else if (held.push(captured) > limits.maxHeldEvents) {
      held.shift()
      drop('held_too_long', 1)
    }
  }

  storage.onChange(consentKey, readConsent)
  onWake(flush)
  onHide(() => {
    if (isKnown()) identity.save()
    // A page without consent has just the record of a withdrawal to save, and no queue that the next page would open.
    spool.write(isKnown() ? outbox.unsafe() : outbox.own())
    void dispatcher.deliverLast()
  })
  // A page that is prerendered has no visitor yet: what it captured waits, and nothing leaves, until it is shown.
  onShown(async () => {
    readConsent()
    void setConsent({ ...settings.consent, ...consent } as Decisions) // what was decided here wins
    releaseHeld()
    await restore()
    await flush()
  })

  return {
    capture,
    track: capture,
    page(about) {
      pageView.begin(about?.type)
      capture('page_viewed')
    },
    identify: identity.identify,
    reset: identity.rotate,
    consent(decisions?: Decisions) {
      if (decisions) void setConsent(decisions)
      return status()
    },
    flush,
    stats: () => ({
      held: held.length,
      queued: outbox.size(),
      delivered,
      dropped: { ...dropped },
      storage: outbox.isDurable() ? 'indexeddb' : 'memory',
    }),
    on,
  }
}
