import type { DatabaseSync } from 'node:sqlite'

/** Brings a session's row in line with the events that are left of it. */
export type Recount = (project: string, session: string) => { readonly isGone: boolean; readonly startedAt: number | null }

export function createRecountSession(db: DatabaseSync): Recount {
  const left = db.prepare(`SELECT min(occurred_at) AS started_at, max(occurred_at) AS last_at, count(*) AS events
    FROM events WHERE project = ? AND session_id = ? AND bot = 0`)
  const set = db.prepare('UPDATE sessions SET started_at = ?, last_at = ?, events = ? WHERE project = ? AND id = ?')
  const drop = db.prepare('DELETE FROM sessions WHERE project = ? AND id = ? RETURNING started_at')
  return (project, session) => {
    const { started_at, last_at, events } = left.get(project, session) as {
      started_at: number | null
      last_at: number | null
      events: number
    }
    if (events > 0) {
      set.run(started_at, last_at, events, project, session)
      return { isGone: false, startedAt: null }
    }
    const dropped = drop.get(project, session) as { started_at: number } | undefined
    return { isGone: dropped !== undefined, startedAt: dropped?.started_at ?? null }
  }
}
