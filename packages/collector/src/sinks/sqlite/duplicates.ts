import type { DatabaseSync } from 'node:sqlite'

/** A report of a happening that was reported before. */
export interface Heir {
  readonly position: number
  readonly event_id: Uint8Array
  readonly name: string
  readonly occurred_at: number
  readonly anonymous_id: string | null
  readonly user_id: string | null
  readonly session_id: string | null
  readonly value: number | null
  readonly currency: string | null
  readonly base_value: number | null
  readonly flags: string
}

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
  const heirsOf = db.prepare(`SELECT position, event_id, name, occurred_at, anonymous_id, user_id, session_id, value,
      currency, base_value, flags
    FROM events WHERE project = ? AND duplicate_of = ? ORDER BY position`)
  const mark = db.prepare('UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?')

  return (project, eventId, goes) => {
    const released = release.get(project, eventId) as { name: string; key: Uint8Array } | undefined
    if (released === undefined) return { hadKey: false, heir: undefined }
    const heirs = heirsOf.all(project, eventId) as unknown as readonly Heir[]
    const [heir, ...others] = heirs.filter((one) => !goes(one))
    if (heir === undefined) return { hadKey: true, heir }
    claim.run(project, released.name, released.key, heir.event_id, amountOf(heir))
    mark.run(null, withConflict(heir.flags, false), heir.position)
    for (const other of others) {
      mark.run(heir.event_id, withConflict(other.flags, amountOf(other) !== amountOf(heir)), other.position)
    }
    return { hadKey: true, heir }
  }
}

/** As `natural_keys` keeps it. */
const amountOf = ({ value, currency }: Pick<Heir, 'value' | 'currency'>): string | null =>
  value === null ? null : `${value} ${currency}`

const conflictFlag = 'order_conflict'

function withConflict(flags: string, isContradicted: boolean): string {
  const others = (JSON.parse(flags) as string[]).filter((flag) => flag !== conflictFlag)
  return JSON.stringify(isContradicted ? [...others, conflictFlag] : others)
}
