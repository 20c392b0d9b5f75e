import type { ConsentSnapshot, DropReason, Purpose } from '@footfall/events'
import * as limits from '@footfall/events/limits'
import { purposeOf } from '@footfall/events/purposes'
import { createPageView } from './capture/page.ts'
import { type Captured, capture, type Sealed, seal } from './capture/seal.ts'
import { asked, decide, undecided } from './consent/decide.ts'
import { gate } from './consent/gate.ts'
import { createDispatcher, type Drops } from './delivery/dispatcher.ts'
import { createError, type ErrorCode } from './errors.ts'
import { createIdentity, nobody } from './identity/identity.ts'
import { createListeners } from './listeners.ts'
import type { Decisions, Settings } from './options.ts'
import { onHide, onWake } from './platform/lifecycle.ts'
import { namesOf, onChange, read, write } from './platform/storage.ts'
import { uuid } from './platform/uuid.ts'
import { createIdbQueue } from './queue/idb-queue.ts'
import { createOutbox } from './queue/outbox.ts'
import type { ConsentStatus, Tracker } from './tracker.ts'

const nothing = () => {}

/** What a server gets: everything is there, nothing happens. */
export const inert: Tracker = {
  track: nothing,
  page: nothing,
  identify: nothing,
  reset: nothing,
  consent: () => ({ ...undecided }),
  flush: async () => {},
  stats: () => ({ held: 0, queued: 0, delivered: 0, dropped: {}, storage: 'memory' }),
  on: () => nothing,
}

/**
 * The last resort: IndexedDB cannot finish in the task that closes a tab, localStorage can, and some browsers close a tab without a word
 * to the page. What a task has captured stands here until IndexedDB has it. Each page writes a key of its own, so that tabs do not
 * overwrite each other; the next page brings the events into the queue.
 *
 * Also the sign that there is something to be sent, or still to be forgotten, of a visitor who has agreed to nothing.
 *
 * So many events at most: localStorage has room for some five million characters, and writing takes its time.
 */
const spoolSize = 500

