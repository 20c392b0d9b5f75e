import { createTracker } from '@footfall/browser'
import { cookiebot, follow } from '@footfall/browser/consent-cmp'

const tracker = createTracker({ endpoint: '/v1/events', writeKey: 'wk_shop' })

// Your account's categories, where they are not the usual ones.
follow(tracker, { ...cookiebot, purposes: { analytics: 'statistics', marketing: 'marketing' } })
