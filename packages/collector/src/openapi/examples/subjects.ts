import type { Examples } from '../schema.ts'
import { sale } from './events.ts'

const lines: readonly object[] = [
  {
    kind: 'subject',
    id: 'cust_42',
    user_ids: ['cust_42'],
    anonymous_ids: [],
    shared_anonymous_ids: [],
    erased_at: null,
    exported_at: '2026-11-21T18:00:00.456Z',
  },
  { kind: 'event', ...sale },
  { kind: 'end', counts: { event: 1 } },
]

export const exports: Examples = {
  customer: {
    summary: 'Of somebody who is known by one purchase at a till',
    value: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  },
}

export const erasures: Examples = {
  customer: {
    value: {
      subject_hash: '214fe82588f63ba8542b465ad706adf8',
      erased_at: '2026-11-21T18:00:00.456Z',
      user_ids: 1,
      anonymous_ids: 0,
      events: 1,
      quarantined: 0,
      sessions: 0,
      visitor_days: 0,
      number_runs: 0,
      tracker_drops: 0,
      natural_keys: 1,
      links: 0,
      tombstones: 2,
      files: 'clean',
    },
  },
}
