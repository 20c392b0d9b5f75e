import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { createDayOf } from '../../../packages/collector/src/normalise/day.ts'
import { createSubjectHash } from '../../../packages/collector/src/privacy/subject-hash.ts'
import { openForWriting } from '../../../packages/collector/src/sinks/sqlite/open.ts'
import { reconcile } from '../../../packages/collector/src/sinks/sqlite/rebuild.ts'
import { writeDelivery } from '../../../packages/collector/src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../../packages/collector/src/sinks/sqlite/write.ts'
import { deliveriesOf, projects, subjectSecret } from './deliveries.ts'
import { eventsPerVisit, idOf, newVisitorsOf } from './visits.ts'

export const dayMs = 24 * 60 * 60 * 1000
/** Rows of a busy day. */
const rowsPerDay = 300_000
/** So many are written by the store's own writer, and copied. */
const pieceRows = 20_000

/** How many rows, and for how many days back from `now`. */
export interface Filled {
  readonly rows: number
  readonly visitors: number
}

/**
 * Fills an empty store: a piece is written by the store's own writer, and copied in SQL as often as needed, with ids, people and times moved
 * on: fifteen pieces are a day, the last of them today. Indexes are as full and as ordered as if all had come through the writer.
 */
export async function fill(folder: string, wanted: number, now: number, onProgress: (rows: number) => void): Promise<Filled> {
  const pieces = Math.max(1, Math.round(wanted / pieceRows))
  const stepMs = dayMs / (rowsPerDay / pieceRows)
  const from = now - (pieces - 1) * stepMs - pieceRows
  const plan = { events: pieceRows, perBatch: eventsPerVisit, knownVisitors: 0, from }
  const { db, lock } = openForWriting(folder)
  try {
    reconcile(db, projects)
    db.exec('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA secure_delete=OFF; PRAGMA cache_size=-1000000')
    const write = createWrite(db, createSubjectHash(subjectSecret), () => createDayOf('UTC'))
    // By the clock of then, as the likes of them are looked for by time.
    for (const delivery of await deliveriesOf(plan, () => from + pieceRows)) write([writeDelivery(delivery)])
    const visitors = newVisitorsOf(plan)
    copyPieces(db, { pieces, stepMs, visitors }, onProgress)
    db.exec('PRAGMA journal_mode=WAL')
    return { rows: pieces * pieceRows, visitors: pieces * visitors }
  } finally {
    db.close()
    lock.close()
  }
}

interface Copying {
  readonly pieces: number
  readonly stepMs: number
  readonly visitors: number
}

