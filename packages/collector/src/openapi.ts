import { Batch, ConsentReceipt, ConsentRecord, Envelope, limits, Receipt } from '@footfall/events'
import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { type RefusalCode, refusals } from './errors.ts'

type Schema = Readonly<Record<string, unknown>>

/** The description of the API, made from the schemas that requests are held against. */
export function openapi(path: string | null): object {
  const events = { post: postEvents, get: getEvents }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Footfall collector',
      version: '1',
      description: 'Takes what happens in a shop, with consent, exactly once, and answers questions about it.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths: {
      '/v1/events': events,
      ...(path === null ? {} : { [path]: { post: postEvents } }),
      '/v1/consent': { post: postConsent },
      '/v1/consent/{subject}': { get: getConsent },
      '/v1/reports/traffic': { get: getTraffic },
      '/v1/reports/completeness': { get: getCompleteness },
      '/v1/reports/consent': { get: getConsentRates },
      '/v1/subjects/{id}': { get: getSubject, delete: deleteSubject },
      '/v1/live': { get: getLive },
      '/reports/session': { post: postSession, delete: deleteSession },
      '/readyz': { get: getReadyz },
      '/livez': { get: plain('The process answers.', 'application/json') },
      '/metrics': { get: plain('Prometheus metrics.', 'text/plain') },
      '/.well-known/gpc.json': { get: plain('Says that the opt-out signal of browsers is honoured.', 'application/json') },
      '/footfall.js': { get: plain('The tracker for script tags.', 'text/javascript') },
      '/footfall/{file}': { get: getTag },
    },
    components: {
      securitySchemes: {
        secretKey: { type: 'http', scheme: 'bearer', description: 'The secret key.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'footfall_session',
          description: 'Set by POST /reports/session; for GET only.',
        },
      },
      schemas: {
        Batch: batchSchema,
        Envelope: jsonSchema(Envelope),
        Receipt: jsonSchema(Receipt),
        ConsentRecord: jsonSchema(ConsentRecord),
        ConsentReceipt: jsonSchema(ConsentReceipt),
        Problem: problemSchema,
      },
    },
  }
}

const jsonSchema = (schema: v.GenericSchema): Schema => {
  const { $schema: _, ...rest } = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' })
  return rest
}

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const json = (schema: Schema): object => ({ 'application/json': { schema } })

const batchSchema: Schema = (() => {
  const batch = jsonSchema(Batch) as { readonly properties: Schema }
  // Events are checked one by one, so that the batch's own schema does not say what they are.
  return {
    ...batch,
    properties: { ...batch.properties, events: { type: 'array', maxItems: limits.maxBatchEvents, items: ref('Envelope') } },
  }
})()

const problemSchema: Schema = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(refusals) },
    detail: { type: 'string', description: 'For people: what is wrong and what to do.' },
    retry_after_ms: { type: 'integer' },
  },
}

/** The refusals of a route, by status. */
function problems(...codes: readonly RefusalCode[]): Record<string, object> {
  const byStatus = Map.groupBy(codes, (code) => String(refusals[code].status))
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `${code}: ${refusals[code].title}`).join('; '),
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  )
}

const unavailable = ['store_unavailable', 'disk_low', 'overloaded', 'closing'] as const
const secured = [{ secretKey: [] }, { session: [] }]

const postEvents = {
  summary: 'Deliver events',
  description:
    'JSON, or JSON gzipped (recognised by its first bytes); any content type. The receipt is sent only after everything in it is durable. Delivering again is safe: events are stored once by their id.',
  requestBody: { required: true, content: { ...json(ref('Batch')), 'text/plain': { schema: { type: 'string' } } } },
  responses: {
    '200': { description: 'What became of each event.', content: json(ref('Receipt')) },
    ...problems(
      'undecodable',
      'bad_batch',
      'unknown_write_key',
      'wrong_secret_key',
      'origin_not_allowed',
      'body_too_large',
      'batch_too_large',
      'unsupported_encoding',
      ...unavailable,
    ),
  },
}

const parameter = (name: string, description: string, schema: Schema): object => ({ name, in: 'query', description, schema })
const text: Schema = { type: 'string' }

const getEvents = {
  summary: 'Read events',
  description: 'Oldest received first.',
  security: secured,
  parameters: [
    parameter('name', 'Canonical name.', text),
    parameter('user_id', 'The user.', text),
    parameter('anonymous_id', 'The browser.', text),
    parameter('status', 'accepted, or quarantined for what was refused but kept.', {
      enum: ['accepted', 'quarantined'],
      default: 'accepted',
    }),
    parameter('from', 'A day, from its beginning, or an instant: not before it. Quarantined events go by their receipt.', text),
    parameter('to', 'A day, until its end, or an instant: before it.', text),
    parameter('limit', 'Rows at most.', { type: 'integer', minimum: 1, maximum: 500, default: 100 }),
    parameter('cursor', 'next of the answer before.', text),
  ],
  responses: {
    '200': {
      description: 'Rows, and where to go on.',
      content: json({
        type: 'object',
        required: ['events', 'next'],
        properties: { events: { type: 'array', items: { type: 'object' } }, next: { type: ['string', 'null'] } },
      }),
    },
    ...problems('bad_parameter', 'wrong_secret_key', 'query_timeout', ...unavailable),
  },
}

