import { type ClockTime, readClock } from '../normalise/clock.ts'
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
  /** See `ClockInput`. */
  readonly isFileImport?: boolean
}

/**
 * When an event happened, without the error of its sender's clock. Whether that lies in a credible time is asked after the correction: a
 * device whose clock stands in 1970 tells the age of its events all the same.
 */
export function readTime(
  { occurred_at: sent, age_ms: ageMs }: Pick<ValidEnvelope, 'occurred_at' | 'age_ms'>,
  { receivedAt, sentAt, isServer, isFileImport = false }: Clocks,
  notes: Notes,
  context: DateContext = {},
): ClockTime | Fault {
  const read = sent === undefined ? null : readSent(sent, sentAt, isFileImport, context)
  if (read !== null && read.status !== 'ok') return fault('bad_time', unread(read), read.rule)
  if (read !== null && read.repairRule !== null) {
    notes.repairs.push({ field: 'occurred_at', from: sent, to: new Date(read.at).toISOString(), rule: read.repairRule })
  }
  const time = readClock({ occurredAt: read?.at, sentAt, receivedAt, ageMs: ageMs ?? null, isFileImport })
  if (time.status !== 'ok')
    return fault('bad_time', `occurred_at is out of range or lies in the future (${time.rule})`, time.rule)
  // Older than a tracker keeps events, so no tracker sent it: only a server may write history.
  if (time.flags.includes('too_late') && !isServer) {
    return fault('too_late', 'occurred_at is older than a tracker may deliver; only a server with the secret key may send it')
  }
  for (const flag of time.flags) notes.flags.add(flag)
  if (read?.isDay === true) notes.flags.add('day_precision')
  return time
}

type Unread = Exclude<Reading, { readonly status: 'ok' }>

/** `repairRule`: by which rule it was read, if not as it is meant to be written: in milliseconds, or in ISO 8601 to the second. */
interface ReadTime {
  readonly status: 'ok'
  readonly at: number
  readonly repairRule: DateRule | null
  /** A date without a time: it counts on that day, and its midnight is no time of day. */
  readonly isDay: boolean
}

function readSent(sent: number | string, sentAt: number | null, isFileImport: boolean, context: DateContext): ReadTime | Unread {
  const isMilliseconds = typeof sent === 'number' && countsMilliseconds(sent, sentAt, isFileImport, context)
  if (isMilliseconds) return { status: 'ok', at: sent, repairRule: null, isDay: false }
  const read = readDate(sent, context, anyTime)
  if (read.status !== 'ok') return read
  const isPlain = plainRules.has(read.rule) && (read.precision === 'ms' || read.precision === 's')
  return { status: 'ok', at: read.at, repairRule: isPlain ? null : read.rule, isDay: read.precision === 'day' }
}

function countsMilliseconds(value: number, sentAt: number | null, isFileImport: boolean, { unit }: DateContext): boolean {
  if (unit !== null && unit !== undefined) return unit === 'ms'
  // A column of a file may be Excel's days, or no time at all.
  if (isFileImport) return value >= 1e12 && value < 1e13
  return !(hasOtherUnit(value) && isCredible(sentAt))
}

// A clock that stands in 1970 counts milliseconds that look like today's seconds; it shows in `sent_at`, too.
const isCredible = (sentAt: number | null): boolean => sentAt === null || sentAt >= eventTimes.from

/** Has it 10, 16 or 19 digits, as seconds, microseconds and nanoseconds of today have? */
const hasOtherUnit = (value: number): boolean =>
  (value >= 1e9 && value < 1e10) || (value >= 1e15 && value < 1e16) || (value >= 1e18 && value < 1e19)

const plainRules: ReadonlySet<DateRule> = new Set(['DT-ISO-ZONED', 'DT-ISO-IXDTF', 'DT-OFFSET-WINS'])

const unread = ({ status, rule }: Unread): string =>
  status === 'ambiguous'
    ? `occurred_at has more than one reading (${rule}); write date, time and zone, such as 2026-11-21T18:00:00Z${settledBy(rule)}`
    : `occurred_at is no date and time (${rule}); write it such as 2026-11-21T18:00:00Z`

/** Some doubts go away once it is known how the source writes. */
function settledBy(rule: DateRule): string {
  const setting = settings.get(rule)
  return setting === undefined ? '' : `, or register ${setting} of its source`
}

const settings: ReadonlyMap<DateRule, string> = new Map([
  ['DT-LOCAL-NOZONE', 'the time zone'],
  ['DT-DATE-NOZONE', 'the time zone'],
  ['DT-NUM-ORDER', 'the date order'],
  ['DT-YEAR2', 'the date order'],
  ['DT-EPOCH-MAGNITUDE', 'the time unit'],
  ['DT-EXCEL-NOUNIT', 'the time unit'],
])
