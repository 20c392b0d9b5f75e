import { type ClockReading, correctClock } from '../normalise/clock.ts'
import { type Reading, readDate } from '../normalise/date.ts'
import type { DateContext, DateRule } from '../normalise/date-rules.ts'
import { type Fault, fault, type Notes } from '../normalise/notes.ts'
import { anyTime, eventTimes } from '../normalise/time-range.ts'
import type { ValidEnvelope } from './validate.ts'

/** What the collector knows about the clocks of one request. */
export interface Clocks {
  readonly receivedAt: number
  readonly sentAt: number | null
  readonly isServer: boolean
}

/**
 * When an event happened, without the error of its sender's clock. Whether that lies in a credible time is asked after the correction: a
 * device whose clock stands in 1970 tells the age of its events all the same.
 */
export function readTime(
  { occurred_at: sent, age_ms: ageMs }: Pick<ValidEnvelope, 'occurred_at' | 'age_ms'>,
  { receivedAt, sentAt, isServer }: Clocks,
  notes: Notes,
  context: DateContext = {},
): ClockReading | Fault {
  const read = sent === undefined ? null : readSent(sent, sentAt, context)
  if (read !== null && read.status !== 'ok') return fault('bad_time', unread(read))
  if (read !== null && read.repairRule !== null) {
    notes.repairs.push({ field: 'occurred_at', from: sent, to: new Date(read.at).toISOString(), rule: read.repairRule })
  }
  const time = correctClock({ occurredAt: read?.at, sentAt, receivedAt, ageMs: ageMs ?? null })
  if (time.status !== 'ok') return fault('bad_time', `occurred_at is out of range or lies in the future (${time.rule})`)
  // Older than a tracker keeps events, so no tracker sent it: only a server may write history.
  if (time.flags.includes('too_late') && !isServer) {
    return fault('too_late', 'occurred_at is older than a tracker may deliver; only a server with the secret key may send it')
  }
  for (const flag of time.flags) notes.flags.add(flag)
  return time
}

type Unread = Exclude<Reading, { readonly status: 'ok' }>

/** `repairRule`: by which rule it was read, if not as it is meant to be written: in milliseconds, or in ISO 8601 to the second. */
interface ReadTime {
  readonly status: 'ok'
  readonly at: number
  readonly repairRule: DateRule | null
}

function readSent(sent: number | string, sentAt: number | null, context: DateContext): ReadTime | Unread {
  if (typeof sent === 'number' && !(hasOtherUnit(sent) && isCredible(sentAt))) return { status: 'ok', at: sent, repairRule: null }
  const read = readDate(sent, context, anyTime)
  if (read.status !== 'ok') return read
  const isPlain = plainRules.has(read.rule) && (read.precision === 'ms' || read.precision === 's')
  return { status: 'ok', at: read.at, repairRule: isPlain ? null : read.rule }
}

// A clock that stands in 1970 counts milliseconds that look like today's seconds; it shows in `sent_at`, too.
const isCredible = (sentAt: number | null): boolean => sentAt === null || sentAt >= eventTimes.from

/** Has it 10, 16 or 19 digits, as seconds, microseconds and nanoseconds of today have? */
const hasOtherUnit = (value: number): boolean =>
  (value >= 1e9 && value < 1e10) || (value >= 1e15 && value < 1e16) || (value >= 1e18 && value < 1e19)

const plainRules: ReadonlySet<DateRule> = new Set(['DT-ISO-ZONED', 'DT-ISO-IXDTF', 'DT-OFFSET-WINS'])

const unread = ({ status, rule }: Unread): string =>
  status === 'ambiguous'
    ? `occurred_at has more than one reading (${rule}); write date, time and zone, such as 2026-11-21T18:00:00Z`
    : `occurred_at is no date and time (${rule}); write it such as 2026-11-21T18:00:00Z`
