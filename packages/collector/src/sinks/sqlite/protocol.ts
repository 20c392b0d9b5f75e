import type { Decision } from '../../consent/decision.ts'
import type { ConsentHistory } from '../../consent/history.ts'
import type { Bearer } from '../../consent/standing.ts'
import type { FaultCode } from '../../errors.ts'
import type { ErasureAsk, Tombstone } from '../../privacy/erasure.ts'
import type { RetentionAsk } from '../../privacy/retention.ts'
import type { SubjectPage } from '../../privacy/subjects-export.ts'
import type { Registry } from '../../registry/registry.ts'
import type {
  CompletenessAnswer,
  CompletenessQuestion,
  ConsentAnswer,
  ConsentQuestion,
  QualityAnswer,
  QualityQuestion,
  TrafficAnswer,
  TrafficQuestion,
} from '../../reports/questions.ts'
import type { Arrival } from '../arrival.ts'
import type { QuarantinedText, QuarantineFilter } from '../quarantine.ts'
import type { HeardQuestion, HeardSource } from '../registering.ts'
import type { PageOfSent, SentCount, SentName, SentRows } from '../revision.ts'
import type { DecisionRecord, EventFilter, Fate, GroupCommit, PageOf, ReportedDrops, Rows } from '../sink.ts'
import type { StoredEvent, StoredQuarantine } from '../stored-event.ts'
import type { EventRow } from './columns.ts'
import type { Migration } from './open.ts'
import type { RegisterAsk } from './registry-tables.ts'
import type { ReplayAsk } from './replay.ts'
import type { ReviseAsk } from './revise.ts'
import type { SubjectAsk } from './subjects-export.ts'

/** What the store must know about a project. */
export interface StoredProject {
  readonly id: string
  readonly timeZone: string
  readonly baseCurrency: string
}

export interface QuarantineRow {
  readonly kind: 'quarantine'
  readonly rawHash: string
  readonly id: string | null
  readonly name: string | null
  readonly source: string | null
  readonly code: string
  readonly rule: string | null
  readonly detail: string
  readonly raw: string
  readonly context: string
  readonly arrival: Arrival | null
  readonly bearer: Bearer
  readonly decision: Decision | null
  readonly countedSource: string
}

export interface RejectedRow {
  readonly kind: 'rejected'
  readonly code: string
  readonly arrival: Arrival | null
  readonly bearer: Bearer | null
  readonly countedSource: string
}

export type WriteRecord = ({ readonly kind: 'event' } & EventRow) | QuarantineRow | RejectedRow | DecisionRecord

/** A delivery on its way to the writer. */
export interface WriteDelivery {
  readonly project: string
  readonly receivedAt: number
  readonly receivedDay: string
  readonly records: readonly WriteRecord[]
  readonly drops:
    | (Omit<ReportedDrops, 'counts'> & { readonly counts: readonly (readonly [reason: string, events: number])[] })
    | null
  readonly maxQuarantineBytes?: number | undefined
}

export type ToWriter =
  | { readonly id: number; readonly kind: 'write'; readonly delivery: WriteDelivery }
  | { readonly id: number; readonly kind: 'probe'; readonly at: number }
  | { readonly id: number; readonly kind: 'erase'; readonly ask: ErasureAsk }
  | { readonly id: number; readonly kind: 'retain'; readonly ask: readonly RetentionAsk[] }
  | { readonly id: number; readonly kind: 'register'; readonly ask: RegisterAsk }
  | { readonly id: number; readonly kind: 'revise'; readonly ask: ReviseAsk }
  | { readonly id: number; readonly kind: 'replay'; readonly ask: ReplayAsk }
  | { readonly id: number; readonly kind: 'purge'; readonly ask: QuarantineFilter }
  | { readonly id: number; readonly kind: 'close' }

export interface Questions {
  readonly events: { readonly ask: { readonly filter: EventFilter; readonly page: PageOf }; readonly answer: Rows<StoredEvent> }
  readonly quarantine: {
    readonly ask: { readonly filter: QuarantineFilter; readonly page: PageOf }
    readonly answer: Rows<StoredQuarantine>
  }
  readonly quarantined: {
    readonly ask: { readonly filter: QuarantineFilter; readonly page: PageOf }
    readonly answer: Rows<QuarantinedText>
  }
  readonly traffic: { readonly ask: TrafficQuestion; readonly answer: TrafficAnswer }
  readonly completeness: { readonly ask: CompletenessQuestion; readonly answer: CompletenessAnswer }
  readonly consent: { readonly ask: ConsentQuestion; readonly answer: ConsentAnswer }
  readonly quality: { readonly ask: QualityQuestion; readonly answer: QualityAnswer }
  readonly consentOf: {
    /** `subject` is a pseudonym. */
    readonly ask: { readonly project: string; readonly subject: string; readonly page: PageOf }
    readonly answer: ConsentHistory
  }
  readonly subject: { readonly ask: SubjectAsk; readonly answer: SubjectPage }
  readonly tombstoneOf: {
    /** `subject` is a pseudonym. */
    readonly ask: { readonly project: string; readonly subject: string }
    readonly answer: Tombstone | null
  }
  readonly registry: { readonly ask: string; readonly answer: Registry }
  readonly heardSources: { readonly ask: HeardQuestion; readonly answer: readonly HeardSource[] }
  readonly sentNames: {
    readonly ask: { readonly project: string; readonly after: string; readonly limit: number }
    readonly answer: readonly string[]
  }
  readonly unknownEvents: { readonly ask: SentName & { readonly page: PageOfSent }; readonly answer: SentRows }
  readonly renamedEvents: {
    readonly ask: SentName & { readonly called: string; readonly page: PageOfSent }
    readonly answer: SentRows
  }
  readonly countUnknown: { readonly ask: SentName & { readonly page: PageOfSent }; readonly answer: SentCount }
  readonly probe: { readonly ask: null; readonly answer: number | null }
}

export interface ToReader<Q extends keyof Questions = keyof Questions> {
  readonly id: number
  readonly kind: Q
  readonly ask: Questions[Q]['ask']
}

export interface Failure {
  readonly code: FaultCode
  readonly message: string
}

/** One answer. The writer sends those of a group commit together. */
export type Reply = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: Failure }

export type FromWorker =
  | { readonly kind: 'migrating'; readonly migration: Migration }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] }

export interface WriteAnswer {
  readonly fates: readonly Fate[]
  /** With the first delivery of each group. */
  readonly group: GroupCommit | null
}
