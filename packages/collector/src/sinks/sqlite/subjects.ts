import type { DatabaseSync } from 'node:sqlite'
import { type Ids, type Links, type Person, personOf } from '../../privacy/subjects.ts'
import type { SubjectKind } from './sessions.ts'

/** Finds people on a connection; an id's pseudonym tells whether it was erased before. */
export function createFindPerson(db: DatabaseSync): (project: string, id: string, subjectHash: string) => Person {
  const users = db.prepare('SELECT user_id AS id FROM linked_ids WHERE project = ? AND anonymous_id = ? ORDER BY 1')
  const devices = db.prepare('SELECT anonymous_id AS id FROM linked_ids WHERE project = ? AND user_id = ? ORDER BY 1')
  const asUser = db.prepare(`SELECT 1 WHERE
    EXISTS (SELECT 1 FROM subject_sessions WHERE project = ?1 AND kind = 'user' AND subject = ?2)
    OR EXISTS (SELECT 1 FROM events WHERE project = ?1 AND session_id IS NULL AND user_id = ?2)
    OR EXISTS (SELECT 1 FROM linked_ids WHERE project = ?1 AND user_id = ?2)`)
  const idsOf = (rows: readonly Record<string, unknown>[]): readonly string[] => rows.map(({ id }) => String(id))
  const tombstone = db.prepare(`SELECT 1 FROM tombstones WHERE project = ? AND kind IN ('anonymous', 'user') AND subject = ?`)
  return (project, id, subjectHash) => {
    const links: Links = {
      usersOf: (anonymousId) => idsOf(users.all(project, anonymousId)),
      devicesOf: (userId) => idsOf(devices.all(project, userId)),
      isUser: (candidate) => asUser.get(project, candidate) !== undefined,
      wasErased: () => tombstone.get(project, subjectHash) !== undefined,
    }
    return personOf(id, links)
  }
}

/** Leaves of a person the ids that the store knows: the one that was asked for may be a user's, a device's, both or nobody's. */
export function createKnown(db: DatabaseSync): (project: string, person: Person) => Person {
  const knows = (kind: SubjectKind, column: string, others: readonly string[]) => {
    const statement = db.prepare(`SELECT 1 WHERE
      EXISTS (SELECT 1 FROM subject_sessions WHERE project = ?1 AND kind = '${kind}' AND subject = ?2)
      OR EXISTS (SELECT 1 FROM events WHERE project = ?1 AND session_id IS NULL AND ${column} = ?2)
      ${others.map((table) => `OR EXISTS (SELECT 1 FROM ${table} WHERE project = ?1 AND ${column} = ?2)`).join('\n')}`)
    return (project: string, id: string): boolean => statement.get(project, id) !== undefined
  }
  const isUser = knows('user', 'user_id', ['linked_ids'])
  const isDevice = knows('anonymous', 'anonymous_id', ['linked_ids', 'number_runs'])
  return (project, { users, devices }) => ({
    users: users.filter((id) => isUser(project, id)),
    devices: devices.filter(({ id }) => isDevice(project, id)),
  })
}

/** The sessions in which an id was seen, in the order of their ids. */
export function* sessionsOf(db: DatabaseSync, project: string, kind: SubjectKind, id: string): Generator<string, void> {
  const next = db.prepare(`SELECT session_id FROM subject_sessions
    WHERE project = ? AND kind = ? AND subject = ? AND session_id > ? ORDER BY session_id LIMIT 100`)
  yield* inBatches((after) => next.all(project, kind, id, after))
}

/** The sessions in which anything of the person was seen, in the order of their ids, which is that of time. */
export function* sessionsOfAll(db: DatabaseSync, project: string, person: Person, after: string): Generator<string, void> {
  // A list, as of the marks for single values a statement has few. Two halves, as with OR the planner would look at everybody's.
  const half = (kind: SubjectKind): string => `SELECT session_id FROM subject_sessions
    WHERE project = ? AND kind = '${kind}' AND subject IN (SELECT value FROM json_each(?)) AND session_id > ?`
  const next = db.prepare(`${half('user')} UNION ${half('anonymous')} ORDER BY 1 LIMIT 100`)
  const users = JSON.stringify(person.users)
  const devices = JSON.stringify(person.devices.map(({ id }) => id))
  yield* inBatches((last) => next.all(project, users, last, project, devices, last), after)
}

/** All at once: between two sessions rows are deleted. */
function* inBatches(next: (after: string) => readonly Record<string, unknown>[], after = ''): Generator<string, void> {
  for (let batch = next(after); batch.length > 0; batch = next(after)) {
    for (const { session_id } of batch) {
      after = String(session_id)
      yield after
    }
  }
}

/** A row that may name somebody. */
export interface NamingRow {
  readonly user_id: string | null
  readonly anonymous_id: string | null
}

export const namedBy = ({ user_id, anonymous_id }: NamingRow): Ids => ({ userId: user_id, anonymousId: anonymous_id })

export const isNameless = ({ user_id, anonymous_id }: NamingRow): boolean => user_id === null && anonymous_id === null
