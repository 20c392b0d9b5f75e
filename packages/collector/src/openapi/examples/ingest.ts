import type { Examples } from '../schema.ts'
import { sale } from './events.ts'

const granted = {
  analytics: 'granted',
  marketing: 'denied',
  record_id: '0198f3a0-0000-7000-8000-00000000c0de',
  version: '2026-09',
}

export const deliveries = {
  page: {
    summary: 'From a page: one event that can be read, and one whose currency cannot',
    value: {
      write_key: 'wk_shop',
      sent_at: 1795284000123,
      tracker: { name: '@footfall/browser', version: '0.1.0' },
      shared: {
        anonymous_id: '0198f3a0-0000-7000-8000-0000000000a1',
        session: { id: '0198f3a0-0000-7000-8000-0000000000b1', index: 3 },
        page: { url: 'https://shop.example/p/A-1', title: 'A-1', view_id: '0198f3a0-0000-7000-8000-0000000000f1' },
        consent: granted,
      },
      events: [
        {
          id: '0198f3a0-0000-7000-8000-000000000017',
          name: 'product_added',
          occurred_at: 1795283990000,
          age_ms: 10123,
          seq: 17,
          properties: { product_id: 'A-1', quantity: 1, price: 19.99, currency: 'EUR' },
        },
        {
          id: '0198f3a0-0000-7000-8000-000000000018',
          name: 'order_completed',
          occurred_at: 1795283995000,
          age_ms: 5123,
          seq: 18,
          properties: {
            order_id: 'O-1',
            total: 19.99,
            currency: 'EURO',
            items: [{ product_id: 'A-1', quantity: 1, price: 19.99 }],
          },
        },
      ],
    },
  },
  till: {
    summary: 'From a server, with the secret key as Bearer',
    value: {
      write_key: 'wk_shop',
      events: [
        {
          id: '0198f3a0-0000-7000-8000-000000000101',
          name: 'pos_purchase_completed',
          occurred_at: '2026-11-21T18:40:00+01:00',
          source: 'till-paris',
          channel: 'pos',
          user_id: 'cust_42',
          consent: { analytics: 'granted' },
          properties: { store_id: 'S-1', receipt_id: 'R-1', total: '12,50 €', currency: 'EUR' },
        },
      ],
    },
  },
} as const satisfies Examples

export const receipts: Examples = {
  page: {
    value: {
      received_at: '2026-11-21T18:00:00.456Z',
      accepted: 1,
      duplicate: 0,
      quarantined: 1,
      rejected: 0,
      problems: [
        {
          id: '0198f3a0-0000-7000-8000-000000000018',
          index: 1,
          status: 'quarantined',
          code: 'bad_currency',
          detail: 'properties.currency: "EURO" is not an ISO 4217 code (MN-BADCODE)',
        },
      ],
      retry: [],
      retry_after_ms: null,
    },
  },
  till: {
    value: {
      received_at: '2026-11-21T18:00:00.456Z',
      accepted: 1,
      duplicate: 0,
      quarantined: 0,
      rejected: 0,
      problems: [],
      retry: [],
      retry_after_ms: null,
    },
  },
}

export const validations: Examples = {
  till: {
    value: {
      received_at: '2026-11-21T18:00:00.456Z',
      accepted: 1,
      quarantined: 0,
      rejected: 0,
      events: [
        {
          index: 0,
          id: '0198f3a0-0000-7000-8000-000000000101',
          code: null,
          detail: null,
          status: 'accepted',
          event: sale,
          repairs: [],
          flags: [],
        },
      ],
    },
  },
}

/** What `{}` as a batch is answered with. */
export const refusal = {
  type: 'urn:footfall:problem:bad_batch',
  title: 'The body is not a batch',
  status: 400,
  code: 'bad_batch',
  detail:
    "The batch's events does not have the shape of a batch: an object with events, and a write_key where no secret key is shown.",
}
