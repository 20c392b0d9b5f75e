import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Decision, isAnonymous } from '../../consent/decision.ts'
import { createLedger, type Ledger } from '../../consent/ledger.ts'
import { purposeOf } from '../../consent/purposes.ts'
import { type Bearer, createStanding, type Standing } from '../../consent/standing.ts'
import type { DayOf } from '../../normalise/day.ts'
import type { Repair } from '../../normalise/outcome.ts'
import { erased } from '../../privacy/erasure.ts'
import type { SubjectHash } from '../../privacy/subject-hash.ts'
import { textIdsIn } from '../../privacy/subjects-mentions.ts'
import { countLateRepetition, countStored, countVerdict, type Repeat } from '../../quality/count.ts'
import type { Arrival } from '../arrival.ts'
import { narrowQuarantined } from '../narrow.ts'
import { quarantineBytes, quarantineFull } from '../quarantine.ts'
import type { Fate } from '../sink.ts'
import { type Alike, alikeFlag, createAlike } from './alike.ts'
import { beforeAliasCells, keepBeforeAlias } from './before-alias.ts'
import { arrivalOfRow, at, type EventRow, eventColumns } from './columns.ts'
import { createDerived, type Derived } from './derived.ts'
import { claimedName } from './heir.ts'
import { createLedgerTables } from './ledger-tables.ts'
import { narrowRow } from './narrow-row.ts'
import type { QuarantineRow, WriteDelivery, WriteRecord } from './protocol.ts'
import { createRecount, type Recount } from './recount.ts'
import { createSucceed, type Succeed } from './succeed.ts'
import { createGraves, type Graves } from './tombstones.ts'
import { uuidText } from './uuid-text.ts'

/** Stores deliveries, each whole, all in one transaction. Returns their fates once they are durable. */
export type Write = (deliveries: readonly WriteDelivery[]) => readonly (readonly Fate[])[]

const stored: Fate = { kind: 'stored', duplicateOf: null }
const quarantined: Fate = { kind: 'quarantined' }
const rejected = { kind: 'rejected' } as const satisfies Fate
const duplicate: Fate = { kind: 'duplicate' }
const conflict: Fate = { kind: 'conflict' }
const noRoomAside: Fate = { kind: 'rejected', because: quarantineFull }

/** @param onSync hears how long each commit took, in seconds, apart from what was written before it */
export function createWrite(
  db: DatabaseSync,
  hashOf: SubjectHash,
  dayOf: (project: string) => DayOf,
  onSync: (seconds: number) => void = () => {},
): Write {
  const transact = createTransact(db, hashOf, dayOf, onSync)
  return (deliveries) =>
    transact((writingOf) => deliveries.map((delivery) => writeDelivery(writingOf(delivery.project), delivery)))
}

/** Runs what writes in one transaction, derived tables and accounts included. Of a dry run nothing stays. */
export type Transact = <T>(act: (writingOf: (project: string) => Writing) => T, isDryRun?: boolean) => T

export function createTransact(
  db: DatabaseSync,
  hashOf: SubjectHash,
  dayOf: (project: string) => DayOf,
  onSync: (seconds: number) => void = () => {},
): Transact {
  const statements = prepareStatements(db)
  const flush = createDerived(db)
  const tables = createLedgerTables(db)
  const ledger = createLedger(tables, hashOf)
  const standing = createStanding({ ledger, tables, hashOf })
  const gravesOf = createGraves(db, hashOf)
  const alike = createAlike(db)
  const succeed = createSucceed(db)

  return (act, isDryRun = false) => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const derived = flush.begin()
      ledger.begin()
      standing.begin()
      const recounts = new Map<string, Recount>()
      const recountOf = (project: string): Recount => {
        const recount = recounts.get(project) ?? createRecount(db, project, dayOf(project))
        recounts.set(project, recount)
        return recount
      }
      const common = { statements, derived, alike, succeed, recountOf, ledger, standing }
      const result = act((project) => ({ ...common, graves: gravesOf(project) }))
      if (!isDryRun) {
        flush.write(derived)
        for (const recount of recounts.values()) recount.write()
      }
      const written = performance.now()
      db.exec(isDryRun ? 'ROLLBACK' : 'COMMIT')
      onSync((performance.now() - written) / 1000)
      return result
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
  markDuplicate: 'UPDATE events SET duplicate_of = ?, flags = ? WHERE position = ?',
  keepBeforeAlias,
  insertQuarantine: `INSERT INTO quarantine (project, raw_hash, event_id, name, received_at, received_day,
      code, rule, detail, source, counted_source, raw, context)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project, raw_hash) DO NOTHING`,
  quarantineSize: 'SELECT bytes FROM quarantine_sizes WHERE project = ?',
  keptAside: 'SELECT 1 FROM quarantine WHERE project = ? AND raw_hash = ?',
} as const

