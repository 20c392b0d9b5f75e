import { type Purpose, purposes } from '@footfall/events'
import { FootfallError } from '../errors.ts'
import type { DayOf } from '../normalise/day.ts'
import { addDays, startOfDay } from '../reports/days.ts'

/** What has a time of its own to be kept for. */
const retentionKinds = [...purposes, 'quarantine'] as const
export type RetentionKind = Purpose | 'quarantine'

/** For how many days each is kept, by its receipt. What is not named is kept. */
export type RetentionDays = Readonly<Partial<Record<RetentionKind, number>>>

/** Before when each goes, by its receipt: ms since 1970 UTC. */
export type Cutoffs = Readonly<Partial<Record<RetentionKind, number>>>

/** A hundred years: longer is a typing error. */
const maxDays = 36_525

/** Reads `400`, or `analytics=400,marketing=180,quarantine=30`, or the same as an object; `null` when it is neither. */
export function readRetention(value: unknown): RetentionDays | null {
  if (typeof value === 'number' || (typeof value === 'string' && /^\s*\d+\s*$/.test(value))) {
    return allOf(retentionKinds.map((kind) => [kind, Number(value)]))
  }
  if (typeof value === 'string') {
    return allOf(value.split(',').map((part) => part.split('=').map((side) => side.trim())))
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? allOf(Object.entries(value)) : null
}

function allOf(entries: readonly (readonly unknown[])[]): RetentionDays | null {
  const days = new Map<RetentionKind, number>()
  for (const [name, value, ...rest] of entries) {
    const kind = retentionKinds.find((known) => known === name)
    if (kind === undefined || days.has(kind) || rest.length > 0) return null
    const count = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value
    if (!Number.isInteger(count) || Number(count) < 1 || Number(count) > maxDays) return null
    days.set(kind, Number(count))
  }
  return Object.fromEntries(days)
}

/** What has been kept for long enough in one project. */
export interface RetentionAsk {
  readonly project: string
  readonly cutoffs: Cutoffs
  /**
   * Nothing is removed, with `clock_doubtful`, unless the newest seven days on which anything had come as the store was opened, or all there
   * were, are since then: either hardly anybody came for long, or the clock is wrong. Ms since 1970 UTC.
   */
  readonly provenSince?: number
}

/** @param why what speaks against the clock */
export const clockDoubtful = (why: string): FootfallError =>
  new FootfallError(
    'clock_doubtful',
    `The clock of this machine may be wrong (${why}), so nothing is removed by it for a day; if it is right, wait, or stop the collector and run footfall retention.`,
  )

/** What of it went. */
export interface Aged {
  readonly project: string
  readonly events: number
  readonly quarantined: number
  readonly sessions: number
  readonly visitorDays: number
  readonly numberRuns: number
  readonly trackerDrops: number
  readonly naturalKeys: number
  readonly links: number
}

export const nothingAged: Omit<Aged, 'project'> = {
  events: 0,
  quarantined: 0,
  sessions: 0,
  visitorDays: 0,
  numberRuns: 0,
  trackerDrops: 0,
  naturalKeys: 0,
  links: 0,
}

/** Whole days of the project: a day goes when it lies further back than its number of days, and then all of it. */
export function cutoffsOf(days: RetentionDays, now: number, dayOf: DayOf): Cutoffs {
  const today = dayOf(now)
  return Object.fromEntries(Object.entries(days).map(([kind, count]) => [kind, startOfDay(addDays(today, -count), dayOf)]))
}
