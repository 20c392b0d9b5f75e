import { createTracker } from '../../../packages/browser/dist/index.js'

let tracker
export function start(base) {
  tracker = createTracker({ endpoint: `${base}/v1/events`, writeKey: 'wk_bench', consent: { analytics: 'granted' } })
}
export const page = () => tracker.page()
export const track = (name, properties) => tracker.track(name, properties)
export const identify = (userId) => tracker.identify(userId)
export const consent = (analytics) => tracker.consent({ analytics })
export const waiting = () => tracker.stats().queued
