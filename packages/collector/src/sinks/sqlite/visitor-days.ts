import type { DatabaseSync } from 'node:sqlite'
import type { DayOf } from '../../normalise/day.ts'
import { addDays, startOfDay } from '../../reports/days.ts'

/** Takes a visitor out of a day on which no event counts them any more. Answers whether they were there. */
export type LeaveDay = (project: string, day: string, anonymousId: string) => boolean

export function createLeaveDay(db: DatabaseSync, dayOf: DayOf): LeaveDay {
  const counts = 'anonymous_id = ?2 AND bot = 0 AND duplicate_of IS NULL AND occurred_at >= ?3 AND occurred_at < ?4'
  const isSeen = db.prepare(`
    SELECT 1 FROM events WHERE project = ?1 AND ${counts} AND session_id IN (
      -- In this order: a visitor has few sessions, a day has many.
      SELECT session_id FROM subject_sessions CROSS JOIN sessions ON sessions.project = ?1 AND sessions.id = session_id
      WHERE subject_sessions.project = ?1 AND kind = 'anonymous' AND subject = ?2 AND started_at < ?4 AND last_at >= ?3)
    UNION ALL
    SELECT 1 FROM events WHERE project = ?1 AND session_id IS NULL AND ${counts}
    LIMIT 1`)
  const leave = db.prepare('DELETE FROM daily_visitors WHERE project = ? AND day = ? AND anonymous_id = ?')
  return (project, day, anonymousId) => {
    const seen = isSeen.get(project, anonymousId, startOfDay(day, dayOf), startOfDay(addDays(day, 1), dayOf))
    return seen === undefined && leave.run(project, day, anonymousId).changes === 1
  }
}
