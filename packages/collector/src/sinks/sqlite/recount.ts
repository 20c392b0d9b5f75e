import type { DatabaseSync } from 'node:sqlite'
import type { DayOf } from '../../normalise/day.ts'
import { type Counted, createChangeCounts, createCountChanges } from './day-counts.ts'
import type { Revalued } from './server-amounts.ts'
import { createLeaveDay } from './visitor-days.ts'

/** An event that comes into the counts of days, or goes out of them. */
type Moving = Counted & { readonly anonymous_id: string | null }

/** Brings the counts of days and their visitors in line with events that changed. */
export interface Recount {
  add(event: Moving, times: 1 | -1): void
  /** It counts from now on, or does not any more. */
  change(event: Omit<Moving, 'isDuplicate'>, { isDuplicate }: { readonly isDuplicate: boolean }): void
  /** It counts with other amounts. */
  revalue(revalued: Revalued): void
  /** To be called when all events stand as they are to be: what is in doubt is read from them. */
  write(): void
}

export function createRecount(db: DatabaseSync, project: string, dayOf: DayOf): Recount {
  const begin = db.prepare('INSERT INTO daily_counts VALUES (?, ?, ?, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING')
  const changeCounts = createChangeCounts(db, dayOf)
  const addVisitor = db.prepare('INSERT INTO daily_visitors VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const leaveDay = createLeaveDay(db, dayOf)
  const changes = createCountChanges(dayOf)
  const visits = new Map<string, readonly [day: string, anonymousId: string]>()

  function add(event: Moving, times: 1 | -1): void {
    changes.add(event, times)
    const { anonymous_id, bot, isDuplicate, occurred_at } = event
    if (anonymous_id === null || bot === 1 || isDuplicate) return
    const day = dayOf(occurred_at)
    visits.set(`${day} ${anonymous_id}`, [day, anonymous_id])
  }

  return {
    add,
    change(event, { isDuplicate }) {
      add({ ...event, isDuplicate: !isDuplicate }, -1)
      add({ ...event, isDuplicate }, 1)
    },
    revalue({ before, after }) {
      changes.add(before, -1)
      changes.add(after, 1)
    },
    write() {
      for (const { day, name } of changes.all()) begin.run(project, day, name)
      changeCounts(project, changes)
      for (const [day, anonymousId] of visits.values()) {
        addVisitor.run(project, day, anonymousId)
        leaveDay(project, day, anonymousId)
      }
    },
  }
}
