import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { purposeOf } from '@footfall/events'
import { type Decision, isAnonymous } from '../../consent/decision.ts'
import { createLedger, type Ledger } from '../../consent/ledger.ts'
import { type Bearer, createStanding, type Standing } from '../../consent/standing.ts'
import { erased } from '../../privacy/erasure.ts'
import type { SubjectHash } from '../../privacy/subject-hash.ts'
import { textIdsIn } from '../../privacy/subjects-mentions.ts'
import type { Arrival } from '../arrival.ts'
import { narrowQuarantined } from '../narrow.ts'
import type { Fate } from '../sink.ts'
import { arrivalOfRow, at, type EventRow, eventColumns } from './columns.ts'
import { createDerived, type Derived } from './derived.ts'
import { createLedgerTables } from './ledger-tables.ts'
import { narrowRow } from './narrow-row.ts'
import type { QuarantineRow, WriteDelivery, WriteRecord } from './protocol.ts'
import { createGraves, type Graves } from './tombstones.ts'
import { uuidText } from './uuid-text.ts'

/** Stores deliveries, each whole, all in one transaction. Returns their fates once they are durable. */
export type Write = (deliveries: readonly WriteDelivery[]) => readonly (readonly Fate[])[]

const stored: Fate = { kind: 'stored', duplicateOf: null }
const quarantined: Fate = { kind: 'quarantined' }
const rejected: Fate = { kind: 'rejected' }
const duplicate: Fate = { kind: 'duplicate' }
const conflict: Fate = { kind: 'conflict' }

