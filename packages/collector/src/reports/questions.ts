import type { DecisionPurpose, DropReason, Verdict } from '@footfall/events'

/** The shapes of the reports' answers, as they stand on the wire. */

/** Which days of which project. */
export interface PeriodQuestion {
  readonly project: string
  /** First day, `YYYY-MM-DD`, in the project's time zone. */
  readonly from: string
  /** Last day, inclusive. */
  readonly to: string
  readonly timeZone: string
}

export interface TrafficQuestion extends PeriodQuestion {
  readonly baseCurrency: string
}

export interface CompletenessQuestion extends PeriodQuestion {
  /** Tells what may still come from what cannot any more; ms since 1970 UTC. */
  readonly now: number
}

/** One day. Days without events are there too. */
export interface TrafficDay {
  /** `YYYY-MM-DD` in the project's time zone. */
  readonly day: string
  /** Events that happened on that day, without bots and repeated happenings. */
  readonly events: number
  /** Different anonymous ids behind them. */
  readonly visitors: number
}

/** `GET /v1/reports/traffic` */
export interface TrafficAnswer {
  readonly question: 'traffic'
  readonly from: string
  readonly to: string
  readonly time_zone: string
  readonly days: readonly TrafficDay[]
  readonly totals: {
    readonly events: number
    /** Different visitors of the whole period: a visitor of two days counts once. */
    readonly visitors: number
    /** Visits that began in the period. */
    readonly sessions: number
    /** Orders from the shop and from tills, each counted once. */
    readonly orders: number
    /** Sum of the orders' totals in the base currency; `minor` is in its smallest unit. */
    readonly revenue: { readonly minor: number; readonly currency: string }
    /** Of the whole store, not of the period: tells whether anything has ever arrived, and whether it still does. */
    readonly first_received_at: string | null
    readonly last_received_at: string | null
  }
  /** What arrived in the period, by its day of receipt: `received` is the sum of the other four. */
  readonly verdicts: {
    readonly received: number
    readonly accepted: number
    readonly duplicate: number
    readonly quarantined: number
    readonly rejected: number
  }
  /** Stored events of the period that no number above counts. */
  readonly excluded: {
    readonly bots: number
    /** Happenings that were reported again under another id, such as a reloaded thank-you page. */
    readonly duplicates: number
    /** Orders that are counted, but whose amount is in no base currency because no rate was known. */
    readonly orders_without_rate: number
  }
}

/** Why events are missing: what trackers reported, `other` for reasons that this collector does not know. */
export type ReportedReason = DropReason | 'other'

/** Only reasons with a count stand here. */
export type CountsByReason<R extends string> = Readonly<Partial<Record<R, number>>>

/**
 * How much of what trackers numbered has arrived. `expected` = `received` + `missing`, and `missing` = `late` + `lost`.
 *
 * A hole in a visitor's numbers counts on the day of the next event that did arrive. What a visitor's last events were, if they never
 * arrived and nothing came after them, no number can tell.
 */
export interface CompletenessFigures {
  readonly expected: number
  /** Numbers that arrived, whatever became of their events; each once. */
  readonly received: number
  readonly missing: number
  /** Missing, and a tracker may still hold it. */
  readonly late: number
  /** Missing for good: too old to be held, or given up by the tracker. */
  readonly lost: number
  /** `lost` by reason; `unknown` where no report of the visitor's tracker explains it. */
  readonly lost_by_reason: CountsByReason<ReportedReason | 'unknown'>
  /** All that trackers reported as given up, on the day of the report; also what was never numbered and leaves no hole. */
  readonly reported: CountsByReason<ReportedReason>
}

/** Days and browsers without any figure are left out. */
export interface CompletenessRow extends CompletenessFigures {
  /** `YYYY-MM-DD` in the project's time zone. */
  readonly day: string
  /** Name without version; `null` where the user agent did not say. */
  readonly browser: string | null
}

/** `GET /v1/reports/completeness` */
export interface CompletenessAnswer {
  readonly question: 'completeness'
  readonly from: string
  readonly to: string
  readonly time_zone: string
  readonly totals: CompletenessFigures
  /** By day, then by browser. */
  readonly rows: readonly CompletenessRow[]
  readonly excluded: {
    /** Holes of more than 10,000 numbers, more than any tracker keeps: not believed, and in no figure above. */
    readonly jumps: number
  }
}

export type ConsentQuestion = PeriodQuestion

/** How often the question was put, and how it was answered. */
export interface ConsentFigures {
  /** Reports that the question was shown; `null` where nobody reported any. */
  readonly asked: number | null
  readonly granted: number
  readonly refused: number
  readonly withdrawn: number
  /** `asked` − `granted` − `refused`; `null` where that cannot be told. */
  readonly no_answer: number | null
}

export interface ConsentRow extends ConsentFigures {
  /** Of receipt: `YYYY-MM-DD` in the project's time zone. */
  readonly day: string
  readonly purpose: DecisionPurpose
  /** `FR`, `US-CA`; `null` where it is not known. */
  readonly region: string | null
  /** `desktop`, `mobile` … */
  readonly device: string
  /** Version of the text that was shown; `null` where it was not told. */
  readonly version: string | null
}

/** `GET /v1/reports/consent` */
export interface ConsentAnswer {
  readonly question: 'consent'
  readonly from: string
  readonly to: string
  readonly time_zone: string
  readonly totals: readonly (ConsentFigures & { readonly purpose: DecisionPurpose })[]
  /** By day, purpose, region, device and version; without those of which nothing is known. */
  readonly rows: readonly ConsentRow[]
  /** What each figure rests on, in words: a tracker that obeys a refusal says nothing about it. */
  readonly basis: Readonly<Record<string, string>>
}

/** One event as the live view shows it. */
export interface LiveEvent {
  readonly id: string | null
  readonly name: string | null
  readonly original_name: string | null
  readonly status: Verdict
  readonly code: string | null
  readonly detail: string | null
  /** Of the event itself: a replayed message holds events of different times. */
  readonly received_at: string
  readonly occurred_at: string | null
  readonly channel: string | null
  readonly device: string | null
  readonly bot: boolean
  readonly page_path: string | null
  /** What it was about: a product, an order with its amount; '' where there is nothing short to say. */
  readonly summary: string
}

/** `data` of a `verdicts` message of `GET /v1/live`. */
export interface LiveMessage {
  readonly received_at: string
  readonly events: readonly LiveEvent[]
  /** Events of the same moment that are not listed: more arrived than anybody could read. */
  readonly skipped: number
}
