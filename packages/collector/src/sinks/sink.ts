import type { Claim, Decision } from '../consent/decision.ts'
import type { ConsentHistory } from '../consent/history.ts'
import type { Entered } from '../consent/ledger.ts'
import type { Bearer } from '../consent/standing.ts'
import type { EventCode } from '../errors.ts'
import type { Amounts } from '../normalise/amounts.ts'
import type { Fault, Flag } from '../normalise/notes.ts'
import type { Repair } from '../normalise/outcome.ts'
import type { Erasure, ErasureAsk, Tombstone } from '../privacy/erasure.ts'
import type { Aged, RetentionAsk } from '../privacy/retention.ts'
import type { SubjectPage, SubjectQuestion } from '../privacy/subjects-export.ts'
import type {
  CompletenessAnswer,
  CompletenessQuestion,
  ConsentAnswer,
  ConsentQuestion,
  CountsByReason,
  QualityAnswer,
  QualityQuestion,
  ReportedReason,
  TrafficAnswer,
  TrafficQuestion,
} from '../reports/questions.ts'
import type { Arrival } from './arrival.ts'
import type { Quarantining } from './quarantine.ts'
import type { Registering } from './registering.ts'
import type { BeforeAlias, Renaming } from './revision.ts'
import type { QualityState, StoredEvent } from './stored-event.ts'

/** An event as it goes into a sink: normalised, with consent, stamped. */
export interface EventRecord {
  readonly kind: 'event'
  /** UUID in lower case. */
  readonly id: string
  /** 8 bytes in hexadecimal over what the sender sent. */
  readonly contentHash: string
  readonly name: string
  readonly originalName: string
  /** Corrected, ms since 1970 UTC. */
  readonly occurredAt: number
  /** Day of `occurredAt` in the project's time zone. */
  readonly day: string
  /** As the device sent it. */
  readonly occurredAtDevice: number | string | null
  readonly timeCorrection: string | null
  readonly clockSkewMs: number | null
  readonly seq: number | null
  readonly anonymousId: string | null
  readonly userId: string | null
  readonly traits: object | null
  readonly session: { readonly id: string; readonly index?: number | undefined } | null
  readonly page: object | null
  readonly consent: object | null
  /** What `consent` says, as the ledger is asked about it. */
  readonly claim: Claim | null
  /** The decision that the event tells of. */
  readonly decision: Decision | null
  readonly properties: object
  readonly money: Amounts
  /** Which amount reports sum up. */
  readonly valuePath: string | null
  readonly channel: string | null
  readonly source: string | null
  /** Did a server send it, with the secret key? Then it is the truth about amounts. */
  readonly isServer: boolean
  /** Truncated. */
  readonly ip: string | null
  readonly device: {
    readonly type: string
    readonly browser: string | null
    readonly os: string | null
    readonly inApp: string | null
  }
  readonly bot: boolean
  /** Equal keys under one name are one happening. */
  readonly naturalKey: string | null
  /** 8 bytes in hexadecimal: events that have them in common, and happened at nearly the same time, are most likely one. See `likenessOf`. */
  readonly likeness: string | null
  readonly repairs: readonly Repair[]
  readonly flags: readonly Flag[]
  /** The source that it is counted under: '' unless a server sent it or the source is registered. Else anybody could make up sources. */
  readonly countedSource: string
  /** Only where an alias of the shop named it: the name that it came under is `originalName`. */
  readonly beforeAlias?: BeforeAlias | undefined
}

/** A refused event that is kept, with the reason, so that it can be replayed. */
export interface QuarantineRecord {
  readonly kind: 'quarantine'
  readonly code: EventCode
  /** The rule that refused it, where one decided. */
  readonly rule: string | null
  readonly detail: string
  /** As sent, where it can be read. */
  readonly id: string | null
  readonly name: string | null
  readonly source: string | null
  /** JSON of the event as sent, the batch's shared fields included. */
  readonly raw: string
  /** 16 bytes in hexadecimal: equal for each attempt to deliver the same event, so that it is kept once. */
  readonly rawHash: string
  /** What else a replay needs to know about the request. */
  readonly context: object
  readonly arrival: Arrival | null
  /** To keep an event aside is to keep it: that needs the same consent. */
  readonly bearer: Bearer
  /** The decision that the event tells of: a withdrawal counts however badly it is written. */
  readonly decision: Decision | null
  /** As of a stored event. */
  readonly countedSource: string
}

/** A refused event of which nothing is kept but a count and, so that it is not looked for, its number. */
export interface RejectedRecord {
  readonly kind: 'rejected'
  readonly code: EventCode
  /** Only with a consent that allows the visitor's id to be kept. */
  readonly arrival: Arrival | null
  readonly bearer: Bearer | null
  /** As of a stored event. */
  readonly countedSource: string
}

/** A decision about consent that came by itself. It is no event, and in no count of events. */
export interface DecisionRecord {
  readonly kind: 'decision'
  readonly decision: Decision
}

export type SinkRecord = EventRecord | QuarantineRecord | RejectedRecord | DecisionRecord

