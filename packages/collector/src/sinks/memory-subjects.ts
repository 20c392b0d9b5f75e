import { readInstant } from '../normalise/instant.ts'
import { type ErasureAsk, isErased, type Tombstone } from '../privacy/erasure.ts'
import type { SubjectHash } from '../privacy/subject-hash.ts'
import { type Ids, isTheirs, type Links, ownIds, type Person } from '../privacy/subjects.ts'
import type { SubjectRow } from '../privacy/subjects-export.ts'
import { idsIn, mentions, textIdsIn } from '../privacy/subjects-mentions.ts'
import type { Arrival } from './arrival.ts'
import type { EventRecord, QuarantineRecord, SinkRecord } from './sink.ts'
import { type StoredEvent, storedQuarantine } from './stored-event.ts'

/** What the memory keeps of one project. */
export interface Kept {
  readonly events: readonly { readonly record: EventRecord; readonly stored: StoredEvent }[]
  readonly quarantined: readonly { readonly record: QuarantineRecord; readonly receivedAt: number }[]
  /** By visitor. */
  readonly numbers: readonly (readonly [anonymousId: string, numbers: ReadonlyMap<number, Arrival>])[]
  readonly drops: readonly {
    readonly day: string
    readonly anonymousId: string | null
    readonly reason: string
    readonly events: number
  }[]
}

/** Which ids were seen together. */
export function linksIn(kept: Kept, wasErased: (id: string) => boolean): Links {
  const { events } = kept
  const seen = seenIn(kept)
  const distinct = (ids: readonly (string | null)[]): readonly string[] => [...new Set(ids.flatMap((id) => id ?? []))].sort()
  return {
    usersOf: (device) => distinct(seen.filter(({ anonymousId }) => anonymousId === device).map(({ userId }) => userId)),
    devicesOf: (user) => distinct(seen.filter(({ userId }) => userId === user).map(({ anonymousId }) => anonymousId)),
    isUser: (id) =>
      events.some(({ record }) => record.userId === id) ||
      seen.some(({ userId, anonymousId }) => userId === id && anonymousId !== null),
    wasErased,
  }
}

const seenIn = ({ events, quarantined }: Kept): readonly Ids[] => [
  ...events.map(({ record }) => record),
  ...quarantined.map(({ record }) => textIdsIn(JSON.parse(record.raw))),
]

/** How many pairs of ids were seen together. */
export const countLinks = (kept: Kept): number => new Set(seenIn(kept).flatMap(pairOf)).size

const pairOf = ({ anonymousId, userId }: Ids): readonly string[] =>
  anonymousId === null || userId === null ? [] : [JSON.stringify([anonymousId, userId])]

/** The days on which their devices were seen, by events that count, shared ones included. */
export function visitorDaysOf({ events }: Kept, { devices }: Person): ReadonlySet<string> {
  const counted = events.filter(
    ({ record, stored }) => !record.bot && stored.duplicate_of === null && devices.some(({ id }) => id === record.anonymousId),
  )
  return new Set(counted.map(({ record }) => JSON.stringify([record.day, record.anonymousId])))
}

/** Leaves of a person the ids that are known. */
export const knownIn = ({ events, quarantined, numbers }: Kept, { users, devices }: Person): Person => {
  const linked = quarantined.map(({ record }) => textIdsIn(JSON.parse(record.raw)))
  const isLinked = (ids: Ids): boolean => ids.userId !== null && ids.anonymousId !== null
  const seen = [...events.map(({ record }) => record as Ids), ...linked.filter(isLinked)]
  return {
    users: users.filter((id) => seen.some(({ userId }) => userId === id)),
    devices: devices.filter(
      ({ id }) => seen.some(({ anonymousId }) => anonymousId === id) || numbers.some(([visitor]) => visitor === id),
    ),
  }
}

/** Tells a person's events. What came without any id belongs to whoever was alone in its session. */
export function theirsIn({ events }: Kept, person: Person): (record: EventRecord) => boolean {
  const isNamed = ({ userId, anonymousId }: EventRecord): boolean => userId !== null || anonymousId !== null
  const sessions = new Map<string, { own: boolean; others: boolean }>()
  for (const { record } of events) {
    if (record.session === null || !isNamed(record)) continue
    const session = sessions.get(record.session.id) ?? { own: false, others: false }
    if (isTheirs(person, record)) session.own = true
    else session.others = true
    sessions.set(record.session.id, session)
  }
  return (record) => {
    if (isNamed(record)) return isTheirs(person, record)
    const session = record.session === null ? undefined : sessions.get(record.session.id)
    return session?.own === true && !session.others
  }
}

/** Is a refused event about them, or does it mention an id that is theirs alone? */
export function isAbout(person: Person, { raw }: QuarantineRecord): boolean {
  const sent: unknown = JSON.parse(raw)
  return isTheirs(person, idsIn(sent)) || ownIds(person).some((id) => mentions(sent, id))
}

