import { jsonCell } from '../csv.ts'

/** Columns of an export as a table: what tells a line, and all of it as JSON. */
export const subjectColumns = ['kind', 'id', 'at', 'name', 'user_id', 'anonymous_id', 'session_id', 'content'] as const

/** A line of an export as a row of the table. */
export function subjectCells(line: Readonly<Record<string, unknown>>): readonly string[] {
  const { kind, id, name, user_id, anonymous_id, session, ...rest } = line
  const at = rest.occurred_at ?? rest.received_at ?? rest.started_at ?? rest.at ?? rest.day ?? rest.exported_at
  const inSession = typeof session === 'object' && session !== null && 'id' in session ? session.id : null
  return [...[kind, id, at, name, user_id, anonymous_id, inSession].map(cellText), jsonCell(line)]
}

const cellText = (value: unknown): string => (typeof value === 'string' ? value : '')
