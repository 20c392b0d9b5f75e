import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Link } from '../../consent/chain.ts'
import { historyOf } from '../../consent/history.ts'
import { type CompletenessFacts, completenessAnswer } from '../../reports/completeness.ts'
import { consentAnswer } from '../../reports/consent.ts'
import type {
  CompletenessAnswer,
  CompletenessQuestion,
  ReportedReason,
  TrafficAnswer,
  TrafficQuestion,
} from '../../reports/questions.ts'
import { periodOf, type TrafficFacts, trafficAnswer } from '../../reports/traffic.ts'
import type { EventFilter, PageOf, Rows } from '../sink.ts'
import { type LastWordRow, lastWordOf } from './ledger-tables.ts'
import type { Questions } from './protocol.ts'
import { selectEvents, selectLate } from './select-events.ts'
import { type EventRowOut, type QuarantineRowOut, toStoredEvent, toStoredQuarantine } from './stored-rows.ts'
import { createReadSubject } from './subjects-export.ts'

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
    consent(question) {
      const { project, from, to } = question
      return consentAnswer(question, report('consent-days').all({ project, from, to }) as unknown as ConsentCounts)
    },
    consentOf: answerConsentOf,
    subject: (ask) => createReadSubject(db)(ask),
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

  function answerConsentOf({ project, subject, page }: Questions['consentOf']['ask']): Questions['consentOf']['answer'] {
    const words = prepare('SELECT * FROM consent_last_words WHERE project = :project AND subject = :subject')
    const links = prepare(`SELECT position, entry, hash FROM consent_ledger
      WHERE project = :project AND subject = :subject AND position > :after ORDER BY position LIMIT :limit`)
    const record = prepare('SELECT denied FROM consent_records WHERE project = :project AND record_id = :recordId')
    const { after, limit } = page
    return atOneMoment(() =>
      historyOf(
        subject,
        (words.all({ project, subject }) as unknown as LastWordRow[]).map(lastWordOf),
        links.all({ project, subject, after, limit: limit + 1 }) as unknown as Link[],
        limit,
        (recordId) => (record.get({ project, recordId }) as { denied: number } | undefined)?.denied ?? 0,
      ),
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

type ConsentCounts = Parameters<typeof consentAnswer>[1]

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