/** Puts the stages together; the only place that knows them all. */
export function createFootfall(settings: Settings): Tracker {
  const installation = `footfall:${settings.writeKey}`
  const consentKey = `${installation}:consent`
  const droppedKey = `${installation}:dropped`
  const spoolPrefix = `footfall-spool:${settings.writeKey}:`
  const [on, tell] = createListeners()
  const pageView = createPageView()
  const identity = createIdentity(`${installation}:visitor`)
  const spoolKey = spoolPrefix + uuid()
  const dropped: Record<string, number> = {}
  let delivered = 0

  let consent: ConsentSnapshot = {}
  let held: Captured[] = []

  const fault = (code: ErrorCode, message: string, cause?: unknown) => tell('error', createError(code, message, cause))
  const unreported = () => (read(droppedKey) ?? {}) as Drops
  /** Keeps the account of what no receipt has confirmed; before a grant in memory. */
  const report = (drops: Drops, sign: number) => {
    const account: Record<string, number | undefined> = { ...unreported() }
    for (const reason in drops) {
      account[reason] = Math.max(0, (account[reason] ?? 0) + sign * (drops[reason] ?? 0)) || undefined
      write(droppedKey, account, !isKnown())
    }
  }
  const drop = (reason: DropReason, by: number) => {
    dropped[reason] = (dropped[reason] ?? 0) + by
    report({ [reason]: by }, 1)
    tell('drop', reason, by)
  }
  const isGranted = (purpose: Purpose) => gate(consent, purpose) === 'granted'
  // Without a context it is no event of ours: another version of the tracker may have left it.
  const isAllowed = (event: Sealed | null): unknown => event?.context && isGranted(event.purpose)
  const isKnown = () => asked.some(isGranted)
  const status = () => ({ ...undecided, ...consent }) as ConsentStatus // a snapshot never names a purpose without a state

  const outbox = createOutbox(
    createIdbQueue(installation),
    () => {
      spool()
      dispatcher.plan(settings.batchDelayMs ?? 300)
    },
    drop,
    (cause) => fault('storage_failed', 'indexeddb', cause),
  )
  // Another tab may have taken consent back: what is read at the very last calls the request back before it is made.
  const dispatcher = createDispatcher(
    settings,
    installation,
    outbox,
    unreported,
    (receipt, count, reported) => {
      delivered += count
      report(reported, -1)
      spool()
      tell('receipt', receipt)
    },
    isAllowed,
    () => readConsent(),
  )

  const spool = () => {
    const unsafe = outbox.unsafe().slice(0, spoolSize)
    write(spoolKey, unsafe[0] || (!isKnown() && outbox.size()) ? unsafe : undefined)
  }
  const unspool = (keys: readonly string[]) => {
    for (const key of keys) write(key)
    spool()
  }
  const flush = async () => {
    // A page that is prerendered has no visitor yet: nothing leaves until it is shown.
    if (document.prerendering) return
    const spools = namesOf(spoolPrefix)
    // Whatever stands there: nothing on the device may stop the tracker.
    for (const key of spools) (read(key) as Sealed[])?.filter?.(isAllowed).forEach(outbox.add)
    // Nothing is opened on the device of a visitor who has agreed to nothing.
    if (isKnown()) {
      // In the task in which their events were read, and stand in this page's own at its end: what another page writes next must stay.
      unspool(spools)
      await outbox.settled()
      await dispatcher.deliver()
    } else if (spools[0]) {
      await outbox.settled()
      await outbox.retain(isAllowed, true)
      await dispatcher.deliver()
      if (!outbox.size()) unspool(spools)
    }
  }

  const release = (captured: Captured) => {
    outbox.add(seal(captured, captured.who ?? (isKnown() ? identity.stamp(captured.at) : nobody), consent))
  }
  /** Lets go what was held for a purpose that is decided by now. */
  const releaseHeld = () => {
    if (document.prerendering) return
    const waiting = held
    held = []
    for (const captured of waiting) {
      const state = gate(consent, captured.purpose)
      if (state === 'granted') {
        if (performance.now() - captured.born > limits.maxHeldAgeMs) drop('held_too_long', 1)
        else release(captured)
      } else if (state === 'unknown' && settings.preConsent !== 'drop') held.push(captured)
    }
  }

  /** Makes a new state of consent true in this tab. `isHere` when it was decided here. */
  const apply = (next: ConsentSnapshot, isHere: boolean) => {
    const { record_id } = consent
    const isWithdrawal = asked.some((purpose) => isGranted(purpose) && next[purpose] !== 'granted')
    consent = next
    if (isWithdrawal) {
      dispatcher.abort()
      // By this consent, whatever is decided next: a grant that follows at once must not save what was taken back.
      void outbox.retain(({ purpose }) => gate(next, purpose) === 'granted', !isKnown())
      spool()
      write(droppedKey)
      // What is taken back is also forgotten: the next grant must not be linked to the visitor of before.
      reset()
      if (isHere) {
        // The record goes without an identity: it names the decision that was taken back, and that is all the collector needs.
        const properties = { purposes: decide(undecided, next), policy_version: next.version ?? 'none', record_id }
        release({ ...capture('consent_updated', 'necessary', properties, pageView), who: nobody })
      }
    }
    releaseHeld()
    tell('consent', status())
    void flush()
  }
  /** Takes over what another tab decided. A decision that has vanished from the device is none. */
  const readConsent = () => {
    const stored = (read(consentKey) ?? {}) as ConsentSnapshot // written below only
    if (stored.record_id !== consent.record_id) apply(stored, false)
  }
  const setConsent = (decisions: Decisions) => {
    readConsent()
    const decided = decide(consent, decisions)
    if (JSON.stringify(decided) === JSON.stringify(consent)) return
    decided.record_id = uuid()
    decided.version = settings.policyVersion?.toString()
    write(consentKey, decided)
    apply(decided, true)
  }

  const track = (name: string, properties?: unknown) => {
    const purpose = purposeOf(name)
    try {
      const captured = capture(name, purpose, properties, pageView)
      if (captured.event.length > limits.maxEventBytes) return drop('too_large', 1)
      held.push(captured)
    } catch (cause) {
      drop('unreadable', 1)
      throw cause
    }
    releaseHeld()
    if (held.length > limits.maxHeldEvents && held.shift()) drop('held_too_long', 1)
  }
  const reset = () => {
    identity.rotate()
    pageView.begin(pageView.current('').type)
    // What is still held was the old visitor's, and must not become the new one's.
    for (const captured of held) captured.who = nobody
  }

  const wake = () => {
    identity.load()
    readConsent()
    setConsent({ ...settings.consent, ...(consent as Decisions) }) // what was decided here wins
    releaseHeld()
    void flush()
  }
  onChange(installation, wake)
  onWake(wake)
  onHide((isLeaving) => {
    readConsent()
    identity.load()
    identity.save()
    // Touching localStorage costs more than all the rest of a page's end.
    if (outbox.unsafe()[0]) spool()
    void dispatcher.deliverLast(isLeaving)
  })

  const tracker: Tracker = {
    track,
    page(about) {
      pageView.begin(about?.type)
      track('page_viewed')
    },
    identify: identity.identify,
    reset,
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
  // Nothing of ours throws into the page, whatever it hands us: a call that fails does what it would do on a server.
  // As `flush`: any will do, they are called alike.
  for (const name of Object.keys(tracker) as 'flush'[]) {
    const method = tracker[name]
    tracker[name] = (...told) => {
      try {
        return method(...told)
      } catch (cause) {
        fault('bad_call', name, cause)
        return inert[name]()
      }
    }
  }
  return tracker
}
