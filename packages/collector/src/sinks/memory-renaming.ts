import { isStoredName } from '../normalise/stored-name.ts'
import type { CountedQuality } from './memory-quality.ts'
import type { Recount, Recounted, Renaming, Revision, SentName, SentRows } from './revision.ts'
import type { EventRecord } from './sink.ts'
import type { StoredEvent } from './stored-event.ts'

interface Kept {
  readonly project: string
  readonly record: EventRecord
  readonly stored: StoredEvent
}

/**
 * What the memory says about the names that events came under. Positions count from 1.
 *
 * @param replace stores everything again, in the same order, with these records in place of those that were there
 */
export function createMemoryRenaming(
  events: readonly Kept[],
  counts: CountedQuality[],
  replace: (records: ReadonlyMap<Kept, EventRecord>) => void,
): Renaming {
  const sentAs = (project: string, name: string): readonly (readonly [position: number, Kept])[] =>
    events.flatMap((kept, index) =>
      kept.project === project && kept.record.originalName === name ? [[index + 1, kept] as const] : [],
    )
  const isWithin = ({ from, to }: SentName, { record: { occurredAt } }: Kept): boolean =>
    (from === undefined || occurredAt >= from) && (to === undefined || occurredAt < to)

  return {
    async sentNames(project, { after, limit }) {
      const names = events
        .filter((kept) => kept.project === project && (isUnknown(kept) || kept.record.beforeAlias !== undefined))
        .map(({ record }) => record.originalName)
      return [...new Set(names)]
        .sort(byBytes)
        .filter((name) => byBytes(name, after) > 0)
        .slice(0, limit)
    },
    async unknownEvents(ask, { after, limit }) {
      const found = sentAs(ask.project, ask.name).filter(([position, kept]) => position > (after ?? 0) && isUnknown(kept))
      return rowsOf(ask, found, limit)
    },
    async renamedEvents(ask, { after, limit }) {
      const found = sentAs(ask.project, ask.name).filter(
        ([position, { record }]) =>
          position < (after ?? Number.POSITIVE_INFINITY) && record.beforeAlias !== undefined && record.name !== ask.called,
      )
      return rowsOf(ask, found.reverse(), limit)
    },
    async countUnknown(ask, { after, limit }) {
      const found = sentAs(ask.project, ask.name).filter(([position, kept]) => position > (after ?? 0) && isUnknown(kept))
      const events = found.slice(0, limit).filter(([, kept]) => isWithin(ask, kept)).length
      return { events, next: found.length >= limit ? (found[limit - 1]?.[0] ?? null) : null }
    },
    async revise(project, revisions) {
      const changed = new Map<Kept, EventRecord>()
      for (const revision of revisions) {
        const kept = events[revision.position - 1]
        if (kept?.project !== project || kept.record.id !== revision.id || kept.record.name !== revision.nameBefore) continue
        changed.set(kept, revised(kept.record, revision))
        recount(kept, revision.recount)
      }
      if (changed.size > 0) replace(changed)
      return changed.size
    },
  }

  function recount({ project, record }: Kept, { day, gone, come }: Recount): void {
    const place = { project, day, source: record.countedSource }
    const isPlace = (count: CountedQuality): boolean =>
      count.project === project && count.day === day && count.source === place.source
    const countOf = ({ kind, key }: Recounted): number =>
      counts.reduce((sum, count) => (isPlace(count) && count.kind === kind && count.key === key ? sum + count.events : sum), 0)
    const [mark] = gone
    if (mark === undefined || countOf(mark) === 0) return
    for (const one of gone) if (countOf(one) > 0) counts.push({ ...place, ...one, events: -1 })
    for (const one of come) counts.push({ ...place, ...one, events: 1 })
  }

  function rowsOf(ask: SentName, found: readonly (readonly [position: number, Kept])[], limit: number): SentRows {
    const looked = found.slice(0, limit)
    const rows = looked.flatMap(([position, kept]) =>
      isWithin(ask, kept) ? [{ position, event: kept.stored, beforeAlias: kept.record.beforeAlias ?? null }] : [],
    )
    return { rows, next: found.length > limit ? (looked.at(-1)?.[0] ?? null) : null }
  }
}

const isUnknown = ({ record }: Kept): boolean => !isStoredName(record.name)

/** As SQLite compares texts. */
const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))

const revised = (record: EventRecord, { meaning, beforeAlias }: Revision): EventRecord => ({
  ...record,
  ...meaning,
  beforeAlias: beforeAlias ?? undefined,
})
