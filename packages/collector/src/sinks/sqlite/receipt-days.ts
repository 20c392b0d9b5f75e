import type { DatabaseSync } from 'node:sqlite'

/** So many days a clock must have been right on before it is believed at a start: who starts under a wrong one may do so twice. */
export const daysOfProof = 7

/**
 * The first of the newest `daysOfProof` days on which anything was received, whatever became of it, as `2026-11-21`; `null` when nothing
 * ever was. The days are those of our own clock, which no sender has a say in. To be asked before anything is stored: what
 * comes under a wrong clock would speak for it.
 */
export function proofBegins(db: DatabaseSync, projects: readonly string[]): string | null {
  // Found one after the other: the table is led by project and day, and a day has many rows.
  const before = db.prepare('SELECT max(day) AS day FROM daily_quality WHERE project = ? AND day < ?')
  const newestDays = (project: string): readonly string[] => {
    const days: string[] = []
    while (days.length < daysOfProof) {
      const { day } = before.get(project, days.at(-1) ?? '~') as { day: string | null }
      if (day === null) break
      days.push(day)
    }
    return days
  }
  const days = [...new Set(projects.flatMap(newestDays))].sort().reverse()
  return days[daysOfProof - 1] ?? days.at(-1) ?? null
}
