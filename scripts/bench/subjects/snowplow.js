import {
  disableAnonymousTracking,
  enableAnonymousTracking,
  newTracker,
  setUserId,
  trackPageView,
  trackSelfDescribingEvent,
} from '@snowplow/browser-tracker'

export const start = (base) =>
  newTracker('bench', location.origin, {
    appId: 'bench',
    eventMethod: 'post',
    postPath: `${base}/peer/tp2`,
    bufferSize: 50,
    keepalive: true,
    encodeBase64: false,
    stateStorageStrategy: 'localStorage',
  })
export const page = () => trackPageView()
export const track = (name, properties) =>
  trackSelfDescribingEvent({ event: { schema: `iglu:example.shop/${name}/jsonschema/1-0-0`, data: properties } })
export const identify = (userId) => setUserId(userId)
export const consent = (analytics) =>
  analytics === 'granted' ? disableAnonymousTracking() : enableAnonymousTracking({ options: { withServerAnonymisation: true } })
