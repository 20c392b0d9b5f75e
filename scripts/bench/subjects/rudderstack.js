// The face that carries its plugins; the other fetches them from RudderStack's own host.
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

const rudder = new RudderAnalytics()
/** What RudderStack's control plane answers for a source without destinations. */
const sourceConfig = {
  source: {
    id: 'bench',
    name: 'bench',
    writeKey: 'bench',
    workspaceId: 'bench',
    enabled: true,
    deleted: false,
    destinations: [],
    connections: [],
    config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
  },
}
export const start = (base) =>
  rudder.load('bench', `${location.origin}${base}/peer`, {
    getSourceConfig: () => sourceConfig,
    configUrl: `${location.origin}${base}/peer`,
    loadIntegration: false,
    polyfillIfRequired: false,
    sendAdblockPage: false,
    storage: { type: 'localStorage' },
    // By itself it keeps at most 100 events, and drops the others without a word: room for the burst.
    queueOptions: { maxItems: 1_000, batch: { enabled: true, maxItems: 100, flushInterval: 1_000 } },
  })
export const page = () => rudder.page()
export const track = (name, properties) => rudder.track(name, properties)
export const identify = (userId) => rudder.identify(userId, { plan: 'gold' })
export const consent = (analytics) =>
  rudder.consent({
    consentManagement: {
      enabled: true,
      provider: 'custom',
      [analytics === 'granted' ? 'allowedConsentIds' : 'deniedConsentIds']: ['analytics'],
    },
  })
