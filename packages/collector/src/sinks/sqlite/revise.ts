import type { DatabaseSync } from 'node:sqlite'
import type { DayOf } from '../../normalise/day.ts'
import type { Recount, Revision } from '../revision.ts'
import { wireMoney } from '../stored-event.ts'
import { createAgedFirsts } from './aged-firsts.ts'
import { alikeFlag, createAlike } from './alike.ts'
import { type BeforeAliasRow, beforeAliasCells, beforeAliasRow, keepBeforeAlias } from './before-alias.ts'
import type { Counted } from './day-counts.ts'
import { createBequeath } from './duplicates.ts'
import { createRecount } from './recount.ts'
import { createRecountQuality } from './recount-quality.ts'
import { createServerAmounts } from './server-amounts.ts'
import { inTransaction } from './slices.ts'
import { createSucceed } from './succeed.ts'

/** Revisions on their way to the writer. */
export interface ReviseAsk {
  readonly project: string
  readonly revisions: readonly RevisionRow[]
}

/** A revision as the writer takes it: JSON is text, ids and keys are hexadecimal. */
export interface RevisionRow {
  readonly position: number
  readonly eventId: string
  readonly nameBefore: string
  readonly name: string
  readonly currency: string | null
  readonly value: number | null
  readonly baseCurrency: string | null
  readonly baseValue: number | null
  readonly properties: string
  readonly money: string
  readonly repairs: string
  readonly flags: string
  readonly naturalKey: string | null
  readonly likeness: string | null
  readonly beforeAlias: BeforeAliasRow | null
  readonly recount: Recount
}

export function revisionRow({ position, id, nameBefore, meaning, beforeAlias, recount }: Revision): RevisionRow {
  const { name, money, valuePath, naturalKey, likeness, properties, repairs, flags } = meaning
  const amount = valuePath === null ? undefined : money[valuePath]
  return {
    position,
    eventId: id.replaceAll('-', ''),
    nameBefore,
    name,
    currency: amount?.currency ?? null,
    value: amount?.minor ?? null,
    baseCurrency: amount?.baseCurrency ?? null,
    baseValue: amount?.baseMinor ?? null,
    properties: JSON.stringify(properties),
    money: JSON.stringify(wireMoney(money)),
    repairs: JSON.stringify(repairs),
    flags: JSON.stringify(flags),
    naturalKey,
    likeness,
    recount,
    beforeAlias: beforeAlias && beforeAliasRow(beforeAlias),
  }
}

/** An event as it stands, as far as what is derived depends on it. */
interface Standing extends Omit<Counted, 'isDuplicate'> {
  readonly event_id: Uint8Array
  readonly source: string | null
  readonly original_name: string
  readonly anonymous_id: string | null
  readonly duplicate_of: Uint8Array | null
}

/**
 * Gives stored events another meaning, in one transaction: each is taken out of what is derived from it, and put in again as what it is
 * from now on, at its old place in the order of receipt.
 */
export function createRevise(db: DatabaseSync, dayOf: (project: string) => DayOf): (ask: ReviseAsk) => number {
  const find = db.prepare(`SELECT event_id, name, original_name, occurred_at, bot, value, base_value,
      duplicate_of, anonymous_id, source
    FROM events WHERE position = ? AND project = ? AND event_id = ? AND name = ?`)
  const set = db.prepare(`UPDATE events SET name = ?, currency = ?, value = ?, base_currency = ?, base_value = ?, properties = ?,
    money = ?, repairs = ?, flags = ?, likeness = ?, duplicate_of = NULL WHERE position = ?`)
  const mark = db.prepare('UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?')
  const keep = db.prepare(keepBeforeAlias)
  const forget = db.prepare('DELETE FROM renamed_events WHERE position = ?')
  const bequeath = createBequeath(db)
  const firsts = createAgedFirsts(db)
  const succeed = createSucceed(db)
  const amounts = createServerAmounts(db)
  const alike = createAlike(db)
  const recountQuality = createRecountQuality(db)

  return ({ project, revisions }) =>
    inTransaction(db, () => {
      const derived = createRecount(db, project, dayOf(project))
      let revised = 0
      for (const row of revisions) {
        const { position } = row
        const event = find.get(position, project, Buffer.from(row.eventId, 'hex'), row.nameBefore) as Standing | undefined
        if (event === undefined) continue
        const { event_id, duplicate_of: first } = event
        const aged = first !== null && firsts.isRepeated(project, first, row.naturalKey) ? first : null
        derived.add({ ...event, isDuplicate: first !== null }, -1)
        const { heir, revalued } = bequeath(project, event_id, () => false)
        if (heir !== undefined) derived.change(heir, { isDuplicate: false })
        if (revalued !== null) derived.revalue(revalued)
        amounts.forget(position)

        const { name, value, baseValue, beforeAlias, recount } = row
        const likeness = row.likeness === null ? null : Buffer.from(row.likeness, 'hex')
        set.run(
          ...[name, row.currency, value, row.baseCurrency, baseValue, row.properties, row.money, row.repairs, row.flags],
          likeness,
          position,
        )
        const claim = row.naturalKey === null ? null : succeed(project, position, row.naturalKey, aged)
        const { repeats, displaced } =
          likeness === null
            ? { repeats: null, displaced: null }
            : alike.join(project, { position, eventId: event_id, name, occurredAt: event.occurred_at, likeness })
        if (repeats !== null) mark.run(repeats, withFlag(row.flags, alikeFlag), position)
        const still = claim === null && repeats === null ? aged : null
        if (still !== null) mark.run(still, row.flags, position)
        for (const other of [claim?.displaced ?? null, displaced]) {
          if (other !== null) derived.change(other, { isDuplicate: true })
        }
        const isDuplicate = (claim?.duplicateOf ?? repeats ?? still) !== null
        if (first !== null) firsts.leave(project, first)
        derived.add({ ...event, name, value, base_value: baseValue, isDuplicate }, 1)
        if (claim !== null && claim.revalued !== null) derived.revalue(claim.revalued)
        recountQuality(project, recount, event.source)

        if (beforeAlias === null) forget.run(position)
        else keep.run(position, project, event.original_name, name, ...beforeAliasCells(beforeAlias))
        revised += 1
      }
      derived.write()
      return revised
    })
}

const withFlag = (flags: string, flag: string): string => JSON.stringify([...(JSON.parse(flags) as string[]), flag])
