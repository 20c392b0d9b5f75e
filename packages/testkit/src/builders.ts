import type { BatchInput, ConsentSnapshot, EnvelopeInput } from '@footfall/events'

/** A visitor who agreed to everything. */
export const everythingGranted: ConsentSnapshot = {
  analytics: 'granted',
  personalization: 'granted',
  marketing: 'granted',
  record_id: '0198f3a0-0000-7000-8000-00000000c0de',
  version: '2026-09',
}

let made = 0

/** An id like a tracker's, different at every call and in the order of the calls. */
export const nextId = (): string => `0198f3a0-0000-7000-8000-${(++made).toString(16).padStart(12, '0')}`

/** A product put in the cart by a consenting visitor; say only what matters to the test. */
export const envelope = (differs: Partial<EnvelopeInput> = {}): EnvelopeInput => ({
  id: nextId(),
  name: 'product_added',
  occurred_at: Date.now(),
  anonymous_id: 'visitor-1',
  user_id: null,
  session: { id: '0198f3a0-0000-7000-8000-000000005e55', index: 1 },
  page: { url: 'https://shop.example/p/A-1', title: 'A-1', referrer: '', view_id: '0198f3a0-0000-7000-8000-00000000f1e4' },
  consent: everythingGranted,
  properties: { product_id: 'A-1', quantity: 1, price: 19.99, currency: 'EUR' },
  ...differs,
})

/** A batch as a tracker sends it. */
export const batch = (events: readonly Partial<EnvelopeInput>[], differs: Partial<BatchInput> = {}): BatchInput => ({
  write_key: 'wk_test',
  sent_at: Date.now(),
  tracker: { name: '@footfall/browser', version: '0.0.0' },
  events,
  ...differs,
})
