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

const count = (drops: Drops, reason: string, by: number) => {
  drops[reason] = (drops[reason] ?? 0) + by
}

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
  const drop = (reason: DropReason, by: number) => {
    count(dropped, reason, by)
    count(unreported, reason, by)
    tell('drop', reason, by)
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
    const ids = events.map(({ id }) => id)
    if (!events.every(isAllowed)) return { retry: ids }
    const reported = { ...unreported }
    const frame = { write_key: settings.writeKey, tracker: { name: '@footfall/browser', version }, dropped: reported }
    const outcome = await send(settings.endpoint, ids, encodeBatch(frame, events), isLast, abort.signal)
    const { receipt, refused } = outcome
    if (refused) fault('batch_refused', `HTTP ${refused}: check writeKey and origins`)
    if (receipt) {
      // More may have been dropped while the request was on its way.
      for (const reason in reported) count(unreported, reason, -(reported[reason] ?? 0))
      delivered += ids.length - receipt.retry.length
      tell('receipt', receipt)
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

  /** Makes a new state of consent true in this tab. `isHere` when it was decided here. */
  const apply = async (next: ConsentSnapshot, isHere: boolean) => {
    const before = consent
    const isWithdrawal = consentPurposes.some((purpose) => isGranted(purpose) && next[purpose] !== 'granted')
    consent = next
    // What is taken back is also forgotten: the next grant must not be linked to the visitor of before.
    if (isWithdrawal && isHere) identity.rotate()
    releaseHeld()
    tell('consent', consent)
    if (isWithdrawal) {
      abort.abort()
      abort = new AbortController()
      spool.write([])
      await restore()
      await outbox.retain(isAllowed)
      // The record goes without an identity: it names the decision that was taken back, and that is all the collector needs.
      if (isHere) {
        const { record_id, version: policy_version = 'none', ...purposes } = { ...undecided, ...before, ...next }
        capture('consent_updated', { purposes, policy_version, record_id: before.record_id })
      }
    }
    await flush()
  }
  /** Takes over what another tab decided. A decision that has vanished from the device is none. */
  const readConsent = () => {
    const stored = (storage.read(consentKey) ?? {}) as ConsentSnapshot // written below only
    if (stored.record_id !== consent.record_id) void apply(stored, false)
  }
  const setConsent = (decisions: Decisions) => {
    const decided = decide(consent, decisions, uuid(), settings.policyVersion)
    if (decided === consent) return
    storage.write(consentKey, decided)
    void apply(decided, true)
  }
  const status = () => ({ ...undecided, ...consent }) as ConsentStatus // a snapshot never names a purpose without a state

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
    setConsent({ ...settings.consent, ...consent } as Decisions) // what was decided here wins
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
      if (decisions) setConsent(decisions)
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
