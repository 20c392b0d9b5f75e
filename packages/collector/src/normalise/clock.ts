import { limits } from '@footfall/events'
import type { Outcome } from './outcome.ts'
import { eventTimes } from './time-range.ts'

export type ClockRule =
  | 'TM-DEVICE'
  | 'TM-AGE'
  | 'TM-SKEW'
  | 'TM-RECEIPT'
  | 'TM-WENT-BACK'
  | 'TM-FUTURE'
  | 'DT-RANGE'
  | 'DT-MISSING'

/** Why the stored time is not the device's own. */
export type TimeCorrection = 'clock_skew' | 'monotonic_age' | 'clock_went_back' | 'future_clamped' | 'time_from_receipt'

export type TimeFlag = 'bad_clock' | 'clock_went_back' | 'future_clamped' | 'time_from_receipt' | 'too_late'

export interface ClockInput {
  /** The event's time by the device's clock, ms since 1970 UTC. */
  readonly occurredAt: number | null | undefined
  /** The attempt's time by the same clock. */
  readonly sentAt?: number | null | undefined
  /** The collector's clock. */
  readonly receivedAt: number
  /** The event's age by the monotonic clock when the attempt was made, in ms. */
  readonly ageMs?: number | null | undefined
  /**
   * Is it a row of a file? When a file is read says nothing about when its rows happened: a time is neither made up from it nor clamped.
   * @defaultValue false
   */
  readonly isFileImport?: boolean | undefined
}

export interface ClockReading extends ClockTime {
  /** `occurredAt` as ISO 8601 with milliseconds. */
  readonly iso: string
}

export interface ClockTime {
  /** Corrected time, ms since 1970 UTC. */
  readonly occurredAt: number
  readonly reason: TimeCorrection | null
  /** The device clock's error, travel included; `null` when the sender gave no `sent_at`. */
  readonly skewMs: number | null
  readonly flags: readonly TimeFlag[]
}

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute

/** A smaller difference is travel and rounding. */
const toleratedMs = 5 * second
const toleratedFutureMs = 5 * minute

const maxDateMs = 8.64e15

/**
 * Takes the device clock's error out of an event's time: `receivedAt − (sentAt − occurredAt)`, with the monotonic age in place of
 * the difference where it shows that the clock was set in between. Errors of up to 5 s are left alone.
 *
 * `invalid`: a time that no clock error explains: more than a day in the future, or outside of 1990 to 2100, without `sentAt`; from a
 * file, none at all, or one more than five minutes in the future.
 */
export function correctClock(input: ClockInput): Outcome<ClockReading, ClockRule> {
  const time = readClock(input)
  return time.status === 'ok' ? { ...time, iso: new Date(time.occurredAt).toISOString() } : time
}

