import type { DatabaseSync } from 'node:sqlite'
import { readInstant } from '../../normalise/instant.ts'
import { isErased, type Tombstone } from '../../privacy/erasure.ts'
import type { SubjectHash } from '../../privacy/subject-hash.ts'
import type { Person } from '../../privacy/subjects.ts'
import { idsIn } from '../../privacy/subjects-mentions.ts'
import { at } from './columns.ts'
import type { WriteDelivery, WriteRecord } from './protocol.ts'

type Drops = NonNullable<WriteDelivery['drops']>

/** Knows who was erased, within the transaction that asks. */
export interface Graves {
  /** Is this record about somebody who was erased? Then nothing of it is kept but a count. */
  covers(record: WriteRecord): boolean
  /** What a tracker gave up is counted whoever it was. */
  withoutErased(drops: Drops): Drops
}

const none: Graves = { covers: () => false, withoutErased: (drops) => drops }

/** Opens the view that one transaction has of a project's tombstones. */
export function createGraves(db: DatabaseSync, subjectHash: SubjectHash): (project: string) => Graves {
  const any = db.prepare('SELECT 1 FROM tombstones WHERE project = ? LIMIT 1')
  const find = prepareFind(db)

  return (project) => {
    // Most stores never erased anybody: they need not reckon a pseudonym for every event.
    if (any.get(project) === undefined) return none
    const users = new Map<string, Tombstone | undefined>()
    const devices = new Map<string, Tombstone | undefined>()
    return {
      covers(record) {
        const { userId, anonymousId, happenedAt } = aboutOf(record)
        const user = userId === null ? undefined : tombstone(users, 'user', userId)
        const device = anonymousId === null ? undefined : tombstone(devices, 'anonymous', anonymousId)
        return isErased({ userId, user, device, happenedAt })
      },
      withoutErased(drops) {
        const device = drops.anonymousId === null ? undefined : tombstone(devices, 'anonymous', drops.anonymousId)
        return device === undefined || device.isShared ? drops : { ...drops, anonymousId: null }
      },
    }

    function tombstone(known: Map<string, Tombstone | undefined>, kind: Kind, id: string): Tombstone | undefined {
      if (known.has(id)) return known.get(id)
      const found = find(project, kind, subjectHash(project, id))
      known.set(id, found)
      return found
    }
  }
}

type Kind = Grave['kind']
type Find = (project: string, kind: Kind, subject: string) => Tombstone | undefined

function prepareFind(db: DatabaseSync): Find {
  const find = db.prepare('SELECT erased_at, is_shared FROM tombstones WHERE project = ? AND kind = ? AND subject = ?')
  return (...grave) => {
    const row = find.get(...grave) as { erased_at: number; is_shared: number } | undefined
    return row === undefined ? undefined : { erasedAt: row.erased_at, isShared: row.is_shared === 1 }
  }
}

/** @param subject a pseudonym */
export const findTombstone = (db: DatabaseSync, ...grave: Parameters<Find>): Tombstone | undefined => prepareFind(db)(...grave)

interface About {
  readonly userId: string | null
  readonly anonymousId: string | null
  readonly happenedAt: number | null
}

function aboutOf(record: WriteRecord): About {
  switch (record.kind) {
    case 'event': {
      const { cells } = record
      return {
        userId: textOf(cells[at.user_id]),
        anonymousId: textOf(cells[at.anonymous_id]),
        happenedAt: Number(cells[at.occurred_at]),
      }
    }
    case 'quarantine': {
      const sent = JSON.parse(record.raw) as { readonly occurred_at?: unknown }
      return { ...idsIn(sent), happenedAt: instantOf(sent.occurred_at) }
    }
    case 'rejected':
      // Nothing is kept of it but its number, under this id.
      return { userId: null, anonymousId: record.arrival?.anonymousId ?? null, happenedAt: null }
    case 'decision':
      // The ledger holds pseudonyms only.
      return { userId: null, anonymousId: null, happenedAt: null }
  }
}

const instantOf = (value: unknown): number | null =>
  typeof value === 'number' || typeof value === 'string' ? readInstant(value) : null

const textOf = (cell: unknown): string | null => (typeof cell === 'string' ? cell : null)

/** That somebody was erased, as the store keeps it: under a pseudonym. */
export interface Grave {
  readonly project: string
  readonly kind: 'anonymous' | 'user'
  readonly subject: string
  /** Ms since 1970 UTC. */
  readonly erased_at: number
  /** 1: a device of which other people, who were not erased, were seen. */
  readonly is_shared: number
}

/** Sets a tombstone, also where one stands. Within the caller's transaction. */
export function createSetTombstone(db: DatabaseSync): (grave: Grave) => void {
  // A device that was once erased for good stays so.
  const set = db.prepare(`INSERT INTO tombstones VALUES (?, ?, ?, ?, ?) ON CONFLICT (project, kind, subject)
    DO UPDATE SET erased_at = max(erased_at, excluded.erased_at), is_shared = min(is_shared, excluded.is_shared)`)
  return ({ project, kind, subject, erased_at, is_shared }) => void set.run(project, kind, subject, erased_at, is_shared)
}

/** Sets a person's tombstones, and answers how many there are. Within the caller's transaction. */
export function createBury(db: DatabaseSync, subjectHash: SubjectHash): (project: string, person: Person, at: number) => number {
  const set = createSetTombstone(db)
  return (project, { users, devices }, at) => {
    const bury = (kind: Grave['kind'], id: string, isShared: boolean): void =>
      set({ project, kind, subject: subjectHash(project, id), erased_at: at, is_shared: isShared ? 1 : 0 })
    for (const id of users) bury('user', id, false)
    for (const { id, isShared } of devices) bury('anonymous', id, isShared)
    return users.length + devices.length
  }
}
