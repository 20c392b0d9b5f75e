import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { maxPageText, type QuarantineFilter } from '../quarantine.ts'
import type { PageOf, Rows } from '../sink.ts'
import type { QuarantineRowOut } from './stored-rows.ts'

/** What rows have to be, in SQL, and the values in it. */
export interface Conditions {
  readonly where: string
  readonly values: Readonly<Record<string, SQLInputValue>>
}

export function quarantineConditions({
  project,
  keys,
  name,
  code,
  rule,
  source,
  userId,
  anonymousId,
  from,
  to,
}: QuarantineFilter): Conditions {
  const parts = ['project = :project']
  const values: Record<string, SQLInputValue> = { project }
  const add = (part: string, value: string, given: SQLInputValue | undefined): void => {
    if (given === undefined) return
    parts.push(part)
    values[value] = given
  }
  add('raw_hash IN (SELECT unhex(value) FROM json_each(:keys))', 'keys', keys && JSON.stringify(keys))
  add('name = :name', 'name', name)
  add('code = :code', 'code', code)
  add("coalesce(rule, '') = :rule", 'rule', rule)
  add("coalesce(source, '') = :source", 'source', source)
  add("raw ->> '$.user_id' = :user", 'user', userId)
  add("raw ->> '$.anonymous_id' = :anonymous", 'anonymous', anonymousId)
  // When it happened may be the very thing that could not be read.
  add('received_at >= :from', 'from', from)
  add('received_at < :to', 'to', to)
  return { where: parts.join(' AND '), values }
}

/**
 * Reads a page. First which rows it has, then one by one until they are long enough: sorting or taking them whole could hold gigabytes, as
 * each may be as large as a request.
 */
export function readQuarantine(
  db: Pick<DatabaseSync, 'prepare'>,
  filter: QuarantineFilter,
  { after, limit }: PageOf,
): Rows<QuarantineRowOut> {
  const { where, values } = quarantineConditions(filter)
  const found = db
    .prepare(`SELECT position FROM quarantine WHERE ${where} AND position > :after ORDER BY position LIMIT :limit`)
    .all({ ...values, after, limit: limit + 1 })
    .map(({ position }) => Number(position))
  const row = db.prepare('SELECT * FROM quarantine WHERE position = ?')
  const rows: QuarantineRowOut[] = []
  let text = 0
  for (const position of found.slice(0, limit)) {
    if (text >= maxPageText) break
    const read = row.get(position) as unknown as QuarantineRowOut
    rows.push(read)
    text += read.raw.length
  }
  return { rows, next: rows.length < found.length ? (rows.at(-1)?.position ?? null) : null }
}
