import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { createIsTheirs, type Person } from '../../privacy/subjects.ts'
import {
  type SubjectCursor,
  type SubjectPage,
  type SubjectPart,
  type SubjectQuestion,
  type SubjectRow,
  subjectParts,
} from '../../privacy/subjects-export.ts'
import { createConcerns } from '../../privacy/subjects-mentions.ts'
import { type BeforeAliasRow, beforeAliasOf } from './before-alias.ts'
import { type EventRowOut, type QuarantineRowOut, storedColumns, toStoredEvent, toStoredQuarantine } from './stored-rows.ts'
import { createFindPerson, createKnown, isNameless, type NamingRow, namedBy, sessionsOfAll } from './subjects.ts'

/** A page is over when it has so much text, however few its rows are. */
const maxPageBytes = 2 ** 20
/** And when it took so long, however little was found: the reader answers other questions, too. */
const maxPageMs = 1000

/** The reader's question: with the pseudonym of the id, under which its tombstone stands. */
export type SubjectAsk = SubjectQuestion & { readonly subjectHash: string }

/** Reads pages of what is known about somebody. Each page looks anew, so that none holds the store for long. */
export function createReadSubject(db: DatabaseSync): (ask: SubjectAsk) => SubjectPage {
  const findPerson = createFindPerson(db)
  const known = createKnown(db)
  const tombstone = db.prepare(`SELECT max(erased_at) AS erased_at FROM tombstones
    WHERE project = ? AND kind IN ('anonymous', 'user') AND subject = ?`)

  return ({ project, id, after, limit, subjectHash }) => {
    const person = findPerson(project, id, subjectHash)
    const { erased_at } = tombstone.get(project, subjectHash) as { erased_at: number | null }
    const page = createPage(limit)
    const readers = readersOf(db, project, person)
    let cursor: SubjectCursor | null = after ?? beginningOf(subjectParts[0])
    while (cursor !== null && !page.isFull()) {
      const { part }: SubjectCursor = cursor
      cursor = readers[part](cursor, page) ?? beginningOf(subjectParts[subjectParts.indexOf(part) + 1])
    }
    return { known: known(project, person), erasedAt: erased_at, rows: page.rows, next: cursor }
  }
}

const beginningOf = <P extends SubjectPart | undefined>(part: P): P extends undefined ? null : SubjectCursor =>
  (part === undefined ? null : { part, key: '', position: 0 }) as P extends undefined ? null : SubjectCursor // as it says

interface Page {
  readonly rows: SubjectRow[]
  /** @param bytes about how long it is */
  add(row: SubjectRow, bytes: number): void
  isFull(): boolean
}

function createPage(limit: number): Page {
  const rows: SubjectRow[] = []
  let left = maxPageBytes
  const end = performance.now() + maxPageMs
  return {
    rows,
    add(row, bytes) {
      rows.push(row)
      left -= bytes
    },
    isFull: () => rows.length >= limit || left <= 0 || performance.now() >= end,
  }
}

/** Fills the page, and answers where to go on; `null` when the part is over. */
type ReadPart = (from: SubjectCursor, page: Page) => SubjectCursor | null

