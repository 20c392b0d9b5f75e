import { createTracker } from '@footfall/browser'
import { showBanner } from '@footfall/browser/banner'

const tracker = createTracker({ endpoint: '/v1/events', writeKey: 'wk_shop', policyVersion: '2026-11' })
const banner = showBanner(tracker, { policyUrl: '/privacy' })

// Taking an answer back must be as easy as giving it: a button at the bottom of every page.
document.querySelector('#privacy-settings')?.addEventListener('click', banner.open)
