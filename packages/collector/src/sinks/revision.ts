import type { QualityKind } from '../quality/count.ts'
import type { EventRecord } from './sink.ts'
import type { StoredEvent } from './stored-event.ts'

/** What of an event depends on its name: under another one it says something else. */
export type Meaning = Pick<
  EventRecord,
  'name' | 'properties' | 'money' | 'valuePath' | 'naturalKey' | 'likeness' | 'repairs' | 'flags'
>

/** What stood in an event that an alias renamed, as it would have been stored without the alias. */
export type BeforeAlias = Pick<EventRecord, 'properties' | 'repairs' | 'flags'>

/** A stored event whose name may mean something else today. */
export interface SentEvent {
  /** Place in the order of receipt. */
  readonly position: number
  readonly event: StoredEvent
  /** `null`: no alias renamed it. */
  readonly beforeAlias: BeforeAlias | null
}

/** Gives a stored event another meaning. Its id, its time, its people and its place in the order of receipt stay. */
export interface Revision {
  readonly position: number
  readonly id: string
  /** What it was called when this was decided. If that has changed since, or the event is gone, nothing is done. */
  readonly nameBefore: string
  readonly meaning: Meaning
  readonly beforeAlias: BeforeAlias | null
  readonly recount: Recount
}

/** How an event moves in the counts of what was noticed about events (`daily_quality`). What was never counted is not moved. */
export interface Recount {
  /** Of its receipt, in the project's time zone. */
  readonly day: string
  /** Under which it is counted. */
  readonly source: string
  readonly gone: readonly Recounted[]
  readonly come: readonly Recounted[]
}

export interface Recounted {
  readonly kind: QualityKind
  readonly key: string
}

/** Of a name that events came under. */
export interface SentName {
  readonly project: string
  /** As it was sent. */
  readonly name: string
  /** Earliest `occurred_at`, inclusive, ms. */
  readonly from?: number | undefined
  /** Latest `occurred_at`, exclusive, ms. */
  readonly to?: number | undefined
}

/** What the store can say about the names that events came under, and change. Part of `Store`. */
export interface Renaming {
  /**
   * Names that are not the catalogue's, in the order of their UTF-8 bytes: of stored events that are called so, and of those that an alias
   * renamed.
   */
  sentNames(project: string, page: { readonly after: string; readonly limit: number }): Promise<readonly string[]>
  /** Events that are called as they were sent, oldest received first. Looks at `limit` of them: fewer may be in the period. */
  unknownEvents(ask: SentName, page: PageOfSent): Promise<SentRows>
  /**
   * Events that an alias renamed and that are not called `called`, newest received first: of what was told of many times the first goes
   * last, so that it need not be handed on from one to the next. Looks at `limit` of them.
   */
  renamedEvents(ask: SentName & { readonly called: string }, page: PageOfSent): Promise<SentRows>
  /** How many of at most `limit` events that are called as they were sent are in the period. */
  countUnknown(ask: SentName, page: PageOfSent): Promise<SentCount>
  /**
   * Revises events, all at once or none, and everything that is derived from them: as if they had always meant this. At most 100 at a
   * time, to hold nobody up.
   *
   * @returns how many were
   * @throws FootfallError as `commit` does
   */
  revise(project: string, revisions: readonly Revision[]): Promise<number>
}

export interface PageOfSent {
  readonly limit: number
  /** Position behind which to go on, in the order of the answer; `null` starts. */
  readonly after: number | null
}

export interface SentRows {
  readonly rows: readonly SentEvent[]
  /** Position to go on from; `null` at the end. */
  readonly next: number | null
}

export interface SentCount {
  readonly events: number
  readonly next: number | null
}
