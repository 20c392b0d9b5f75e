import { Batch, ConsentReceipt, ConsentRecord, Envelope, limits, Receipt } from '@footfall/events'
import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { type RefusalCode, refusals } from './errors.ts'
import { sourceSettings } from './registry/read-source.ts'

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
      '/v1/validate': { post: postValidate },
      '/v1/pixel.gif': { get: getPixel },
      '/v1/consent': { post: postConsent },
      '/v1/consent/{subject}': { get: getConsent },
      '/v1/reports/traffic': { get: getTraffic },
      '/v1/reports/completeness': { get: getCompleteness },
      '/v1/reports/consent': { get: getConsentRates },
      '/v1/reports/quality': { get: getQuality },
      '/v1/quarantine': { get: getQuarantine, delete: deleteQuarantine },
      '/v1/quarantine/{key}': { get: getQuarantined },
      '/v1/quarantine/replay': { post: postReplay },
      '/v1/sources': { get: getSources },
      '/v1/sources/{id}': { put: putSource, delete: deleteSource },
      '/v1/aliases': { get: getAliases },
      '/v1/aliases/{from}': { put: putAlias, delete: deleteAlias },
      '/v1/reprocess': { post: postReprocess },
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
          description: 'Set by POST /reports/session. What changes something takes it only from the reports page itself.',
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

const postValidate = {
  summary: 'Say what would become of events',
  description:
    'A batch as POST /v1/events takes it, judged in the same way. Nothing is stored and nothing counted, so that it cannot tell what the store would: whether an event is a duplicate, or whose consent was taken back.',
  security: [{ secretKey: [] }],
  requestBody: { required: true, content: json(ref('Batch')) },
  responses: {
    '200': {
      description: 'What would become of each event.',
      content: json({
        type: 'object',
        required: ['received_at', 'accepted', 'quarantined', 'rejected', 'events'],
        properties: {
          received_at: { type: 'string', format: 'date-time' },
          accepted: { type: 'integer' },
          quarantined: { type: 'integer' },
          rejected: { type: 'integer' },
          events: {
            type: 'array',
            description: 'In the order of the batch.',
            items: {
              type: 'object',
              properties: {
                index: { type: 'integer' },
                id: { type: ['string', 'null'] },
                status: { enum: ['accepted', 'quarantined', 'rejected'] },
                code: { type: ['string', 'null'] },
                detail: { type: ['string', 'null'] },
                event: { type: ['object', 'null'], description: 'As GET /v1/events would show it.' },
                repairs: { type: 'array', items: { type: 'object' } },
                flags: { type: 'array', items: { type: 'string' } },
              },
            },
          },
        },
      }),
    },
    ...problems(
      'undecodable',
      'bad_batch',
      'unknown_write_key',
      'wrong_secret_key',
      'body_too_large',
      'batch_too_large',
      'unsupported_encoding',
      ...unavailable,
    ),
  },
}

const parameter = (name: string, description: string, schema: Schema): object => ({ name, in: 'query', description, schema })
const text: Schema = { type: 'string' }

const getPixel = {
  summary: 'Tell of an opened mail, or of a page view without scripts, by a picture',
  description:
    'Answers with the same picture whatever happens. The event is kept only where the ledger says that the user or the device granted what it needs; otherwise it is counted, and nothing of it kept. Properties of the event are parameters of their own names: message_id, campaign_id, list_id …',
  parameters: [
    parameter('write_key', 'Names the project.', text),
    parameter('name', 'What happened.', { enum: ['email_opened', 'page_viewed'], default: 'email_opened' }),
    parameter('id', 'A UUID: loaded again under it, the picture tells of nothing new.', text),
    parameter('user_id', 'Who opened the mail; only what a server told about them counts as consent.', text),
    parameter('anonymous_id', 'The same, of a device.', text),
    parameter('record_id', 'The decision that the mail was sent under.', text),
    parameter('source', 'Where it comes from, as it is registered.', text),
    parameter('url', "Of a page view; without it the Referer's.", text),
  ],
  responses: { '200': { description: 'The picture.', content: { 'image/gif': {} } } },
}

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

