import { createDayOf } from '../normalise/day.ts'
import { addDays, daysBetween, startOfDay } from './days.ts'
import type { PeriodQuestion, TrafficAnswer, TrafficQuestion } from './questions.ts'

/** What a store has to know to answer. */
export interface TrafficFacts {
  readonly days: readonly {
    readonly day: string
    readonly events: number
    readonly bots: number
    readonly duplicates: number
    readonly orders: number
    readonly revenue: number
    readonly orders_without_rate: number
  }[]
  readonly visitors: readonly { readonly day: string; readonly visitors: number }[]
  readonly totals: {
    readonly visitors: number
    readonly sessions: number
    readonly first_received_at: number | null
    readonly last_received_at: number | null
  }
  readonly verdicts: readonly { readonly verdict: string; readonly events: number }[]
}

/** The period's first instant and the first after it. */
export function periodOf({ from, to, timeZone }: PeriodQuestion): { readonly start: number; readonly end: number } {
  const dayOf = createDayOf(timeZone)
  return { start: startOfDay(from, dayOf), end: startOfDay(addDays(to, 1), dayOf) }
}

/** One definition of the answer for every store. */
export function trafficAnswer({ from, to, timeZone, baseCurrency }: TrafficQuestion, facts: TrafficFacts): TrafficAnswer {
  const eventsOf = new Map(facts.days.map(({ day, events }) => [day, events]))
  const visitorsOf = new Map(facts.visitors.map(({ day, visitors }) => [day, visitors]))
  const verdictOf = new Map(facts.verdicts.map(({ verdict, events }) => [verdict, events]))
  const sum = (field: 'events' | 'bots' | 'duplicates' | 'orders' | 'revenue' | 'orders_without_rate'): number =>
    facts.days.reduce((total, day) => total + day[field], 0)
  const verdicts = {
    accepted: verdictOf.get('accepted') ?? 0,
    duplicate: verdictOf.get('duplicate') ?? 0,
    quarantined: verdictOf.get('quarantined') ?? 0,
    rejected: verdictOf.get('rejected') ?? 0,
  }
  return {
    question: 'traffic',
    from,
    to,
    time_zone: timeZone,
    days: daysBetween(from, to).map((day) => ({ day, events: eventsOf.get(day) ?? 0, visitors: visitorsOf.get(day) ?? 0 })),
    totals: {
      events: sum('events'),
      visitors: facts.totals.visitors,
      sessions: facts.totals.sessions,
      orders: sum('orders'),
      revenue: { minor: sum('revenue'), currency: baseCurrency },
      first_received_at: iso(facts.totals.first_received_at),
      last_received_at: iso(facts.totals.last_received_at),
    },
    verdicts: { received: verdictOf.get('received') ?? 0, ...verdicts },
    excluded: { bots: sum('bots'), duplicates: sum('duplicates'), orders_without_rate: sum('orders_without_rate') },
  }
}

const iso = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString())
