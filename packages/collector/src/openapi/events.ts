import { statuses } from '../events-query.ts'
import { storedRows } from './examples/events.ts'
import { answered, type Operation, pageParameters, parameter, problems, secured, sent, unavailable } from './operation.ts'
import { text } from './schema.ts'
import { pageOf, storedEventSchema, storedQuarantineSchema } from './stored-event.ts'

export const getEvents: Operation = {
  operationId: 'listEvents',
  tags: ['events'],
  summary: 'Read events',
  description: 'Oldest received first.',
  security: secured,
  parameters: [
    parameter('name', 'Canonical name.', text, 'product_added'),
    parameter('user_id', 'The user.', text),
    parameter('anonymous_id', 'The browser.', text),
    parameter(
      'status',
      'accepted for all that is stored, clean, repaired or flagged of it; quarantined for what was refused but kept.',
      {
        enum: [...statuses],
        default: 'accepted',
      },
    ),
    parameter('from', 'A day, from its beginning, or an instant: not before it. Quarantined events go by their receipt.', text),
    parameter('to', 'A day, until its end, or an instant: before it.', text),
    ...pageParameters,
  ],
  responses: {
    ...answered(
      'Rows, and where to go on; of status=quarantined as GET /v1/quarantine has them.',
      pageOf({ anyOf: [storedEventSchema, storedQuarantineSchema] }),
      storedRows,
    ),
    ...problems('bad_parameter', 'wrong_secret_key', 'rate_limited', 'query_timeout', ...unavailable),
  },
}

export const getLive: Operation = {
  operationId: 'watchEvents',
  tags: ['events'],
  summary: 'Watch what arrives',
  description:
    'Server-sent events named verdicts, whose data is JSON: received_at, events (id, name, status, code …) and skipped. Begins with the newest that came before; after a break, with what came since Last-Event-ID.',
  security: secured,
  parameters: [
    { name: 'Last-Event-ID', in: 'header', description: 'id of the last message that was read; browsers send it.', schema: text },
  ],
  responses: {
    ...sent('A stream without an end.', 'text/event-stream'),
    ...problems('wrong_secret_key', 'rate_limited', 'overloaded'),
  },
}
