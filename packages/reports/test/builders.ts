import type {
  CompletenessAnswer,
  CompletenessRow,
  ConsentAnswer,
  LiveEvent,
  LiveMessage,
  QualityAnswer,
  TrafficAnswer,
  UnknownName,
} from '@footfall/collector/reports'
import type { QuarantinedRow, SourceRow } from '../src/answers.ts'

/** A day's figures without chance: weekdays swell, weekends ebb, and every test sees the same. */
const shapeOf = (index: number): number => 400 + 25 * index + ([0, 60, 120, 90, 150, -180, -240][index % 7] ?? 0)

/** An answer with `days` days up to and including `to`. */
export function trafficOf(
  change: Partial<TrafficAnswer> & { readonly length?: number; readonly to?: string } = {},
): TrafficAnswer {
  const { length = 30, to = '2026-11-21', ...rest } = change
  const days = Array.from({ length }, (_, index) => {
    const date = new Date(`${to}T00:00:00Z`)
    date.setUTCDate(date.getUTCDate() - (length - 1 - index))
    const events = shapeOf(index)
    return { day: date.toISOString().slice(0, 10), events, visitors: Math.round(events / 7) }
  })
  const events = days.reduce((sum, day) => sum + day.events, 0)
  return {
    question: 'traffic',
    from: days[0]?.day ?? to,
    to,
    time_zone: 'Europe/Berlin',
    days,
    totals: {
      events,
      visitors: Math.round(events / 9),
      sessions: Math.round(events / 6),
      orders: Math.round(events / 80),
      revenue: { minor: 1_284_550, currency: 'EUR' },
      first_received_at: '2026-08-03T07:12:00.000Z',
      last_received_at: '2026-11-21T17:04:09.120Z',
    },
    verdicts: { received: events + 61, accepted: events + 12, duplicate: 31, quarantined: 11, rejected: 7 },
    excluded: { bots: 312, duplicates: 14, orders_without_rate: 0 },
    ...rest,
  }
}

/** What a collector answers before anything has arrived. */
export const emptyTraffic = (): TrafficAnswer => {
  const traffic = trafficOf()
  return {
    ...traffic,
    days: traffic.days.map(({ day }) => ({ day, events: 0, visitors: 0 })),
    totals: {
      events: 0,
      visitors: 0,
      sessions: 0,
      orders: 0,
      revenue: { minor: 0, currency: 'EUR' },
      first_received_at: null,
      last_received_at: null,
    },
    verdicts: { received: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 },
    excluded: { bots: 0, duplicates: 0, orders_without_rate: 0 },
  }
}

/** One browser's numbers on one day; what is said of the lost adds up. */
export function completenessRow(change: Partial<CompletenessRow> = {}): CompletenessRow {
  const { received = 100, late = 0, lost_by_reason = {}, ...rest } = change
  const lost = Object.values(lost_by_reason).reduce((sum, events) => sum + events, 0)
  return {
    day: '2026-11-21',
    browser: 'Firefox',
    expected: received + late + lost,
    received,
    missing: late + lost,
    late,
    lost,
    lost_by_reason,
    reported: {},
    ...rest,
  }
}

/** An answer with these rows, and with totals that are their sum. */
export function completenessOf(rows: readonly CompletenessRow[] = [completenessRow()], jumps = 0): CompletenessAnswer {
  const sum = (field: 'received' | 'late') => rows.reduce((total, row) => total + row[field], 0)
  const lost: Record<string, number> = {}
  for (const row of rows) {
    for (const [reason, events] of Object.entries(row.lost_by_reason)) lost[reason] = (lost[reason] ?? 0) + events
  }
  const {
    day: _,
    browser: __,
    ...totals
  } = completenessRow({
    received: sum('received'),
    late: sum('late'),
    lost_by_reason: lost,
  })
  return {
    question: 'completeness',
    from: '2026-10-23',
    to: '2026-11-21',
    time_zone: 'Europe/Berlin',
    totals,
    rows,
    excluded: { jumps },
  }
}

