import { limits } from '@footfall/events'
import type {
  CompletenessAnswer,
  CompletenessFigures,
  CompletenessRow,
  ConsentAnswer,
  ConsentFigures,
  ConsentRow,
  QualityAnswer,
  QualityDay,
  QuarantineExample,
  TrafficAnswer,
  TrafficDay,
  UnknownName,
  VerdictFigures,
} from '../reports/questions.ts'
import { completenessAnswers, consentRates, qualityAnswers, trafficAnswers } from './examples/reports.ts'
import { type Operation, parameter, problems, secured, unavailable } from './operation.ts'
import {
  count,
  day,
  type Examples,
  instant,
  instantOrNull,
  json,
  list,
  object,
  orNull,
  type Schema,
  text,
  wire,
} from './schema.ts'

const reportParameters = [
  parameter('from', 'First day, in the time zone of the project. Without it, 30 days before the last.', day, '2026-11-01'),
  parameter('to', 'Last day, included. Without it, today.', day, '2026-11-30'),
  parameter('format', 'csv: the answer as a table; so does Accept: text/csv.', { enum: ['csv', 'json'] }),
]

const report = (
  operationId: string,
  summary: string,
  description: string,
  answer: Schema,
  examples: Examples,
  more: readonly object[] = [],
): Operation => ({
  operationId,
  tags: ['reports'],
  summary,
  description,
  security: secured,
  parameters: [...reportParameters, ...more],
  responses: {
    '200': {
      description: 'The answer, with what it leaves out.',
      content: { ...json(answer, examples), 'text/csv': { schema: text } },
    },
    ...problems('bad_parameter', 'wrong_secret_key', 'rate_limited', 'query_timeout', ...unavailable),
  },
})

const period = { from: day, to: day, time_zone: text } as const

export const getTraffic = report(
  'reportTraffic',
  'Events, visitors, orders and revenue over time',
  'As CSV, the days.',
  wire<TrafficAnswer>({
    question: { const: 'traffic' },
    ...period,
    days: list(wire<TrafficDay>({ day, events: count, visitors: count })),
    totals: wire<TrafficAnswer['totals']>({
      events: { ...count, description: 'That happened in the period, without bots and repetitions.' },
      visitors: { ...count, description: 'Of the whole period: a visitor of two days counts once.' },
      sessions: { ...count, description: 'Visits that began in the period.' },
      orders: count,
      revenue: wire<TrafficAnswer['totals']['revenue']>({
        minor: { type: 'integer', description: 'In the smallest unit of the base currency.' },
        currency: text,
      }),
      first_received_at: { ...instantOrNull, description: 'Of the whole store.' },
      last_received_at: instantOrNull,
    }),
    verdicts: wire<TrafficAnswer['verdicts']>({
      received: { ...count, description: 'The sum of the other four, counted by itself; by day of receipt.' },
      accepted: count,
      duplicate: count,
      quarantined: count,
      rejected: count,
    }),
    excluded: wire<TrafficAnswer['excluded']>({
      bots: count,
      duplicates: { ...count, description: 'Reported again under another id.' },
      orders_without_rate: { ...count, description: 'Counted, but in no sum.' },
    }),
  }),
  trafficAnswers,
)

const countsByReason = (description: string): Schema => ({ type: 'object', description, additionalProperties: count })

const completenessFigures: { readonly [N in keyof CompletenessFigures]: Schema } = {
  expected: { ...count, description: 'received + missing' },
  received: { ...count, description: 'Numbers that arrived, whatever became of their events; each once.' },
  missing: { ...count, description: 'late + lost' },
  late: { ...count, description: 'Missing, and a tracker may still hold it.' },
  lost: { ...count, description: 'Missing for good: too old to be held, or given up by the tracker.' },
  lost_by_reason: countsByReason('lost by reason; unknown where no report of the visitor’s tracker explains it.'),
  reported: countsByReason('All that trackers reported as given up, on the day of the report, numbered or not.'),
}

export const getCompleteness = report(
  'reportCompleteness',
  'How many events never arrived, by day, browser and reason',
  'By the numbers that trackers give their events (seq), visitor by visitor. As CSV, one figure a line.',
  wire<CompletenessAnswer>({
    question: { const: 'completeness' },
    ...period,
    totals: object(completenessFigures),
    rows: list(
      wire<CompletenessRow>({
        day: { ...day, description: 'Of the event; for what is missing, of the next event that arrived.' },
        browser: orNull,
        ...completenessFigures,
      }),
    ),
    excluded: object({
      jumps: {
        ...count,
        description: `Holes of more than ${limits.maxQueueEvents} numbers: not believed, and in no other figure.`,
      },
    }),
  }),
  completenessAnswers,
)

