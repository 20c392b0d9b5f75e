import type { DatabaseSync } from 'node:sqlite'
import type { Recount } from '../revision.ts'

/**
 * Moves an event in the counts of what was noticed about events. An older version may not have counted it. The source's registry entry may
 * have changed since: then it stands under none, or under its name.
 *
 * @param named the source as the event names it
 */
export type RecountQuality = (project: string, recount: Recount, named: string | null) => void

export function createRecountQuality(db: DatabaseSync): RecountQuality {
  const place = 'project = ? AND day = ? AND source = ? AND kind = ? AND key = ?'
  const find = db.prepare(`SELECT 1 FROM daily_quality WHERE ${place}`)
  const take = db.prepare(`UPDATE daily_quality SET events = events - 1 WHERE ${place} AND events > 0`)
  const drop = db.prepare(`DELETE FROM daily_quality WHERE ${place} AND events = 0`)
  const add = db.prepare(`INSERT INTO daily_quality VALUES (?, ?, ?, ?, ?, 1)
    ON CONFLICT (project, day, source, kind, key) DO UPDATE SET events = events + 1`)
  return (project, { day, source, gone, come }, named) => {
    const [mark] = gone
    if (mark === undefined) return
    const under = [source, '', named ?? ''].find((name) => find.get(project, day, name, mark.kind, mark.key) !== undefined)
    if (under === undefined) return
    for (const { kind, key } of gone) {
      take.run(project, day, under, kind, key)
      drop.run(project, day, under, kind, key)
    }
    for (const { kind, key } of come) add.run(project, day, under, kind, key)
  }
}