const quarantineFilter = {
  name: 'As it was sent.',
  code: 'Why it is kept aside.',
  rule: 'The rule of reading that refused it; empty for none.',
  source: 'As it was sent; empty for none.',
  user_id: 'The user.',
  anonymous_id: 'The browser.',
  from: 'A day, from its beginning, or an instant: not received before it.',
  to: 'A day, until its end, or an instant: received before it.',
}
const filterParameters = Object.entries(quarantineFilter).map(([name, description]) => parameter(name, description, text))
const quarantinedRow = {
  key: { type: 'string', description: 'Names the row: 32 hexadecimal digits.' },
  id: { type: ['string', 'null'] },
  name: { type: ['string', 'null'] },
  received_at: { type: 'string', format: 'date-time' },
  status: { const: 'quarantined' },
  code: text,
  rule: { type: ['string', 'null'] },
  detail: text,
  source: { type: ['string', 'null'] },
  context: { type: 'object', description: 'What is known of the request that brought it.' },
}

const getQuarantine = {
  summary: 'Read what was refused but kept',
  description: 'Oldest received first. A page ends early where its events are long; next says where to go on.',
  security: secured,
  parameters: [
    ...filterParameters,
    parameter('limit', 'Rows at most.', { type: 'integer', minimum: 1, maximum: 500, default: 100 }),
    parameter('cursor', 'next of the answer before.', text),
  ],
  responses: {
    '200': {
      description: 'Rows, and where to go on.',
      content: json({
        type: 'object',
        required: ['events', 'next'],
        properties: {
          events: { type: 'array', items: { type: 'object', properties: { ...quarantinedRow, raw: { type: 'object' } } } },
          next: { type: ['string', 'null'] },
        },
      }),
    },
    ...problems('bad_parameter', 'wrong_secret_key', 'query_timeout', ...unavailable),
  },
}

const getQuarantined = {
  summary: 'Read one event that was refused but kept',
  security: secured,
  parameters: [{ name: 'key', in: 'path', required: true, schema: text }],
  responses: {
    '200': {
      description: 'The row.',
      content: json({
        type: 'object',
        properties: {
          ...quarantinedRow,
          raw: { type: 'string', description: 'JSON of the event, to the letter as it is kept.' },
        },
      }),
    },
    ...problems('wrong_secret_key', 'not_found', 'query_timeout', ...unavailable),
  },
}

const postReplay = {
  summary: 'Read events again that were refused but kept',
  description:
    'Each is judged as if it came for the first time, at the time of its receipt, but by the sources, aliases and rates of today. What can be read is stored and leaves the quarantine, as does what is known already and what may not be kept any more; its verdict moves, on the day of its receipt. All else stays, with the new reason. At most 500 rows a call, in one transaction: go on with next as cursor. Safe to repeat.',
  security: secured,
  requestBody: {
    required: true,
    content: json({
      type: 'object',
      additionalProperties: false,
      description: 'keys, a filter that is not empty, or all: true.',
      properties: {
        keys: { type: 'array', maxItems: 500, items: text },
        filter: {
          type: 'object',
          additionalProperties: false,
          properties: Object.fromEntries(
            Object.entries(quarantineFilter).map(([name, description]) => [name, { ...text, description }]),
          ),
        },
        all: { type: 'boolean' },
        patch: {
          type: 'object',
          description:
            'A JSON merge patch (RFC 7396) for what happened, when and where: id (for one key), name, occurred_at, age_ms, properties, page, channel, source. A patch brings the event in, or changes nothing.',
        },
        dry_run: { type: 'boolean', description: 'Says what would become of them, and changes nothing.' },
        limit: { type: 'integer', minimum: 1, maximum: 500, default: 500 },
        cursor: { type: ['string', 'null'] },
      },
    }),
  },
  responses: {
    '200': {
      description: 'What became of them. looked_at is the sum of the next four.',
      content: json({
        type: 'object',
        properties: {
          ...Object.fromEntries(
            ['looked_at', 'accepted', 'duplicate', 'quarantined', 'rejected'].map((name) => [
              name,
              { type: 'integer', minimum: 0 },
            ]),
          ),
          next: { type: ['string', 'null'] },
          problems: { type: 'array', items: { type: 'object', properties: { key: text, code: text, detail: text } } },
        },
      }),
    },
    ...problems(
      ...(['undecodable', 'bad_parameter', 'wrong_secret_key', 'body_too_large', 'unsupported_encoding'] as const),
      'query_timeout',
      ...unavailable,
    ),
  },
}

