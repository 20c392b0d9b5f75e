import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { isStoredName } from '../../normalise/stored-name.ts'
import type { PageOfSent, SentCount, SentEvent, SentName, SentRows } from '../revision.ts'
import { type BeforeAliasRow, beforeAliasOf } from './before-alias.ts'
import { type EventRowOut, storedColumns, toStoredEvent } from './stored-rows.ts'

/** Finds events by the names under which they came: see `Renaming`. Pages of events are read at one moment, within a transaction. */
export function createReadSent(db: DatabaseSync) {
  // Each a look-up: the index is led by the names, and a shop has few of its own.
  const nextName = db.prepare(`SELECT min(name) AS name FROM (
    SELECT min(name) AS name FROM events WHERE project = ?1 AND name > ?2
    UNION ALL
    SELECT min(original_name) FROM renamed_events WHERE project = ?1 AND original_name > ?2)`)
  const unknown = (columns: string) => `SELECT ${columns} FROM events
    WHERE project = ? AND name = ? AND position > ? ORDER BY position LIMIT ? + 0`
  const findUnknown = db.prepare(unknown('position'))
  const findRenamed = db.prepare(`SELECT position FROM renamed_events
    WHERE project = ? AND original_name = ? AND position < ? AND name <> ? ORDER BY position DESC LIMIT ? + 0`)
  const read = db.prepare(`SELECT ${storedColumns} FROM events WHERE position = ?`)
  const before = db.prepare('SELECT properties, repairs, flags FROM renamed_events WHERE position = ?')
  const count = db.prepare(`SELECT count(*) AS looked, max(position) AS last FROM (${unknown('position')})`)
  const countInPeriod = db.prepare(`SELECT count(*) AS looked, max(position) AS last,
      count(*) FILTER (WHERE occurred_at >= ? AND occurred_at < ?) AS events
    FROM (${unknown('position, occurred_at')})`)

  return {
    sentNames(project: string, { after, limit }: { readonly after: string; readonly limit: number }): readonly string[] {
      const names: string[] = []
      for (let last = after; names.length < limit; ) {
        const { name } = nextName.get(project, last) as { name: string | null }
        if (name === null) break
        if (!isStoredName(name)) names.push(name)
        last = name
      }
      return names
    },
    unknownEvents(ask: SentName, { after, limit }: PageOfSent): SentRows {
      return rowsOf(ask, findUnknown.all(ask.project, ask.name, after ?? 0, limit + 1), limit)
    },
    renamedEvents(ask: SentName & { readonly called: string }, { after, limit }: PageOfSent): SentRows {
      const { project, name, called } = ask
      return rowsOf(ask, findRenamed.all(project, name, after ?? Number.MAX_SAFE_INTEGER, called, limit + 1), limit)
    },
    countUnknown({ project, name, from, to }: SentName, { after, limit }: PageOfSent): SentCount {
      const period = [from ?? Number.MIN_SAFE_INTEGER, to ?? Number.MAX_SAFE_INTEGER]
      const counted =
        from === undefined && to === undefined
          ? count.get(project, name, after ?? 0, limit)
          : countInPeriod.get(...period, project, name, after ?? 0, limit)
      const { looked, last, events = looked } = counted as unknown as { looked: number; last: number | null; events?: number }
      return { events, next: looked === limit ? last : null }
    },
  }

  function rowsOf({ from, to }: SentName, found: readonly Record<string, SQLInputValue>[], limit: number): SentRows {
    const positions = found.slice(0, limit).map(({ position }) => Number(position))
    const rows = positions.flatMap((position): readonly SentEvent[] => {
      const row = read.get(position) as unknown as EventRowOut
      if ((from !== undefined && row.occurred_at < from) || (to !== undefined && row.occurred_at >= to)) return []
      const renamed = before.get(position) as BeforeAliasRow | undefined
      return [{ position, event: toStoredEvent(row), beforeAlias: renamed === undefined ? null : beforeAliasOf(renamed) }]
    })
    return { rows, next: found.length > limit ? (positions.at(-1) ?? null) : null }
  }
}
