import type { ConsentSource } from './source.ts'

declare const Shopify: {
  /** `currentVisitorConsent` says by purpose `yes`, `no`, or nothing while that is undecided. */
  readonly customerPrivacy: { currentVisitorConsent(): Readonly<Record<string, string>> }
  loadFeatures(features: readonly object[], callback: () => void): void
}

/**
 * Shopify's Customer Privacy API, which it loads where the theme has not. Read is the visitor's own word: what else the API allows is the
 * merchant's setting for a region, and no decision. Categories are the API's purposes.
 */
export const shopify: ConsentSource = {
  name: 'shopify',
  purposes: { analytics: 'analytics', personalization: 'preferences', marketing: 'marketing', sale_of_data: 'sale_of_data' },
  detect: () => 'Shopify' in window,
  read() {
    const words = Shopify.customerPrivacy.currentVisitorConsent()
    return {
      explicit: /yes|no/.test(`${Object.values(words)}`),
      state: (id) => words[id] === 'yes' || (words[id] === 'no' ? false : undefined),
    }
  },
  subscribe(callback) {
    Shopify.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], callback)
    addEventListener('visitorConsentCollected', callback, true)
  },
}
