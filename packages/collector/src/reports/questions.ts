import type { Verdict } from '@footfall/events'

/** The shapes of the reports' answers, as they stand on the wire. */

export interface TrafficQuestion {
  readonly project: string
  /** First day, `YYYY-MM-DD`, in the project's time zone. */
  readonly from: string
  /** Last day, inclusive. */
  readonly to: string
  readonly timeZone: string
  readonly baseCurrency: string
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
