import type { Examples } from '../schema.ts'

export const storedRows: Examples = {
  added: {
    value: {
      events: [
        {
          id: '0198f3a0-0000-7000-8000-000000000017',
          name: 'product_added',
          original_name: 'product_added',
          occurred_at: '2026-11-21T17:59:50.000Z',
          received_at: '2026-11-21T18:00:00.456Z',
          occurred_at_device: 1795283990000,
          time_correction: null,
          clock_skew_ms: 333,
          seq: 17,
          anonymous_id: '0198f3a0-0000-7000-8000-0000000000a1',
          user_id: null,
          traits: null,
          session: {
            id: '0198f3a0-0000-7000-8000-0000000000b1',
            index: 3,
          },
          page: {
            url: 'https://shop.example/p/A-1',
            title: 'A-1',
            view_id: '0198f3a0-0000-7000-8000-0000000000f1',
            type: 'other',
          },
          consent: {
            analytics: 'granted',
            marketing: 'denied',
            record_id: '0198f3a0-0000-7000-8000-00000000c0de',
            version: '2026-09',
          },
          properties: {
            product_id: 'A-1',
            quantity: 1,
            price: 19.99,
            currency: 'EUR',
          },
          money: {
            price: {
              minor: 1999,
              currency: 'EUR',
              base_minor: 1999,
              base_currency: 'EUR',
              rate_date: null,
            },
          },
          channel: 'web',
          source: null,
          ip: '203.0.113.0',
          device: {
            type: 'mobile',
            browser: 'Chrome',
            os: 'Android',
            in_app: null,
          },
          bot: false,
          duplicate_of: null,
          sources: ['web'],
          amounts_of: null,
          visit_of: null,
          quality: {
            status: 'clean',
            repairs: [],
            flags: [],
          },
        },
      ],
      next: null,
    },
  },
}

/** What a till told, as it is stored. */
export const sale = {
  id: '0198f3a0-0000-7000-8000-000000000101',
  name: 'pos_purchase_completed',
  original_name: 'pos_purchase_completed',
  occurred_at: '2026-11-21T17:40:00.000Z',
  received_at: '2026-11-21T18:00:00.456Z',
  occurred_at_device: '2026-11-21T18:40:00+01:00',
  time_correction: null,
  clock_skew_ms: null,
  seq: null,
  anonymous_id: null,
  user_id: 'cust_42',
  traits: null,
  session: null,
  page: null,
  consent: {
    analytics: 'granted',
  },
  properties: {
    store_id: 'S-1',
    receipt_id: 'R-1',
    total: '12,50 €',
    currency: 'EUR',
  },
  money: {
    total: {
      minor: 1250,
      currency: 'EUR',
      base_minor: 1250,
      base_currency: 'EUR',
      rate_date: null,
    },
  },
  channel: 'pos',
  source: 'till-paris',
  ip: null,
  device: {
    type: 'unknown',
    browser: null,
    os: null,
    in_app: null,
  },
  bot: false,
  duplicate_of: null,
  sources: ['till-paris'],
  amounts_of: null,
  visit_of: null,
  quality: {
    status: 'clean',
    repairs: [],
    flags: [],
  },
}
