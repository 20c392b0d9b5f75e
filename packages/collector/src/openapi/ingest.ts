import { catalogue } from '@footfall/events'
import type { EventValidation, Validation } from '../ingest/validation.ts'
import { deliveries, receipts, validations } from './examples/ingest.ts'
import { answered, keyOnly, type Operation, open, parameter, problems, sent, unavailable } from './operation.ts'
import { count, instant, json, list, orNull, ref, type Schema, text, wire } from './schema.ts'
import { repairs, storedEventSchema } from './stored-event.ts'

const unreadable = ['undecodable', 'bad_batch', 'body_too_large', 'batch_too_large', 'unsupported_encoding'] as const

/** @param id tells the same route under another path apart */
export const postEvents = (id = 'deliverEvents'): Operation => ({
  operationId: id,
  tags: ['events'],
  summary: 'Deliver events',
  description:
    'JSON, or JSON gzipped (recognised by its first bytes); any content type. The receipt is sent only after everything in it is durable. Delivering again is safe: events are stored once by their id. The write key in the body names the project; a server shows the secret key, with which it needs no other and may say more (addresses, user agents, times that are long ago). Where the collector keeps ids in a cookie (`idCookie`), the receipt sets it for pages of its own origin, and that of a batch without events tells the id as `anonymous_id`.',
  security: [...open, {}, { secretKey: [] }],
  requestBody: {
    required: true,
    content: { ...json(ref('Batch'), deliveries), 'text/plain': { schema: { ...text, description: 'The same JSON.' } } },
  },
  responses: {
    ...answered('What became of each event.', ref('Receipt'), receipts),
    ...problems(...unreadable, 'unknown_write_key', 'wrong_secret_key', 'rate_limited', 'origin_not_allowed', ...unavailable),
  },
})

const validation: Schema = wire<Validation>({
  received_at: instant,
  accepted: count,
  quarantined: count,
  rejected: count,
  events: {
    type: 'array',
    description: 'In the order of the batch.',
    items: wire<EventValidation>({
      index: count,
      id: { ...orNull, description: 'null where there was none to read.' },
      status: { enum: ['accepted', 'quarantined', 'rejected'] },
      code: { ...orNull, description: 'Why it is not accepted.' },
      detail: orNull,
      event: { anyOf: [storedEventSchema, { type: 'null' }], description: 'As GET /v1/events would show it.' },
      repairs,
      flags: list(text),
    }),
  },
})

export const postValidate: Operation = {
  operationId: 'validateEvents',
  tags: ['events'],
  summary: 'Say what would become of events',
  description:
    'A batch as POST /v1/events takes it with the secret key, judged in the same way. Nothing is stored and nothing counted, so that it cannot tell what the store would: whether an event is a duplicate, or whose consent was taken back.',
  security: keyOnly,
  requestBody: { required: true, content: json(ref('Batch'), { till: deliveries.till }) },
  responses: {
    ...answered('What would become of each event.', validation, validations),
    ...problems(...unreadable, 'unknown_write_key', 'wrong_secret_key', 'rate_limited', ...unavailable),
  },
}

const pixelProperties = Object.keys(catalogue.get('email_opened')?.properties.entries ?? {})

export const getPixel: Operation = {
  operationId: 'loadPixel',
  tags: ['events'],
  summary: 'Tell of an opened mail, or of a page view without scripts, by a picture',
  description:
    'Answers with the same picture whatever happens. The event is kept only where the ledger says that the user or the device granted what it needs; otherwise it is counted, and nothing of it kept. Other properties of the event are parameters of their own names.',
  security: open,
  parameters: [
    parameter('write_key', 'Names the project.', text, 'wk_shop'),
    parameter('name', 'What happened.', { enum: ['email_opened', 'page_viewed'], default: 'email_opened' }),
    parameter('id', 'A UUID: loaded again under it, the picture tells of nothing new.', text),
    parameter('user_id', 'Who opened the mail; only what a server told about them counts as consent.', text, 'cust_42'),
    parameter('anonymous_id', 'The same, of a device.', text),
    parameter('record_id', 'The decision that the mail was sent under.', text),
    parameter('source', 'Where it comes from, as it is registered.', text),
    parameter('url', "Of a page view; without it the Referer's.", text),
    parameter('title', 'Of a page view.', text),
    parameter('referrer', 'Of a page view.', text),
    ...pixelProperties.map((name) => parameter(name, 'Property of email_opened.', text)),
  ],
  responses: sent('The picture.', 'image/gif'),
}
