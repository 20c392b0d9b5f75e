import type { BeforeAlias } from '../sinks/revision.ts'
import type { StoredEvent, StoredQuarantine } from '../sinks/stored-event.ts'
import type { Person } from './subjects.ts'

/** Asks for a page of what is known about somebody. */
export interface SubjectQuestion {
  readonly project: string
  /** A user id or an anonymous id. */
  readonly id: string
  /** Where to go on; `null` begins. */
  readonly after: SubjectCursor | null
  /** Rows at most. */
  readonly limit: number
}

/** The parts of an export, in their order. */
export const subjectParts = ['sessions', 'loose_events', 'quarantine', 'visitor_days', 'number_runs', 'tracker_drops'] as const
export type SubjectPart = (typeof subjectParts)[number]

/** How far an export is: what these mean is the store's own affair. */
export interface SubjectCursor {
  readonly part: SubjectPart
  readonly key: string
  readonly position: number
}

/** One thing that is known about somebody, as a line of the export. */
export type SubjectRow =
  | ({
      readonly kind: 'event'
      /** What is kept beside an event that an alias of the shop named. */
      readonly before_alias?: BeforeAlias
    } & StoredEvent)
  | ({ readonly kind: 'quarantined_event' } & StoredQuarantine)
  | {
      readonly kind: 'session'
      readonly id: string
      readonly started_at: string
      readonly last_at: string
      readonly events: number
    }
  | { readonly kind: 'visitor_day'; readonly anonymous_id: string; readonly day: string }
  | {
      readonly kind: 'number_run'
      readonly anonymous_id: string
      readonly first: number
      readonly last: number
      readonly at: string
    }
  | {
      readonly kind: 'tracker_drop'
      readonly anonymous_id: string
      readonly day: string
      readonly reason: string
      readonly events: number
    }

/** A page of it, and who was found. */
export interface SubjectPage {
  /** Only ids that the store knows. */
  readonly known: Person
  /** When the id that was asked for was last erased, ms since 1970 UTC; `null` when never. */
  readonly erasedAt: number | null
  readonly rows: readonly SubjectRow[]
  readonly next: SubjectCursor | null
}

/** The first line: who is meant, and which ids belong to them. */
export const headOf = (id: string, { known, erasedAt }: Pick<SubjectPage, 'known' | 'erasedAt'>, now: number) => ({
  kind: 'subject' as const,
  id,
  user_ids: known.users,
  anonymous_ids: known.devices.filter(({ isShared }) => !isShared).map((device) => device.id),
  shared_anonymous_ids: known.devices.filter(({ isShared }) => isShared).map((device) => device.id),
  erased_at: erasedAt === null ? null : new Date(erasedAt).toISOString(),
  exported_at: new Date(now).toISOString(),
})