const postReprocess = {
  summary: 'Give stored events the meaning that their names have today',
  description:
    'Events that are unknown and whose name has an alias now become what they would be if it had been there when they came; those that an alias named which is gone become what they would be without it. What cannot be read under the new name, or is not covered by the consent of the event, stays as it is. About 500 events a call: go on with next as cursor. Safe to repeat, and to begin anew.',
  security: secured,
  requestBody: {
    required: true,
    content: json({
      type: 'object',
      additionalProperties: false,
      properties: {
        names: {
          type: 'array',
          minItems: 1,
          maxItems: 500,
          items: text,
          description: 'As they were sent; without it all are meant.',
        },
        from: { ...text, description: 'Earliest time of the event: a day, or an instant.' },
        to: { ...text, description: 'Latest: a day, which it includes, or an instant, which it does not.' },
        dry_run: { type: 'boolean', description: 'Says what would become of them, and changes nothing.' },
        cursor: { type: ['string', 'null'] },
      },
    }),
  },
  responses: {
    '200': {
      description:
        'What became of them. Each event is looked at once; those that an alias named which is gone are changed, and still unknown afterwards.',
      content: json({
        type: 'object',
        properties: {
          ...Object.fromEntries(
            ['looked_at', 'changed', 'still_unknown', 'unreadable', 'not_allowed'].map((name) => [
              name,
              { type: 'integer', minimum: 0 },
            ]),
          ),
          problems: {
            type: 'array',
            maxItems: 20,
            description: 'Why events cannot be read.',
            items: {
              type: 'object',
              properties: { name: text, code: text, detail: text, events: { type: 'integer', minimum: 1 } },
            },
          },
          next: { type: ['string', 'null'] },
        },
      }),
    },
    ...problems(
      ...(['undecodable', 'bad_parameter', 'wrong_secret_key', 'body_too_large', 'unsupported_encoding'] as const),
      'query_timeout',
      ...unavailable,
    ),
  },
}

