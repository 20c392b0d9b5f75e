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
  /** What arrived in the period, by its day of receipt. `received` is counted by itself: the other four must add up to it. */
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

export interface QualityQuestion extends PeriodQuestion {
  /** Only what is counted under this source, `''` for what names none; `null` for all. */
  readonly source: string | null
}

/** What became of events. `received` is counted by itself: the next four must add up to it. */
export interface VerdictFigures {
  readonly received: number
  readonly accepted: number
  /** Known already, and not stored again. */
  readonly duplicate: number
  /** Refused and kept aside. What a replay brought out counts as what it became. */
  readonly quarantined: number
  readonly rejected: number
  /** Of all these, how many lay in the quarantine until a replay brought them out. */
  readonly replayed: number
}

/** Days and sources without any figure are left out. */
export interface QualityDay extends VerdictFigures {
  /** Of receipt: `YYYY-MM-DD` in the project's time zone. */
  readonly day: string
  /** `''` for all that names no source which is counted apart. */
  readonly source: string
}

/** A name that the catalogue does not know. */
export interface UnknownName {
  readonly name: string
  /** That happened in the period, without bots and repetitions. */
  readonly events: number
  /** Receipt of the first event of this name that is stored, of whatever day. */
  readonly first_seen: string
  readonly last_seen: string
  /** The catalogue's name that looks most like it: a guess, for a person to decide about. */
  readonly suggestion: string | null
  /** What the shop has said that it means. Events that came before may still have to be read again. */
  readonly alias: string | null
}

/** `GET /v1/reports/quality`. All lists but `days` and `sources` have the most frequent first. */
export interface QualityAnswer {
  readonly question: 'quality'
  readonly from: string
  readonly to: string
  readonly time_zone: string
  readonly source: string | null
  /** By day, then by source. */
  readonly days: readonly QualityDay[]
  readonly totals: VerdictFigures
  /** Stored events that a rule changed something in, by rule: an event counts once for each. */
  readonly repairs: readonly { readonly rule: string; readonly events: number }[]
  readonly flags: readonly { readonly flag: string; readonly events: number }[]
  /** By code and rule (`''`: none decided), with the newest that are still there. */
  readonly quarantine: readonly {
    readonly code: string
    readonly rule: string
    readonly events: number
    readonly examples: readonly QuarantineExample[]
  }[]
  readonly rejected: readonly { readonly code: string; readonly events: number }[]
  /** `same_id` was not stored again; `business_key`, `order_conflict` and `probable` are stored, marked, and in no other report. */
  readonly duplicates: readonly { readonly kind: string; readonly events: number }[]
  /** Stored events by the time from what happened to its receipt: up to 5 minutes, 24 hours, 7 days, and more. */
  readonly late: { readonly live: number; readonly day: number; readonly week: number; readonly too_late: number }
  /** Stored events with an amount that is in no base currency: their amounts are in no sum. */
  readonly missing_rates: number
  /** Of stored events with an amount: did the sender name the currency, or was one assumed? */
  readonly currency: { readonly own: number; readonly default: number }
  /** 20 at most, of every source. */
  readonly unknown_names: readonly UnknownName[]
  /** Every source that was ever heard of, also those that sent nothing in the period; of more than 1000 those that were heard of last. */
  readonly sources: readonly {
    readonly source: string
    readonly received: number
    readonly quarantined: number
    /** Receipt of the newest event, whatever became of it, of whatever day. */
    readonly last_seen: string
  }[]
}

export interface QuarantineExample {
  readonly key: string
  readonly name: string | null
  readonly detail: string
  readonly received_at: string
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
