import type { QuarantinedText } from '../quarantine.ts'
import { qualityOf, type StoredEvent, type StoredQuarantine } from '../stored-event.ts'
import { uuidText } from './uuid-text.ts'

/** A row of `events`, as it is read. */
export interface EventRowOut {
  readonly position: number
  readonly event_id: Uint8Array
  readonly name: string
  readonly original_name: string
  readonly occurred_at: number
  readonly received_at: number
  readonly occurred_at_device: string | null
  readonly time_correction: string | null
  readonly clock_skew_ms: number | null
  readonly seq: number | null
  readonly anonymous_id: string | null
  readonly user_id: string | null
  readonly session_id: string | null
  readonly session_index: number | null
  readonly channel: string | null
  readonly source: string | null
  readonly ip: string | null
  readonly device_type: string
  readonly browser: string | null
  readonly os: string | null
  readonly in_app: string | null
  readonly bot: number
  readonly duplicate_of: Uint8Array | null
  readonly traits: string | null
  readonly page: string | null
  readonly consent: string | null
  readonly properties: string
  readonly money: string
  readonly repairs: string
  readonly flags: string
}

const json = (text: string | null): unknown => (text === null ? null : JSON.parse(text))

export const toStoredEvent = (row: EventRowOut): StoredEvent => ({
  id: uuidText(row.event_id),
  name: row.name,
  original_name: row.original_name,
  occurred_at: new Date(row.occurred_at).toISOString(),
  received_at: new Date(row.received_at).toISOString(),
  occurred_at_device: json(row.occurred_at_device) as number | string | null,
  time_correction: row.time_correction,
  clock_skew_ms: row.clock_skew_ms,
  seq: row.seq,
  anonymous_id: row.anonymous_id,
  user_id: row.user_id,
  traits: json(row.traits),
  session: row.session_id === null ? null : { id: row.session_id, index: row.session_index },
  page: json(row.page),
  consent: json(row.consent),
  properties: json(row.properties),
  money: json(row.money) as StoredEvent['money'],
  channel: row.channel,
  source: row.source,
  ip: row.ip,
  device: { type: row.device_type, browser: row.browser, os: row.os, in_app: row.in_app },
  bot: row.bot === 1,
  duplicate_of: row.duplicate_of === null ? null : uuidText(row.duplicate_of),
  quality: qualityOf(json(row.repairs) as unknown[], json(row.flags) as string[]),
})

/** A row of `quarantine`, as it is read. */
export interface QuarantineRowOut {
  readonly position: number
  readonly raw_hash: Uint8Array
  readonly event_id: string | null
  readonly name: string | null
  readonly received_at: number
  readonly code: string
  readonly rule: string | null
  readonly detail: string
  readonly source: string | null
  readonly raw: string
  readonly context: string
}

export const toStoredQuarantine = (row: QuarantineRowOut): StoredQuarantine => ({
  key: Buffer.from(row.raw_hash).toString('hex'),
  id: row.event_id,
  name: row.name,
  received_at: new Date(row.received_at).toISOString(),
  status: 'quarantined',
  code: row.code,
  rule: row.rule,
  detail: row.detail,
  source: row.source,
  raw: json(row.raw),
  context: json(row.context),
})

export const toQuarantinedText = (row: QuarantineRowOut): QuarantinedText => ({
  key: Buffer.from(row.raw_hash).toString('hex'),
  id: row.event_id,
  name: row.name,
  receivedAt: row.received_at,
  code: row.code,
  rule: row.rule,
  detail: row.detail,
  source: row.source,
  raw: row.raw,
  context: row.context,
})
