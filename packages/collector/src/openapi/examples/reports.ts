import { basis } from '../../reports/consent.ts'
import type { Examples } from '../schema.ts'

const day = '2026-11-21'
const period = { from: day, to: day, time_zone: 'UTC' }
const at = '2026-11-21T18:00:00.456Z'

export const trafficAnswers: Examples = {
  today: {
    value: {
      question: 'traffic',
      ...period,
      days: [{ day, events: 2, visitors: 1 }],
      totals: {
        events: 2,
        visitors: 1,
        sessions: 1,
        orders: 1,
        revenue: { minor: 1250, currency: 'EUR' },
        first_received_at: at,
        last_received_at: at,
      },
      verdicts: { received: 3, accepted: 2, duplicate: 0, quarantined: 1, rejected: 0 },
      excluded: { bots: 0, duplicates: 0, orders_without_rate: 0 },
    },
  },
}

const missing = { expected: 18, received: 2, missing: 16, late: 16, lost: 0, lost_by_reason: {}, reported: {} }
export const completenessAnswers: Examples = {
  today: {
    summary: 'The first number that came is 17: what was before it may still come',
    value: {
      question: 'completeness',
      ...period,
      totals: missing,
      rows: [{ day, browser: 'Chrome', ...missing }],
      excluded: { jumps: 0 },
    },
  },
}

const granted = { asked: null, granted: 1, refused: 0, withdrawn: 0, no_answer: null }
const refused = { ...granted, granted: 0, refused: 1 }
const shown = { region: null, device: 'mobile', version: '2026-09' }
export const consentRates: Examples = {
  today: {
    value: {
      question: 'consent',
      ...period,
      totals: [
        { purpose: 'analytics', ...granted },
        { purpose: 'marketing', ...refused },
      ],
      rows: [
        { day, purpose: 'analytics', ...shown, ...granted },
        { day, purpose: 'marketing', ...shown, ...refused },
      ],
      basis,
    },
  },
}

export const qualityAnswers: Examples = {
  today: {
    value: {
      question: 'quality',
      ...period,
      source: null,
      days: [
        { day, source: '', received: 2, accepted: 1, duplicate: 0, quarantined: 1, rejected: 0, replayed: 0 },
        { day, source: 'till-paris', received: 1, accepted: 1, duplicate: 0, quarantined: 0, rejected: 0, replayed: 0 },
      ],
      totals: { received: 3, accepted: 2, duplicate: 0, quarantined: 1, rejected: 0, replayed: 0 },
      repairs: [],
      flags: [],
      quarantine: [
        {
          code: 'bad_currency',
          rule: 'MN-BADCODE',
          events: 1,
          examples: [
            {
              key: '1148daa087f44860e9250d8e38e36f22',
              name: 'order_completed',
              detail: 'properties.currency: "EURO" is not an ISO 4217 code (MN-BADCODE)',
              received_at: at,
            },
          ],
        },
      ],
      rejected: [],
      duplicates: [],
      late: { live: 1, day: 1, week: 0, too_late: 0 },
      missing_rates: 0,
      currency: { own: 2, default: 0 },
      unknown_names: [],
      sources: [
        { source: '', received: 2, quarantined: 1, last_seen: at },
        { source: 'till-paris', received: 1, quarantined: 0, last_seen: at },
      ],
    },
  },
}
