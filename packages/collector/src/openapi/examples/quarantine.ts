import type { Examples } from '../schema.ts'
import { deliveries } from './ingest.ts'

export const replayBodies: Examples = {
  everything: { summary: 'Only to see what would become of it', value: { all: true, dry_run: true } },
}

export const replayAnswers: Examples = {
  everything: {
    value: {
      looked_at: 1,
      accepted: 0,
      duplicate: 0,
      quarantined: 1,
      rejected: 0,
      next: null,
      problems: [
        {
          key: '1148daa087f44860e9250d8e38e36f22',
          code: 'bad_currency',
          detail: 'properties.currency: "EURO" is not an ISO 4217 code (MN-BADCODE)',
        },
      ],
    },
  },
}

const { shared, events } = deliveries.page.value
/** As it was sent. */
const raw = { ...shared, ...events[1] }

const row = {
  key: '1148daa087f44860e9250d8e38e36f22',
  id: '0198f3a0-0000-7000-8000-000000000018',
  name: 'order_completed',
  received_at: '2026-11-21T18:00:00.456Z',
  status: 'quarantined',
  code: 'bad_currency',
  rule: 'MN-BADCODE',
  detail: 'properties.currency: "EURO" is not an ISO 4217 code (MN-BADCODE)',
  source: null,
  context: {
    received_at: '2026-11-21T18:00:00.456Z',
    sent_at: 1795284000123,
    is_server: false,
    is_file_import: false,
    gpc: false,
    region: null,
    ip: '203.0.113.0',
    device: { type: 'mobile', browser: 'Chrome', os: 'Android', in_app: null },
    bot: false,
    tracker: { name: '@footfall/browser', version: '0.1.0' },
    noted: { repairs: [], flags: [] },
    is_decision_told: false,
  },
  quality: { status: 'quarantined', repairs: [], flags: [] },
}
export const quarantinedRows: Examples = { currency: { value: { events: [{ ...row, raw }], next: null } } }
export const quarantinedText: Examples = { currency: { value: { ...row, raw: JSON.stringify(raw) } } }

export const purges: Examples = { everything: { value: { purged: 1 } } }
