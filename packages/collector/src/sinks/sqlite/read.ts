import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Link } from '../../consent/chain.ts'
import { historyOf } from '../../consent/history.ts'
import { type CompletenessFacts, completenessAnswer } from '../../reports/completeness.ts'
import { consentAnswer } from '../../reports/consent.ts'
import { type QualityFacts, qualityAnswer } from '../../reports/quality.ts'
import type {
  CompletenessAnswer,
  CompletenessQuestion,
  QualityAnswer,
  QualityQuestion,
  ReportedReason,
  TrafficAnswer,
  TrafficQuestion,
} from '../../reports/questions.ts'
import { periodOf, type TrafficFacts, trafficAnswer } from '../../reports/traffic.ts'
import type { EventFilter, PageOf, Rows } from '../sink.ts'
import { type LastWordRow, lastWordOf } from './ledger-tables.ts'
import type { Questions } from './protocol.ts'
import { readHeardSources, readRegistry } from './registry-tables.ts'
import { selectEvents, selectLate } from './select-events.ts'
import { readQuarantine } from './select-quarantine.ts'
import { createReadSent } from './sent-names.ts'
import { type EventRowOut, toQuarantinedText, toStoredEvent, toStoredQuarantine } from './stored-rows.ts'
import { createReadSubject } from './subjects-export.ts'
import { findTombstone } from './tombstones.ts'

/** Answers questions on a read-only connection. */
export type Read = { readonly [Q in keyof Questions]: (ask: Questions[Q]['ask']) => Questions[Q]['answer'] }

export function createRead(db: DatabaseSync): Read {
  const prepare = (text: string): StatementSync => db.prepare(text)
  const report = (name: string): StatementSync => prepare(reportSql(name))
  const sent = createReadSent(db)

  return {
    events({ filter, page }) {
      const { sql, values } = selectEvents(filter, page, filter.to !== undefined && hasLate(filter))
      return rowsOf(prepare(sql).all(values) as unknown as EventRowOut[], page, toStoredEvent)
    },
    quarantine({ filter, page }) {
      const { rows, next } = atOneMoment(() => readQuarantine({ prepare }, filter, page))
      return { rows: rows.map(toStoredQuarantine), next }
    },
    quarantined({ filter, page }) {
      const { rows, next } = atOneMoment(() => readQuarantine({ prepare }, filter, page))
      return { rows: rows.map(toQuarantinedText), next }
    },
    traffic: answerTraffic,
    completeness: answerCompleteness,
    consent(question) {
      const { project, from, to } = question
      return consentAnswer(question, report('consent-days').all({ project, from, to }) as unknown as ConsentCounts)
    },
    quality: answerQuality,
    consentOf: answerConsentOf,
    tombstoneOf: ({ project, subject }) => findTombstone(db, project, 'anonymous', subject) ?? null,
    subject: (ask) => createReadSubject(db)(ask),
    registry: (project) => atOneMoment(() => readRegistry(db, project)),
    heardSources: (ask) => atOneMoment(() => readHeardSources(db, ask)),
    sentNames: (ask) => sent.sentNames(ask.project, ask),
    unknownEvents: ({ page, ...ask }) => atOneMoment(() => sent.unknownEvents(ask, page)),
    renamedEvents: ({ page, ...ask }) => atOneMoment(() => sent.renamedEvents(ask, page)),
    countUnknown: ({ page, ...ask }) => sent.countUnknown(ask, page),
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

  function answerQuality(question: QualityQuestion): QualityAnswer {
    const { project, from, to, source } = question
    const days = { project, from, to, source }
    const { start, end } = periodOf(question)
    const seen = report('quality-seen')
    return atOneMoment(() =>
      qualityAnswer(question, {
        days: report('quality-days').all(days) as unknown as QualityFacts['days'],
        counts: report('quality-counts').all(days) as unknown as QualityFacts['counts'],
        quarantined: report('quality-quarantined').all({ project, source, start, end }) as unknown as QualityFacts['quarantined'],
        names: report('quality-names').all({ project, from, to }) as unknown as QualityFacts['names'],
        seen(name) {
          const times = seen.get({ project, name }) as { readonly first: number | null; readonly last: number }
          return times.first === null ? null : { first: times.first, last: times.last }
        },
        aliases: readRegistry(db, project).aliases,
        sources: report('quality-sources').all({ project, source }) as unknown as QualityFacts['sources'],
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

function rowsOf<R extends { readonly position: number }, T>(found: readonly R[], { limit }: PageOf, map: (row: R) => T): Rows<T> {
  const kept = found.slice(0, limit)
  const last = kept.at(-1)
  return { rows: kept.map(map), next: found.length > limit && last !== undefined ? last.position : null }
}
