import { filterNames, ReplayBody } from '../quarantine/read-order.ts'
import type { ReplayOutcome } from '../quarantine/replay.ts'
import { purges, quarantinedRows, quarantinedText, replayAnswers, replayBodies } from './examples/quarantine.ts'
import {
  answered,
  type Operation,
  pageParameters,
  parameter,
  pathParameter,
  problems,
  secured,
  unavailable,
} from './operation.ts'
import { described, json, jsonSchema, list, object, orNull, type Schema, text, wire } from './schema.ts'
import { counts, pageOf, storedQuarantineSchema, storedQuarantineTextSchema } from './stored-event.ts'

const filter: Readonly<Record<(typeof filterNames)[number], string>> = {
  name: 'As it was sent.',
  code: 'Why it is kept aside.',
  rule: 'The rule of reading that refused it; empty for none.',
  source: 'As it was sent; empty for none.',
  user_id: 'The user.',
  anonymous_id: 'The browser.',
  from: 'A day, from its beginning, or an instant: not received before it.',
  to: 'A day, until its end, or an instant: received before it.',
}
const filterParameters = filterNames.map((name) => parameter(name, filter[name], text))

export const getQuarantine: Operation = {
  operationId: 'listQuarantine',
  tags: ['quarantine'],
  summary: 'Read what was refused but kept',
  description: 'Oldest received first. A page ends early where its events are long; next says where to go on.',
  security: secured,
  parameters: [...filterParameters, ...pageParameters],
  responses: {
    ...answered('Rows, and where to go on.', pageOf(storedQuarantineSchema), quarantinedRows),
    ...problems('bad_parameter', 'wrong_secret_key', 'rate_limited', 'query_timeout', ...unavailable),
  },
}

const key = pathParameter('key', 'Of the row, from GET /v1/quarantine.', '1148daa087f44860e9250d8e38e36f22')

export const getQuarantined: Operation = {
  operationId: 'getQuarantined',
  tags: ['quarantine'],
  summary: 'Read one event that was refused but kept',
  security: secured,
  parameters: [key],
  responses: {
    ...answered('The row.', storedQuarantineTextSchema, quarantinedText),
    ...problems('wrong_secret_key', 'rate_limited', 'not_found', 'query_timeout', ...unavailable),
  },
}

const replayBody: Schema = (() => {
  const body = jsonSchema(ReplayBody) as { readonly properties: Readonly<Record<string, Schema>> }
  return {
    ...described(
      { ...body, properties: { ...body.properties, filter: described(body.properties.filter ?? {}, filter) } },
      {
        keys: { maxItems: 500, description: 'Rows by name.' },
        all: 'Everything, as where neither keys nor a filter, a patch or a cursor is given.',
        patch:
          'A JSON merge patch (RFC 7396) for what happened, when and where: id (for one key), name, occurred_at, age_ms, properties, page, channel, source. A patch brings the event in, or changes nothing.',
        dry_run: 'Says what would become of them, and changes nothing.',
        limit: { type: 'integer', minimum: 1, maximum: 500, default: 500, description: 'Rows at most.' },
        cursor: 'next of the answer before.',
      },
    ),
    description: 'keys, a filter that is not empty, or all: true, which an empty body means, too.',
  }
})()

export const postReplay: Operation = {
  operationId: 'replayQuarantine',
  tags: ['quarantine'],
  summary: 'Read events again that were refused but kept',
  description:
    'Each is judged as if it came for the first time, at the time of its receipt, but by the sources, aliases and rates of today. What can be read is stored and leaves the quarantine, as does what is known already and what may not be kept any more; its verdict moves, on the day of its receipt. All else stays, with the new reason. At most 500 rows a call, in one transaction: go on with next as cursor. Safe to repeat.',
  security: secured,
  requestBody: {
    required: false,
    content: json(replayBody, replayBodies),
  },
  responses: {
    ...answered(
      'What became of them. looked_at is the sum of the next four.',
      object({
        ...counts('looked_at', 'accepted', 'duplicate', 'quarantined', 'rejected'),
        next: orNull,
        problems: list(wire<ReplayOutcome['problems'][number]>({ key: text, code: text, detail: text })),
      }),
      replayAnswers,
    ),
    ...problems(
      ...([
        'undecodable',
        'bad_parameter',
        'wrong_secret_key',
        'rate_limited',
        'body_too_large',
        'unsupported_encoding',
      ] as const),
      'query_timeout',
      ...unavailable,
    ),
  },
}

export const deleteQuarantine: Operation = {
  operationId: 'purgeQuarantine',
  tags: ['quarantine'],
  summary: 'Remove events for good that were refused but kept',
  description: 'By key, by a filter, or all of them. They stay counted.',
  security: secured,
  parameters: [
    ...filterParameters,
    parameter('key', 'One row; may be given several times.', text),
    parameter('all', 'Everything.', { type: 'string', const: 'true' }, 'true'),
  ],
  responses: {
    ...answered('How many were removed.', object(counts('purged')), purges),
    ...problems('bad_parameter', 'wrong_secret_key', 'rate_limited', ...unavailable),
  },
}