const consentFigures: { readonly [N in keyof ConsentFigures]: Schema } = {
  asked: { type: ['integer', 'null'], description: 'Reports that the question was shown; null where there are none.' },
  granted: count,
  refused: count,
  withdrawn: count,
  no_answer: { type: ['integer', 'null'], description: 'asked - granted - refused; null where that cannot be told.' },
}

export const getConsentRates = report(
  'reportConsent',
  'How the question for consent was answered, by day, purpose, region, device and version of the text',
  'As CSV, the rows; what is not known is empty.',
  wire<ConsentAnswer>({
    question: { const: 'consent' },
    ...period,
    totals: list(wire<ConsentAnswer['totals'][number]>({ purpose: text, ...consentFigures })),
    rows: list(
      wire<ConsentRow>({
        day: { ...day, description: 'Of receipt.' },
        purpose: text,
        region: { ...orNull, description: 'FR, US-CA' },
        device: text,
        version: { ...orNull, description: 'Of the text that was shown.' },
        ...consentFigures,
      }),
    ),
    basis: { type: 'object', description: 'What each figure rests on, in words.', additionalProperties: text },
  }),
  consentRates,
)

const verdictFigures: { readonly [N in keyof VerdictFigures]: Schema } = {
  received: { ...count, description: 'accepted + duplicate + quarantined + rejected' },
  accepted: count,
  duplicate: { ...count, description: 'Known already, and not stored again.' },
  quarantined: { ...count, description: 'Refused and kept aside; what a replay brought out is not among them.' },
  rejected: count,
  replayed: { ...count, description: 'Of all these, how many lay in the quarantine until a replay.' },
}
const countsOf = (name: string): Schema => list(object({ [name]: text, events: count }))

export const getQuality = report(
  'reportQuality',
  'How far the data can be trusted: what became of events, and what was done about them',
  'By day of receipt, and by source. An event counts once for each rule and flag. As CSV, the days.',
  wire<QualityAnswer>({
    question: { const: 'quality' },
    ...period,
    source: { ...orNull, description: 'The one that was asked about.' },
    days: list(
      wire<QualityDay>({
        day,
        source: { ...text, description: 'Empty for all that names no source, or one that only a public key speaks of.' },
        ...verdictFigures,
      }),
    ),
    totals: object(verdictFigures),
    repairs: countsOf('rule'),
    flags: countsOf('flag'),
    quarantine: list(
      wire<QualityAnswer['quarantine'][number]>({
        code: text,
        rule: { ...text, description: 'Empty where no rule of reading decided.' },
        events: count,
        examples: {
          type: 'array',
          description: 'Up to 3 of the newest that are still kept aside.',
          items: wire<QuarantineExample>({ key: text, name: orNull, detail: text, received_at: instant }),
        },
      }),
    ),
    rejected: countsOf('code'),
    duplicates: {
      ...countsOf('kind'),
      description:
        'same_id: not stored again. business_key, order_conflict, probable: stored, marked with duplicate_of, counted in no other report.',
    },
    late: {
      ...wire<QualityAnswer['late']>({ live: count, day: count, week: count, too_late: count }),
      description: 'Stored events, by the time until their receipt: up to 5 minutes, 24 hours, 7 days, more.',
    },
    missing_rates: { ...count, description: 'Stored events with an amount that is in no base currency.' },
    currency: wire<QualityAnswer['currency']>({ own: count, default: { ...count, description: 'A currency was assumed.' } }),
    unknown_names: {
      type: 'array',
      maxItems: 20,
      items: wire<UnknownName>({
        name: text,
        events: { ...count, description: 'That happened in the period.' },
        first_seen: instant,
        last_seen: instant,
        suggestion: { ...orNull, description: 'A guess, for a person to decide about.' },
        alias: { ...orNull, description: 'What the shop has said that it means.' },
      }),
    },
    sources: {
      type: 'array',
      description: 'Also those that sent nothing in the period.',
      items: wire<QualityAnswer['sources'][number]>({ source: text, received: count, quarantined: count, last_seen: instant }),
    },
  }),
  qualityAnswers,
  [parameter('source', 'Only this source; empty for what names none. Unknown names are of every source.', text)],
)
