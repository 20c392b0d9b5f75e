import type { FaultCode } from '../../errors.ts'
import type { CompletenessAnswer, CompletenessQuestion, TrafficAnswer, TrafficQuestion } from '../../reports/questions.ts'
import type { Arrival } from '../arrival.ts'
import type { EventFilter, Fate, PageOf, ReportedDrops, Rows } from '../sink.ts'
import type { StoredEvent, StoredQuarantine } from '../stored-event.ts'
import type { EventRow } from './columns.ts'

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
  readonly code: string
  readonly detail: string
  readonly raw: string
  readonly context: string
  readonly arrival: Arrival | null
}

export interface RejectedRow {
  readonly kind: 'rejected'
  readonly code: string
  readonly arrival: Arrival | null
}

export type WriteRecord = ({ readonly kind: 'event' } & EventRow) | QuarantineRow | RejectedRow

/** A delivery on its way to the writer. */
export interface WriteDelivery {
  readonly project: string
  readonly receivedAt: number
  readonly receivedDay: string
  readonly records: readonly WriteRecord[]
  readonly drops:
    | (Omit<ReportedDrops, 'counts'> & { readonly counts: readonly (readonly [reason: string, events: number])[] })
    | null
}

export type ToWriter =
  | { readonly id: number; readonly kind: 'write'; readonly delivery: WriteDelivery }
  | { readonly id: number; readonly kind: 'probe'; readonly at: number }
  | { readonly id: number; readonly kind: 'close' }

export interface Questions {
  readonly events: { readonly ask: { readonly filter: EventFilter; readonly page: PageOf }; readonly answer: Rows<StoredEvent> }
  readonly quarantine: {
    readonly ask: { readonly filter: EventFilter; readonly page: PageOf }
    readonly answer: Rows<StoredQuarantine>
  }
  readonly traffic: { readonly ask: TrafficQuestion; readonly answer: TrafficAnswer }
  readonly completeness: { readonly ask: CompletenessQuestion; readonly answer: CompletenessAnswer }
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
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] }

export type WriteAnswer = readonly Fate[]