const prepareStatements = (db: DatabaseSync): Statements =>
  Object.fromEntries(Object.entries(sql).map(([name, text]) => [name, db.prepare(text)])) as Statements // same keys

/** What one transaction writes with. */
export interface Writing {
  readonly statements: Statements
  readonly derived: Derived
  readonly alike: Alike
  readonly succeed: Succeed
  /** Of events that were stored before: few, as reports of one happening are. */
  readonly recountOf: (project: string) => Recount
  readonly ledger: Ledger
  readonly standing: Standing
  readonly graves: Graves
}

/** What came of an event, refused ones included. */
export type RecordOfEvent = Exclude<WriteRecord, { readonly kind: 'decision' }>
/** An event of which more may be kept than its number. */
type KeptRecord = Exclude<RecordOfEvent, { readonly kind: 'rejected' }>

function writeDelivery(writing: Writing, delivery: WriteDelivery): readonly Fate[] {
  const { derived } = writing
  const { project, receivedAt, receivedDay, drops } = delivery
  const visitors = new Set<string>()
  enterDecisions(writing, delivery)
  const fates = delivery.records.map((record) => {
    if (record.kind === 'decision') return enterDecision(writing, delivery, record.decision)
    const { fate, arrival } = settle(writing, delivery, record)
    if (fate.kind === 'conflict') return fate
    const count = derived.quality(project, receivedDay, record.countedSource, receivedAt)
    count('received', 'received')
    const verdict = verdicts[fate.kind]
    if (verdict !== null) countVerdict(verdict, reasonOf(record, fate), count)
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

/** Keeps of the record what may be kept, and says what became of it, and which number is to be kept. */
function settle(
  writing: Writing,
  delivery: WriteDelivery,
  record: RecordOfEvent,
): { readonly fate: Fate; readonly arrival: Arrival | null } {
  const admitted = admit(writing, delivery, record)
  if (admitted.kind === 'refused') return admitted
  const { kept } = admitted
  return { fate: writeRecord(writing, delivery, kept), arrival: arrivalIn(kept) }
}

/** What may be kept of a record; or that nothing may, but for its number. */
type Admitted =
  | { readonly kind: 'kept'; readonly kept: KeptRecord }
  | { readonly kind: 'refused'; readonly fate: Fate & { readonly kind: 'rejected' }; readonly arrival: Arrival | null }

/** Holds a record against the tombstones and the consent ledger: everything that the store keeps of an event goes by here. */
export function admit({ standing, graves }: Writing, delivery: Received, record: RecordOfEvent): Admitted {
  const { project } = delivery
  if (graves.covers(record)) {
    return { kind: 'refused', fate: record.kind === 'rejected' ? rejected : { kind: 'rejected', because: erased }, arrival: null }
  }
  if (record.kind === 'rejected') {
    const isAllowed = record.bearer === null || standing.allowed(project, record.bearer, delivery) !== 0
    return { kind: 'refused', fate: rejected, arrival: isAllowed ? record.arrival : null }
  }
  const found = standing.check(project, bearerOf(record), delivery)
  if (found.because !== null) {
    const arrival = found.allowed === 0 ? null : arrivalIn(record)
    return { kind: 'refused', fate: { kind: 'rejected', because: found.because }, arrival }
  }
  return { kind: 'kept', kept: record.kind === 'event' ? narrowRow(record, found) : narrowQuarantined(record, found) }
}

/** When, and by which project, something was received. */
export type Received = Pick<WriteDelivery, 'project' | 'receivedAt' | 'receivedDay'>

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

/** Why it is refused; without a meaning for what is not. */
function reasonOf(record: RecordOfEvent, fate: Fate): { readonly code: string; readonly rule: string | null } {
  if (fate.kind === 'rejected' && fate.because !== undefined) return { code: fate.because.code, rule: null }
  return { code: record.kind === 'event' ? '' : record.code, rule: record.kind === 'quarantine' ? record.rule : null }
}

function writeRecord(writing: Writing, delivery: WriteDelivery, record: KeptRecord): Fate {
  if (record.kind === 'event') return writeEvent(writing, delivery, record)
  const { statements, derived } = writing
  const { project } = delivery
  if (!hasRoomAside(statements, delivery, record)) return isKeptAside(statements, project, record) ? duplicate : noRoomAside
  if (!writeQuarantine(statements, delivery, record)) return duplicate
  const { anonymousId, userId } = textIdsIn(JSON.parse(record.raw))
  if (anonymousId !== null && userId !== null) derived.link(project, anonymousId, userId)
  return quarantined
}

/** Stores an event and everything that follows from it, unless one with its id is there. */
export function writeEvent(writing: Writing, delivery: Received, row: EventRow): Fate {
  const { ledger } = writing
  const fate = writeRow(writing, delivery, row)
  if (fate.kind === 'stored' && row.decision !== null && isAnonymous(row.decision)) {
    ledger.enter(delivery.project, row.decision, delivery)
  }
  return fate
}

function writeRow(writing: Writing, delivery: Received, row: EventRow): Fate {
  const { statements, derived } = writing
  const { project } = delivery
  const cells: (string | number | null | Uint8Array)[] = [...row.cells]
  const eventId = Buffer.from(String(cells[at.event_id]), 'hex')
  const contentHash = Buffer.from(String(cells[at.content_hash]), 'hex')
  cells[at.event_id] = eventId
  cells[at.content_hash] = contentHash
  const likeness = cells[at.likeness]
  if (typeof likeness === 'string') cells[at.likeness] = Buffer.from(likeness, 'hex')

  const { changes, lastInsertRowid } = statements.insertEvent.run(...cells)
  if (changes === 0) {
    const first = statements.firstOf.get(project, eventId) as { content_hash: Uint8Array; seq: number | null } | undefined
    if (first === undefined || !contentHash.equals(first.content_hash)) return conflict
    // A page that ends sends what its device has not numbered yet; the number comes with the next attempt.
    const seq = cells[at.seq] ?? null
    if (first.seq === null && seq !== null) statements.number.run(seq, project, eventId)
    return duplicate
  }
  const repeat =
    claimNaturalKey(writing, project, row, eventId, lastInsertRowid) ?? joinAlike(writing, delivery, row, cells, lastInsertRowid)
  const flags = withFlag(listIn<string>(row.cells[at.flags]), repeat === null ? null : repeatFlags[repeat.kind])
  if (repeat?.kind === 'probable') statements.markDuplicate.run(repeat.of, JSON.stringify(flags), lastInsertRowid)
  if (row.beforeAlias !== null) {
    const { cells } = row
    const names = [cells[at.original_name] ?? null, cells[at.name] ?? null]
    statements.keepBeforeAlias.run(lastInsertRowid, project, ...names, ...beforeAliasCells(row.beforeAlias))
  }
  derived.event(row, repeat !== null)
  countRow(derived, delivery, row, flags, repeat?.kind ?? null)
  return repeat === null ? stored : { kind: 'stored', duplicateOf: uuidText(repeat.of) }
}

/** That an event repeats another one, and in which way. */
interface Repetition {
  readonly kind: Repeat
  readonly of: Uint8Array
}

const repeatFlags = {
  business_key: null,
  order_conflict: 'order_conflict',
  probable: alikeFlag,
} as const satisfies Record<Repeat, string | null>

/** The event that reported the same happening before, if any. */
function claimNaturalKey(
  { statements, succeed, recountOf }: Writing,
  project: string,
  { cells, naturalKey }: EventRow,
  eventId: Uint8Array,
  position: number | bigint,
): Repetition | null {
  if (naturalKey === null) return null
  const amount = cells[at.value]
  const value = amount === null || amount === undefined ? null : `${amount} ${cells[at.currency]}`
  // Nearly always it is the only report.
  const name = claimedName({ name: String(cells[at.name]), bot: Number(cells[at.bot]) })
  if (statements.claimKey.run(project, name, Buffer.from(naturalKey, 'hex'), eventId, value).changes === 1) return null
  const { duplicateOf, isConflict, displaced, revalued } = succeed(project, position, naturalKey)
  if (displaced !== null) recountOf(project).change(displaced, { isDuplicate: true })
  if (revalued !== null) recountOf(project).revalue(revalued)
  return duplicateOf === null ? null : { kind: isConflict ? 'order_conflict' : 'business_key', of: duplicateOf }
}

/** Puts a view or a click among those that say the same. */
function joinAlike(
  { alike, derived }: Writing,
  { project, receivedAt, receivedDay }: Received,
  { day, countedSource }: EventRow,
  cells: readonly unknown[],
  position: number | bigint,
): Repetition | null {
  const likeness = cells[at.likeness]
  if (!(likeness instanceof Uint8Array)) return null
  const { repeats, displaced } = alike.join(project, {
    position,
    eventId: cells[at.event_id] as Uint8Array, // made one before it was stored
    name: String(cells[at.name]),
    occurredAt: Number(cells[at.occurred_at]),
    likeness,
  })
  if (displaced !== null) {
    derived.displaced(project, day, displaced)
    countLateRepetition(derived.quality(project, receivedDay, countedSource, receivedAt))
  }
  return repeats === null ? null : { kind: 'probable', of: repeats }
}

/** Counts what was noticed about a stored event. */
function countRow(
  derived: Derived,
  { project, receivedAt, receivedDay }: Received,
  { cells, countedSource }: EventRow,
  flags: readonly string[],
  repeat: Repeat | null,
): void {
  const event = {
    lagMs: receivedAt - Number(cells[at.occurred_at]),
    repairRules: listIn<Repair>(cells[at.repairs]).map(({ rule }) => rule),
    flags,
    hasAmount: cells[at.money] !== '{}',
    repeat,
  }
  countStored(event, derived.quality(project, receivedDay, countedSource, receivedAt))
}

/** A list as a column keeps it. Most are empty. */
const listIn = <T>(cell: EventRow['cells'][number] | undefined): readonly T[] =>
  cell === '[]' ? [] : (JSON.parse(String(cell)) as T[])

const withFlag = (flags: readonly string[], flag: string | null): readonly string[] => (flag === null ? flags : [...flags, flag])

/** Is there room for it in the project's quarantine? */
function hasRoomAside(
  { quarantineSize }: Statements,
  { project, maxQuarantineBytes = Number.POSITIVE_INFINITY }: WriteDelivery,
  { raw, context }: QuarantineRow,
): boolean {
  const { bytes } = (quarantineSize.get(project) ?? { bytes: 0 }) as { bytes: number }
  return bytes + quarantineBytes(raw, context) <= maxQuarantineBytes
}

const isKeptAside = ({ keptAside }: Statements, project: string, { rawHash }: QuarantineRow): boolean =>
  keptAside.get(project, Buffer.from(rawHash, 'hex')) !== undefined

const writeQuarantine = (
  { insertQuarantine }: Statements,
  { project, receivedAt, receivedDay }: Received,
  row: QuarantineRow,
): boolean =>
  insertQuarantine.run(
    project,
    Buffer.from(row.rawHash, 'hex'),
    row.id,
    row.name,
    receivedAt,
    receivedDay,
    row.code,
    row.rule,
    row.detail,
    row.source,
    row.countedSource,
    row.raw,
    row.context,
  ).changes === 1
