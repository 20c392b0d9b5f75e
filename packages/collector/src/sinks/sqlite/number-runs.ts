import type { DatabaseSync } from 'node:sqlite'
import type { Arrival } from '../arrival.ts'

/** Adds a visitor's numbers to the runs that are stored. Answers those that were not there before. */
export type AddNumbers = (project: string, anonymousId: string, arrivals: ReadonlyMap<number, Arrival>) => readonly Arrival[]

/** A row of `number_runs`, as far as it decides about others. */
interface StoredRun {
  readonly first: number
  readonly last: number
  readonly hole: number
}

export function createAddNumbers(db: DatabaseSync): AddNumbers {
  // From the last run that begins before these numbers: what lies further back, they cannot touch. SQLite plans a statement anew when it
  // is given another bare `LIMIT ?`, which takes four times as long as all the rest.
  const near = db.prepare(`SELECT first, last, hole FROM number_runs
    WHERE project = ?1 AND anonymous_id = ?2 AND first >= coalesce(
      (SELECT max(first) FROM number_runs WHERE project = ?1 AND anonymous_id = ?2 AND first < ?3), 0)
    ORDER BY first LIMIT ?4 + 0`)
  const insert = db.prepare('INSERT INTO number_runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const extend = db.prepare('UPDATE number_runs SET last = ? WHERE project = ? AND anonymous_id = ? AND first = ?')
  const setHole = db.prepare('UPDATE number_runs SET hole = ? WHERE project = ? AND anonymous_id = ? AND first = ?')
  const remove = db.prepare('DELETE FROM number_runs WHERE project = ? AND anonymous_id = ? AND first = ?')

  return (project, anonymousId, arrivals) => {
    const fresh: Arrival[] = []
    for (const run of runsOf(arrivals)) fresh.push(...addRun(project, anonymousId, run))
    return fresh
  }

  function addRun(project: string, anonymousId: string, run: readonly Arrival[]): readonly Arrival[] {
    const [head] = run
    if (head === undefined) return run
    const first = head.seq
    const last = first + run.length - 1
    // Each run that these numbers touch holds, or is followed by, one of them; beside those, one on either side.
    const stored = near.all(project, anonymousId, first, run.length + 3) as unknown as readonly StoredRun[]
    const touched = stored.filter((other) => other.last >= first - 1 && other.first <= last + 1)
    const newLast = Math.max(last, touched.at(-1)?.last ?? 0)
    const lowest = touched[0]
    const isExtended = lowest !== undefined && lowest.first <= first
    for (const { first: gone } of isExtended ? touched.slice(1) : touched) remove.run(project, anonymousId, gone)
    if (!isExtended) {
      const before = stored.findLast((other) => other.last < first - 1)?.last ?? 0
      insert.run(project, anonymousId, first, newLast, first - before - 1, head.at, head.day, head.browser ?? '')
    } else if (newLast > lowest.last) extend.run(newLast, project, anonymousId, lowest.first)
    const after = stored.find((other) => other.first > last + 1)
    const hole = after === undefined ? 0 : after.first - newLast - 1
    if (after !== undefined && hole !== after.hole) setHole.run(hole, project, anonymousId, after.first)
    if (touched.length === 0) return run
    return run.filter(({ seq }) => !touched.some((other) => seq >= other.first && seq <= other.last))
  }
}

/** Cuts numbers into runs without a hole, in their order. */
function runsOf(arrivals: ReadonlyMap<number, Arrival>): readonly (readonly Arrival[])[] {
  const runs: Arrival[][] = []
  let run: Arrival[] = []
  let next = 0
  for (const arrival of [...arrivals.values()].sort((one, other) => one.seq - other.seq)) {
    if (arrival.seq !== next) {
      run = []
      runs.push(run)
    }
    run.push(arrival)
    next = arrival.seq + 1
  }
  return runs
}