function readersOf(db: DatabaseSync, project: string, person: Person): { readonly [P in SubjectPart]: ReadPart } {
  const devices = person.devices.filter(({ isShared }) => !isShared).map(({ id }) => id)
  return {
    sessions: createReadSessions(db, project, person),
    loose_events: createReadLoose(db, project, person),
    quarantine: createReadQuarantine(db, project, person),
    visitor_days: (from, page) => {
      // The day leads the index: each one is a look-up, and a shop has fewer days than visitors.
      const next = db.prepare('SELECT min(day) AS day FROM daily_visitors WHERE project = ? AND day > ?')
      const were = db.prepare(`SELECT anonymous_id FROM daily_visitors
        WHERE project = ? AND day = ? AND anonymous_id IN (SELECT value FROM json_each(?))`)
      const ids = JSON.stringify(devices)
      for (let day = from.key; ; ) {
        if (page.isFull()) return { ...from, key: day }
        const row = next.get(project, day) as { day: string | null }
        if (row.day === null) return null
        day = row.day
        for (const { anonymous_id } of were.all(project, day, ids)) {
          page.add({ kind: 'visitor_day', anonymous_id: String(anonymous_id), day }, 100)
        }
      }
    },
    number_runs: createReadByDevice(
      db.prepare(
        'SELECT first AS position, last, at FROM number_runs WHERE project = ? AND anonymous_id = ? AND first > ? ORDER BY first LIMIT ?',
      ),
      project,
      devices,
      (id, { position, last, at }) => ({
        kind: 'number_run',
        anonymous_id: id,
        first: Number(position),
        last: Number(last),
        at: new Date(Number(at)).toISOString(),
      }),
    ),
    tracker_drops: createReadByDevice(
      db.prepare(`SELECT row_number() OVER (ORDER BY day, batch, reason) AS position, day, reason, events
        FROM tracker_drops INDEXED BY tracker_drops_by_visitor
        WHERE project = ? AND anonymous_id = ? LIMIT ?4 OFFSET ?3`),
      project,
      devices,
      (id, { day, reason, events }) => ({
        kind: 'tracker_drop',
        anonymous_id: id,
        day: String(day),
        reason: String(reason),
        events: Number(events),
      }),
    ),
  }
}

function createAddEvent(db: DatabaseSync): (page: Page, row: EventRowOut) => void {
  const find = db.prepare('SELECT properties, repairs, flags FROM renamed_events WHERE position = ?')
  return (page, row) => {
    const before = find.get(row.position) as BeforeAliasRow | undefined
    const length = row.properties.length + (row.page?.length ?? 0) + (row.traits?.length ?? 0) + (before?.properties.length ?? 0)
    const renamed = before === undefined ? {} : { before_alias: beforeAliasOf(before) }
    page.add({ kind: 'event', ...toStoredEvent(row), ...renamed }, 1000 + length)
  }
}

/** A position before every event: the session's own line has been given, and none of its events. */
const lineOnly = 0.5

/** The events of a session that name the same two ids. */
interface Named extends NamingRow {
  readonly started_at: number | null
  readonly last_at: number | null
  readonly events: number
}

/** Session by session, in the order of time: what it was, then its events. */
function createReadSessions(db: DatabaseSync, project: string, person: Person): ReadPart {
  const addEvent = createAddEvent(db)
  const isTheirs = createIsTheirs(person)
  const parties = db.prepare(`SELECT user_id, anonymous_id, min(occurred_at) FILTER (WHERE bot = 0) AS started_at,
      max(occurred_at) FILTER (WHERE bot = 0) AS last_at, count(*) FILTER (WHERE bot = 0) AS events
    FROM events WHERE project = ? AND session_id = ? GROUP BY user_id, anonymous_id`)
  const find = db.prepare(
    `SELECT ${storedColumns} FROM events WHERE project = ? AND session_id = ? AND position > ? ORDER BY position LIMIT 50`,
  )

  return (from, page) => {
    const begun = from.position > 0 ? [from.key] : []
    for (const session of concat(begun, sessionsOfAll(db, project, person, from.key))) {
      const named = parties.all(project, session) as unknown as readonly Named[]
      const isAlone = named.every((row) => isNameless(row) || isTheirs(namedBy(row)))
      const isGiven = (row: NamingRow): boolean => isTheirs(namedBy(row)) || (isAlone && isNameless(row))
      let position = session === from.key ? from.position : 0
      // Of their own events: those of others in the session are not theirs to see.
      if (position === 0) addSession(page, session, named.filter(isGiven))
      for (;;) {
        if (page.isFull()) return { part: 'sessions', key: session, position: Math.max(position, lineOnly) }
        const found = find.all(project, session, position) as unknown as (EventRowOut & { position: number })[]
        for (const row of found) {
          position = row.position
          if (isGiven(row)) addEvent(page, row)
          if (page.isFull()) return { part: 'sessions', key: session, position }
        }
        if (found.length < 50) break
      }
    }
    return null
  }
}

