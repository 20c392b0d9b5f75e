import type { DatabaseSync } from 'node:sqlite'
import { contradicts } from './duplicates.ts'
import { type Heir, heirColumns, precedes } from './heir.ts'
import { amountText, createServerAmounts, type Revalued, withConflict } from './server-amounts.ts'

/** What came of the claim of a stored event. */
export interface Succession {
  /** The event that reported the same happening before. */
  readonly duplicateOf: Uint8Array | null
  /** Does it contradict that? */
  readonly isConflict: boolean
  /** The event that was the first until now: one that was received later. */
  readonly displaced: Heir | null
  /** The event that counts, and has other amounts now: after `displaced`. */
  readonly revalued: Revalued | null
}

/**
 * Puts a stored event among the reports of the same happening: the one that was received first counts. The counterpart of `Bequeath`.
 *
 * @param position of the event, whose row has its own amounts, and no mark of a duplicate
 * @param naturalKey in hexadecimal
 */
export type Succeed = (project: string, position: number | bigint, naturalKey: string) => Succession

export function createSucceed(db: DatabaseSync): Succeed {
  const read = db.prepare(`SELECT ${heirColumns} FROM events WHERE position = ?`)
  const ownerOf = db.prepare(`SELECT ${heirColumns.replace(/\w+/g, 'events.$&')}, natural_keys.value AS amount FROM natural_keys
    JOIN events ON events.project = natural_keys.project AND events.event_id = natural_keys.event_id
    WHERE natural_keys.project = ? AND natural_keys.name = ? AND key = ?`)
  const claim = db.prepare(`INSERT INTO natural_keys (project, name, key, event_id, value) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (project, name, key) DO UPDATE SET event_id = excluded.event_id, value = excluded.value`)
  const duplicatesOf = db.prepare(
    `SELECT ${heirColumns} FROM events INDEXED BY duplicates WHERE project = ? AND duplicate_of = ?`,
  )
  const mark = db.prepare('UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?')
  const amounts = createServerAmounts(db)

  return (project, position, naturalKey) => {
    const event = read.get(position) as unknown as Heir
    const key = Buffer.from(naturalKey, 'hex')
    const owner = ownerOf.get(project, event.name, key) as Owner | undefined
    if (owner !== undefined && precedes(owner, event)) return follow(project, event, owner)
    const amount = amountText(event)
    claim.run(project, event.name, key, event.event_id, amount)
    if (owner === undefined) return { duplicateOf: null, isConflict: false, displaced: null, revalued: null }
    amounts.restore(owner.position)
    for (const other of duplicatesOf.all(project, owner.event_id)) markAs(other as unknown as Heir)
    markAs(read.get(owner.position) as unknown as Heir)
    return { duplicateOf: null, isConflict: false, displaced: owner, revalued: amounts.settle(project, event.event_id) }

    function markAs(duplicate: Heir): void {
      mark.run(event.event_id, withConflict(duplicate.flags, contradicts(duplicate, event, amount)), duplicate.position)
    }
  }

  function follow(project: string, event: Heir, owner: Owner): Succession {
    const { event_id: first } = owner
    const isLater = event.by_server > owner.by_server && amounts.isContradicted(project, first, event)
    const isConflict = isLater || contradicts(event, owner, owner.amount)
    mark.run(first, withConflict(event.flags, isConflict), event.position)
    const revalued = event.by_server === 1 ? amounts.settle(project, first) : null
    return { duplicateOf: first, isConflict, displaced: null, revalued }
  }
}

/** The report that counts, and its own amount. */
interface Owner extends Heir {
  readonly amount: string | null
}
