import type { DatabaseSync } from 'node:sqlite'
import type { DayOf } from '../../normalise/day.ts'
import { addDays, startOfDay } from '../../reports/days.ts'

/** An event, as far as it counts. */
export interface Counted {
  readonly name: string
  readonly occurred_at: number
  readonly bot: number
  readonly isDuplicate: boolean
  readonly value: number | null
  readonly base_value: number | null
}

/** What an event, or several of one day and name, have in `daily_counts`. */
interface Count {
  readonly day: string
  readonly name: string
  events: number
  bots: number
  duplicates: number
  baseValue: number
  withoutRate: number
}

/** Sums up what goes out of the counts of days (and what comes in). */
export interface CountChanges {
  add(event: Counted, times: 1 | -1): void
  all(): readonly Count[]
}

export function createCountChanges(dayOf: DayOf): CountChanges {
  const counts = new Map<string, Count>()
  return {
    add({ name, occurred_at, bot, isDuplicate, value, base_value }, times) {
      const day = dayOf(occurred_at)
      const key = `${day} ${name}`
      const count = counts.get(key) ?? { day, name, events: 0, bots: 0, duplicates: 0, baseValue: 0, withoutRate: 0 }
      counts.set(key, count)
      if (bot === 1) count.bots += times
      else if (isDuplicate) count.duplicates += times
      else {
        count.events += times
        if (base_value !== null) count.baseValue += times * base_value
        else if (value !== null) count.withoutRate += times
      }
    },
    all: () => [...counts.values()],
  }
}

/** Sums beyond this may have met their limit (`maxSum`): nothing can be taken out of them, and they are counted anew. */
const maxExact = Number.MAX_SAFE_INTEGER

/** Writes changes into `daily_counts`. */
export function createChangeCounts(db: DatabaseSync, dayOf: DayOf): (project: string, changes: CountChanges) => void {
  const change = db.prepare(`UPDATE daily_counts SET events = events + ?, bots = bots + ?, duplicates = duplicates + ?,
      base_value = CASE WHEN abs(base_value) > ${maxExact} OR abs(?4) > ${maxExact} THEN base_value ELSE base_value + ?4 END,
      without_rate = without_rate + ?
    WHERE project = ? AND day = ? AND name = ?
    RETURNING base_value > ${maxExact} OR base_value < -${maxExact} AS is_beyond`)
  const drop = db.prepare(`DELETE FROM daily_counts WHERE project = ? AND day = ? AND name = ?
    AND events = 0 AND bots = 0 AND duplicates = 0`)
  const recount = db.prepare(`UPDATE daily_counts SET base_value = CAST(max(-9e18, min(9e18,
      (SELECT total(base_value) FROM events WHERE project = ?1 AND name = ?3 AND occurred_at >= ?4 AND occurred_at < ?5
        AND bot = 0 AND duplicate_of IS NULL)
      + (SELECT total(base_value) FROM aged_counts WHERE project = ?1 AND day = ?2 AND name = ?3))) AS INTEGER)
    WHERE project = ?1 AND day = ?2 AND name = ?3`)

  return (project, changes) => {
    for (const { day, name, events, bots, duplicates, baseValue, withoutRate } of changes.all()) {
      const changed = change.get(events, bots, duplicates, baseValue, withoutRate, project, day, name)
      if (changed?.is_beyond === 1 || Math.abs(baseValue) > maxExact) {
        recount.run(project, day, name, startOfDay(day, dayOf), startOfDay(addDays(day, 1), dayOf))
      }
      drop.run(project, day, name)
    }
  }
}
