import type { DatabaseSync } from 'node:sqlite'
import type { CountQuality } from '../../quality/count.ts'
import type { Arrival } from '../arrival.ts'
import { at, type EventRow } from './columns.ts'
import type { Counted } from './day-counts.ts'
import { createAddNumbers } from './number-runs.ts'
import type { WriteDelivery } from './protocol.ts'
import { createQualityCounts, createWriteQuality, type QualityCounts } from './quality-counts.ts'

type Drops = NonNullable<WriteDelivery['drops']>

/** What one transaction adds to the derived tables and the accounting: summed up in memory, written once at its end. */
export interface Derived {
  event(row: EventRow, isDuplicate: boolean): void
  /** An event of that day that was counted is a repetition of one that is counted now, of the same visitor and day. */
  displaced(project: string, day: string, event: Pick<Counted, 'name' | 'value' | 'base_value'>): void
  /** Counts what a source sent, by day of receipt; the source is heard of at `receivedAt`. */
  quality(project: string, day: string, source: string, receivedAt: number): CountQuality
  drops(project: string, day: string, drops: Drops): void
  arrival(project: string, arrival: Arrival): void
  /** These two ids came together. */
  link(project: string, anonymousId: string, userId: string): void
}

/**
 * Sums stop here, just below what SQLite's integers hold. No shop sells so much; a hostile sender says so, and a sum that cannot be
 * stored would keep everybody's orders of that day out. A multiple of 1024: exact as a number of either side.
 */
const maxSum = 9_000_000_000_000_000_000n
const clamped = (sum: number): number => Math.max(-Number(maxSum), Math.min(Number(maxSum), sum))

interface Sums extends Derived {
  readonly counts: Map<string, Count>
  readonly sessions: Map<string, SessionSpan>
  readonly visitors: Map<string, readonly [project: string, day: string, anonymousId: string]>
  readonly subjects: Map<string, readonly [project: string, kind: string, subject: string, sessionId: string]>
  readonly links: Map<string, readonly [project: string, anonymousId: string, userId: string]>
  readonly qualityCounts: QualityCounts
  readonly reports: { readonly project: string; readonly day: string; readonly drops: Drops }[]
  readonly visitorNumbers: Map<string, VisitorNumbers>
}

interface VisitorNumbers {
  readonly project: string
  readonly anonymousId: string
  readonly arrivals: Map<number, Arrival>
}

/** Whose event it is, and whether it counts among what they did. */
type People = readonly [
  project: string,
  day: string,
  anonymousId: EventRow['cells'][number] | undefined,
  userId: EventRow['cells'][number] | undefined,
  sessionId: EventRow['cells'][number] | undefined,
  isCounted: boolean,
]

interface Count {
  readonly key: readonly [project: string, day: string, name: string]
  events: number
  bots: number
  duplicates: number
  baseValue: number
  withoutRate: number
}

interface SessionSpan {
  readonly key: readonly [project: string, id: string]
  startedAt: number
  lastAt: number
  events: number
}

