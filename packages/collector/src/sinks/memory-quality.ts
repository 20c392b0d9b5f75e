import type { QualityKind } from '../quality/count.ts'
import type { QualityFacts } from '../reports/quality.ts'
import type { QualityQuestion } from '../reports/questions.ts'
import { periodOf } from '../reports/traffic.ts'
import type { EventRecord, QuarantineRecord } from './sink.ts'

/** One count, of one event or (in a replay) taken back. */
export interface CountedQuality {
  readonly project: string
  readonly day: string
  readonly source: string
  readonly kind: QualityKind
  readonly key: string
  readonly events: number
}

export interface SourceTimes {
  readonly project: string
  readonly source: string
  readonly firstSeen: number
  readonly lastSeen: number
}

/** What the memory keeps that the report on quality is about. */
export interface KeptQuality {
  readonly counts: readonly CountedQuality[]
  readonly times: Iterable<SourceTimes>
  /** In the order of receipt. */
  readonly events: readonly {
    readonly project: string
    readonly record: EventRecord
    readonly receivedAt: number
    readonly isCounted: boolean
  }[]
  readonly quarantined: readonly { readonly project: string; readonly record: QuarantineRecord; readonly receivedAt: number }[]
  readonly aliases: ReadonlyMap<string, string>
}

export function qualityFacts(question: QualityQuestion, kept: KeptQuality): QualityFacts {
  const { project, from, to } = question
  const { start, end } = periodOf(question)
  const isAsked = (source: string): boolean => question.source === null || question.source === source
  const counts = kept.counts.filter(
    (count) => count.project === project && count.day >= from && count.day <= to && isAsked(count.source),
  )
  const own = kept.events.filter((event) => event.project === project)
  const named = Map.groupBy(
    own.filter(({ record, isCounted }) => isCounted && record.day >= from && record.day <= to),
    ({ record }) => record.name,
  )
  return {
    days: counts.filter(({ kind }) => kind === 'received' || kind === 'verdict' || kind === 'replayed'),
    counts: [...Map.groupBy(counts, ({ kind, key }) => `${kind} ${key}`).values()].flatMap((same) =>
      same.slice(0, 1).map(({ kind, key }) => ({ kind, key, events: same.reduce((sum, { events }) => sum + events, 0) })),
    ),
    quarantined: kept.quarantined
      .filter(
        ({ record, receivedAt, ...row }) =>
          row.project === project && receivedAt >= start && receivedAt < end && isAsked(record.countedSource),
      )
      .toReversed()
      .sort((one, other) => other.receivedAt - one.receivedAt)
      .map(({ record, receivedAt }) => ({ ...record, key: record.rawHash, receivedAt })),
    names: [...named]
      .map(([name, events]) => ({ name, events: events.length }))
      .sort((one, other) => other.events - one.events || byBytes(one.name, other.name))
      .slice(0, 500),
    seen(name) {
      const received = own.filter(({ record }) => record.name === name).map(({ receivedAt }) => receivedAt)
      const [first] = received
      return first === undefined ? null : { first, last: received.at(-1) ?? first }
    },
    aliases: kept.aliases,
    sources: [...kept.times]
      .filter((heard) => heard.project === project && isAsked(heard.source))
      .sort((one, other) => other.lastSeen - one.lastSeen || byBytes(one.source, other.source))
      .slice(0, 1000),
  }
}

/** In the order of their UTF-8 bytes, as SQLite has texts. */
const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))
