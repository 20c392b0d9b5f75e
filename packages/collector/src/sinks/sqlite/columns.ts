import type { Claim, Decision } from '../../consent/decision.ts'
import type { Arrival } from '../arrival.ts'
import type { EventRecord } from '../sink.ts'
import { wireMoney } from '../stored-event.ts'
import { type BeforeAliasRow, beforeAliasRow } from './before-alias.ts'

type Cell = string | number | null

interface Source {
  readonly record: EventRecord
  readonly project: string
  readonly receivedAt: number
}

const amountOf = ({ money, valuePath }: EventRecord) => (valuePath === null ? undefined : money[valuePath])
const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value))
const list = (value: readonly unknown[]): string => (value.length === 0 ? '[]' : JSON.stringify(value))

/** The columns of `events` that a record fills, and with what. Ids and hashes travel as hexadecimal text. */
const columns = {
  project: ({ project }) => project,
  event_id: ({ record }) => record.id.replaceAll('-', ''),
  content_hash: ({ record }) => record.contentHash,
  likeness: ({ record }) => record.likeness,
  name: ({ record }) => record.name,
  original_name: ({ record }) => record.originalName,
  occurred_at: ({ record }) => record.occurredAt,
  received_at: ({ receivedAt }) => receivedAt,
  occurred_at_device: ({ record }) => json(record.occurredAtDevice),
  time_correction: ({ record }) => record.timeCorrection,
  clock_skew_ms: ({ record }) => record.clockSkewMs,
  seq: ({ record }) => record.seq,
  anonymous_id: ({ record }) => record.anonymousId,
  user_id: ({ record }) => record.userId,
  session_id: ({ record }) => record.session?.id ?? null,
  session_index: ({ record }) => record.session?.index ?? null,
  channel: ({ record }) => record.channel,
  source: ({ record }) => record.source,
  by_server: ({ record }) => (record.isServer ? 1 : 0),
  ip: ({ record }) => record.ip,
  device_type: ({ record }) => record.device.type,
  browser: ({ record }) => record.device.browser,
  os: ({ record }) => record.device.os,
  in_app: ({ record }) => record.device.inApp,
  bot: ({ record }) => (record.bot ? 1 : 0),
  currency: ({ record }) => amountOf(record)?.currency ?? null,
  value: ({ record }) => amountOf(record)?.minor ?? null,
  base_currency: ({ record }) => amountOf(record)?.baseCurrency ?? null,
  base_value: ({ record }) => amountOf(record)?.baseMinor ?? null,
  traits: ({ record }) => json(record.traits),
  page: ({ record }) => json(record.page),
  consent: ({ record }) => json(record.consent),
  properties: ({ record }) => JSON.stringify(record.properties),
  money: ({ record }) => JSON.stringify(wireMoney(record.money)),
  repairs: ({ record }) => list(record.repairs),
  flags: ({ record }) => list(record.flags),
} as const satisfies Readonly<Record<string, (source: Source) => Cell>>

export const eventColumns = Object.keys(columns)
const fill: readonly ((source: Source) => Cell)[] = Object.values(columns)

/** Where a column's cell is. */
export const at = Object.fromEntries(eventColumns.map((column, index) => [column, index])) as Readonly<
  Record<keyof typeof columns, number> // the same keys
>

/** One event on its way to the writer: its cells in the order of `eventColumns`, and what the derived tables need beside them. */
export interface EventRow {
  readonly cells: readonly Cell[]
  readonly day: string
  readonly naturalKey: string | null
  readonly claim: Claim | null
  readonly decision: Decision | null
  readonly countedSource: string
  /** Only of an event that an alias renamed. */
  readonly beforeAlias: BeforeAliasRow | null
}

export function eventRow(record: EventRecord, project: string, receivedAt: number): EventRow {
  const source = { record, project, receivedAt }
  const { day, naturalKey, claim, decision, countedSource } = record
  const beforeAlias = record.beforeAlias === undefined ? null : beforeAliasRow(record.beforeAlias)
  return { cells: fill.map((cell) => cell(source)), day, naturalKey, claim, decision, countedSource, beforeAlias }
}

/** The number that a row brings. It is not sent beside the cells: copying it between threads costs more than putting it together. */
export function arrivalOfRow({ cells, day }: EventRow): Arrival | null {
  const anonymousId = cells[at.anonymous_id]
  const seq = cells[at.seq]
  if (typeof anonymousId !== 'string' || typeof seq !== 'number') return null
  const browser = cells[at.browser]
  return { anonymousId, seq, at: Number(cells[at.occurred_at]), day, browser: typeof browser === 'string' ? browser : null }
}
