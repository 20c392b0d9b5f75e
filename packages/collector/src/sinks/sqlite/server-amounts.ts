import type { DatabaseSync } from 'node:sqlite'
import { isContradiction, isSettledOnce } from '../../normalise/natural-key.ts'
import type { Counted } from './day-counts.ts'
import { type Heir, heirColumns, precedes } from './heir.ts'

/** An event that counts with other amounts from now on. */
export interface Revalued {
  readonly before: Counted
  readonly after: Counted
}

/**
 * A page and the shop's server may both report an order. The first report counts, and names the visit; its amounts are those of the
 * first server's, if there is one: a page can be wrong about them, and can be made to be. The page's own are kept, so that all is as if the server's
 * report had never come should that go.
 */
export interface ServerAmounts {
  /**
   * To be called when the reports of a happening have changed: gives the one that counts its amounts.
   *
   * @param without a report that is about to go
   */
  settle(project: string, first: Uint8Array, without?: Uint8Array): Revalued | null
  /** A report is about to go that may have given its amounts. */
  leave(project: string, eventId: Uint8Array): Revalued | null
  /** Gives an event its own amounts back, which counts no more. */
  restore(position: number): void
  /** An event has got new amounts of its own. */
  forget(position: number): void
  /** Does a server's report contradict the one before it? */
  isContradicted(project: string, first: Uint8Array, report: Heir): boolean
}

interface AmountRow {
  readonly currency: string | null
  readonly value: number | null
  readonly base_currency: string | null
  readonly base_value: number | null
  readonly money: string
}
type FirstRow = AmountRow & Pick<Heir, 'position' | 'name' | 'occurred_at' | 'by_server' | 'bot'>
type GiverRow = AmountRow & Pick<Heir, 'position' | 'event_id' | 'received_at'>

const amountColumns = 'currency, value, base_currency, base_value, money'

export function createServerAmounts(db: DatabaseSync): ServerAmounts {
  const firstOf = db.prepare(
    `SELECT position, name, occurred_at, by_server, bot, ${amountColumns} FROM events WHERE project = ? AND event_id = ?`,
  )
  const giverOf = db.prepare(`SELECT position, event_id, received_at, ${amountColumns} FROM events INDEXED BY duplicates
    WHERE project = ? AND duplicate_of = ? AND by_server = 1 AND event_id IS NOT ? AND value IS NOT NULL
    ORDER BY received_at, position LIMIT 1`)
  const othersOf = db.prepare(`SELECT ${heirColumns} FROM events INDEXED BY duplicates
    WHERE project = ? AND duplicate_of = ? AND by_server = 1 AND event_id IS NOT ?`)
  const ownOf = db.prepare(`SELECT amounts_of, ${amountColumns} FROM own_amounts WHERE position = ?`)
  const keepOwn = db.prepare('INSERT INTO own_amounts VALUES (?, ?, ?, ?, ?, ?, ?)')
  const name = db.prepare('UPDATE own_amounts SET amounts_of = ? WHERE position = ?')
  const forgetOwn = db.prepare('DELETE FROM own_amounts WHERE position = ?')
  const set = db.prepare(
    'UPDATE events SET currency = ?, value = ?, base_currency = ?, base_value = ?, money = ? WHERE position = ?',
  )
  const mark = db.prepare('UPDATE events SET flags = ? WHERE position = ?')
  const placeOf = db.prepare('SELECT duplicate_of, by_server, name FROM events WHERE project = ? AND event_id = ?')

  return {
    settle,
    leave(project, eventId) {
      const place = placeOf.get(project, eventId) as
        | (Pick<Heir, 'by_server' | 'name'> & { readonly duplicate_of: Uint8Array | null })
        | undefined
      if (place === undefined || place.duplicate_of === null || place.by_server === 0) return null
      return isSettledOnce(place.name) ? settle(project, place.duplicate_of, eventId) : null
    },
    restore(position) {
      const own = ownOf.get(position) as AmountRow | undefined
      if (own === undefined) return
      put(position, own)
      forgetOwn.run(position)
    },
    forget: (position) => void forgetOwn.run(position),
    isContradicted(project, first, report) {
      const giver = giverOf.get(project, first, report.event_id) as GiverRow | undefined
      if (giver === undefined || report.received_at < giver.received_at) return false
      return isContradiction(report.name, amountText(report), amountText(giver))
    },
  }

  function settle(project: string, firstId: Uint8Array, without: Uint8Array | null = null): Revalued | null {
    const first = firstOf.get(project, firstId) as FirstRow | undefined
    if (first === undefined || first.by_server === 1 || !isSettledOnce(first.name)) return null
    const { position } = first
    const own = ownOf.get(position) as (AmountRow & { readonly amounts_of: Uint8Array }) | undefined
    const giver = giverOf.get(project, firstId, without) as GiverRow | undefined
    if (giver === undefined && own === undefined) return null
    if (giver !== undefined && own !== undefined && Buffer.compare(giver.event_id, own.amounts_of) === 0) return null
    const amounts = giver ?? own ?? first
    if (giver === undefined) forgetOwn.run(position)
    else if (own === undefined) keepOwn.run(position, giver.event_id, ...cellsOf(first))
    else name.run(giver.event_id, position)
    put(position, amounts)
    for (const other of othersOf.all(project, firstId, without) as unknown as readonly Heir[]) {
      const isLater = giver !== undefined && precedes(giver, other)
      const isContradicted = isLater && isContradiction(other.name, amountText(other), amountText(giver))
      mark.run(withConflict(other.flags, isContradicted), other.position)
    }
    const counted = { name: first.name, occurred_at: first.occurred_at, bot: first.bot, isDuplicate: false }
    return { before: { ...counted, ...worth(first) }, after: { ...counted, ...worth(amounts) } }
  }

  function put(position: number, amounts: AmountRow): void {
    set.run(...cellsOf(amounts), position)
  }
}

const cellsOf = ({ currency, value, base_currency, base_value, money }: AmountRow) =>
  [currency, value, base_currency, base_value, money] as const

const worth = ({ value, base_value }: AmountRow) => ({ value, base_value })

/** As `natural_keys` keeps it. */
export const amountText = ({ value, currency }: Pick<AmountRow, 'value' | 'currency'>): string | null =>
  value === null ? null : `${value} ${currency}`

const conflictFlag = 'order_conflict'

export function withConflict(flags: string, isContradicted: boolean): string {
  const others = (JSON.parse(flags) as string[]).filter((flag) => flag !== conflictFlag)
  return JSON.stringify(isContradicted ? [...others, conflictFlag] : others)
}
