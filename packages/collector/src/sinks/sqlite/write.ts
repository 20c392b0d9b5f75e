import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Fate } from '../sink.ts'
import { arrivalOfRow, at, type EventRow, eventColumns } from './columns.ts'
import { createDerived, type Derived } from './derived.ts'
import type { QuarantineRow, WriteDelivery, WriteRecord } from './protocol.ts'

/** Stores deliveries, each whole, all in one transaction. Returns their fates once they are durable. */
export type Write = (deliveries: readonly WriteDelivery[]) => readonly (readonly Fate[])[]

const stored: Fate = { kind: 'stored', duplicateOf: null }
const quarantined: Fate = { kind: 'quarantined' }
const rejected: Fate = { kind: 'rejected' }
const duplicate: Fate = { kind: 'duplicate' }
const conflict: Fate = { kind: 'conflict' }

export function createWrite(db: DatabaseSync): Write {
  const statements = prepareStatements(db)
  const flush = createDerived(db)

  return (deliveries) => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const derived = flush.begin()
      const fates = deliveries.map((delivery) => writeDelivery(statements, derived, delivery))
      flush.write(derived)
      db.exec('COMMIT')
      return fates
    } catch (cause) {
      // A full disk has rolled back already.
      if (db.isTransaction) db.exec('ROLLBACK')
      throw cause
    }
  }
}

type Statements = Readonly<Record<keyof typeof sql, StatementSync>>

const sql = {
  // The id is the idempotency key: a retry after a lost receipt must change nothing. Only that conflict is forgiven.
  insertEvent: `INSERT INTO events (${eventColumns.join(', ')}) VALUES (${eventColumns.map(() => '?').join(', ')})
    ON CONFLICT (project, event_id) DO NOTHING`,
  firstOf: 'SELECT content_hash, seq FROM events WHERE project = ? AND event_id = ?',
  number: 'UPDATE events SET seq = ? WHERE project = ? AND event_id = ?',
  claimKey: `INSERT INTO natural_keys (project, name, key, event_id, value) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (project, name, key) DO NOTHING`,
  ownerOfKey: 'SELECT event_id, value FROM natural_keys WHERE project = ? AND name = ? AND key = ?',
  markDuplicate: 'UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?',
  insertQuarantine: `INSERT INTO quarantine (project, raw_hash, event_id, name, received_at, code, detail, raw, context)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project, raw_hash) DO NOTHING`,
} as const

const prepareStatements = (db: DatabaseSync): Statements =>
  Object.fromEntries(Object.entries(sql).map(([name, text]) => [name, db.prepare(text)])) as Statements // same keys

function writeDelivery(statements: Statements, derived: Derived, delivery: WriteDelivery): readonly Fate[] {
  const { project, receivedDay, drops } = delivery
  if (drops !== null) derived.drops(project, receivedDay, drops)
  return delivery.records.map((record) => {
    const fate = writeRecord(statements, derived, delivery, record)
    const verdict = verdicts[fate.kind]
    if (verdict === null) return fate
    derived.verdict(project, receivedDay, verdict, codeOf(record, fate))
    const arrival = record.kind === 'event' ? arrivalOfRow(record) : record.arrival
    if (arrival !== null) derived.arrival(project, arrival)
    return fate
  })
}

/** Fate -> verdict in the accounting. A conflict is counted when it comes back for the quarantine. */
const verdicts = {
  stored: 'accepted',
  duplicate: 'duplicate',
  quarantined: 'quarantined',
  rejected: 'rejected',
  conflict: null,
} as const satisfies Record<Fate['kind'], string | null>

function codeOf(record: WriteRecord, { kind }: Fate): string {
  if (kind === 'duplicate') return 'duplicate'
  return record.kind === 'event' ? '' : record.code
}

function writeRecord(
  statements: Statements,
  derived: Derived,
  { project, receivedAt }: WriteDelivery,
  record: WriteRecord,
): Fate {
  switch (record.kind) {
    case 'event':
      return writeEvent(statements, derived, project, record)
    case 'quarantine':
      return writeQuarantine(statements, project, receivedAt, record) ? quarantined : duplicate
    case 'rejected':
      return rejected
  }
}

function writeEvent(statements: Statements, derived: Derived, project: string, row: EventRow): Fate {
  const cells: (string | number | null | Uint8Array)[] = [...row.cells]
  const eventId = Buffer.from(String(cells[at.event_id]), 'hex')
  const contentHash = Buffer.from(String(cells[at.content_hash]), 'hex')
  cells[at.event_id] = eventId
  cells[at.content_hash] = contentHash

  const { changes, lastInsertRowid } = statements.insertEvent.run(...cells)
  if (changes === 0) {
    const first = statements.firstOf.get(project, eventId) as { content_hash: Uint8Array; seq: number | null } | undefined
    if (first === undefined || !contentHash.equals(first.content_hash)) return conflict
    // A page that ends sends what its device has not numbered yet; the number comes with the next attempt.
    const seq = cells[at.seq] ?? null
    if (first.seq === null && seq !== null) statements.number.run(seq, project, eventId)
    return duplicate
  }
  const first = claimNaturalKey(statements, project, row, eventId)
  if (first !== null) {
    const flags = first.isContradicted ? withFlag(String(cells[at.flags]), 'order_conflict') : String(cells[at.flags])
    statements.markDuplicate.run(first.eventId, flags, lastInsertRowid)
  }
  derived.event(row, first !== null)
  return first === null ? stored : { kind: 'stored', duplicateOf: uuidText(first.eventId) }
}

/** The event that reported the same happening before, if any. Bots claim nothing: the real order must count. */
function claimNaturalKey(
  { claimKey, ownerOfKey }: Statements,
  project: string,
  { cells, naturalKey }: EventRow,
  eventId: Uint8Array,
): { readonly eventId: Uint8Array; readonly isContradicted: boolean } | null {
  if (naturalKey === null || cells[at.bot] === 1) return null
  const name = cells[at.name] ?? null
  const key = Buffer.from(naturalKey, 'hex')
  const amount = cells[at.value]
  const value = amount === null || amount === undefined ? null : `${amount} ${cells[at.currency]}`
  if (claimKey.run(project, name, key, eventId, value).changes === 1) return null
  const owner = ownerOfKey.get(project, name, key) as { event_id: Uint8Array; value: string | null }
  return { eventId: owner.event_id, isContradicted: owner.value !== value }
}

const withFlag = (flags: string, flag: string): string => JSON.stringify([...(JSON.parse(flags) as string[]), flag])

const writeQuarantine = ({ insertQuarantine }: Statements, project: string, receivedAt: number, row: QuarantineRow): boolean =>
  insertQuarantine.run(
    project,
    Buffer.from(row.rawHash, 'hex'),
    row.id,
    row.name,
    receivedAt,
    row.code,
    row.detail,
    row.raw,
    row.context,
  ).changes === 1

/** 16 bytes as a UUID's text. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