function* concat<T>(first: Iterable<T>, second: Iterable<T>): Generator<T, void> {
  yield* first
  yield* second
}

function addSession(page: Page, id: string, given: readonly Named[]): void {
  const seen = given.filter(({ events }) => events > 0)
  if (seen.length === 0) return
  const iso = (instants: readonly (number | null)[], choose: (...all: number[]) => number): string =>
    new Date(choose(...instants.map(Number))).toISOString()
  page.add(
    {
      kind: 'session',
      id,
      started_at: iso(
        seen.map(({ started_at }) => started_at),
        Math.min,
      ),
      last_at: iso(
        seen.map(({ last_at }) => last_at),
        Math.max,
      ),
      events: seen.reduce((sum, { events }) => sum + events, 0),
    },
    200,
  )
}

/** Events without a session: by user, then by device. */
function createReadLoose(db: DatabaseSync, project: string, { users, devices }: Person): ReadPart {
  const addEvent = createAddEvent(db)
  const byUser = db.prepare(
    `SELECT ${storedColumns} FROM events WHERE project = ? AND session_id IS NULL AND user_id = ? AND position > ? ORDER BY position LIMIT ?`,
  )
  const byDevice =
    db.prepare(`SELECT ${storedColumns} FROM events WHERE project = ? AND session_id IS NULL AND user_id IS NULL AND anonymous_id = ?
    AND position > ? ORDER BY position LIMIT ?`)
  const places = [...users.map((id) => [byUser, id] as const), ...devices.map(({ id }) => [byDevice, id] as const)]
  return (from, page) => {
    for (let place = Number(from.key); place < places.length; place += 1) {
      const [statement, id] = places[place] as (typeof places)[number] // below the length
      let position = place === Number(from.key) ? from.position : 0
      for (;;) {
        if (page.isFull()) return { part: 'loose_events', key: String(place), position }
        const found = statement.all(project, id, position, 50) as unknown as (EventRowOut & { position: number })[]
        for (const row of found) {
          addEvent(page, row)
          position = row.position
          if (page.isFull()) return { part: 'loose_events', key: String(place), position }
        }
        if (found.length < 50) break
      }
    }
    return null
  }
}

/** What was refused and kept, if it is about them or mentions an id that is theirs alone. */
function createReadQuarantine(db: DatabaseSync, project: string, person: Person): ReadPart {
  const concerns = createConcerns(person)
  const next = db.prepare('SELECT position, project FROM quarantine WHERE position > ? ORDER BY position LIMIT 50')
  // One at a time: each may be as large as a request.
  const rowAt = db.prepare('SELECT * FROM quarantine WHERE position = ?')
  return (from, page) => {
    for (let { position } = from; ; ) {
      if (page.isFull()) return { ...from, position }
      const found = next.all(position) as unknown as { position: number; project: string }[]
      for (const place of found) {
        position = place.position
        if (place.project !== project) continue
        const row = rowAt.get(position) as QuarantineRowOut | undefined
        // The writer may have taken it away meanwhile.
        if (row === undefined || !concerns(row.raw)) continue
        page.add({ kind: 'quarantined_event', ...toStoredQuarantine(row) }, 500 + row.raw.length)
        if (page.isFull()) return { ...from, position }
      }
      if (found.length < 50) return null
    }
  }
}

function createReadByDevice(
  statement: StatementSync,
  project: string,
  devices: readonly string[],
  rowOf: (id: string, row: Record<string, SQLInputValue>) => SubjectRow,
): ReadPart {
  return (from, page) => {
    for (let place = Number(from.key); place < devices.length; place += 1) {
      const id = devices[place] as string // below the length
      let position = place === Number(from.key) ? from.position : 0
      for (;;) {
        if (page.isFull()) return { ...from, key: String(place), position }
        const found = statement.all(project, id, position, 50)
        for (const row of found) {
          page.add(rowOf(id, row as Record<string, SQLInputValue>), 200)
          position = Number(row.position)
        }
        if (found.length < 50) break
      }
    }
    return null
  }
}
