import { limits } from '@footfall/events'
import type { Outcome } from './outcome.ts'

export type ClockRule = 'TM-DEVICE' | 'TM-AGE' | 'TM-SKEW' | 'TM-RECEIPT' | 'TM-WENT-BACK' | 'TM-FUTURE' | 'DT-RANGE'

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
}

export interface ClockReading {
  /** Corrected time, ms since 1970 UTC. */
  readonly occurredAt: number
  /** The same as ISO 8601 with milliseconds. */
  readonly iso: string
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

// Outside of this lie only sentinels and unit mix-ups.
const earliest = Date.UTC(1990, 0)
const latest = Date.UTC(2100, 0)
const maxDateMs = 8.64e15

/**
 * Takes the device clock's error out of an event's time: `receivedAt − (sentAt − occurredAt)`, with the monotonic age in place of
 * the difference where it shows that the clock was set in between. Errors of up to 5 s are left alone.
 *
 * `invalid`: a time that no clock error explains: more than a day in the future, or outside of 1990 to 2100, without `sentAt`.
 */
export function correctClock(input: ClockInput): Outcome<ClockReading, ClockRule> {
  const { receivedAt } = input
  const occurredAt = instant(input.occurredAt)
  const sentAt = instant(input.sentAt)
  const ageMs = instant(input.ageMs)
  const skewMs = sentAt === null ? null : Math.round(receivedAt - sentAt)
  const skewFlags: readonly TimeFlag[] = skewMs !== null && Math.abs(skewMs) > day ? ['bad_clock'] : []

  if (occurredAt === null) {
    if (input.occurredAt !== null && input.occurredAt !== undefined) return { status: 'invalid', rule: 'DT-RANGE' }
    if (ageMs !== null) return reading(receivedAt - ageMs, 'TM-AGE', 'monotonic_age', skewFlags)
    return reading(receivedAt, 'TM-RECEIPT', 'time_from_receipt', [...skewFlags, 'time_from_receipt'])
  }
  if (sentAt === null) return ageMs === null ? trusted(occurredAt) : aged(occurredAt, ageMs)

  const wallAgeMs = sentAt - occurredAt
  const isClockRight = Math.abs(receivedAt - sentAt) <= toleratedMs
  // A sleeping machine stops the monotonic clock, never the wall clock: only an age longer than the wall's shows a clock set back.
  if (ageMs !== null && ageMs - wallAgeMs > toleratedMs) {
    return reading(receivedAt - ageMs, 'TM-AGE', 'monotonic_age', [...skewFlags, ...(wallAgeMs < 0 ? wentBack : [])])
  }
  if (wallAgeMs < -toleratedMs) return reading(receivedAt, 'TM-WENT-BACK', 'clock_went_back', [...skewFlags, ...wentBack])
  if (isClockRight) return reading(occurredAt, 'TM-DEVICE', null, skewFlags)
  return reading(receivedAt - Math.max(0, wallAgeMs), 'TM-SKEW', 'clock_skew', skewFlags)

  /** No `sentAt`: the device's word stands, unless it is impossible. */
  function trusted(at: number): Outcome<ClockReading, ClockRule> {
    if (at < earliest || at >= latest) return { status: 'invalid', rule: 'DT-RANGE' }
    if (at > receivedAt + day) return { status: 'invalid', rule: 'TM-FUTURE' }
    return reading(at, 'TM-DEVICE', null, [])
  }

  function aged(at: number, age: number): Outcome<ClockReading, ClockRule> {
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
  ): Outcome<ClockReading, ClockRule> {
    const rounded = Math.round(at)
    if (rounded > receivedAt + toleratedFutureMs)
      return ok(receivedAt, 'TM-FUTURE', 'future_clamped', [...flags, 'future_clamped'])
    if (rounded < earliest) return { status: 'invalid', rule: 'DT-RANGE' }
    return ok(rounded, rule, reason, flags)
  }

  function ok(at: number, rule: ClockRule, reason: TimeCorrection | null, flags: readonly TimeFlag[]) {
    const isLate = receivedAt - at > limits.maxQueueAgeMs
    const allFlags: readonly TimeFlag[] = isLate ? [...flags, 'too_late'] : flags
    return { status: 'ok', rule, occurredAt: at, iso: new Date(at).toISOString(), reason, skewMs, flags: allFlags } as const
  }
}

const wentBack: readonly TimeFlag[] = ['clock_went_back']

/** A finite number that a `Date` can hold. */
const instant = (value: number | null | undefined): number | null =>
  typeof value === 'number' && Math.abs(value) <= maxDateMs ? value : null
