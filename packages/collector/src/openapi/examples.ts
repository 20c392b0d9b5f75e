import type { Examples } from './schema.ts'

/** What requests look like, and what a collector that is as new as the first of them answers. Each is sent to one in a test. */

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
          event: {
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
            user_id: null,
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
          },
          repairs: [],
          flags: [],
        },
      ],
    },
  },
}

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

export const sourceBodies: Examples = {
  till: { value: { channel: 'pos', transport: 'server', time_zone: 'Europe/Paris', date_order: 'DMY', currency: 'EUR' } },
}
export const sourceAnswers: Examples = {
  till: {
    value: {
      id: 'till-paris',
      channel: 'pos',
      transport: 'server',
      time_zone: 'Europe/Paris',
      date_order: 'DMY',
      time_unit: null,
      money_unit: null,
      locale: null,
      currency: 'EUR',
      tax_inclusive: null,
      sampling: null,
      expected_per_day: null,
      is_registered: true,
      first_seen: null,
      last_seen: null,
      received_7d: 0,
      quarantined_7d: 0,
      error_rate: null,
      status: 'unseen',
    },
  },
}

export const consentRecords: Examples = {
  banner: {
    summary: 'What a visitor answered to the banner',
    value: {
      write_key: 'wk_shop',
      record_id: '0198f3a0-0000-7000-8000-00000000c0de',
      subject: '0198f3a0-0000-7000-8000-0000000000a1',
      purposes: { analytics: 'granted', marketing: 'denied' },
      policy_version: '2026-09',
      method: 'banner_choices',
      event_time: 1795283900000,
    },
  },
}
export const consentReceipts: Examples = {
  banner: {
    value: {
      record_id: '0198f3a0-0000-7000-8000-00000000c0de',
      received_at: '2026-11-21T18:00:00.456Z',
      position: 1,
      hash: '5c60b950f0e97a7977b63bec73b34d4043a92b7b3b4701248ee56a3fed0a7bf9',
    },
  },
}

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

export const aliasBodies: Examples = { cart: { value: { to: 'product_added' } } }
export const aliasAnswers: Examples = {
  cart: {
    value: {
      from: 'Into The Basket',
      to: 'product_added',
      created_at: '2026-11-21T18:00:00.456Z',
    },
  },
}

export const reprocessBodies: Examples = { name: { value: { names: ['Into The Basket'], dry_run: true } } }
export const reprocessAnswers: Examples = {
  name: {
    value: {
      looked_at: 0,
      changed: 0,
      still_unknown: 0,
      unreadable: 0,
      not_allowed: 0,
      problems: [],
      next: null,
    },
  },
}

/** What `{}` as a batch is answered with. */
export const refusal = {
  type: 'urn:footfall:problem:bad_batch',
  title: 'The body is not a batch',
  status: 400,
  code: 'bad_batch',
  detail: "The batch's write_key does not have the shape of a batch: an object with write_key and events.",
}
