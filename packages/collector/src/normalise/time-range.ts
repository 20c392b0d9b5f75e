/**
 * The times that an event can have, ms since 1970 UTC: from 1990 until before 2100 (DT-RANGE). Outside of them lie only sentinels such as
 * 1970-01-01 and 9999-12-31, and mix-ups of units.
 */
export const eventTimes: TimeRange = { from: Date.UTC(1990, 0), until: Date.UTC(2100, 0) }

export interface TimeRange {
  readonly from: number
  /** Not included. */
  readonly until: number
}

/** Every year with four digits, but the sentinels at its beginning. For what is held against a range later, or is no event's time. */
export const anyTime: TimeRange = { from: Date.UTC(1000, 0), until: Date.UTC(10_000, 0) }
