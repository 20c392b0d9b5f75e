import { type ConsentSource, listen } from './source.ts'

/** Not there where the banner is disabled. */
declare const getCkyConsent: () => {
  readonly categories: Readonly<Record<string, unknown>>
  readonly isUserActionCompleted: boolean
}

/** CookieYes. It has no category for personalisation. */
export const cookieYes: ConsentSource = {
  name: 'cookieyes',
  purposes: { analytics: 'analytics', marketing: 'advertisement' },
  detect: () => 'getCkyConsent' in window,
  read() {
    const { categories, isUserActionCompleted } = getCkyConsent()
    return { explicit: isUserActionCompleted === true, state: (category) => categories[category] }
  },
  subscribe(callback) {
    getCkyConsent() // or it is not there yet
    listen('cookieyes_banner_load cookieyes_consent_update', callback)
  },
}
