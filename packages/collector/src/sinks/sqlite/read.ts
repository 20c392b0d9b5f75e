import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { type CompletenessFacts, completenessAnswer } from '../../reports/completeness.ts'
import type {
  CompletenessAnswer,
  CompletenessQuestion,
  ReportedReason,
  TrafficAnswer,
  TrafficQuestion,
} from '../../reports/questions.ts'
import { periodOf, type TrafficFacts, trafficAnswer } from '../../reports/traffic.ts'
import type { EventFilter, PageOf, Rows } from '../sink.ts'
import { qualityOf, type StoredEvent, type StoredQuarantine } from '../stored-event.ts'
import type { Questions } from './protocol.ts'
import { selectEvents, selectLate } from './select-events.ts'
import { uuidText } from './write.ts'

/** Answers questions on a read-only connection. */
export type Read = { readonly [Q in keyof Questions]: (ask: Questions[Q]['ask']) => Questions[Q]['answer'] }

export function createRead(db: DatabaseSync): Read {
  const prepared = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    const known = prepared.get(text)
    if (known !== undefined) return known
    const statement = db.prepare(text)
    prepared.set(text, statement)
    return statement
  }
  const report = (name: string): StatementSync => prepare(reportSql(name))

  return {
    events({ filter, page }) {
      const { sql, values } = selectEvents(filter, page, filter.to !== undefined && hasLate(filter))
      return rowsOf(prepare(sql).all(values) as unknown as EventRowOut[], page, toStoredEvent)
    },
    quarantine({ filter, page }) {
      const { where, values } = quarantineConditions(filter, page)
      const statement = prepare(`SELECT * FROM quarantine WHERE ${where} ORDER BY position LIMIT :limit`)
      return rowsOf(statement.all(values) as unknown as QuarantineRowOut[], page, toStoredQuarantine)
    },
    traffic: answerTraffic,
    completeness: answerCompleteness,
    probe() {
      const row = prepare('SELECT written_at FROM probe WHERE id = 1').get() as { written_at: number } | undefined
      return row?.written_at ?? null
    },
  }

  function hasLate(filter: EventFilter): boolean {
    const { sql, values } = selectLate(filter)
    return prepare(sql).get(values) !== undefined
  }

  function answerTraffic(question: TrafficQuestion): TrafficAnswer {
    const { project, from, to } = question
    const days = { project, from, to }
    return atOneMoment(() =>
      trafficAnswer(question, {
        days: report('traffic-days').all(days) as unknown as TrafficFacts['days'],
        visitors: report('traffic-visitors').all(days) as unknown as TrafficFacts['visitors'],
        totals: report('traffic-totals').get({ ...days, ...periodOf(question) }) as unknown as TrafficFacts['totals'],
        verdicts: report('traffic-verdicts').all(days) as unknown as TrafficFacts['verdicts'],
      }),
    )
  }

  function answerCompleteness(question: CompletenessQuestion): CompletenessAnswer {
    const { project, from, to } = question
    const days = { project, from, to }
    const drops = report('completeness-drops')
    return atOneMoment(() =>
      completenessAnswer(question, {
        received: report('completeness-received').all(days) as unknown as CompletenessFacts['received'],
        reported: report('completeness-reported').all(days) as unknown as CompletenessFacts['reported'],
        holes: report('completeness-holes').iterate(days) as unknown as CompletenessFacts['holes'],
        reportedBy: (visitor) =>
          new Map(
            drops.all({ project, visitor }).map(({ reason, events }) => [String(reason) as ReportedReason, Number(events)]),
          ), // stored as such
      }),
    )
  }

  /** What is written between two statements must not show in one of them only. */
  function atOneMoment<T>(ask: () => T): T {
    db.exec('BEGIN')
    try {
      return ask()
    } finally {
      db.exec('COMMIT')
    }
  }
}

const reportSql = (name: string): string => readFileSync(join(import.meta.dirname, 'reports', `${name}.sql`), 'utf8')