/** Everything that is known about somebody. */
export function rowsAbout(kept: Kept, person: Person): readonly SubjectRow[] {
  const isOwn = theirsIn(kept, person)
  const own = kept.events.filter(({ record }) => isOwn(record))
  const devices = person.devices.filter(({ isShared }) => !isShared).map(({ id }) => id)
  const sessions = Map.groupBy(
    own.filter(({ record }) => record.session !== null),
    ({ record }) => record.session?.id ?? '',
  )
  const days = own.filter(
    ({ record, stored }) => !record.bot && stored.duplicate_of === null && devices.includes(record.anonymousId ?? ''),
  )
  return [
    ...[...sessions]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([id, inSession]) => [
        ...sessionRow(
          id,
          inSession.filter(({ record }) => !record.bot).map(({ record }) => record.occurredAt),
        ),
        ...inSession.map(eventRow),
      ]),
    ...own.filter(({ record }) => record.session === null).map(eventRow),
    ...kept.quarantined
      .filter(({ record }) => isAbout(person, record))
      .map(({ record, receivedAt }) => ({ kind: 'quarantined_event' as const, ...storedQuarantine(record, receivedAt) })),
    ...[...new Set(days.map(({ record }) => JSON.stringify([record.day, record.anonymousId])))].sort().map((key) => {
      const [day, anonymous_id] = JSON.parse(key) as [string, string]
      return { kind: 'visitor_day' as const, anonymous_id, day }
    }),
    ...kept.numbers
      .filter(([visitor]) => devices.includes(visitor))
      .flatMap(([visitor, numbers]) =>
        runsOf(numbers).map((run) => ({ kind: 'number_run' as const, anonymous_id: visitor, ...run })),
      ),
    ...kept.drops.flatMap(({ day, anonymousId, reason, events }) =>
      anonymousId !== null && devices.includes(anonymousId)
        ? [{ kind: 'tracker_drop' as const, anonymous_id: anonymousId, day, reason, events }]
        : [],
    ),
  ]
}

const eventRow = ({ record: { beforeAlias }, stored }: Kept['events'][number]): SubjectRow => ({
  kind: 'event',
  ...stored,
  ...(beforeAlias !== undefined && { before_alias: beforeAlias }),
})

function sessionRow(id: string, times: readonly number[]): readonly SubjectRow[] {
  if (times.length === 0) return []
  const iso = (instant: number): string => new Date(instant).toISOString()
  return [{ kind: 'session', id, started_at: iso(Math.min(...times)), last_at: iso(Math.max(...times)), events: times.length }]
}

/** Numbers without a hole between them are one run. */
function runsOf(numbers: ReadonlyMap<number, Arrival>): readonly { first: number; last: number; at: string }[] {
  const runs: { first: number; last: number; at: string }[] = []
  for (const { seq, at } of [...numbers.values()].sort((one, other) => one.seq - other.seq)) {
    const run = runs.at(-1)
    if (run !== undefined && run.last === seq - 1) run.last = seq
    else runs.push({ first: seq, last: seq, at: new Date(at).toISOString() })
  }
  return runs
}

/** The tombstones of a store in memory. */
export interface MemoryGraves {
  bury(ask: ErasureAsk, person: Person): number
  covers(project: string, record: SinkRecord): boolean
  erasedAt(project: string, id: string): number | null
  tombstoneOf(project: string, anonymousId: string): Tombstone | null
}

export function createMemoryGraves(subjectHash: SubjectHash): MemoryGraves {
  const tombstones = new Map<string, Tombstone>()
  const keyOf = (project: string, kind: 'user' | 'anonymous', id: string): string =>
    `${kind} ${project} ${subjectHash(project, id)}`
  const find = (project: string, kind: 'user' | 'anonymous', id: string | null): Tombstone | undefined =>
    id === null || tombstones.size === 0 ? undefined : tombstones.get(keyOf(project, kind, id))
  const set = (key: string, erasedAt: number, isShared: boolean): void => {
    const known = tombstones.get(key)
    tombstones.set(key, {
      erasedAt: Math.max(erasedAt, known?.erasedAt ?? erasedAt),
      isShared: isShared && known?.isShared !== false,
    })
  }
  return {
    bury({ project, at }, { users, devices }) {
      for (const id of users) set(keyOf(project, 'user', id), at, false)
      for (const { id, isShared } of devices) set(keyOf(project, 'anonymous', id), at, isShared)
      return users.length + devices.length
    },
    covers(project, record) {
      const { userId, anonymousId, happenedAt } = aboutOf(record)
      const [user, device] = [find(project, 'user', userId), find(project, 'anonymous', anonymousId)]
      return isErased({ userId, user, device, happenedAt })
    },
    tombstoneOf: (project, anonymousId) => find(project, 'anonymous', anonymousId) ?? null,
    erasedAt: (project, id) => find(project, 'anonymous', id)?.erasedAt ?? find(project, 'user', id)?.erasedAt ?? null,
  }
}

function aboutOf(record: SinkRecord): Ids & { readonly happenedAt: number | null } {
  switch (record.kind) {
    case 'event':
      return { userId: record.userId, anonymousId: record.anonymousId, happenedAt: record.occurredAt }
    case 'quarantine': {
      const sent = JSON.parse(record.raw) as { readonly occurred_at?: unknown }
      const { occurred_at: at } = sent
      return { ...idsIn(sent), happenedAt: typeof at === 'number' || typeof at === 'string' ? readInstant(at) : null }
    }
    case 'rejected':
      return { userId: null, anonymousId: record.arrival?.anonymousId ?? null, happenedAt: null }
    case 'decision':
      return { userId: null, anonymousId: null, happenedAt: null }
  }
}