function copyPieces(db: DatabaseSync, { pieces, stepMs, visitors }: Copying, onProgress: (rows: number) => void): void {
  const hashOf = createSubjectHash(subjectSecret)
  const firstVisitor = timeOf(idOf(0, 1))
  const visitorsMs = timeOf(idOf(visitors, 1)) - firstVisitor
  db.function('time_of', { deterministic: true }, (id) => (typeof id === 'string' ? timeOf(id) : null))
  db.function('pseudonym', (id) => hashOf('default', String(id)))
  const indexes = db
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'events' AND sql IS NOT NULL")
    .all()
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`)
  const copies = tables.map((table) => createCopy(db, table))
  for (let piece = 1; piece < pieces; piece++) {
    const moves = { piece, ms: piece * stepMs, people_ms: piece * visitorsMs, people: piece * visitors, rows: pieceRows }
    db.exec('BEGIN')
    for (const copy of copies) copy(moves)
    db.exec('COMMIT')
    onProgress((piece + 1) * pieceRows)
  }
  for (const { sql } of indexes) db.exec(String(sql))
}

/** Milliseconds in a UUID of version 7. */
const timeOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

/** What of a row is not copied as it is. Everything is taken from `piece`, which holds the first piece and the times in its ids. */
interface Table {
  readonly name: string
  /** Column of the piece -> what is kept beside it, so that it is reckoned once. */
  readonly kept?: Readonly<Record<string, string>>
  readonly moved: Readonly<Record<string, string>>
  readonly onConflict?: string
}

const movedId = (id: string, time: string, by: string): string =>
  `printf('%08x-%04x', (${time} + :${by}) >> 16, (${time} + :${by}) & 0xffff) || substr(${id}, 14)`
const movedPerson = movedId('anonymous_id', 'person_time', 'people_ms')
const movedUser = (column: string) => `'customer-' || (CAST(substr(${column}, 10) AS INTEGER) + :people)`
const movedDay = "date(day, '+' || CAST(:ms / 86400000 AS INTEGER) || ' days')"
const movedHex = (blob: string, time: string): string => `unhex(printf('%012x', ${time} + :ms) || substr(hex(${blob}), 13))`

const tables: readonly Table[] = [
  {
    name: 'events',
    kept: {
      event_time: 'time_of(hex(event_id))',
      session_time: 'time_of(session_id)',
      person_time: 'time_of(anonymous_id)',
      record: "consent ->> '$.record_id'",
      record_time: "time_of(consent ->> '$.record_id')",
    },
    moved: {
      position: 'position + :piece * :rows',
      event_id: movedHex('event_id', 'event_time'),
      occurred_at: 'occurred_at + :ms',
      received_at: 'received_at + :ms',
      anonymous_id: movedPerson,
      user_id: `iif(user_id IS NULL, NULL, ${movedUser('user_id')})`,
      session_id: movedId('session_id', 'session_time', 'ms'),
      consent: `replace(consent, record, ${movedId('record', 'record_time', 'people_ms')})`,
      duplicate_of: 'NULL',
    },
  },
  {
    name: 'natural_keys',
    kept: { event_time: 'time_of(hex(event_id))' },
    moved: { key: 'randomblob(length(key))', event_id: movedHex('event_id', 'event_time') },
  },
  {
    name: 'sessions',
    kept: { session_time: 'time_of(id)' },
    moved: { id: movedId('id', 'session_time', 'ms'), started_at: 'started_at + :ms', last_at: 'last_at + :ms' },
  },
  {
    name: 'subject_sessions',
    kept: { session_time: 'time_of(session_id)', person_time: "iif(kind = 'anonymous', time_of(subject), 0)" },
    moved: {
      subject: `iif(kind = 'anonymous', ${movedId('subject', 'person_time', 'people_ms')}, ${movedUser('subject')})`,
      session_id: movedId('session_id', 'session_time', 'ms'),
    },
  },
  { name: 'daily_visitors', kept: { person_time: 'time_of(anonymous_id)' }, moved: { anonymous_id: movedPerson, day: movedDay } },
  {
    name: 'daily_counts',
    moved: { day: movedDay },
    onConflict:
      'ON CONFLICT (project, day, name) DO UPDATE SET events = events + excluded.events, base_value = base_value + excluded.base_value',
  },
  {
    name: 'number_runs',
    kept: { person_time: 'time_of(anonymous_id)' },
    moved: { anonymous_id: movedPerson, at: 'at + :ms', day: movedDay },
  },
  {
    name: 'linked_ids',
    kept: { person_time: 'time_of(anonymous_id)' },
    moved: { anonymous_id: movedPerson, user_id: movedUser('user_id') },
  },
  {
    name: 'consent_ledger',
    kept: { record: "entry ->> '$.record_id'", record_time: "time_of(entry ->> '$.record_id')", entries: 'count(*) OVER ()' },
    moved: {
      position: 'position + :piece * entries',
      entry: `json_set(entry, '$.record_id', ${movedId('record', 'record_time', 'people_ms')}, '$.subject', lower(hex(randomblob(16))))`,
    },
  },
  {
    name: 'consent_records',
    kept: { record_time: 'time_of(record_id)' },
    moved: {
      record_id: movedId('record_id', 'record_time', 'people_ms'),
      decided_at: 'decided_at + :ms',
      received_at: 'received_at + :ms',
      position: 'position + :piece * :people / :piece',
    },
  },
  {
    name: 'consent_holders',
    kept: { record_time: 'time_of(record_id)' },
    moved: {
      record_id: movedId('record_id', 'record_time', 'people_ms'),
      // A visitor's record and id differ in their last digits only.
      subject: `pseudonym(replace(replace(${movedId('record_id', 'record_time', 'people_ms')}, '-7200-', '-7100-'), 'be4c4020', 'be4c4010'))`,
    },
  },
]

/** Copies a table's first piece, moved on. */
function createCopy(
  db: DatabaseSync,
  { name, kept = {}, moved, onConflict = '' }: Table,
): (moves: Record<string, SQLInputValue>) => void {
  // Generated columns are made anew.
  const columns = db
    .prepare(`SELECT name FROM pragma_table_xinfo('${name}') WHERE hidden = 0`)
    .all()
    .map((column) => String(column.name))
  const more = Object.entries(kept).map(([column, expression]) => `${expression} AS ${column}`)
  db.exec(`CREATE TEMP TABLE piece_of_${name} AS SELECT ${[...columns, ...more].join(', ')} FROM ${name}`)
  const text = `INSERT INTO ${name} (${columns.join(', ')})
    SELECT ${columns.map((column) => moved[column] ?? column).join(', ')} FROM piece_of_${name} WHERE true ${onConflict}`
  const statement = db.prepare(text)
  const asked = new Set([...text.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter))
  return (moves) => void statement.run(Object.fromEntries(Object.entries(moves).filter(([parameter]) => asked.has(parameter))))
}