const reportParameters = [
  parameter('from', 'First day, in the time zone of the project. Without it, 30 days before the last.', {
    type: 'string',
    format: 'date',
  }),
  parameter('to', 'Last day, included. Without it, today.', { type: 'string', format: 'date' }),
  parameter('format', 'csv: the answer as a table; so does Accept: text/csv.', { enum: ['csv', 'json'] }),
]

const report = (summary: string, description: string, answer: Schema): object => ({
  summary,
  description,
  security: secured,
  parameters: reportParameters,
  responses: {
    '200': { description: 'The answer, with what it leaves out.', content: { ...json(answer), 'text/csv': { schema: text } } },
    ...problems('bad_parameter', 'wrong_secret_key', 'query_timeout', ...unavailable),
  },
})

const getTraffic = report('Events, visitors, orders and revenue over time', 'As CSV, the days.', { type: 'object' })

const count: Schema = { type: 'integer', minimum: 0 }
const countsByReason = (description: string): Schema => ({ type: 'object', description, additionalProperties: count })

const completenessFigures = {
  expected: { ...count, description: 'received + missing' },
  received: { ...count, description: 'Numbers that arrived, whatever became of their events; each once.' },
  missing: { ...count, description: 'late + lost' },
  late: { ...count, description: 'Missing, and a tracker may still hold it.' },
  lost: { ...count, description: 'Missing for good: too old to be held, or given up by the tracker.' },
  lost_by_reason: countsByReason('lost by reason; unknown where no report of the visitor’s tracker explains it.'),
  reported: countsByReason('All that trackers reported as given up, on the day of the report, numbered or not.'),
}
const completenessRow = {
  day: { type: 'string', format: 'date', description: 'Of the event; for what is missing, of the next event that arrived.' },
  browser: { type: ['string', 'null'] },
  ...completenessFigures,
}
const consentFigures = {
  asked: { type: ['integer', 'null'], description: 'Reports that the question was shown; null where there are none.' },
  granted: count,
  refused: count,
  withdrawn: count,
  no_answer: { type: ['integer', 'null'], description: 'asked - granted - refused; null where that cannot be told.' },
}
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
})

const getCompleteness = report(
  'How many events never arrived, by day, browser and reason',
  'By the numbers that trackers give their events (seq), visitor by visitor. As CSV, one figure a line.',
  object({
    question: { const: 'completeness' },
    from: { type: 'string', format: 'date' },
    to: { type: 'string', format: 'date' },
    time_zone: text,
    totals: object(completenessFigures),
    rows: { type: 'array', items: object(completenessRow) },
    excluded: object({
      jumps: {
        ...count,
        description: `Holes of more than ${limits.maxQueueEvents} numbers: not believed, and in no other figure.`,
      },
    }),
  }),
)

const purposeRow = { purpose: text, ...consentFigures }
const consentRow = {
  day: { type: 'string', format: 'date', description: 'Of receipt.' },
  ...purposeRow,
  region: { type: ['string', 'null'], description: 'FR, US-CA' },
  device: text,
  version: { type: ['string', 'null'], description: 'Of the text that was shown.' },
}

const getConsentRates = report(
  'How the question for consent was answered, by day, purpose, region, device and version of the text',
  'As CSV, the rows; what is not known is empty.',
  object({
    question: { const: 'consent' },
    from: { type: 'string', format: 'date' },
    to: { type: 'string', format: 'date' },
    time_zone: text,
    totals: { type: 'array', items: object(purposeRow) },
    rows: { type: 'array', items: object(consentRow) },
    basis: { type: 'object', description: 'What each figure rests on, in words.', additionalProperties: text },
  }),
)

const postConsent = {
  summary: 'Tell what a visitor decided',
  description:
    'JSON, plain or gzipped; any content type. With the public key it speaks of a device, whose subject is an anonymous id; with the secret key of a person, and write_key can be left out. Without subject and previous_record_id it is an anonymous answer: counted, not kept. The answer is sent only after the record is durable. Sending again what names its record_id or event_time is safe.',
  requestBody: { required: true, content: { ...json(ref('ConsentRecord')), 'text/plain': { schema: text } } },
  responses: {
    '200': { description: 'Where it stands in the ledger.', content: json(ref('ConsentReceipt')) },
    ...problems(
      'undecodable',
      'bad_consent_record',
      'unknown_write_key',
      'wrong_secret_key',
      'origin_not_allowed',
      'body_too_large',
      'unsupported_encoding',
      ...unavailable,
    ),
  },
}

