import type { DatabaseSync } from 'node:sqlite'
import { isContradiction } from '../../normalise/natural-key.ts'
import { createAlike } from './alike.ts'
import { type Heir, heirColumns } from './heir.ts'

export type { Heir } from './heir.ts'

/**
 * Takes an event out of what was reported more than once: the next report of the same happening becomes the first, as if this one had
 * never come.
 *
 * @param goes Will this report be taken out as well? Then it inherits nothing: handed on from one to the next, each would change all others.
 * @returns whether the event had claimed a key, and the report that counts from now on
 */
export type Bequeath = (
  project: string,
  eventId: Uint8Array,
  goes: (heir: Heir) => boolean,
) => { readonly hadKey: boolean; readonly heir: Heir | undefined }

export function createBequeath(db: DatabaseSync): Bequeath {
  // Left to itself, the planner goes along all keys of the project.
  const release = db.prepare(
    'DELETE FROM natural_keys INDEXED BY natural_keys_by_event WHERE project = ? AND event_id = ? RETURNING name, key',
  )
  const claim = db.prepare('INSERT INTO natural_keys (project, name, key, event_id, value) VALUES (?, ?, ?, ?, ?)')
  const heirsOf = db.prepare(`SELECT ${heirColumns} FROM events WHERE project = ? AND duplicate_of = ? ORDER BY position`)
  const mark = db.prepare('UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?')
  const alike = createAlike(db)

  return (project, eventId, goes) => {
    const released = release.get(project, eventId) as { name: string; key: Uint8Array } | undefined
    if (released === undefined) return { hadKey: false, heir: alike.leave(project, eventId, goes) }
    const heirs = heirsOf.all(project, eventId) as unknown as readonly Heir[]
    const [heir, ...others] = heirs.filter((one) => !goes(one))
    if (heir === undefined) return { hadKey: true, heir }
    claim.run(project, released.name, released.key, heir.event_id, amountOf(heir))
    mark.run(null, withConflict(heir.flags, false), heir.position)
    for (const other of others) {
      mark.run(heir.event_id, withConflict(other.flags, contradicts(other, heir)), other.position)
    }
    return { hadKey: true, heir }
  }
}

/** As `natural_keys` keeps it. */
export const amountOf = ({ value, currency }: Pick<Heir, 'value' | 'currency'>): string | null =>
  value === null ? null : `${value} ${currency}`

/** Do two reports of one happening say different things about its amount? */
export const contradicts = (report: Heir, first: Heir): boolean => isContradiction(report.name, amountOf(report), amountOf(first))

const conflictFlag = 'order_conflict'

export function withConflict(flags: string, isContradicted: boolean): string {
  const others = (JSON.parse(flags) as string[]).filter((flag) => flag !== conflictFlag)
  return JSON.stringify(isContradicted ? [...others, conflictFlag] : others)
}
