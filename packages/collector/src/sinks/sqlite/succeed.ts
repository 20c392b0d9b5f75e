import type { DatabaseSync } from 'node:sqlite'
import { amountOf, contradicts, withConflict } from './duplicates.ts'
import { type Heir, heirColumns } from './heir.ts'

/** What came of the claim of an event that was stored before. */
export interface Succession {
  /** Was the same happening reported by an event that was received earlier? */
  readonly isDuplicate: boolean
  /** The event that was the first until now: one that was received later. */
  readonly displaced: Heir | null
}

/**
 * Puts an event that was stored before into what was reported more than once, as if its key had been known when it came: of all reports of
 * a happening the one that was received first counts. The counterpart of `Bequeath`.
 *
 * @param position of the event, whose row has its new amount already, and no mark of a duplicate
 * @param naturalKey in hexadecimal
 */
export type Succeed = (project: string, position: number, naturalKey: string) => Succession

export function createSucceed(db: DatabaseSync): Succeed {
  const read = db.prepare(`SELECT ${heirColumns} FROM events WHERE position = ?`)
  const ownerOf = db.prepare(`SELECT ${heirColumns.replace(/\w+/g, 'events.$&')} FROM natural_keys
    JOIN events ON events.project = natural_keys.project AND events.event_id = natural_keys.event_id
    WHERE natural_keys.project = ? AND natural_keys.name = ? AND key = ?`)
  const claim = db.prepare(`INSERT INTO natural_keys (project, name, key, event_id, value) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (project, name, key) DO UPDATE SET event_id = excluded.event_id, value = excluded.value`)
  const duplicatesOf = db.prepare(`SELECT ${heirColumns} FROM events WHERE project = ? AND duplicate_of = ?`)
  const mark = db.prepare('UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?')

  return (project, position, naturalKey) => {
    const event = read.get(position) as unknown as Heir
    const key = Buffer.from(naturalKey, 'hex')
    const owner = ownerOf.get(project, event.name, key) as Heir | undefined
    if (owner !== undefined && owner.position < position) {
      markAs(owner, event)
      return { isDuplicate: true, displaced: null }
    }
    claim.run(project, event.name, key, event.event_id, amountOf(event))
    if (owner === undefined) return { isDuplicate: false, displaced: null }
    for (const other of duplicatesOf.all(project, owner.event_id) as unknown as readonly Heir[]) markAs(event, other)
    markAs(event, owner)
    return { isDuplicate: false, displaced: owner }
  }

  function markAs(first: Heir, duplicate: Heir): void {
    mark.run(first.event_id, withConflict(duplicate.flags, contradicts(duplicate, first)), duplicate.position)
  }
}
