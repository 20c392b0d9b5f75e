import type { BannerOptions } from '@footfall/browser/banner'

/** The consent banner in this shop's words. Who changes them changes `policyVersion` in tracking.ts as well. */
export const consentText: BannerOptions['text'] = {
  en: {
    title: 'May we take notes?',
    text: 'We would like to know how our shop is used. Until you agree, nothing is stored and nothing is sent. “Privacy choices”, at the bottom of every page, takes another answer at any time.',
    analytics: 'Statistics: which shelves are visited, and which stay dusty',
    personalization: 'Remembering: what you looked at last, on this device',
    marketing: 'Advertising: whether an advertisement or a letter brought you here, or to our store',
    necessary: 'Always on: your cart, your wish list, your account and this answer, on this device',
  },
}
