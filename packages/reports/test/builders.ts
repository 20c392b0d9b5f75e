import type {
  CompletenessAnswer,
  CompletenessRow,
  ConsentAnswer,
  LiveEvent,
  LiveMessage,
  TrafficAnswer,
} from '@footfall/collector/reports'

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
