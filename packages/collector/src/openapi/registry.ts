import { sourceSettings, type WireSource } from '../registry/read-source.ts'
import { channels, transports } from '../registry/source.ts'
import type { SourceRow } from '../registry/source-rows.ts'
import type { ReprocessProblem } from '../reprocess/reprocess.ts'
import { ReprocessBody } from '../reprocess/routes.ts'
import {
  aliasAnswers,
  aliasBodies,
  aliasLists,
  reprocessAnswers,
  reprocessBodies,
  sourceAnswers,
  sourceBodies,
  sourceLists,
} from './examples/registry.ts'
import { answered, done, type Operation, pathParameter, problems, secured, unavailable } from './operation.ts'
import {
  count,
  described,
  flag,
  instant,
  instantOrNull,
  json,
  jsonSchema,
  list,
  object,
  orNull,
  type Schema,
  text,
  wire,
} from './schema.ts'
import { counts } from './stored-event.ts'

type SettingName = Exclude<keyof WireSource, 'id'>

const settingTypes: { readonly [N in SettingName]: Schema } = {
  channel: { enum: [...channels, null] },
  transport: { enum: [...transports, null] },
  time_zone: orNull,
  date_order: { enum: ['DMY', 'MDY', 'YMD', null] },
  time_unit: { enum: ['s', 'ms', 'us', 'ns', 'excel', 'excel1904', null] },
  money_unit: { enum: ['major', 'minor', null] },
  locale: orNull,
  currency: { type: ['string', 'null'], pattern: '^[A-Z]{3}$' },
  tax_inclusive: { type: ['boolean', 'null'] },
  sampling: { type: ['number', 'null'], exclusiveMinimum: 0, maximum: 1 },
  expected_per_day: { type: ['number', 'null'], exclusiveMinimum: 0 },
}

const settingSchemas = Object.fromEntries(
  [...sourceSettings].map(([name, { expected }]): [string, Schema] => [
    name,
    { ...settingTypes[name], description: `${expected}; null says nothing.` },
  ]),
) as { readonly [N in SettingName]: Schema } // the table's own names

const sourceRow = wire<SourceRow>({
  id: { ...text, description: 'As events name it; empty for all that name none which is listed.' },
  ...settingSchemas,
  is_registered: flag,
  first_seen: instantOrNull,
  last_seen: instantOrNull,
  received_7d: { ...count, description: 'Today and the six days before, whatever became of it.' },
  quarantined_7d: count,
  error_rate: { type: ['number', 'null'], description: 'quarantined_7d / received_7d' },
  status: {
    enum: ['new', 'live', 'collapsing', 'silent', 'unseen'],
    description: 'By yesterday, against expected_per_day or the same weekdays of the last weeks.',
  },
})

const source = pathParameter('id', 'As events name it. Percent-encoded.', 'till-paris')
const name = pathParameter(
  'from',
  'An event name as it is sent, which nothing is known about. Percent-encoded.',
  'Into The Basket',
)

export const getSources: Operation = {
  operationId: 'listSources',
  tags: ['registry'],
  summary: 'Where events come from, and how each source does',
  description: 'Registered sources, and those that servers named in the last 35 days.',
  security: secured,
  responses: {
    ...answered('By id.', object({ sources: list(sourceRow) }), sourceLists),
    ...problems('wrong_secret_key', 'rate_limited', 'query_timeout', ...unavailable),
  },
}

export const putSource: Operation = {
  operationId: 'putSource',
  tags: ['registry'],
  summary: 'Say how a source writes what its events leave open',
  description: 'Everything about it anew. Counts for what is received after the answer; a replay reads the quarantine by it.',
  security: secured,
  parameters: [source],
  requestBody: {
    required: true,
    content: json(
      {
        type: 'object',
        required: ['channel'],
        additionalProperties: false,
        properties: { ...settingSchemas, channel: { ...settingSchemas.channel, enum: channels } },
      },
      sourceBodies,
    ),
  },
  responses: {
    ...answered('The source, as it is listed.', sourceRow, sourceAnswers),
    ...problems(
      ...([
        'undecodable',
        'bad_source',
        'wrong_secret_key',
        'rate_limited',
        'registry_full',
        'body_too_large',
        'unsupported_encoding',
      ] as const),
      ...unavailable,
    ),
  },
}