export function createWrite(db: DatabaseSync, hashOf: SubjectHash): Write {
  const statements = prepareStatements(db)
  const flush = createDerived(db)
  const tables = createLedgerTables(db)
  const ledger = createLedger(tables, hashOf)
  const standing = createStanding({ ledger, tables, hashOf })
  const gravesOf = createGraves(db, hashOf)

  return (deliveries) => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const derived = flush.begin()
      ledger.begin()
      standing.begin()
      const fates = deliveries.map((delivery) =>
        writeDelivery({ statements, derived, ledger, standing, graves: gravesOf(delivery.project) }, delivery),
      )
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

/** What one transaction writes with. */
interface Writing {
  readonly statements: Statements
  readonly derived: Derived
  readonly ledger: Ledger
  readonly standing: Standing
  readonly graves: Graves
}

/** What came of an event, refused ones included. */
type RecordOfEvent = Exclude<WriteRecord, { readonly kind: 'decision' }>
/** An event of which more may be kept than its number. */
type KeptRecord = Exclude<RecordOfEvent, { readonly kind: 'rejected' }>

function writeDelivery(writing: Writing, delivery: WriteDelivery): readonly Fate[] {
  const { derived } = writing
  const { project, receivedDay, drops } = delivery
  const visitors = new Set<string>()
  enterDecisions(writing, delivery)
  const fates = delivery.records.map((record) => {
    if (record.kind === 'decision') return enterDecision(writing, delivery, record.decision)
    const { fate, arrival } = settle(writing, delivery, record)
    const verdict = verdicts[fate.kind]
    if (verdict === null) return fate
    derived.verdict(project, receivedDay, verdict, codeOf(record, fate))
    if (arrival !== null) {
      derived.arrival(project, arrival)
      visitors.add(arrival.anonymousId)
    }
    return fate
  })
  // What a tracker gave up is counted whoever it was; whose it was may be kept as far as a number of theirs is.
  if (drops !== null) {
    const { anonymousId } = drops
    const isKept = anonymousId !== null && visitors.has(anonymousId)
    derived.drops(project, receivedDay, isKept ? drops : { ...drops, anonymousId: null })
  }
  return fates
}

/**
 * Decisions come first, in the order in which they were made, wherever they stand in the delivery: whatever else it brings has arrived
 * after all of them.
 */
function enterDecisions({ ledger, standing }: Writing, delivery: WriteDelivery): void {
  const decisions = delivery.records
    .flatMap((record) => decisionOf(record) ?? [])
    .sort((one, other) => one.decidedAt - other.decidedAt)
  for (const decision of decisions) ledger.enter(delivery.project, decision, delivery)
  if (decisions.length > 0) standing.begin()
}

function enterDecision({ ledger, standing }: Writing, delivery: WriteDelivery, decision: Decision): Fate {
  const entered = ledger.enter(delivery.project, decision, delivery)
  standing.begin()
  return { kind: 'recorded', ...entered }
}

/** The decision that goes into the ledger. An anonymous answer is only counted, and that when its event is known to be new. */
function decisionOf(record: WriteRecord): Decision | null {
  if (record.kind === 'rejected' || record.kind === 'decision') return null
  return record.decision === null || isAnonymous(record.decision) ? null : record.decision
}

/**
 * Keeps of the record what may be kept, and says what became of it, and which number is to be kept: everything that the store keeps of an
 * event goes by here.
 */
function settle(
  writing: Writing,
  delivery: WriteDelivery,
  record: RecordOfEvent,
): { readonly fate: Fate; readonly arrival: Arrival | null } {
  const { standing, graves } = writing
  const { project } = delivery
  if (graves.covers(record)) {
    return { fate: record.kind === 'rejected' ? rejected : { kind: 'rejected', because: erased }, arrival: null }
  }
  if (record.kind === 'rejected') {
    const isAllowed = record.bearer === null || standing.allowed(project, record.bearer, delivery) !== 0
    return { fate: rejected, arrival: isAllowed ? record.arrival : null }
  }
  const found = standing.check(project, bearerOf(record), delivery)
  if (found.because !== null) {
    const arrival = found.allowed === 0 ? null : arrivalIn(record)
    return { fate: { kind: 'rejected', because: found.because }, arrival }
  }
  const kept = record.kind === 'event' ? narrowRow(record, found) : narrowQuarantined(record, found)
  return { fate: writeRecord(writing, delivery, kept), arrival: arrivalIn(kept) }
}

function bearerOf(record: KeptRecord): Bearer {
  if (record.kind === 'quarantine') return record.bearer
  const { cells, claim } = record
  return {
    anonymousId: textIn(cells[at.anonymous_id]),
    userId: textIn(cells[at.user_id]),
    claim,
    purpose: purposeOf(String(cells[at.name])),
  }
}

const textIn = (cell: EventRow['cells'][number] | undefined): string | null => (typeof cell === 'string' ? cell : null)

const arrivalIn = (record: KeptRecord): Arrival | null => (record.kind === 'event' ? arrivalOfRow(record) : record.arrival)

/** Fate -> verdict in the accounting. A conflict is counted when it comes back for the quarantine; a decision is no event. */
const verdicts = {
  stored: 'accepted',
  duplicate: 'duplicate',
  quarantined: 'quarantined',
  rejected: 'rejected',
  conflict: null,
  recorded: null,
} as const satisfies Record<Fate['kind'], string | null>

function codeOf(record: RecordOfEvent, fate: Fate): string {
  if (fate.kind === 'duplicate') return 'duplicate'
  if (fate.kind === 'rejected' && fate.because !== undefined) return fate.because.code
  return record.kind === 'event' ? '' : record.code
}

function writeRecord({ statements, derived, ledger }: Writing, delivery: WriteDelivery, record: KeptRecord): Fate {
  const { project, receivedAt } = delivery
  if (record.kind === 'event') {
    const fate = writeEvent(statements, derived, project, record)
    if (fate.kind === 'stored' && record.decision !== null && isAnonymous(record.decision)) {
      ledger.enter(project, record.decision, delivery)
    }
    return fate
  }
  if (!writeQuarantine(statements, project, receivedAt, record)) return duplicate
  const { anonymousId, userId } = textIdsIn(JSON.parse(record.raw))
  if (anonymousId !== null && userId !== null) derived.link(project, anonymousId, userId)
  return quarantined
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
