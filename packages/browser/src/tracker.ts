import type { ConsentSnapshot, ConsentState, DropReason, EventMap, Traits } from '@footfall/events'
import type { Reason } from './consent/standing.ts'
import type { TrackerEvents } from './listeners.ts'
import type { Decisions } from './options.ts'

/** Consent as a banner shows it: every purpose has a state. Whoever has something to ask is the one who finds a purpose `unknown`. */
export interface ConsentStatus extends Readonly<ConsentSnapshot> {
  readonly analytics: ConsentState
  readonly personalization: ConsentState
  readonly marketing: ConsentState
  /**
   * Why consent stands as it does. `undecided`: nobody decided anything. `region`: neither, and the shop says that purposes are allowed
   * here until the visitor objects. `gpc`: neither, and the browser's opt-out signal denies marketing. `expired`, `version`: a decision
   * was made, and must be made again, because it is six months old or because the text has changed. Otherwise whoever told of the
   * decision: `banner`, `cmp`, or what the page named; `api` where it named nothing.
   */
  readonly reason: Reason
  /** The browser asks not to be tracked for marketing (Global Privacy Control), and that is honoured: show the visitor so. */
  readonly gpc?: boolean | undefined
}

/** Where this tracker's events are. Counts of this page, but for `queued`. */
export interface TrackerStats {
  /** Wait in memory for the visitor's decision. */
  readonly held: number
  /** Wait for the network: on this device, of all its tabs. */
  readonly queued: number
  /** Settled by a receipt. */
  readonly delivered: number
  /** Given up, by reason. */
  readonly dropped: { readonly [R in DropReason]?: number }
  /** Where queued events wait. `memory` does not survive the page. */
  readonly storage: 'indexeddb' | 'memory'
}

/** How a decision came about; part of its record. */
export interface AboutDecision {
  /** Who tells of it: `banner`, `cmp` … @defaultValue `api` */
  readonly source?: string
  /** What the visitor did: `accept_all`, `refuse_all`, `choose` …, or which platform tells of it. */
  readonly method?: string
}

type Arguments<P> = Record<never, never> extends P ? [properties?: P] : [properties: P]

/** A running tracker. None of its methods throws. */
export interface Tracker {
  /**
   * Something happened. The catalogue knows which properties belong to the event; it is checked by the types and costs nothing here.
   * The properties are copied at once.
   */
  track<N extends keyof EventMap & string>(name: N, ...properties: Arguments<EventMap[N]>): void
  /** A page was viewed: tracks `page_viewed` and begins a new view, to which later events belong. */
  page(about?: { /** Kind of page in the shop's words. */ readonly type?: string }): void
  /**
   * The visitor is this customer from now on, on every event, until `reset()`. Call it before the event that tells of the login.
   * @param traits facts such as plan or customer group; they travel with this page's later events
   */
  identify(userId: string, traits?: Traits): void
  /** The customer left (logout): a new anonymous visitor and a new session begin, not linked to the old. Consent stays. */
  reset(): void
  /** Consent as it stands. */
  consent(): ConsentStatus
  /**
   * The visitor decided. A grant sends a record of it and releases what was held; a denial forgets it; taking a grant back also purges
   * what waits on this device, in every tab, forgets the visitor, and sends one record of it.
   */
  consent(decisions: Decisions, about?: AboutDecision): ConsentStatus
  /** Tries to deliver now what waits. Resolves when nothing more can be done at the moment, delivered or not. */
  flush(): Promise<void>
  stats(): TrackerStats
  /** Listens; answers a function that ends it. */
  on<K extends keyof TrackerEvents>(name: K, listener: (...told: TrackerEvents[K]) => void): () => void
}
