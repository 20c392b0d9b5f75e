import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { type Links, type Person, personOf } from '../../privacy/subjects.ts'

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
  const knows = (kind: 'user' | 'anonymous', column: string, others: readonly string[]) => {
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

/** A piece of SQL and what its question marks stand for. */
export interface Piece {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

const listOf = (values: readonly string[]): string => values.map(() => '?').join(', ')

/** Which events are the person's, as `isTheirs` decides. */
export function theirs({ users, devices }: Person): Piece {
  const ids = devices.map(({ id }) => id)
  // Never NULL: the opposite is asked for, too.
  return {
    sql: `coalesce(user_id IN (${listOf(users)}), anonymous_id IN (${listOf(ids)}), 0)`,
    values: [...users, ...ids],
  }
}

/** The sessions in which anything of the person was seen, in the order of their ids, which is that of time. */
export function* sessionsOf(db: DatabaseSync, project: string, person: Person, after = ''): Generator<string, void> {
  const { users } = person
  const devices = person.devices.map(({ id }) => id)
  // Two halves, as with OR the planner would look at everybody's.
  const half = (kind: 'user' | 'anonymous', ids: readonly string[]): string =>
    `SELECT session_id FROM subject_sessions
      WHERE project = ? AND kind = '${kind}' AND subject IN (${listOf(ids)}) AND session_id > ?`
  const next = db.prepare(`${half('user', users)} UNION ${half('anonymous', devices)} ORDER BY 1 LIMIT 100`)
  let last = after
  for (;;) {
    // All at once: between two sessions rows are deleted.
    const sessions = next.all(project, ...users, last, project, ...devices, last).map(({ session_id }) => String(session_id))
    yield* sessions
    const newest = sessions.at(-1)
    if (newest === undefined) return
    last = newest
  }
}

/** Is nobody else in a session? Then what came in it without any id is the person's, too. */
export function createIsAlone(db: DatabaseSync, project: string, person: Person): (session: string) => boolean {
  const { sql, values } = theirs(person)
  const others = db.prepare(`SELECT 1 FROM events WHERE project = ? AND session_id = ?
    AND coalesce(user_id, anonymous_id) IS NOT NULL AND NOT ${sql} LIMIT 1`)
  return (session) => others.get(project, session, ...values) === undefined
}
