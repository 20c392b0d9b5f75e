/** What the collector answers about sources, names and the quarantine, as it stands on the wire. */

/** One source of events, as it is registered and as it behaves. */
export interface SourceRow {
  /** '' stands for all events that name no source. */
  readonly id: string
  readonly channel: string | null
  readonly transport?: string | null
  readonly time_zone?: string | null
  readonly date_order?: string | null
  readonly time_unit?: string | null
  readonly money_unit?: string | null
  readonly locale?: string | null
  readonly currency?: string | null
  readonly tax_inclusive?: boolean | null
  readonly sampling?: number | null
  readonly expected_per_day?: number | null
  readonly is_registered: boolean
  readonly last_seen: string | null
  readonly received_7d: number
  /** Share of the events of seven days that were quarantined, from 0 to 1. */
  readonly error_rate: number | null
  /** `new`, `live`, `collapsing`, `silent` or `unseen`. */
  readonly status: string
}

/** `GET /v1/aliases` */
export interface AliasRow {
  readonly from: string
  readonly to: string
  readonly created_at: string
}

/** One row of `GET /v1/quarantine`; with `raw` as text and `context` of `GET /v1/quarantine/{key}`. */
export interface QuarantinedRow {
  readonly key: string
  readonly name: string | null
  readonly received_at: string
  readonly code: string
  readonly rule: string | null
  readonly detail: string
  readonly source: string | null
  readonly raw: unknown
  readonly context?: unknown
}

/** Which quarantined events: those of these days that have all of this. */
export interface QuarantineFilter {
  readonly from: string
  readonly to: string
  readonly code?: string
  readonly rule?: string
  readonly source?: string
  readonly name?: string
}

/** `POST /v1/quarantine/replay`, one slice of it. */
export interface ReplayAnswer {
  readonly looked_at: number
  readonly accepted: number
  readonly duplicate: number
  readonly quarantined: number
  readonly rejected: number
  readonly next: string | null
  readonly problems: readonly { readonly key: string; readonly code: string; readonly detail: string }[]
}

/** `POST /v1/reprocess`, one slice of it. */
export interface ReprocessAnswer {
  readonly looked_at: number
  readonly changed: number
  readonly still_unknown: number
  readonly unreadable: number
  readonly next: string | null
}