/** The same without the text, which takes longer to write than all the rest to find out. */
export function readClock(input: ClockInput): Outcome<ClockTime, ClockRule> {
  const { receivedAt } = input
  const occurredAt = instant(input.occurredAt)
  const sentAt = instant(input.sentAt)
  const ageMs = instant(input.ageMs)
  const skewMs = sentAt === null ? null : Math.round(receivedAt - sentAt)
  const skewFlags: readonly TimeFlag[] = skewMs !== null && Math.abs(skewMs) > day ? ['bad_clock'] : []

  if (input.isFileImport === true) return imported()
  if (occurredAt === null) {
    if (isGiven(input.occurredAt)) return { status: 'invalid', rule: 'DT-RANGE' }
    if (ageMs !== null) return reading(receivedAt - ageMs, 'TM-AGE', 'monotonic_age', skewFlags)
    return reading(receivedAt, 'TM-RECEIPT', 'time_from_receipt', [...skewFlags, 'time_from_receipt'])
  }
  if (sentAt === null) return ageMs === null ? trusted(occurredAt) : aged(occurredAt, ageMs)

  const wallAgeMs = sentAt - occurredAt
  const isClockRight = Math.abs(receivedAt - sentAt) <= toleratedMs
  const wentBack: readonly TimeFlag[] = wallAgeMs < 0 ? ['clock_went_back'] : []
  // A sleeping machine stops the monotonic clock, never the wall clock: only an age longer than the wall's shows a clock set back.
  if (ageMs !== null && (wallAgeMs < 0 || ageMs - wallAgeMs > toleratedMs)) {
    return reading(receivedAt - ageMs, 'TM-AGE', 'monotonic_age', [...skewFlags, ...wentBack])
  }
  if (wallAgeMs < 0) return reading(receivedAt, 'TM-WENT-BACK', 'clock_went_back', [...skewFlags, ...wentBack])
  if (isClockRight) return reading(occurredAt, 'TM-DEVICE', null, skewFlags)
  return reading(receivedAt - wallAgeMs, 'TM-SKEW', 'clock_skew', skewFlags)

  function imported(): Outcome<ClockTime, ClockRule> {
    if (occurredAt === null) return { status: 'invalid', rule: isGiven(input.occurredAt) ? 'DT-RANGE' : 'DT-MISSING' }
    if (occurredAt > receivedAt + toleratedFutureMs) return { status: 'invalid', rule: 'TM-FUTURE' }
    return reading(occurredAt, 'TM-DEVICE', null, [])
  }

  /** No `sentAt`: the device's word stands, unless it is impossible. */
  function trusted(at: number): Outcome<ClockTime, ClockRule> {
    if (at < eventTimes.from || at >= eventTimes.until) return { status: 'invalid', rule: 'DT-RANGE' }
    if (at > receivedAt + day) return { status: 'invalid', rule: 'TM-FUTURE' }
    return reading(at, 'TM-DEVICE', null, [])
  }

  function aged(at: number, age: number): Outcome<ClockTime, ClockRule> {
    const byAge = receivedAt - age
    return Math.abs(at - byAge) <= toleratedMs
      ? reading(at, 'TM-DEVICE', null, [])
      : reading(byAge, 'TM-AGE', 'monotonic_age', [])
  }

  function reading(
    at: number,
    rule: ClockRule,
    reason: TimeCorrection | null,
    flags: readonly TimeFlag[],
  ): Outcome<ClockTime, ClockRule> {
    const rounded = Math.round(at)
    if (rounded > receivedAt + toleratedFutureMs)
      return ok(receivedAt, 'TM-FUTURE', 'future_clamped', [...flags, 'future_clamped'])
    if (rounded < eventTimes.from) return { status: 'invalid', rule: 'DT-RANGE' }
    return ok(rounded, rule, reason, flags)
  }

  function ok(at: number, rule: ClockRule, reason: TimeCorrection | null, flags: readonly TimeFlag[]) {
    const allFlags: readonly TimeFlag[] = lateness(at, receivedAt) === 'too_late' ? [...flags, 'too_late'] : flags
    return { status: 'ok', rule, occurredAt: at, reason, skewMs, flags: allFlags } as const
  }
}

/** How long after it happened an event was received. Past `restate` it is kept and moves nothing any more. */
export type Lateness = 'live' | 'late' | 'restate' | 'too_late'

/** Up to 5 minutes `live`, up to a day `late`, up to a week `restate` (reports change after the fact), `too_late` beyond. Both in ms. */
export function lateness(occurredAt: number, receivedAt: number): Lateness {
  const lagMs = receivedAt - occurredAt
  if (lagMs <= 5 * minute) return 'live'
  if (lagMs <= day) return 'late'
  return lagMs <= limits.maxQueueAgeMs ? 'restate' : 'too_late'
}

const isGiven = (value: number | null | undefined): boolean => value !== null && value !== undefined

/** A finite number that a `Date` can hold. */
const instant = (value: number | null | undefined): number | null =>
  typeof value === 'number' && Math.abs(value) <= maxDateMs ? value : null
