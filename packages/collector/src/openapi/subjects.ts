import { limits } from '@footfall/events'
import type { receiptOfErasure } from '../privacy/erasure.ts'
import { erasures, exports } from './examples/subjects.ts'
import { answered, keyOnly, type Operation, parameter, pathParameter, problems, secured, unavailable } from './operation.ts'
import { count, instant, text, wire } from './schema.ts'

const subject = pathParameter('id', 'A user id or an anonymous id. Percent-encoded.', 'cust_42', {
  maxLength: limits.maxIdLength,
})

export const getSubject: Operation = {
  operationId: 'exportSubject',
  tags: ['subjects'],
  summary: 'Export everything that is known about a person',
  description:
    'One line for each thing, with its kind: first subject (whose ids these are), then session, event, quarantined_event, visitor_day, number_run, tracker_drop and consent, at last end with the counts: an export without it was cut off. Of somebody who is not known, the first and the last line.',
  security: secured,
  parameters: [subject, parameter('format', 'csv: the same lines as a table.', { enum: ['jsonl', 'csv'], default: 'jsonl' })],
  responses: {
    '200': {
      description: 'The lines.',
      content: { 'application/jsonl': { schema: text, examples: exports }, 'text/csv': { schema: text } },
    },
    ...problems('bad_parameter', 'wrong_secret_key', 'rate_limited', 'query_timeout', ...unavailable),
  },
}

export const deleteSubject: Operation = {
  operationId: 'eraseSubject',
  tags: ['subjects'],
  summary: 'Erase a person',
  description:
    'By user id and every anonymous id that was seen with it. Answers when it is done. What still arrives of them is rejected as erased. Safe to repeat.',
  security: keyOnly,
  parameters: [subject],
  responses: {
    ...answered(
      'What was erased where.',
      wire<ReturnType<typeof receiptOfErasure>>({
        subject_hash: { type: 'string', description: 'Pseudonym of the id, as in the consent ledger.' },
        erased_at: instant,
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
          ...text,
          enum: ['clean', 'pending'],
          description: 'pending: another program reads the files; what it reads is overwritten after it.',
        },
      }),
      erasures,
    ),
    ...problems('bad_parameter', 'wrong_secret_key', 'rate_limited', ...unavailable),
  },
}
