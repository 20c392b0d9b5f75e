import type { DatabaseSync } from 'node:sqlite'

/** Forgets that two ids belong together, when nothing that is left says so. */
export function createUnlink(db: DatabaseSync, project: string): (anonymousId: string, userId: string) => number {
  const unlink = db.prepare(`DELETE FROM linked_ids WHERE project = ?1 AND anonymous_id = ?2 AND user_id = ?3
    AND NOT EXISTS (SELECT 1 FROM events WHERE project = ?1 AND +anonymous_id = ?2 AND +user_id = ?3 AND session_id IN (
      SELECT session_id FROM subject_sessions WHERE project = ?1 AND kind = 'user' AND subject = ?3))
    AND NOT EXISTS (SELECT 1 FROM events WHERE project = ?1 AND session_id IS NULL AND user_id = ?3 AND +anonymous_id = ?2)
    AND NOT EXISTS (SELECT 1 FROM quarantine WHERE project = ?1 AND anonymous_id = ?2 AND user_id = ?3)`)
  return (anonymousId, userId) => Number(unlink.run(project, anonymousId, userId).changes)
}
