import type { EventRecord } from '../sink.ts'
import { wireMoney } from '../stored-event.ts'

/** The columns of `events` that a record fills, in the order of its parameters. */
export const eventColumns = [
  'project',
  'event_id',
  'content_hash',
  'name',
  'original_name',
  'occurred_at',
  'received_at',
  'occurred_at_device',
  'time_correction',
  'clock_skew_ms',
  'seq',
  'anonymous_id',
  'user_id',
  'session_id',
  'session_index',
  'channel',
  'source',
  'ip',
  'device_type',
  'browser',
  'os',
  'in_app',
  'bot',
  'currency',
  'value',
  'base_currency',
  'base_value',
  'traits',
  'page',
  'consent',
  'properties',
  'money',
  'repairs',
  'flags',
] as const

type EventColumn = (typeof eventColumns)[number]
type Cell = string | number | null

/**
 * One event on its way to the writer: its cells in the order of `eventColumns` and what the derived tables need beside them.
 * Arrays and text only, since that is what passes between threads cheaply: ids and hashes go as hexadecimal.
 */
export interface EventRow {
  readonly cells: readonly Cell[]
  readonly day: string
  readonly naturalKey: string | null
}

/** Where a column's cell is. */
export const at = Object.fromEntries(eventColumns.map((column, index) => [column, index])) as Readonly<Record<EventColumn, number>>

export function eventRow(record: EventRecord, project: string, receivedAt: number): EventRow {
  const amount = record.valuePath === null ? undefined : record.money[record.valuePath]
  const cells: Readonly<Record<EventColumn, Cell>> = {
    project,
    event_id: record.id.replaceAll('-', ''),
    content_hash: record.contentHash,
    name: record.name,
    original_name: record.originalName,
    occurred_at: record.occurredAt,
    received_at: receivedAt,
    occurred_at_device: json(record.occurredAtDevice),
    time_correction: record.timeCorrection,
    clock_skew_ms: record.clockSkewMs,
    seq: record.seq,
    anonymous_id: record.anonymousId,
    user_id: record.userId,
    session_id: record.session?.id ?? null,
    session_index: record.session?.index ?? null,
    channel: record.channel,
    source: record.source,
    ip: record.ip,
    device_type: record.device.type,
    browser: record.device.browser,
    os: record.device.os,
    in_app: record.device.inApp,
    bot: record.bot ? 1 : 0,
    currency: amount?.currency ?? null,
    value: amount?.minor ?? null,
    base_currency: amount?.baseCurrency ?? null,
    base_value: amount?.baseMinor ?? null,
    traits: json(record.traits),
    page: json(record.page),
    consent: json(record.consent),
    properties: JSON.stringify(record.properties),
    money: record.valuePath === null && Object.keys(record.money).length === 0 ? '{}' : JSON.stringify(wireMoney(record.money)),
    repairs: record.repairs.length === 0 ? '[]' : JSON.stringify(record.repairs),
    flags: record.flags.length === 0 ? '[]' : JSON.stringify(record.flags),
  }
  return { cells: eventColumns.map((column) => cells[column]), day: record.day, naturalKey: record.naturalKey }
}

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value))
