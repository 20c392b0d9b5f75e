import type { Found } from '../../consent/standing.ts'
import { narrowEvent, type Personal } from '../narrow.ts'
import { beforeAliasOf, beforeAliasRow } from './before-alias.ts'
import { at, type EventRow } from './columns.ts'

/** A row with no more in it than the ledger allows. It is taken apart only where that is less than the event's snapshot claims. */
export function narrowRow<R extends EventRow>(row: R, found: Found): R {
  if (found.lost === 0) return row
  const before = personalIn(row)
  const after = narrowEvent(before, String(row.cells[at.name]), row.claim, found)
  const cells = [...row.cells]
  cells[at.anonymous_id] = after.anonymousId
  cells[at.user_id] = after.userId
  cells[at.session_id] = after.session?.id ?? null
  cells[at.session_index] = after.session?.index ?? null
  cells[at.traits] = json(after.traits)
  cells[at.page] = json(after.page)
  cells[at.consent] = json(after.consent)
  cells[at.properties] = JSON.stringify(after.properties)
  cells[at.source] = after.source
  cells[at.seq] = after.seq
  cells[at.repairs] = JSON.stringify(after.repairs)
  cells[at.flags] = JSON.stringify(after.flags)
  // Made from what is gone.
  cells[at.likeness] = null
  return { ...row, cells, beforeAlias: after.beforeAlias === undefined ? null : beforeAliasRow(after.beforeAlias) }
}

// The cells are what `eventRow` made of a record's fields.
function personalIn({ cells, beforeAlias }: EventRow): Personal {
  const text = (column: keyof typeof at): string | null => (cells[at[column]] ?? null) as string | null
  const parsed = <T>(column: keyof typeof at): T => JSON.parse(text(column) ?? 'null') as T
  const id = text('session_id')
  const index = cells[at.session_index] as number | null
  return {
    anonymousId: text('anonymous_id'),
    userId: text('user_id'),
    session: id === null ? null : { id, ...(index !== null && { index }) },
    traits: parsed('traits'),
    page: parsed('page'),
    consent: parsed('consent'),
    properties: parsed('properties'),
    source: text('source'),
    seq: cells[at.seq] as number | null,
    repairs: parsed('repairs'),
    flags: parsed('flags'),
    ...(beforeAlias !== null && { beforeAlias: beforeAliasOf(beforeAlias) }),
  }
}

const json = (value: object | null): string | null => (value === null ? null : JSON.stringify(value))
