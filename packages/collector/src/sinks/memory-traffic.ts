import type { TrafficQuestion } from '../reports/questions.ts'
import { periodOf, type TrafficFacts } from '../reports/traffic.ts'
import type { CountedQuality } from './memory-quality.ts'
import type { KeptEvent } from './memory-reports.ts'

/** The naive way: everything is looked at, day by day. */
export function trafficFacts(
  question: TrafficQuestion,
  events: readonly KeptEvent[],
  quality: readonly CountedQuality[],
): TrafficFacts {
  const own = events.filter(({ project }) => project === question.project)
  const isInPeriod = (day: string): boolean => day >= question.from && day <= question.to
  const dated = own.filter(({ record }) => isInPeriod(record.day))
  const days = new Set(dated.map(({ record }) => record.day))
  const { start, end } = periodOf(question)
  const starts = new Map<string, number>()
  for (const { record } of own) {
    if (record.session === null || record.bot) continue
    const { id } = record.session
    starts.set(id, Math.min(starts.get(id) ?? Number.POSITIVE_INFINITY, record.occurredAt))
  }
  const receipts = own.map(({ receivedAt }) => receivedAt)
  return {
    days: [...days].map((day) =>
      dayFacts(
        day,
        dated.filter(({ record }) => record.day === day),
      ),
    ),
    visitors: [...days].map((day) => ({ day, visitors: visitorsOf(dated.filter(({ record }) => record.day === day)) })),
    totals: {
      visitors: visitorsOf(dated),
      sessions: [...starts.values()].filter((at) => at >= start && at < end).length,
      first_received_at: receipts.length === 0 ? null : Math.min(...receipts),
      last_received_at: receipts.length === 0 ? null : Math.max(...receipts),
    },
    verdicts: [
      ...Map.groupBy(
        quality.filter(({ project, day, kind }) => project === question.project && isInPeriod(day) && isOfAccounts(kind)),
        ({ key }) => key,
      ),
    ].map(([verdict, entries]) => ({ verdict, events: entries.reduce((sum, { events }) => sum + events, 0) })),
  }
}

const isOfAccounts = (kind: string): boolean => kind === 'received' || kind === 'verdict'

/** Does it count, or is it a bot’s, or a repetition? */
export const isCounted = ({ record, stored }: KeptEvent): boolean => !record.bot && stored.duplicate_of === null

const visitorsOf = (kept: readonly KeptEvent[]): number =>
  new Set(kept.filter(isCounted).flatMap(({ record }) => record.anonymousId ?? [])).size

const orderNames: ReadonlySet<string> = new Set(['order_completed', 'pos_purchase_completed'])

function dayFacts(day: string, kept: readonly KeptEvent[]): TrafficFacts['days'][number] {
  const counted = kept.filter(isCounted)
  const orders = counted.filter(({ record }) => orderNames.has(record.name))
  const amounts = orders.map(({ amounts }) => (amounts.valuePath === null ? undefined : amounts.money[amounts.valuePath]))
  return {
    day,
    events: counted.length,
    bots: kept.filter(({ record }) => record.bot).length,
    duplicates: kept.filter(({ record, stored }) => !record.bot && stored.duplicate_of !== null).length,
    orders: orders.length,
    revenue: amounts.reduce((sum, amount) => sum + (amount?.baseMinor ?? 0), 0),
    orders_without_rate: amounts.filter((amount) => amount !== undefined && amount.baseMinor === null).length,
  }
}
