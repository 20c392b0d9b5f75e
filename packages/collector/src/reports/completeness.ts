import { maxQueueAgeMs, maxQueueEvents } from '@footfall/events/limits'
import type {
  CompletenessAnswer,
  CompletenessFigures,
  CompletenessQuestion,
  CountsByReason,
  ReportedReason,
} from './questions.ts'

/** Numbers of one visitor that have not arrived, between one that did (or the beginning) and the next that did. */
export interface Hole {
  readonly anonymousId: string
  readonly size: number
  /** Of the next event that arrived: when it happened, on which day, in which browser. */
  readonly at: number
  readonly day: string
  readonly browser: string | null
}

/** What a store has to know to answer. */
export interface CompletenessFacts {
  readonly received: readonly { readonly day: string; readonly browser: string | null; readonly events: number }[]
  readonly reported: readonly {
    readonly day: string
    readonly browser: string | null
    readonly reason: ReportedReason
    readonly events: number
  }[]
  /**
   * Every hole, of whatever day, of the visitors who have one in the period: visitor by visitor, in the order of their numbers. Read
   * once and one at a time, so that it may be longer than memory.
   */
  readonly holes: Iterable<Hole>
  /** What a visitor's trackers reported, of whatever day, by reason. */
  reportedBy(anonymousId: string): ReadonlyMap<ReportedReason, number>
}

/** A larger hole is no honest one: a tracker holds no more, so that somebody made the number up. */
const maxHole = maxQueueEvents

/** How long after its time an event may still come: what a tracker waits, and a moment for the way. */
const patienceMs = maxQueueAgeMs + 60 * 60 * 1000

/** Given up after they were numbered: each leaves a hole at once. */
const leavingHoles = ['expired', 'queue_full', 'refused'] as const
/** Given up before they were numbered or after: they may name the reason of a hole, but do not show that nothing comes any more. */
const ambiguous = ['too_large', 'other'] as const

/** One definition of the answer for every store. */
export function completenessAnswer(question: CompletenessQuestion, facts: CompletenessFacts): CompletenessAnswer {
  const { from, to, timeZone, now } = question
  const rows = createRows()
  for (const { day, browser, events } of facts.received) rows.at(day, browser).received += events
  for (const { day, browser, reason, events } of facts.reported) add(rows.at(day, browser).reported, reason, events)

  let jumps = 0
  let visitor: string | undefined
  let explanations = new Map<ReportedReason, number>()
  for (const hole of facts.holes) {
    const isAsked = hole.day >= from && hole.day <= to
    if (hole.size > maxHole) {
      if (isAsked) jumps += 1
      continue
    }
    if (hole.anonymousId !== visitor) {
      visitor = hole.anonymousId
      explanations = new Map(facts.reportedBy(visitor))
    }
    const isOver = hole.at + patienceMs < now
    // Trackers give up the oldest first, so the oldest hole is the first to be explained.
    const { lost, left } = explain(hole.size, explanations, isOver ? [...leavingHoles, ...ambiguous] : leavingHoles)
    if (!isAsked) continue
    const row = rows.at(hole.day, hole.browser)
    for (const [reason, events] of lost) add(row.lost, reason, events)
    if (isOver) add(row.lost, 'unknown', left)
    else row.late += left
  }

  const made = rows.all()
  return {
    question: 'completeness',
    from,
    to,
    time_zone: timeZone,
    totals: figuresOf(made.reduce(sumOf, emptyRow('', null))),
    rows: made.map((row) => ({ day: row.day, browser: row.browser, ...figuresOf(row) })),
    excluded: { jumps },
  }
}

interface Row {
  readonly day: string
  readonly browser: string | null
  received: number
  late: number
  readonly lost: Counts
  readonly reported: Counts
}
type Counts = Map<ReportedReason | 'unknown', number>

const emptyRow = (day: string, browser: string | null): Row => ({
  day,
  browser,
  received: 0,
  late: 0,
  lost: new Map(),
  reported: new Map(),
})

function createRows() {
  const rows = new Map<string, Row>()
  return {
    at(day: string, browser: string | null): Row {
      const key = `${day} ${browser ?? ''}`
      const known = rows.get(key)
      if (known !== undefined) return known
      const fresh = emptyRow(day, browser)
      rows.set(key, fresh)
      return fresh
    },
    all: (): readonly Row[] => [...rows.keys()].sort().flatMap((key) => rows.get(key) ?? []),
  }
}

/** Takes as much of the hole as these reasons explain out of what the visitor's trackers reported. */
function explain(size: number, explanations: Map<ReportedReason, number>, reasons: readonly ReportedReason[]) {
  let left = size
  const lost: (readonly [reason: ReportedReason, events: number])[] = []
  for (const reason of reasons) {
    const reported = explanations.get(reason) ?? 0
    const events = Math.min(left, reported)
    explanations.set(reason, reported - events)
    lost.push([reason, events])
    left -= events
  }
  return { lost, left }
}

function add(counts: Counts, reason: ReportedReason | 'unknown', events: number): void {
  if (events > 0) counts.set(reason, (counts.get(reason) ?? 0) + events)
}

function sumOf(sum: Row, row: Row): Row {
  for (const [reason, events] of row.lost) add(sum.lost, reason, events)
  for (const [reason, events] of row.reported) add(sum.reported, reason, events)
  return { ...sum, received: sum.received + row.received, late: sum.late + row.late }
}

function figuresOf({ received, late, lost: byReason, reported }: Row): CompletenessFigures {
  const lost = [...byReason.values()].reduce((sum, events) => sum + events, 0)
  const missing = late + lost
  return {
    expected: received + missing,
    received,
    missing,
    late,
    lost,
    lost_by_reason: Object.fromEntries(byReason),
    reported: Object.fromEntries(reported) as CountsByReason<ReportedReason>, // `unknown` is never reported
  }
}
