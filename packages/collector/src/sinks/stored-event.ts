import type { EventRecord, QuarantineRecord } from './sink.ts'

/** How much an event had to be mended: not at all, with repairs alone, or so that a reader should know of it. */
export const qualityStates = ['clean', 'repaired', 'flagged'] as const
export type QualityState = (typeof qualityStates)[number]

/** A row of `GET /v1/events`, as it stands on the wire. */
export interface StoredEvent {
  readonly id: string
  readonly name: string
  readonly original_name: string
  readonly occurred_at: string
  readonly received_at: string
  readonly occurred_at_device: number | string | null
  readonly time_correction: string | null
  readonly clock_skew_ms: number | null
  readonly seq: number | null
  readonly anonymous_id: string | null
  readonly user_id: string | null
  readonly traits: unknown
  readonly session: { readonly id: string; readonly index: number | null } | null
  readonly page: unknown
  readonly consent: unknown
  readonly properties: unknown
  readonly money: Readonly<Record<string, WireAmount>>
  readonly channel: string | null
  readonly source: string | null
  readonly ip: string | null
  readonly device: {
    readonly type: string
    readonly browser: string | null
    readonly os: string | null
    readonly in_app: string | null
  }
  readonly bot: boolean
  readonly duplicate_of: string | null
  /** Where the happening was reported from, by source or else channel: this event's first, then the servers', the newest first. */
  readonly sources: readonly string[]
  /** The server's report of the same happening that `money` is from; `null`: it is the event's own. */
  readonly amounts_of: string | null
  /** The page's report of the same happening: session, page and campaign of what a server reported before. */
  readonly visit_of: string | null
  readonly quality: {
    readonly status: QualityState
    readonly repairs: readonly unknown[]
    readonly flags: readonly string[]
  }
}

export interface WireAmount {
  readonly minor: number
  readonly currency: string
  readonly base_minor: number | null
  readonly base_currency: string | null
  readonly rate_date: string | null
}

/** A row of `GET /v1/events?status=quarantined`. */
export interface StoredQuarantine {
  /** Names the row. */
  readonly key: string
  readonly id: string | null
  readonly name: string | null
  readonly received_at: string
  readonly status: 'quarantined'
  readonly code: string
  /** The rule that refused it, where one decided. */
  readonly rule: string | null
  readonly detail: string
  readonly source: string | null
  /** The event as it was sent. */
  readonly raw: unknown
  readonly context: unknown
  /** What was noticed and taken out before it was kept; how it would be read, a replay that only tries tells. */
  readonly quality: { readonly status: 'quarantined' } & Noted
}

/** What is noted of an event, in the words of the wire. */
interface Noted {
  readonly repairs: readonly unknown[]
  readonly flags: readonly string[]
}

export const wireMoney = (money: EventRecord['money']): Readonly<Record<string, WireAmount>> =>
  Object.fromEntries(
    Object.entries(money).map(([path, { minor, currency, baseMinor, baseCurrency, rateDate }]) => [
      path,
      { minor, currency, base_minor: baseMinor, base_currency: baseCurrency, rate_date: rateDate },
    ]),
  )

export const qualityOf = (repairs: readonly unknown[], flags: readonly string[]): StoredEvent['quality'] => ({
  status: flags.length > 0 ? 'flagged' : repairs.length > 0 ? 'repaired' : 'clean',
  repairs,
  flags,
})

/** Rows of earlier versions do not say what was noted. */
export const qualityOfQuarantined = (context: unknown): StoredQuarantine['quality'] => {
  const { repairs, flags } = (context as { readonly noted?: Noted }).noted ?? { repairs: [], flags: [] } // written by ourselves
  return { status: 'quarantined', repairs, flags }
}

/** So many reports of a happening are looked at for their sources. */
export const maxCopies = 100

/** As others know it. */
export const sourceName = ({ source, channel }: Pick<StoredEvent, 'source' | 'channel'>): string | null => source ?? channel

/** Each once. */
export const sourcesOf = (names: readonly (string | null)[]): readonly string[] => [
  ...new Set(names.filter((name) => name !== null)),
]

export const storedEvent = (record: EventRecord, receivedAt: number, duplicateOf: string | null): StoredEvent => ({
  id: record.id,
  name: record.name,
  original_name: record.originalName,
  occurred_at: new Date(record.occurredAt).toISOString(),
  received_at: new Date(receivedAt).toISOString(),
  occurred_at_device: record.occurredAtDevice,
  time_correction: record.timeCorrection,
  clock_skew_ms: record.clockSkewMs,
  seq: record.seq,
  anonymous_id: record.anonymousId,
  user_id: record.userId,
  traits: record.traits,
  session: record.session === null ? null : { id: record.session.id, index: record.session.index ?? null },
  page: record.page,
  consent: record.consent,
  properties: record.properties,
  money: wireMoney(record.money),
  channel: record.channel,
  source: record.source,
  ip: record.ip,
  device: {
    type: record.device.type,
    browser: record.device.browser,
    os: record.device.os,
    in_app: record.device.inApp,
  },
  bot: record.bot,
  duplicate_of: duplicateOf,
  sources: sourcesOf([sourceName(record)]),
  amounts_of: null,
  visit_of: null,
  quality: qualityOf(record.repairs, record.flags),
})

export const storedQuarantine = (record: QuarantineRecord, receivedAt: number): StoredQuarantine => ({
  key: record.rawHash,
  id: record.id,
  name: record.name,
  received_at: new Date(receivedAt).toISOString(),
  status: 'quarantined',
  code: record.code,
  rule: record.rule,
  detail: record.detail,
  source: record.source,
  raw: JSON.parse(record.raw),
  context: record.context,
  quality: qualityOfQuarantined(record.context),
})
