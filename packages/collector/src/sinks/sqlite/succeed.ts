import type { DatabaseSync } from 'node:sqlite'
import { contradicts } from './duplicates.ts'
import { claimedName, type Heir, heirColumns, precedes } from './heir.ts'
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
 * Puts a stored event among the reports of the same happening: the one that was received first counts, also after it has aged out. The
 * counterpart of `Bequeath`.
 *
 * @param position of the event, whose row has its own amounts, and no mark of a duplicate
 * @param naturalKey in hexadecimal
 * @param aged the event that it repeated until now, if that has aged out: it goes on to, unless another one has the key
 */
export type Succeed = (project: string, position: number | bigint, naturalKey: string, aged?: Uint8Array | null) => Succession

export function createSucceed(db: DatabaseSync): Succeed {
  const read = db.prepare(`SELECT ${heirColumns} FROM events WHERE position = ?`)
  const holderOf = db.prepare('SELECT event_id, value AS amount FROM natural_keys WHERE project = ? AND name = ? AND key = ?')
  const find = db.prepare(`SELECT ${heirColumns} FROM events WHERE project = ? AND event_id = ?`)
  const claim = db.prepare(`INSERT INTO natural_keys (project, name, key, event_id, value) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (project, name, key) DO UPDATE SET event_id = excluded.event_id, value = excluded.value`)
  const duplicatesOf = db.prepare(
    `SELECT ${heirColumns} FROM events INDEXED BY duplicates WHERE project = ? AND duplicate_of = ?`,
  )
  const mark = db.prepare('UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?')
  const amounts = createServerAmounts(db)

  return (project, position, naturalKey, aged = null) => {
    const event = read.get(position) as unknown as Heir
    const key = Buffer.from(naturalKey, 'hex')
    const name = claimedName(event)
    const holder = holderOf.get(project, name, key) as Holder | undefined
    const owner = holder && (find.get(project, holder.event_id) as Heir | undefined)
    if (holder !== undefined && owner !== undefined && precedes(owner, event))
      return follow(project, event, { ...owner, ...holder })
    const first = holder?.event_id ?? aged
    if (owner === undefined && first !== null) {
      if (holder === undefined) claim.run(project, name, key, first, null)
      // Nothing is known any more of what it might contradict.
      mark.run(first, withConflict(event.flags, false), event.position)
      return { duplicateOf: first, isConflict: false, displaced: null, revalued: null }
    }
    const amount = amountText(event)
    claim.run(project, name, key, event.event_id, amount)
    if (owner === undefined) return { duplicateOf: null, isConflict: false, displaced: null, revalued: null }
    for (const other of duplicatesOf.all(project, owner.event_id)) markAs(other as unknown as Heir)
    // It may be the first itself, which has aged out and come once more.
    const displaced = owner.position === event.position ? null : owner
    if (displaced !== null) {
      amounts.restore(displaced.position)
      markAs(read.get(displaced.position) as unknown as Heir)
    }
    return { duplicateOf: null, isConflict: false, displaced, revalued: amounts.settle(project, event.event_id) }

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

/** The event that has a key, there or aged out, and its own amount. */
interface Holder {
  readonly event_id: Uint8Array
  readonly amount: string | null
}

type Owner = Heir & Holder