export const deleteSource: Operation = {
  operationId: 'deleteSource',
  tags: ['registry'],
  summary: 'Forget what was said about a source',
  description: 'Its events stay as they were read.',
  security: secured,
  parameters: [source],
  responses: {
    ...done('It is not registered any more.'),
    ...problems('bad_source', 'wrong_secret_key', 'rate_limited', 'not_found', ...unavailable),
  },
}

const aliasRow = object({ from: text, to: text, created_at: instant })

export const getAliases: Operation = {
  operationId: 'listAliases',
  tags: ['registry'],
  summary: "What the shop's own event names mean",
  security: secured,
  responses: {
    ...answered('By name.', object({ aliases: list(aliasRow) }), aliasLists),
    ...problems('wrong_secret_key', 'rate_limited', 'query_timeout', ...unavailable),
  },
}

export const putAlias: Operation = {
  operationId: 'putAlias',
  tags: ['registry'],
  summary: 'Give an unknown event name the meaning of a name of the catalogue',
  description: 'Counts for what is received after the answer.',
  security: secured,
  parameters: [name],
  requestBody: {
    required: true,
    content: json(object({ to: { ...text, description: 'A name of the catalogue.' } }), aliasBodies),
  },
  responses: {
    ...answered('The alias.', aliasRow, aliasAnswers),
    ...problems(
      ...([
        'undecodable',
        'bad_alias',
        'wrong_secret_key',
        'rate_limited',
        'registry_full',
        'body_too_large',
        'unsupported_encoding',
      ] as const),
      ...unavailable,
    ),
  },
}

export const deleteAlias: Operation = {
  operationId: 'deleteAlias',
  tags: ['registry'],
  summary: 'Take an alias back',
  description: 'Events that it has named keep their name, until they are processed again.',
  security: secured,
  parameters: [name],
  responses: {
    ...done('The name is unknown again.'),
    ...problems('wrong_secret_key', 'rate_limited', 'not_found', ...unavailable),
  },
}

export const postReprocess: Operation = {
  operationId: 'reprocessEvents',
  tags: ['registry'],
  summary: 'Give stored events the meaning that their names have today',
  description:
    'Events that are unknown and whose name has an alias now become what they would be if it had been there when they came; those that an alias named which is gone become what they would be without it. What cannot be read under the new name, or is not covered by the consent of the event, stays as it is. About 500 events a call: go on with next as cursor. Safe to repeat, and to begin anew.',
  security: secured,
  requestBody: {
    required: true,
    content: json(
      described(jsonSchema(ReprocessBody), {
        names: 'As they were sent; without it all are meant.',
        from: 'Earliest time of the event: a day, or an instant.',
        to: 'Latest: a day, which it includes, or an instant, which it does not.',
        dry_run: 'Says what would become of them, and changes nothing.',
        cursor: 'next of the answer before.',
      }),
      reprocessBodies,
    ),
  },
  responses: {
    ...answered(
      'What became of them. Each event is looked at once; those that an alias named which is gone are changed, and still unknown afterwards.',
      object({
        ...counts('looked_at', 'changed', 'still_unknown', 'unreadable', 'not_allowed'),
        problems: {
          type: 'array',
          maxItems: 20,
          description: 'Why events cannot be read.',
          items: wire<ReprocessProblem>({ name: text, code: text, detail: text, events: { type: 'integer', minimum: 1 } }),
        },
        next: orNull,
      }),
      reprocessAnswers,
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
