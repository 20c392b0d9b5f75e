import type { ConsentPurpose, ConsentSnapshot, DropReason, Purpose } from '@footfall/events'
import * as limits from '@footfall/events/limits'
import { allows } from '@footfall/events/purposes'
import { createPageView } from './capture/page.ts'
import { type Captured, capture, createSeal, type Sealed, withoutMarketing } from './capture/seal.ts'
import { asked, decide, undecided } from './consent/decide.ts'
import { optedOut, type Reason, standing } from './consent/standing.ts'
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
import type { AboutDecision, ConsentStatus, Tracker } from './tracker.ts'

const nothing = () => {}

/** What a server gets: everything is there, nothing happens. */
export const inert: Tracker = {
  track: nothing,
  page: nothing,
  identify: nothing,
  reset: nothing,
  consent: () => ({ ...undecided, reason: 'undecided' }),
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
  /** Of the next decision. Made in advance: ids sort by time, and its record is to be sent before all that is held for it. */
  let recordId = uuid()
  const dropped: Record<string, number> = {}
  let delivered = 0

  /** What the visitor decided and what still holds of it, what counts, and why. */
  let decided: ConsentSnapshot = {}
  let consent: ConsentSnapshot = read(consentKey)
  let reason: Reason
  let held: Captured[] = []
  const seal = createSeal()
  const gpc = navigator.globalPrivacyControl
  let channel: BroadcastChannel | undefined

  const fault = (code: ErrorCode, message: string, cause?: unknown) => tell('error', createError(code, message, cause))
  const unreported = () => read(droppedKey) as Drops
  const latest = (): ConsentSnapshot => read(consentKey) // written below only
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
  const isGranted = (purpose: Purpose) => allows(consent, purpose)
  // Without a context it is no event of ours: another version of the tracker may have left it.
  const isAllowed = (event: Sealed | null): unknown => event?.context && allows(consent, event.purpose)
  const isKnown = () => asked.some(isGranted)
  // A snapshot never names a purpose without a state.
  const status = () => ({ ...undecided, ...consent, gpc, reason }) as ConsentStatus

  /** Notes what the end of the page would lose, and sees to it that it leaves. */
  const look = () => {
    spool()
    dispatcher.plan(settings.batchDelayMs ?? 300)
  }
  const outbox = createOutbox(createIdbQueue(installation), look, drop, (cause) => fault('storage_failed', 'indexeddb', cause))
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
    (json) => withoutMarketing(json, consent),
    () => readConsent(),
  )

  const spool = () => {
    const unsafe = outbox.unsafe().slice(0, spoolSize)
    write(spoolKey, unsafe[0] || (outbox.size() && !isKnown()) ? unsafe : undefined)
  }
  const flush = async () => {
    // A page that is prerendered has no visitor yet: nothing leaves until it is shown.
    if (document.prerendering) return
    const spools = namesOf(spoolPrefix)
    for (const key of spools) {
      // Whatever stands there: nothing on the device may stop the tracker. What is not allowed now must not come back with the next grant.
      ;(read(key) as Sealed[]).filter?.(isAllowed).forEach(outbox.add)
      // In the task in which it was read, and stands in this page's own at its end.
      write(key)
    }
    // Nothing is opened on the device of a visitor who has agreed to nothing.
    if (isKnown()) {
      spool()
      await outbox.settled()
      await dispatcher.deliver()
    } else if (spools[0] && !latest().record_id) {
      // Nor is it touched if another tab was granted consent to another text.
      write(spoolKey, outbox.unsafe())
      await outbox.settled()
      await dispatcher.deliver()
      // After it, to see what another tab has delivered meanwhile; once more soon, for what it is delivering just now.
      await outbox.retain(isAllowed, !isKnown())
      look()
    }
  }

  /** Lets go what was held for a purpose that is decided by now. */
  const releaseHeld = () => {
    if (document.prerendering) return
    const waiting = held
    held = []
    for (const captured of waiting) {
      if (isGranted(captured.purpose)) {
        if (performance.now() - captured.born > limits.maxHeldAgeMs) drop('held_too_long', 1)
        else outbox.add(seal(captured, captured.who ?? (isKnown() ? identity.stamp(captured.at) : nobody), consent))
      } else if (consent[captured.purpose as ConsentPurpose] !== 'denied' && settings.preConsent !== 'drop') held.push(captured)
    }
  }

  /** Makes what stands on the device true in this tab. `about` says how it was decided, if the visitor did so here. */
  const apply = (stored: ConsentSnapshot, about?: AboutDecision) => {
    const before = consent
    ;[decided, consent, reason] = standing(stored, settings.policyVersion, settings.optOut, gpc, Date.now())
    if (JSON.stringify(before) === JSON.stringify(consent)) return
    const next = consent
    const isWithdrawal = asked.some((purpose) => allows(before, purpose) && !isGranted(purpose))
    if (isWithdrawal) {
      // Of another tab, which has tidied up already, and may have been granted consent since. What goes by that is not ours to forget.
      const isHeard = !about && (stored.decided_at as number) > (before.decided_at as number)
      dispatcher.abort()
      // By this consent, whatever is decided next: a grant that follows at once must not save what was taken back.
      void outbox.retain(
        ({ purpose, context }) => allows(next, purpose) || (isHeard && context?.includes(latest().decided_at as never)),
        !isKnown() && !(isHeard && stored.record_id),
      )
      spool()
      write(droppedKey)
      // What is taken back is also forgotten: the next grant must not be linked to the visitor of before.
      reset(isHeard)
    }
    // The first to be sent, before what it lets go. A refusal is nobody's business: nothing was asked for that could be proven.
    if (about && (isWithdrawal || isKnown())) {
      const properties = {
        purposes: decide(undecided, consent),
        policy_version: settings.policyVersion ?? 'unknown',
        previous_record_id: before.record_id,
        record_id: recordId,
        ...about,
      }
      const record = capture('consent_updated', properties, pageView, recordId)
      // A withdrawal goes without an identity: it names the decision that was taken back, and that is all the collector needs. The
      // record of a grant is somebody's, and waits no longer than the grant stands.
      if (isWithdrawal) record.who = nobody
      else record.purpose = asked.find(isGranted) as Purpose // some purpose is, or nothing is told
      held.unshift(record)
    }
    about || tell('consent', status())
  }
  /** Takes over what another tab decided. A decision that has vanished from the device is none. */
  const readConsent = () => {
    apply(latest())
  }
  const setConsent = (decisions: Decisions, about?: AboutDecision) => {
    readConsent()
    // The browser's signal is stronger: what it forbids is not written down as granted.
    const next = decide(decided, decisions)
    if (gpc && next.marketing) Object.assign(next, optedOut)
    if (JSON.stringify(next) !== JSON.stringify(decided)) {
      // A refusal is nothing to be recognized by.
      next.record_id = asked.some((purpose) => allows(next, purpose)) ? recordId : undefined
      next.decided_at = Date.now()
      next.version = settings.policyVersion
      next.source = about?.source
      apply(next, about)
      recordId = uuid()
      // Before the decision, the visitor it makes: a tab that hears of the one must find the other, or it would begin another visitor.
      releaseHeld()
      spool() // a sign for `flush` that a record waits
      write(consentKey, next)
      channel?.postMessage(next)
      tell('consent', status())
    }
    releaseHeld()
    void flush()
  }

  const track = (name: string, properties?: unknown) => {
    try {
      const captured = capture(name, properties, pageView)
      if (captured.event.length > limits.maxEventBytes) return drop('too_large', 1)
      held.push(captured)
    } catch (cause) {
      drop('unreadable', 1)
      throw cause
    }
    releaseHeld()
    if (held.length > limits.maxHeldEvents && held.shift()) drop('held_too_long', 1)
  }
  const reset = (isHeard?: boolean) => {
    identity.rotate(isHeard)
    pageView.begin()
    // What is still held was the old visitor's, and must not become the new one's.
    for (const captured of held) captured.who = nobody
  }

  const wake = () => {
    identity.load()
    // Decides nothing: but a grant from before the browser's signal is taken back by it.
    setConsent({}, { source: 'gpc' })
  }
  onChange(installation, wake)
  try {
    // For devices that keep nothing: where localStorage works, its own event has said so already. Safari before 15.4 has no channel.
    channel = new BroadcastChannel(installation)
    channel.onmessage = ({ data }) => {
      if (!(data.decided_at <= (latest().decided_at as number))) write(consentKey, data) // than none, everything is newer
      wake()
    }
  } catch {}
  onWake(wake)
  // Once: two pages that say different things would contradict each other for ever. What was decided here wins.
  setConsent({ ...settings.consent, ...(decided as Decisions) })
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
      pageView.begin(about?.type ?? null)
      track('page_viewed')
    },
    identify: identity.identify,
    reset: () => reset(),
    consent(decisions?: Decisions, about: AboutDecision = {}) {
      if (decisions) setConsent(decisions, about)
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
  for (const name in tracker) {
    const method = tracker[name as 'flush']
    tracker[name as 'flush'] = (...told) => {
      try {
        return method(...told)
      } catch (cause) {
        fault('bad_call', name, cause)
        return inert[name as 'flush']()
      }
    }
  }
  return tracker
}
