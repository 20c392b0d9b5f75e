import { type Fault, fault } from '../normalise/notes.ts'
import type { EventFilter, EventRecord, PageOf, QuarantineRecord, RejectedRecord, Rows } from './sink.ts'
import type { StoredQuarantine } from './stored-event.ts'

/** Which rows of the quarantine are meant. `from` and `to` are of the receipt: when it happened may be what could not be read. */
export interface QuarantineFilter extends EventFilter {
  /** Only these. */
  readonly keys?: readonly string[] | undefined
  readonly code?: string | undefined
  /** `''`: refused by no rule. */
  readonly rule?: string | undefined
  /** As it was sent. `''`: none. */
  readonly source?: string | undefined
}

/** A row of the quarantine with all that a replay needs. */
export interface QuarantinedText {
  readonly key: string
  readonly id: string | null
  readonly name: string | null
  /** Ms since 1970 UTC. */
  readonly receivedAt: number
  readonly code: string
  readonly rule: string | null
  readonly detail: string
  readonly source: string | null
  /** JSON of the event, as it is kept. */
  readonly raw: string
  /** JSON of what is known of its request. */
  readonly context: string
}

/** Why an event that would be kept aside is not. */
export const quarantineFull = fault(
  'quarantine_full',
  'The event cannot be read, and nothing more is kept aside: the quarantine is full until it is replayed or purged',
)

/** What a row takes of the room that a project's quarantine has: its text in UTF-8, and what else comes with a row. */
export const quarantineBytes = (raw: string, context: string): number => Buffer.byteLength(raw) + Buffer.byteLength(context) + 256

/** A page of the quarantine ends once it holds so many characters of raw events, however few its rows are. */
export const maxPageText = 4 * 2 ** 20

/** What became of one row that was judged again. */
export interface Replayed {
  readonly key: string
  /** Of the row, ms since 1970 UTC. */
  readonly receivedAt: number
  readonly record: EventRecord | QuarantineRecord | RejectedRecord
  /** It brings its event in, or it changes nothing: what is refused may be the patch. */
  readonly isPatched: boolean
}

/** Rows that were judged again: all of it is stored, or nothing. */
export interface Replay {
  readonly project: string
  /** Ms since 1970 UTC. */
  readonly at: number
  /** Says what would become of them, and changes nothing. */
  readonly isDryRun: boolean
  readonly rows: readonly Replayed[]
}

/** What became of a row, in the order of the replay. */
export type ReplayFate =
  | { readonly kind: 'stored'; readonly duplicateOf: string | null }
  /** The event was stored before; the row is gone. */
  | { readonly kind: 'duplicate' }
  /** Nothing of it may be kept any more; the row is gone. With a reason where the store found it. */
  | { readonly kind: 'rejected'; readonly because: Fault | null }
  /** The row stays. With a reason where the store found it. */
  | { readonly kind: 'quarantined'; readonly because: Fault | null }
  /** There was no such row any more: another replay was faster, or it was erased. */
  | { readonly kind: 'gone' }

/** What the store can do with events that it keeps aside. Part of `Store`. */
export interface Quarantining {
  /** Rows as they are shown, oldest first: at most `limit`, and fewer where they are long. */
  quarantine(filter: QuarantineFilter, page: PageOf): Promise<Rows<StoredQuarantine>>
  /** The same rows as they are kept. */
  quarantined(filter: QuarantineFilter, page: PageOf): Promise<Rows<QuarantinedText>>
  /**
   * Stores what became of rows that were judged again, in one transaction: the event, or the refusal, and that the row is gone; and moves
   * their verdicts in the accounts of the day of receipt. A row that is not there any more is passed over, so that it is safe to repeat.
   *
   * @throws FootfallError as `commit` does
   */
  replay(replay: Replay): Promise<readonly ReplayFate[]>
  /** Removes rows for good, and answers how many. What was counted stays counted. */
  purge(filter: QuarantineFilter): Promise<number>
}