const getConsent = {
  summary: 'What somebody agreed to, when, to which text',
  description: 'By an anonymous id or a user id. Oldest first. The ids themselves are not in the ledger.',
  security: secured,
  parameters: [
    { name: 'subject', in: 'path', required: true, schema: { type: 'string', maxLength: limits.maxIdLength } },
    parameter('limit', 'Entries at most.', { type: 'integer', minimum: 1, maximum: 500, default: 100 }),
    parameter('cursor', 'next of the answer before.', text),
  ],
  responses: {
    '200': {
      description: 'How every purpose stands, and the entries as they are sealed.',
      content: json(
        object({
          subject: { ...text, description: 'The pseudonym under which the ledger keeps the id.' },
          current: object({
            as_anonymous_id: { type: 'object', description: 'By purpose, if the id is a device’s.' },
            as_user_id: { type: 'object', description: 'By purpose, if it is a user’s: only what servers told.' },
          }),
          entries: {
            type: 'array',
            items: object({ position: count, hash: text, entry: { type: 'object' } }),
          },
          next: { type: ['string', 'null'] },
        }),
      ),
    },
    ...problems('bad_parameter', 'wrong_secret_key', 'query_timeout', ...unavailable),
  },
}

const subjectParameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'A user id or an anonymous id, percent-encoded.',
  schema: { type: 'string', minLength: 1, maxLength: limits.maxIdLength },
}

const getSubject = {
  summary: 'Export everything that is known about a person',
  description:
    'One line for each thing, with its kind: first subject (whose ids these are), then session, event, quarantined_event, visitor_day, number_run, tracker_drop and consent, at last end with the counts: an export without it was cut off. Of somebody who is not known, the first and the last line.',
  security: secured,
  parameters: [
    subjectParameter,
    parameter('format', 'csv: the same lines as a table.', { enum: ['jsonl', 'csv'], default: 'jsonl' }),
  ],
  responses: {
    '200': { description: 'The lines.', content: { 'application/jsonl': { schema: text }, 'text/csv': { schema: text } } },
    ...problems('bad_parameter', 'wrong_secret_key', 'query_timeout', ...unavailable),
  },
}

const deleteSubject = {
  summary: 'Erase a person',
  description:
    'By user id and every anonymous id that was seen with it. Answers when it is done. What still arrives of them is rejected as erased. Safe to repeat.',
  security: [{ secretKey: [] }],
  parameters: [subjectParameter],
  responses: {
    '200': {
      description: 'What was erased where.',
      content: json(
        object({
          subject_hash: { type: 'string', description: 'Pseudonym of the id, as in the consent ledger.' },
          erased_at: { type: 'string', format: 'date-time' },
          user_ids: count,
          anonymous_ids: count,
          events: count,
          quarantined: count,
          sessions: count,
          visitor_days: count,
          number_runs: count,
          tracker_drops: { ...count, description: 'Counts stay; whose they were is forgotten.' },
          natural_keys: count,
          links: count,
          tombstones: count,
          files: {
            enum: ['clean', 'pending'],
            description: 'pending: another program reads the files; what it reads is overwritten after it.',
          },
        }),
      ),
    },
    ...problems('bad_parameter', 'wrong_secret_key', ...unavailable),
  },
}

const getLive = {
  summary: 'Watch what arrives',
  description: 'Server-sent events named verdicts.',
  security: secured,
  responses: {
    '200': { description: 'A stream.', content: { 'text/event-stream': { schema: text } } },
    ...problems('wrong_secret_key'),
  },
}

const postSession = {
  summary: 'Sign in to the reports',
  requestBody: {
    required: true,
    content: json({ type: 'object', required: ['secret_key'], properties: { secret_key: text } }),
  },
  responses: {
    '204': { description: 'Signed in: the cookie is set.' },
    ...problems('wrong_secret_key', 'origin_not_allowed', 'body_too_large'),
  },
}

const deleteSession = { summary: 'Sign out', responses: { '204': { description: 'The cookie is gone.' } } }

const getTag = {
  summary: 'What goes with the tracker, for script tags: banner.js, consent-tcf.js and so on.',
  parameters: [{ name: 'file', in: 'path', required: true, schema: text, example: 'banner.js' }],
  responses: {
    '200': { description: 'The script.', content: { 'text/javascript': { schema: text } } },
    ...problems('not_found', 'not_built'),
  },
}

const getReadyz = {
  summary: 'Can it store?',
  description: 'Writes and reads back a row.',
  responses: {
    '200': { description: 'Yes.', content: json({ type: 'object' }) },
    '503': { description: 'No; the body says why.', content: json({ type: 'object' }) },
  },
}

function plain(description: string, type: string): object {
  return { summary: description, responses: { '200': { description, content: { [type]: { schema: text } } } } }
}
