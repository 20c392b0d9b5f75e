import { AnalyticsBrowser } from '@segment/analytics-next'

const analytics = new AnalyticsBrowser()
let base
export const start = (at) => {
  base = at
  return load()
}
/** The settings are those that Segment's own host would answer for a source without destinations. */
const load = () =>
  analytics.load(
    {
      writeKey: 'bench',
      cdnURL: `${location.origin}${base}/peer`,
      cdnSettings: { integrations: { 'Segment.io': { apiKey: 'bench' } } },
    },
    {
      integrations: {
        'Segment.io': {
          apiHost: `${location.host}${base}/peer`,
          protocol: 'http',
          deliveryStrategy: { strategy: 'batching', config: { size: 100, timeout: 1_000 } },
        },
      },
    },
  )
export const page = () => analytics.page()
export const track = (name, properties) => analytics.track(name, properties)
export const identify = (userId) => analytics.identify(userId, { plan: 'gold' })
/** It has no switch of its own: its documentation loads it when the visitor agrees, and forgets the visitor otherwise. */
export const consent = (decision) => (decision === 'granted' ? load() : analytics.reset())
