import type { Repair } from '../normalise/outcome.ts'
import { qualityStates, type StoredEvent, type StoredQuarantine, type WireAmount } from '../sinks/stored-event.ts'
import { anything, count, flag, instant, list, orNull, type Schema, text, wire } from './schema.ts'

/** Changes that were made to an event, as they stand on it. */
export const repairs: Schema = list(
  wire<Repair>(
    {
      field: { ...text, description: 'properties.price, page.url …' },
      from: { ...anything, description: 'As it was sent.' },
      to: anything,
      rule: { ...text, description: 'See RULES.md.' },
      distance: { ...count, description: 'Letters that were mended in a name.' },
    },
    ['from', 'to', 'distance'],
  ),
)

const amount: Schema = wire<WireAmount>({
  minor: { type: 'integer', description: 'In the smallest unit of the currency.' },
  currency: { ...text, description: 'ISO 4217.' },
  base_minor: { type: ['integer', 'null'], description: 'In the base currency; null where no rate is known.' },
  base_currency: orNull,
  rate_date: { type: ['string', 'null'], format: 'date', description: 'Day of the rate; null where none was needed.' },
})

/** A row of `GET /v1/events`. */
export const storedEventSchema: Schema = wire<StoredEvent>({
  id: { type: 'string', format: 'uuid' },
  name: { ...text, description: 'Canonical.' },
  original_name: { ...text, description: 'As it was sent.' },
  occurred_at: { ...instant, description: "Corrected by the collector's clock." },
  received_at: instant,
  occurred_at_device: { type: ['number', 'string', 'null'], description: 'As the sender wrote it.' },
  time_correction: { ...orNull, description: 'Why occurred_at is another time than the sender said.' },
  clock_skew_ms: { type: ['integer', 'null'] },
  seq: { type: ['integer', 'null'], minimum: 1 },
  anonymous_id: orNull,
  user_id: orNull,
  traits: { type: ['object', 'null'] },
  session: {
    type: ['object', 'null'],
    required: ['id', 'index'],
    properties: { id: text, index: { type: ['integer', 'null'], minimum: 1 } },
  },
  page: { type: ['object', 'null'] },
  consent: { type: ['object', 'null'], description: 'The snapshot that it was captured under.' },
  properties: { type: 'object' },
  money: {
    type: 'object',
    description: 'Every amount of the event, by where it stands in the properties.',
    additionalProperties: amount,
  },
  channel: orNull,
  source: orNull,
  ip: { ...orNull, description: 'Truncated.' },
  device: wire<StoredEvent['device']>({ type: text, browser: orNull, os: orNull, in_app: orNull }),
  bot: flag,
  duplicate_of: { ...orNull, description: 'The event that reported the same happening first: reports count that one.' },
  sources: {
    ...list(text),
    description:
      'Where the same happening was reported from: source, or else channel. Of what reports count, its other reports as well.',
  },
  amounts_of: { ...orNull, description: 'The report of a server that `money` is from; null: the event itself.' },
  visit_of: {
    ...orNull,
    description: 'The report of a page that has the session and the campaign of what a server reported first.',
  },
  quality: wire<StoredEvent['quality']>({
    status: { enum: [...qualityStates] },
    repairs,
    flags: list(text),
  }),
})

const quarantined: { readonly [K in Exclude<keyof StoredQuarantine, 'raw'>]: Schema } = {
  key: { type: 'string', description: 'Names the row: 32 hexadecimal digits.' },
  id: orNull,
  name: { ...orNull, description: 'As it was sent.' },
  received_at: instant,
  status: { const: 'quarantined' },
  code: { ...text, description: 'Why it is kept aside.' },
  rule: { ...orNull, description: 'The rule of reading that refused it.' },
  detail: text,
  source: { ...orNull, description: 'As it was sent.' },
  context: { type: 'object', description: 'What is known of the request that brought it.' },
  quality: wire<StoredQuarantine['quality']>({ status: { const: 'quarantined' }, repairs, flags: list(text) }),
}

/** A row of `GET /v1/quarantine`. */
export const storedQuarantineSchema: Schema = wire<StoredQuarantine>({
  ...quarantined,
  raw: { ...anything, description: 'The event as it was sent, without what may not be kept.' },
})

/** The same by itself, with the text of the event. */
export const storedQuarantineTextSchema: Schema = wire<StoredQuarantine>({
  ...quarantined,
  raw: { ...text, description: 'JSON of the event, to the letter as it is kept.' },
})

/** Rows, and where to go on. */
export const pageOf = (row: Schema): Schema => ({
  type: 'object',
  required: ['events', 'next'],
  properties: { events: list(row), next: { ...orNull, description: 'The next cursor; null at the end.' } },
})

/** How many of a page. */
export const counts = (...names: readonly string[]): Readonly<Record<string, Schema>> =>
  Object.fromEntries(names.map((name) => [name, count]))
