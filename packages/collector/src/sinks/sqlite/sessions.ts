import type { DatabaseSync } from 'node:sqlite'

/** Brings a session's row in line with the events that are left of it; answers when it began if none is. */
export type Recount = (project: string, session: string) => { readonly isGone: boolean; readonly startedAt: number | null }

/**
 * @param start `'as left'` makes the session one into which what is gone never came, `'as counted'` leaves it on the day on which reports
 *   have counted it
 */
export function createRecountSession(db: DatabaseSync, start: 'as left' | 'as counted'): Recount {
  const left = db.prepare(`SELECT min(occurred_at) AS started_at, max(occurred_at) AS last_at, count(*) AS events
    FROM events WHERE project = ? AND session_id = ? AND bot = 0`)
  const startedAt = start === 'as left' ? '?3' : 'min(started_at, ?3)'
  const set = db.prepare(
    `UPDATE sessions SET started_at = ${startedAt}, last_at = ?4, events = ?5 WHERE project = ?1 AND id = ?2`,
  )
  const drop = db.prepare('DELETE FROM sessions WHERE project = ? AND id = ? RETURNING started_at')
  return (project, session) => {
    const { started_at, last_at, events } = left.get(project, session) as {
      started_at: number | null
      last_at: number | null
      events: number
    }
    if (events > 0) {
      set.run(project, session, started_at, last_at, events)
      return { isGone: false, startedAt: null }
    }
    const dropped = drop.get(project, session) as { started_at: number } | undefined
    return { isGone: dropped !== undefined, startedAt: dropped?.started_at ?? null }
  }
}

/** Takes somebody out of a session in which no event names them any more. */
export type LeaveSession = (project: string, kind: SubjectKind, subject: string, session: string) => void

/** As `subject_sessions` says whose id it is. */
export type SubjectKind = 'user' | 'anonymous'

export function createLeaveSession(db: DatabaseSync): LeaveSession {
  const leave = (kind: SubjectKind, column: string) =>
    db.prepare(`DELETE FROM subject_sessions WHERE project = ?1 AND kind = '${kind}' AND subject = ?2 AND session_id = ?3
      AND NOT EXISTS (SELECT 1 FROM events WHERE project = ?1 AND session_id = ?3 AND ${column} = ?2)`)
  const statements = { user: leave('user', 'user_id'), anonymous: leave('anonymous', 'anonymous_id') }
  return (project, kind, subject, session) => void statements[kind].run(project, subject, session)
}