export function createDerived(db: DatabaseSync): { begin(): Sums; write(sums: Sums): void } {
  const addCount = db.prepare(`INSERT INTO daily_counts VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (project, day, name) DO UPDATE SET events = events + excluded.events, bots = bots + excluded.bots,
      duplicates = duplicates + excluded.duplicates,
      base_value = max(-${maxSum}, min(${maxSum}, base_value + excluded.base_value)),
      without_rate = without_rate + excluded.without_rate`)
  const addSession = db.prepare(`INSERT INTO sessions (project, id, started_at, last_at, events) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (project, id) DO UPDATE SET started_at = min(started_at, excluded.started_at),
      last_at = max(last_at, excluded.last_at), events = events + excluded.events`)
  const addVisitor = db.prepare('INSERT INTO daily_visitors VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const addSubject = db.prepare('INSERT INTO subject_sessions VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const addLink = db.prepare('INSERT INTO linked_ids VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const writeQuality = createWriteQuality(db)
  // A later attempt of the same batch repeats the count, or brings a larger one: the tracker went on dropping meanwhile.
  const setDrop = db.prepare(`INSERT INTO tracker_drops VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (project, batch, reason) DO UPDATE SET events = max(events, excluded.events)`)
  const addNumbers = createAddNumbers(db)
  const addReceived = db.prepare(`INSERT INTO daily_numbers VALUES (?, ?, ?, ?)
    ON CONFLICT (project, day, browser) DO UPDATE SET events = events + excluded.events`)

  return {
    begin: createSums,
    write(sums) {
      for (const { key, events, bots, duplicates, baseValue, withoutRate } of sums.counts.values()) {
        addCount.run(...key, events, bots, duplicates, clamped(baseValue), withoutRate)
      }
      for (const { key, startedAt, lastAt, events } of sums.sessions.values()) addSession.run(...key, startedAt, lastAt, events)
      for (const key of sums.visitors.values()) addVisitor.run(...key)
      for (const key of sums.subjects.values()) addSubject.run(...key)
      for (const key of sums.links.values()) addLink.run(...key)
      writeQuality(sums.qualityCounts)
      for (const { project, day, drops } of sums.reports) {
        for (const [reason, events] of drops.counts) {
          setDrop.run(project, Buffer.from(drops.key, 'hex'), reason, day, events, drops.anonymousId, drops.browser ?? '')
        }
      }
      const received = createReceived()
      for (const { project, anonymousId, arrivals } of sums.visitorNumbers.values()) {
        for (const arrival of addNumbers(project, anonymousId, arrivals)) received.add(project, arrival)
      }
      for (const [project, day, browser, events] of received.all()) addReceived.run(project, day, browser, events)
    },
  }
}

/** Counts numbers that arrived by project, day and browser. */
function createReceived() {
  const counts = new Map<string, { readonly project: string; readonly arrival: Arrival; events: number }>()
  let latest: ReturnType<typeof counts.get>
  return {
    add(project: string, arrival: Arrival): void {
      const { day, browser } = arrival
      // Most numbers come in the company of others like them, and putting a key together costs more than all the rest.
      if (latest?.project !== project || latest.arrival.day !== day || latest.arrival.browser !== browser) {
        const key = project + gap + day + gap + (browser ?? '')
        latest = counts.get(key) ?? { project, arrival, events: 0 }
        counts.set(key, latest)
      }
      latest.events += 1
    },
    all: () =>
      [...counts.values()].map(({ project, arrival, events }) => [project, arrival.day, arrival.browser ?? '', events] as const),
  }
}

// Separates the parts of a map's key; cannot stand in a project's id or a day, which come before free text.
const gap = '\u0000'

function createSums(): Sums {
  const counts: Sums['counts'] = new Map()
  const sessions: Sums['sessions'] = new Map()
  const visitors: Sums['visitors'] = new Map()
  const subjects: Sums['subjects'] = new Map()
  const links: Sums['links'] = new Map()
  const qualityCounts = createQualityCounts()
  const quality: Sums['quality'] = qualityCounts.of
  const reports: Sums['reports'] = []
  const visitorNumbers: Sums['visitorNumbers'] = new Map()
  let latest: VisitorNumbers | undefined
  let lastPeople: People | null = null

  return {
    counts,
    sessions,
    visitors,
    subjects,
    links,
    qualityCounts,
    reports,
    visitorNumbers,
    event,
    displaced,
    quality,
    drops,
    arrival,
    link,
  }

  function event({ cells, day }: EventRow, isDuplicate: boolean): void {
    const project = String(cells[at.project])
    const isBot = cells[at.bot] === 1
    const count = countOf(project, day, String(cells[at.name]))
    if (isBot) count.bots += 1
    else if (isDuplicate) count.duplicates += 1
    else {
      count.events += 1
      const base = cells[at.base_value]
      if (typeof base === 'number') count.baseValue += base
      else if (typeof cells[at.value] === 'number') count.withoutRate += 1
    }
    const isCounted = !isBot && !isDuplicate
    const people: People = [project, day, cells[at.anonymous_id], cells[at.user_id], cells[at.session_id], isCounted]
    // Most events are of the same visit as the one before, whose people are known.
    if (lastPeople === null || people.some((part, place) => part !== lastPeople?.[place])) meet(people)
    lastPeople = people
    const sessionId = cells[at.session_id]
    if (typeof sessionId === 'string' && !isBot) span(project, sessionId, Number(cells[at.occurred_at]))
  }

  function meet([project, day, anonymousId, userId, sessionId, isCounted]: People): void {
    if (typeof anonymousId === 'string' && isCounted) {
      visitors.set(project + gap + day + gap + anonymousId, [project, day, anonymousId])
    }
    if (typeof anonymousId === 'string' && typeof userId === 'string') link(project, anonymousId, userId)
    if (typeof sessionId !== 'string') return
    // Bots as well: whoever asks for erasure is erased from there, too.
    if (typeof anonymousId === 'string') subject(project, 'anonymous', anonymousId, sessionId)
    if (typeof userId === 'string') subject(project, 'user', userId, sessionId)
  }

  function displaced(project: string, day: string, { name, value, base_value }: Parameters<Derived['displaced']>[2]): void {
    const count = countOf(project, day, name)
    count.events -= 1
    count.duplicates += 1
    if (base_value !== null) count.baseValue -= base_value
    else if (value !== null) count.withoutRate -= 1
  }

  function countOf(project: string, day: string, name: string): Count {
    const id = project + gap + day + gap + name
    const known = counts.get(id)
    if (known !== undefined) return known
    const fresh: Count = { key: [project, day, name], events: 0, bots: 0, duplicates: 0, baseValue: 0, withoutRate: 0 }
    counts.set(id, fresh)
    return fresh
  }

  function span(project: string, sessionId: string, occurredAt: number): void {
    const id = project + gap + sessionId
    const known = sessions.get(id)
    if (known === undefined) {
      sessions.set(id, { key: [project, sessionId], startedAt: occurredAt, lastAt: occurredAt, events: 1 })
      return
    }
    known.startedAt = Math.min(known.startedAt, occurredAt)
    known.lastAt = Math.max(known.lastAt, occurredAt)
    known.events += 1
  }

  function subject(project: string, kind: string, id: string, sessionId: string): void {
    subjects.set(JSON.stringify([project, kind, id, sessionId]), [project, kind, id, sessionId])
  }

  function link(project: string, anonymousId: string, userId: string): void {
    links.set(JSON.stringify([project, anonymousId, userId]), [project, anonymousId, userId])
  }

  function drops(project: string, day: string, reported: Drops): void {
    reports.push({ project, day, drops: reported })
  }

  function arrival(project: string, arrived: Arrival): void {
    const { anonymousId, seq } = arrived
    // A batch is nearly always one visitor's.
    if (latest?.project !== project || latest.anonymousId !== anonymousId) {
      const id = project + gap + anonymousId
      latest = visitorNumbers.get(id) ?? { project, anonymousId, arrivals: new Map() }
      visitorNumbers.set(id, latest)
    }
    if (!latest.arrivals.has(seq)) latest.arrivals.set(seq, arrived)
  }
}