/** An answer with these sums; by day, region and so on it says nothing. */
export const consentOf = (totals: ConsentAnswer['totals']): ConsentAnswer => ({
  question: 'consent',
  from: '2026-10-23',
  to: '2026-11-21',
  time_zone: 'Europe/Berlin',
  totals,
  rows: [],
  basis: { asked: '', granted: '', refused: '', withdrawn: '', no_answer: '' },
})

/** A day without chance: everything that arrived was accepted but for what is said. */
export function qualityOf(change: Partial<QualityAnswer> = {}): QualityAnswer {
  const day = (of: string, accepted: number, quarantined: number) => ({
    ...{ day: of, source: '', received: accepted + quarantined + 5, accepted, quarantined },
    ...{ duplicate: 4, rejected: 1, replayed: 0 },
  })
  return {
    ...{ question: 'quality', from: '2026-10-23', to: '2026-11-21', time_zone: 'Europe/Berlin', source: null },
    days: [day('2026-11-20', 990, 5), day('2026-11-21', 1990, 5), { ...day('2026-11-21', 90, 0), source: 'till-paris' }],
    totals: { received: 3095, accepted: 3070, duplicate: 12, quarantined: 10, rejected: 3, replayed: 0 },
    repairs: [{ rule: 'EN-TYPO', events: 31 }],
    flags: [{ flag: 'rounded', events: 2 }],
    quarantine: [{ code: 'bad_time', rule: 'DT-NUM-ORDER', events: 10, examples: [] }],
    rejected: [{ code: 'consent_missing', events: 3 }],
    duplicates: [
      { kind: 'same_id', events: 9 },
      { kind: 'probable', events: 3 },
    ],
    late: { live: 3000, day: 60, week: 9, too_late: 1 },
    missing_rates: 0,
    currency: { own: 700, default: 0 },
    unknown_names: [],
    sources: [
      { source: '', received: 3000, quarantined: 10, last_seen: '2026-11-21T17:04:00.000Z' },
      { source: 'till-paris', received: 95, quarantined: 0, last_seen: '2026-11-21T17:00:00.000Z' },
    ],
    ...change,
  }
}

/** A name that looks like one of the catalogue. */
export const unknownOf = (change: Partial<UnknownName> = {}): UnknownName => ({
  ...{ name: 'add2cart', events: 52, suggestion: 'product_added', alias: null },
  ...{ first_seen: '2026-11-01T10:00:00.000Z', last_seen: '2026-11-21T10:00:00.000Z' },
  ...change,
})

/** A till that sends as it should. */
export const sourceOf = (change: Partial<SourceRow> = {}): SourceRow => ({
  ...{ id: 'till-paris', channel: 'pos', is_registered: true, status: 'live' },
  ...{ last_seen: '2026-11-21T17:00:00.000Z', received_7d: 95, error_rate: 0 },
  ...change,
})

/** A sale whose day could be in March or in April. */
export const quarantinedOf = (change: Partial<QuarantinedRow> = {}): QuarantinedRow => ({
  ...{ key: 'a1'.repeat(16), name: 'pos_purchase_completed', received_at: '2026-11-21T09:00:00.000Z', source: 'till-paris' },
  ...{ code: 'bad_time', rule: 'DT-NUM-ORDER', detail: 'occurred_at can be read in two ways' },
  ...{ raw: '{"name":"pos_purchase_completed","occurred_at":"03/04/2026"}', context: { is_server: true } },
  ...change,
})

let ids = 0

/** An accepted event from a phone, with an id of its own. */
export function liveEventOf(change: Partial<LiveEvent> = {}): LiveEvent {
  ids += 1
  return {
    id: `0198f3a0-0000-7000-8000-${String(ids).padStart(12, '0')}`,
    name: 'product_viewed',
    original_name: null,
    status: 'accepted',
    code: null,
    detail: null,
    received_at: '2026-11-21T17:04:09.120Z',
    occurred_at: '2026-11-21T17:04:08.000Z',
    channel: 'web',
    device: 'phone',
    bot: false,
    page_path: '/p/teapot',
    summary: 'teapot',
    ...change,
  }
}

export const liveMessageOf = (...events: readonly LiveEvent[]): LiveMessage => ({
  received_at: '2026-11-21T17:04:09.120Z',
  events,
  skipped: 0,
})