/** What one request brings. It is stored as a whole or not at all. */
export interface Delivery {
  readonly project: string
  readonly receivedAt: number
  /** Day of `receivedAt` in the project's time zone. */
  readonly receivedDay: string
  readonly records: readonly SinkRecord[]
  readonly drops: ReportedDrops | null
  /** What the project's quarantine may take by this delivery. What would make it larger is rejected (`quarantine_full`). @defaultValue no limit */
  readonly maxQuarantineBytes?: number | undefined
}

/** What a tracker says that it gave up. */
export interface ReportedDrops {
  /** 16 bytes in hexadecimal: the same for each attempt of one batch, so that a retry does not count twice. */
  readonly key: string
  readonly counts: CountsByReason<ReportedReason>
  /** Whose events they were, as far as the batch tells. Kept only where the delivery brings a number of theirs that is kept. */
  readonly anonymousId: string | null
  readonly browser: string | null
}

/** What became of one record, in the order of the delivery. */
export type Fate =
  | { readonly kind: 'stored'; readonly duplicateOf: string | null }
  | { readonly kind: 'quarantined' }
  /** With a reason where the sink found it: the ledger, or the list of who was erased. */
  | { readonly kind: 'rejected'; readonly because?: Fault }
  /** The same event has been received before, whatever became of it then. */
  | { readonly kind: 'duplicate' }
  /** Another event has this id. Nothing was stored or counted: deliver it again as a `QuarantineRecord`. */
  | { readonly kind: 'conflict' }
  /** A decision, and its place in the ledger. */
  | ({ readonly kind: 'recorded' } & Entered)

export interface Lag {
  readonly waitingEvents: number
  /** What they take in memory, roughly. */
  readonly waitingBytes: number
  /** Age of the oldest delivery that is not durable yet, in milliseconds; 0 when none waits. */
  readonly oldestMs: number
}

/** What it took to make a group of deliveries durable. */
export interface GroupCommit {
  readonly deliveries: number
  readonly events: number
  /** The whole transaction. */
  readonly seconds: number
  /** Its end: appending to the log and waiting until the disk has it, now and then a checkpoint. */
  readonly syncSeconds: number
}

/** A store's files and its disk, in bytes. */
export interface Footprint {
  readonly dataBytes: number
  /** What was written and has not been put in its place in the file yet. */
  readonly logBytes: number
  readonly freeBytes: number
  /** Below this much free room nothing more is written. */
  readonly floorBytes: number
}

/** Where accepted events go. */
export interface Sink {
  /** Resolves when deliveries can be taken; rejects with a `FootfallError` when they never will. */
  readonly ready: Promise<void>
  /**
   * Resolves once every record and every derived count of the delivery is durable, and not before.
   * @throws FootfallError `overloaded`, `disk_low`, `store_unavailable`, `closing`: nothing of the delivery was stored, or it cannot
   * be told; delivering it again is safe.
   */
  commit(delivery: Delivery): Promise<readonly Fate[]>
  lag(): Lag
  /** `null`: there are no files. Rejects when the system does not say. */
  footprint(): Promise<Footprint | null>
  /** Writes and reads back. Rejects when either fails, and where a delivery would be refused for want of room. */
  probe(): Promise<void>
  /** Finishes what waits, then lets go of everything. Further commits are refused with `closing`. */
  close(): Promise<void>
}

export interface EventFilter {
  readonly project: string
  readonly name?: string | undefined
  readonly userId?: string | undefined
  readonly anonymousId?: string | undefined
  /** Earliest `occurred_at`, inclusive, ms. */
  readonly from?: number | undefined
  /** Latest `occurred_at`, exclusive, ms. */
  readonly to?: number | undefined
  /** Of stored events; what lies in quarantine has none of these. */
  readonly quality?: QualityState | undefined
}

export interface PageOf {
  /** Rows at most. */
  readonly limit: number
  /** Position after which to go on; 0 starts. */
  readonly after: number
}

/** Rows in the order in which they were received, and the position to go on from; `null` at the end. */
export interface Rows<T> {
  readonly rows: readonly T[]
  readonly next: number | null
}

/** A sink that can also answer. */
export interface Store extends Sink, Renaming, Quarantining, Registering {
  events(filter: EventFilter, page: PageOf): Promise<Rows<StoredEvent>>
  traffic(question: TrafficQuestion): Promise<TrafficAnswer>
  completeness(question: CompletenessQuestion): Promise<CompletenessAnswer>
  consent(question: ConsentQuestion): Promise<ConsentAnswer>
  quality(question: QualityQuestion): Promise<QualityAnswer>
  /** The tombstone of an anonymous id. Costs the same however much is known about whoever it was. */
  tombstoneOf(project: string, anonymousId: string): Promise<Tombstone | null>
  /** A page of what is known about a person. */
  subject(question: SubjectQuestion): Promise<SubjectPage>
  /**
   * Erases a person and sees to it that nothing of them comes back. Safe to repeat; one that was cut short is finished at the next start.
   */
  erase(ask: ErasureAsk): Promise<Erasure>
  /** Removes what has been kept for long enough; reports keep their figures. */
  retain(asks: readonly RetentionAsk[]): Promise<readonly Aged[]>
  /** What the ledger holds about a subject, oldest first. */
  consentOf(project: string, subject: string, page: PageOf): Promise<ConsentHistory>
}
