import { createTracker } from '@footfall/browser'

/** One tracker for the whole storefront. `VITE_FOOTFALL_WRITE_KEY` is the public key that the collector printed at its first start. */
export const tracker = createTracker({
  endpoint: '/v1/events',
  writeKey: import.meta.env.VITE_FOOTFALL_WRITE_KEY,
  policyVersion: '2026-11',
})
