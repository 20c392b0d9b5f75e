import { catalogue } from '@footfall/events'
import { suggestEventName } from '../normalise/event-name.ts'
import type { QualityKind } from '../quality/count.ts'
import type { QualityAnswer, QualityDay, QualityQuestion, QuarantineExample, VerdictFigures } from './questions.ts'

/** What a store has to know to answer: of the period and of the source, if one is asked for. */
export interface QualityFacts {
  /** Of the kinds `verdict` and `replayed`. */
  readonly days: readonly {
    readonly day: string
    readonly source: string
    readonly kind: QualityKind
    readonly key: string
    readonly events: number
  }[]
  /** Of the other kinds. */
  readonly counts: readonly { readonly kind: QualityKind; readonly key: string; readonly events: number }[]
  /** Newest first, not necessarily all. */
  readonly quarantined: readonly {
    readonly key: string
    readonly code: string
    readonly rule: string | null
    readonly name: string | null
    readonly detail: string
    readonly receivedAt: number
  }[]
  /** The 500 most frequent at most, the most frequent first. */
  readonly names: readonly { readonly name: string; readonly events: number }[]
  /** When the first and the last stored event of a name were received; `null` where none is left. */
  seen(name: string): { readonly first: number; readonly last: number } | null
  readonly aliases: ReadonlyMap<string, string>
  /** The 1000 that were heard of last. */
  readonly sources: readonly { readonly source: string; readonly lastSeen: number }[]
}

const maxExamples = 3
const maxNames = 20

/** One definition of the answer for every store. */
export function qualityAnswer({ from, to, timeZone, source }: QualityQuestion, facts: QualityFacts): QualityAnswer {
  const days = daysOf(facts.days)
  const of = (kind: QualityKind): readonly { readonly key: string; readonly events: number }[] =>
    facts.counts
      .filter((count) => count.kind === kind && count.events > 0)
      .sort((one, other) => other.events - one.events || (one.key < other.key ? -1 : 1))
  const eventsOf = (kind: QualityKind, key: string): number => of(kind).find((count) => count.key === key)?.events ?? 0
  return {
    question: 'quality',
    from,
    to,
    time_zone: timeZone,
    source,
    days,
    totals: sumOf(days),
    repairs: of('repair').map(({ key, events }) => ({ rule: key, events })),
    flags: of('flag').map(({ key, events }) => ({ flag: key, events })),
    quarantine: of('quarantined').map(({ key, events }) => {
      const [code = '', rule = ''] = key.split(' ')
      return { code, rule, events, examples: examplesOf(code, rule, facts) }
    }),
    rejected: of('rejected').map(({ key, events }) => ({ code: key, events })),
    duplicates: of('duplicate').map(({ key, events }) => ({ kind: key, events })),
    late: {
      live: eventsOf('late', 'live'),
      day: eventsOf('late', 'day'),
      week: eventsOf('late', 'week'),
      too_late: eventsOf('late', 'too_late'),
    },
    missing_rates: eventsOf('flag', 'missing_rate'),
    currency: { own: eventsOf('currency', 'own'), default: eventsOf('currency', 'default') },
    unknown_names: unknownNames(facts),
    sources: facts.sources
      .toSorted((one, other) => compare(one.source, other.source))
      .map(({ source: name, lastSeen }) => {
        const { received, quarantined } = sumOf(days.filter((row) => row.source === name))
        return { source: name, received, quarantined, last_seen: iso(lastSeen) }
      }),
  }
}

function daysOf(rows: QualityFacts['days']): readonly QualityDay[] {
  const byDay = Map.groupBy(rows, ({ day, source }) => JSON.stringify([day, source]))
  return [...byDay.values()]
    .map((own) => {
      const [{ day, source }] = own as [(typeof own)[number]] // a group has at least one
      const count = (kind: QualityKind, key?: string): number =>
        own.reduce((sum, row) => (row.kind === kind && (key ?? row.key) === row.key ? sum + row.events : sum), 0)
      return {
        day,
        source,
        received: count('received'),
        accepted: count('verdict', 'accepted'),
        duplicate: count('verdict', 'duplicate'),
        quarantined: count('verdict', 'quarantined'),
        rejected: count('verdict', 'rejected'),
        replayed: count('replayed'),
      }
    })
    .filter(({ received, replayed }) => received + replayed > 0)
    .sort((one, other) => compare(one.day, other.day) || compare(one.source, other.source))
}

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1)

const noFigures: VerdictFigures = { received: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0, replayed: 0 }

const sumOf = (days: readonly VerdictFigures[]): VerdictFigures =>
  days.reduce(
    (sum, day) => ({
      received: sum.received + day.received,
      accepted: sum.accepted + day.accepted,
      duplicate: sum.duplicate + day.duplicate,
      quarantined: sum.quarantined + day.quarantined,
      rejected: sum.rejected + day.rejected,
      replayed: sum.replayed + day.replayed,
    }),
    noFigures,
  )

const examplesOf = (code: string, rule: string, { quarantined }: QualityFacts): readonly QuarantineExample[] =>
  quarantined
    .filter((row) => row.code === code && (row.rule ?? '') === rule)
    .slice(0, maxExamples)
    .map(({ key, name, detail, receivedAt }) => ({ key, name, detail, received_at: iso(receivedAt) }))

function unknownNames({ names, seen, aliases }: QualityFacts): QualityAnswer['unknown_names'] {
  const found: QualityAnswer['unknown_names'][number][] = []
  for (const { name, events } of names) {
    if (found.length === maxNames) break
    // What retention took stays counted: of a name of which nothing else is left there is nothing to rename.
    const times = catalogue.has(name) ? null : seen(name)
    if (times === null) continue
    const common = { name, events, first_seen: iso(times.first), last_seen: iso(times.last) }
    found.push({ ...common, suggestion: suggestEventName(name), alias: aliases.get(name) ?? null })
  }
  return found
}

const iso = (instant: number): string => new Date(instant).toISOString()
