import type { QuarantinedText } from '../quarantine.ts'
import {
  maxCopies,
  qualityOf,
  qualityOfQuarantined,
  type StoredEvent,
  type StoredQuarantine,
  sourceName,
  sourcesOf,
} from '../stored-event.ts'
import { uuidText } from './uuid-text.ts'

/** What is read of `events`: the row, and what its other reports say about the same happening. */
export const storedColumns = `*,
  CASE WHEN duplicate_of IS NULL THEN (SELECT json_group_array(coalesce(source, channel)) FROM (
    SELECT source, channel FROM events AS copy INDEXED BY duplicates
    WHERE copy.project = events.project AND copy.duplicate_of = events.event_id AND copy.likeness IS NULL
    ORDER BY by_server DESC, received_at DESC, position DESC LIMIT ${maxCopies})) END AS copies,
  (SELECT amounts_of FROM own_amounts WHERE own_amounts.position = events.position) AS amounts_of,
  CASE WHEN duplicate_of IS NULL AND by_server = 1 THEN (SELECT event_id FROM events AS copy INDEXED BY duplicates
    WHERE copy.project = events.project AND copy.duplicate_of = events.event_id AND copy.by_server = 0 AND copy.likeness IS NULL
    ORDER BY received_at, position LIMIT 1) END AS visit_of`

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
  readonly copies: string | null
  readonly amounts_of: Uint8Array | null
  readonly visit_of: Uint8Array | null
  readonly traits: string | null
  readonly page: string | null
  readonly consent: string | null
  readonly properties: string
  readonly money: string
  readonly repairs: string
  readonly flags: string
}

const idText = (id: Uint8Array | null): string | null => (id === null ? null : uuidText(id))
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
  duplicate_of: idText(row.duplicate_of),
  sources: sourcesOf([sourceName(row), ...((json(row.copies) ?? []) as readonly (string | null)[])]),
  amounts_of: idText(row.amounts_of),
  visit_of: idText(row.visit_of),
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

export const toStoredQuarantine = (row: QuarantineRowOut): StoredQuarantine => {
  const context = json(row.context)
  return {
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
    context,
    quality: qualityOfQuarantined(context),
  }
}

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
