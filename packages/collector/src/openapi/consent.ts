import { limits } from '@footfall/events'
import type { ConsentHistory, CurrentState } from '../consent/history.ts'
import { consentHistories, consentReceipts, consentRecords } from './examples/consent.ts'
import { answered, type Operation, open, pageParameters, pathParameter, problems, secured, unavailable } from './operation.ts'
import { count, instant, json, list, orNull, ref, type Schema, text, wire } from './schema.ts'

export const postConsent: Operation = {
  operationId: 'recordConsent',
  tags: ['consent'],
  summary: 'Tell what a visitor decided',
  description:
    'JSON, plain or gzipped; any content type. With the public key it speaks of a device, whose subject is an anonymous id; with the secret key of a person, and write_key can be left out. Without subject and previous_record_id it is an anonymous answer: counted, not kept. The answer is sent only after the record is durable. Sending again what names its record_id or event_time is safe.',
  security: [...open, {}, { secretKey: [] }],
  requestBody: {
    required: true,
    content: {
      ...json(ref('ConsentRecord'), consentRecords),
      'text/plain': { schema: { ...text, description: 'The same JSON.' } },
    },
  },
  responses: {
    ...answered('Where it stands in the ledger.', ref('ConsentReceipt'), consentReceipts),
    ...problems(
      ...([
        'undecodable',
        'bad_consent_record',
        'unknown_write_key',
        'wrong_secret_key',
        'rate_limited',
        'origin_not_allowed',
      ] as const),
      ...(['body_too_large', 'unsupported_encoding'] as const),
      ...unavailable,
    ),
  },
}

const states = (description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: wire<CurrentState>({ state: text, decided_at: instant, record_id: text, position: count }),
})

export const getConsent: Operation = {
  operationId: 'readConsent',
  tags: ['consent'],
  summary: 'What somebody agreed to, when, to which text',
  description: 'By an anonymous id or a user id. Oldest first. The ids themselves are not in the ledger.',
  security: secured,
  parameters: [
    pathParameter('subject', 'A user id or an anonymous id. Percent-encoded.', '0198f3a0-0000-7000-8000-0000000000a1', {
      maxLength: limits.maxIdLength,
    }),
    ...pageParameters,
  ],
  responses: {
    ...answered(
      'How every purpose stands, and the entries as they are sealed.',
      wire<ConsentHistory>({
        subject: { ...text, description: 'The pseudonym under which the ledger keeps the id.' },
        current: wire<ConsentHistory['current']>({
          as_anonymous_id: states('By purpose, if the id is a device’s.'),
          as_user_id: states('By purpose, if it is a user’s: only what servers told.'),
        }),
        entries: list(wire<ConsentHistory['entries'][number]>({ position: count, hash: text, entry: { type: 'object' } })),
        next: orNull,
      }),
      consentHistories,
    ),
    ...problems('bad_parameter', 'wrong_secret_key', 'rate_limited', 'query_timeout', ...unavailable),
  },
}
