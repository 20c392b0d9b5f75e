import type { DatabaseSync } from 'node:sqlite'
import { isContradiction } from '../../normalise/natural-key.ts'
import { createAlike } from './alike.ts'
import { type Heir, heirColumns } from './heir.ts'
import { amountText, createServerAmounts, type Revalued, withConflict } from './server-amounts.ts'

export type { Heir } from './heir.ts'

/** What followed from taking an event out of what was reported more than once. */
export interface Bequest {
  /** Had it claimed a key? */
  readonly hadKey: boolean
  /** The report that counts from now on. */
  readonly heir: Heir | undefined
  /** A report that counts, the heir or another, and has other amounts now: after `heir`. */
  readonly revalued: Revalued | null
}

/**
 * Takes an event out of what was reported more than once: the next report of the same happening becomes the first, as if this one had
 * never come. Its row is still there.
 *
 * @param goes Will this report be taken out as well? Then it inherits nothing: handed on from one to the next, each would change all others.
 */
export type Bequeath = (project: string, eventId: Uint8Array, goes: (heir: Heir) => boolean) => Bequest

export function createBequeath(db: DatabaseSync): Bequeath {
  // Left to itself, the planner goes along all keys of the project.
  const release = db.prepare(
    'DELETE FROM natural_keys INDEXED BY natural_keys_by_event WHERE project = ? AND event_id = ? RETURNING name, key',
  )
  const claim = db.prepare('INSERT INTO natural_keys (project, name, key, event_id, value) VALUES (?, ?, ?, ?, ?)')
  const heirsOf = db.prepare(`SELECT ${heirColumns} FROM events INDEXED BY duplicates WHERE project = ? AND duplicate_of = ?
    ORDER BY received_at, position`)
  const mark = db.prepare('UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?')
  const alike = createAlike(db)
  const amounts = createServerAmounts(db)

  return (project, eventId, goes) => {
    const released = release.get(project, eventId) as { name: string; key: Uint8Array } | undefined
    if (released === undefined) {
      const revalued = amounts.leave(project, eventId)
      return { hadKey: false, heir: alike.leave(project, eventId, goes), revalued }
    }
    const heirs = heirsOf.all(project, eventId) as unknown as readonly Heir[]
    const [heir, ...others] = heirs.filter((one) => !goes(one))
    if (heir === undefined) return { hadKey: true, heir, revalued: null }
    const amount = amountText(heir)
    claim.run(project, released.name, released.key, heir.event_id, amount)
    mark.run(null, withConflict(heir.flags, false), heir.position)
    for (const other of others) {
      mark.run(heir.event_id, withConflict(other.flags, contradicts(other, heir, amount)), other.position)
    }
    return { hadKey: true, heir, revalued: amounts.settle(project, heir.event_id) }
  }
}

/**
 * Does a report say something else about its amount than the first? A page is held against a page: where a server has spoken, what the
 * page says about amounts does not matter.
 *
 * @param amount of the first, its own, as `natural_keys` keeps it
 */
export const contradicts = (report: Heir, { by_server }: Heir, amount: string | null): boolean =>
  report.by_server === by_server && isContradiction(report.name, amountText(report), amount)