interface Conditions {
  readonly where: string
  readonly values: Record<string, SQLInputValue>
}

function quarantineConditions(
  { project, name, userId, anonymousId, from, to }: EventFilter,
  { after, limit }: PageOf,
): Conditions {
  const parts = ['project = :project', 'position > :after']
  const values: Conditions['values'] = { project, after, limit: limit + 1 }
  if (name !== undefined) {
    parts.push('name = :name')
    values.name = name
  }
  if (userId !== undefined) {
    parts.push("raw ->> '$.user_id' = :user")
    values.user = userId
  }
  if (anonymousId !== undefined) {
    parts.push("raw ->> '$.anonymous_id' = :anonymous")
    values.anonymous = anonymousId
  }
  // When it happened may be the very thing that could not be read.
  if (from !== undefined) {
    parts.push('received_at >= :from')
    values.from = from
  }
  if (to !== undefined) {
    parts.push('received_at < :to')
    values.to = to
  }
  return { where: parts.join(' AND '), values }
}

function rowsOf<R extends { readonly position: number }, T>(found: readonly R[], { limit }: PageOf, map: (row: R) => T): Rows<T> {
  const kept = found.slice(0, limit)
  const last = kept.at(-1)
  return { rows: kept.map(map), next: found.length > limit && last !== undefined ? last.position : null }
}

interface EventRowOut {
  readonly position: number
  readonly event_id: Uint8Array
  readonly name: string
  readonly original_name: string
  readonly occurred_at: number
  readonly received_at: number
  readonly occurred_at_device: string | null
  readonly time_correction: string | null
  readonly clock_skew_ms: number | null
  readonly seq: number | null
  readonly anonymous_id: string | null
  readonly user_id: string | null
  readonly session_id: string | null
  readonly session_index: number | null
  readonly channel: string | null
  readonly source: string | null
  readonly ip: string | null
  readonly device_type: string
  readonly browser: string | null
  readonly os: string | null
  readonly in_app: string | null
  readonly bot: number
  readonly duplicate_of: Uint8Array | null
  readonly traits: string | null
  readonly page: string | null
  readonly consent: string | null
  readonly properties: string
  readonly money: string
  readonly repairs: string
  readonly flags: string
}

const json = (text: string | null): unknown => (text === null ? null : JSON.parse(text))

const toStoredEvent = (row: EventRowOut): StoredEvent => ({
  id: uuidText(row.event_id),
  name: row.name,
  original_name: row.original_name,
  occurred_at: new Date(row.occurred_at).toISOString(),
  received_at: new Date(row.received_at).toISOString(),
  occurred_at_device: json(row.occurred_at_device) as number | string | null,
  time_correction: row.time_correction,
  clock_skew_ms: row.clock_skew_ms,
  seq: row.seq,
  anonymous_id: row.anonymous_id,
  user_id: row.user_id,
  traits: json(row.traits),
  session: row.session_id === null ? null : { id: row.session_id, index: row.session_index },
  page: json(row.page),
  consent: json(row.consent),
  properties: json(row.properties),
  money: json(row.money) as StoredEvent['money'],
  channel: row.channel,
  source: row.source,
  ip: row.ip,
  device: { type: row.device_type, browser: row.browser, os: row.os, in_app: row.in_app },
  bot: row.bot === 1,
  duplicate_of: row.duplicate_of === null ? null : uuidText(row.duplicate_of),
  quality: qualityOf(json(row.repairs) as unknown[], json(row.flags) as string[]),
})

interface QuarantineRowOut {
  readonly position: number
  readonly event_id: string | null
  readonly name: string | null
  readonly received_at: number
  readonly code: string
  readonly detail: string
  readonly raw: string
  readonly context: string
}

const toStoredQuarantine = (row: QuarantineRowOut): StoredQuarantine => ({
  id: row.event_id,
  name: row.name,
  received_at: new Date(row.received_at).toISOString(),
  status: 'quarantined',
  code: row.code,
  detail: row.detail,
  raw: json(row.raw),
  context: json(row.context),
})
