import { type ConsentSource, listen } from './source.ts'

declare const Cookiebot: {
  readonly hasResponse: boolean
  /** `method` is `explicit`, `implied`, or null while nothing is decided. */
  readonly consent: Readonly<Record<string, unknown>>
}

/** Cookiebot. */
export const cookiebot: ConsentSource = {
  name: 'cookiebot',
  purposes: { analytics: 'statistics', personalization: 'preferences', marketing: 'marketing' },
  detect: () => 'Cookiebot' in window,
  read() {
    const { consent, hasResponse } = Cookiebot
    // Without a response it may not have looked at its cookie yet.
    return hasResponse ? { explicit: consent.method === 'explicit', state: (category) => consent[category] } : undefined
  },
  subscribe: (callback) => listen('CookiebotOnConsentReady CookiebotOnAccept CookiebotOnDecline', callback),
}