const deleteQuarantine = {
  summary: 'Remove events for good that were refused but kept',
  description: 'By key, by a filter, or all of them. They stay counted.',
  security: secured,
  parameters: [
    ...filterParameters,
    parameter('key', 'One row; may be given several times.', text),
    parameter('all', 'Everything.', { const: 'true' }),
  ],
  responses: {
    '200': {
      description: 'How many were removed.',
      content: json({ type: 'object', properties: { purged: { type: 'integer', minimum: 0 } } }),
    },
    ...problems('bad_parameter', 'wrong_secret_key', ...unavailable),
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

const report = (summary: string, description: string, answer: Schema, more: readonly object[] = []): object => ({
  summary,
  description,
  security: secured,
  parameters: [...reportParameters, ...more],
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

const verdictFigures = {
  received: { ...count, description: 'accepted + duplicate + quarantined + rejected' },
  accepted: count,
  duplicate: { ...count, description: 'Known already, and not stored again.' },
  quarantined: { ...count, description: 'Refused and kept aside; what a replay brought out is not among them.' },
  rejected: count,
  replayed: { ...count, description: 'Of all these, how many lay in the quarantine until a replay.' },
}
const counts = (name: string): Schema => ({ type: 'array', items: object({ [name]: text, events: count }) })
const instant: Schema = { type: 'string', format: 'date-time' }
const orNull: Schema = { type: ['string', 'null'] }

const getQuality = report(
  'How far the data can be trusted: what became of events, and what was done about them',
  'By day of receipt, and by source. An event counts once for each rule and flag. As CSV, the days.',
  object({
    question: { const: 'quality' },
    from: { type: 'string', format: 'date' },
    to: { type: 'string', format: 'date' },
    time_zone: text,
    source: { ...orNull, description: 'The one that was asked about.' },
    days: {
      type: 'array',
      items: object({
        day: { type: 'string', format: 'date' },
        source: { ...text, description: 'Empty for all that names no source, or one that only a public key speaks of.' },
        ...verdictFigures,
      }),
    },
    totals: object(verdictFigures),
    repairs: counts('rule'),
    flags: counts('flag'),
    quarantine: {
      type: 'array',
      items: object({
        code: text,
        rule: { ...text, description: 'Empty where no rule of reading decided.' },
        events: count,
        examples: {
          type: 'array',
          description: 'Up to 3 of the newest that are still kept aside.',
          items: object({ key: text, name: orNull, detail: text, received_at: instant }),
        },
      }),
    },
    rejected: counts('code'),
    duplicates: {
      ...counts('kind'),
      description:
        'same_id: not stored again. business_key, order_conflict, probable: stored, marked with duplicate_of, counted in no other report.',
    },
    late: {
      ...object({ live: count, day: count, week: count, too_late: count }),
      description: 'Stored events, by the time until their receipt: up to 5 minutes, 24 hours, 7 days, more.',
    },
    missing_rates: { ...count, description: 'Stored events with an amount that is in no base currency.' },
    currency: object({ own: count, default: { ...count, description: 'A currency was assumed.' } }),
    unknown_names: {
      type: 'array',
      maxItems: 20,
      items: object({
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
      items: object({ source: text, received: count, quarantined: count, last_seen: instant }),
    },
  }),
  [parameter('source', 'Only this source; empty for what names none. Unknown names are of every source.', text)],
)

const settingSchemas: Schema = Object.fromEntries(
  [...sourceSettings].map(([name, { expected }]) => [name, { description: `${expected}; null says nothing.` }]),
)
const sourceRow = object({
  id: { ...text, description: 'As events name it; empty for all that name none which is listed.' },
  ...settingSchemas,
  is_registered: { type: 'boolean' },
  first_seen: { type: ['string', 'null'], format: 'date-time' },
  last_seen: { type: ['string', 'null'], format: 'date-time' },
  received_7d: { ...count, description: 'Today and the six days before, whatever became of it.' },
  quarantined_7d: count,
  error_rate: { type: ['number', 'null'], description: 'quarantined_7d / received_7d' },
  status: {
    enum: ['new', 'live', 'collapsing', 'silent', 'unseen'],
    description: 'By yesterday, against expected_per_day or the same weekdays of the last weeks.',
  },
})
const pathParameter = (name: string, description: string): object => ({
  name,
  in: 'path',
  required: true,
  description: `${description} Percent-encoded.`,
  schema: { type: 'string', minLength: 1 },
})
const sourceParameter = pathParameter('id', 'As events name it.')
const nameParameter = pathParameter('from', 'An event name as it is sent, which nothing is known about.')

const getSources = {
  summary: 'Where events come from, and how each source does',
  description: 'Registered sources, and those that servers named in the last 35 days.',
  security: secured,
  responses: {
    '200': { description: 'By id.', content: json(object({ sources: { type: 'array', items: sourceRow } })) },
    ...problems('wrong_secret_key', 'query_timeout', ...unavailable),
  },
}

const putSource = {
  summary: 'Say how a source writes what its events leave open',
  description: 'Everything about it anew. Counts for what is received after the answer; a replay reads the quarantine by it.',
  security: secured,
  parameters: [sourceParameter],
  requestBody: {
    required: true,
    content: json({ type: 'object', required: ['channel'], additionalProperties: false, properties: settingSchemas }),
  },
  responses: {
    '200': { description: 'The source, as it is listed.', content: json(sourceRow) },
    ...problems('undecodable', 'bad_source', 'wrong_secret_key', 'registry_full', 'body_too_large', ...unavailable),
  },
}

const deleteSource = {
  summary: 'Forget what was said about a source',
  description: 'Its events stay as they were read.',
  security: secured,
  parameters: [sourceParameter],
  responses: {
    '204': { description: 'It is not registered any more.' },
    ...problems('bad_source', 'wrong_secret_key', 'not_found', ...unavailable),
  },
}

const aliasRow = object({ from: text, to: text, created_at: { type: 'string', format: 'date-time' } })

const getAliases = {
  summary: "What the shop's own event names mean",
  security: secured,
  responses: {
    '200': { description: 'By name.', content: json(object({ aliases: { type: 'array', items: aliasRow } })) },
    ...problems('wrong_secret_key', 'query_timeout', ...unavailable),
  },
}

const putAlias = {
  summary: 'Give an unknown event name the meaning of a name of the catalogue',
  description: 'Counts for what is received after the answer.',
  security: secured,
  parameters: [nameParameter],
  requestBody: { required: true, content: json(object({ to: { ...text, description: 'A name of the catalogue.' } })) },
  responses: {
    '200': { description: 'The alias.', content: json(aliasRow) },
    ...problems('undecodable', 'bad_alias', 'wrong_secret_key', 'registry_full', 'body_too_large', ...unavailable),
  },
}

const deleteAlias = {
  summary: 'Take an alias back',
  description: 'Events that it has named keep their name, until they are processed again.',
  security: secured,
  parameters: [nameParameter],
  responses: {
    '204': { description: 'The name is unknown again.' },
    ...problems('wrong_secret_key', 'not_found', ...unavailable),
  },
}

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
