import type { ConsentSource } from './source.ts'

declare const Didomi: {
  isConsentRequired(): boolean
  isUserStatusPartial(): boolean
  getCurrentUserStatus(): { readonly purposes: Readonly<Record<string, { readonly enabled: unknown }>> }
  on(event: string, listener: () => void): void
}
declare global {
  interface Window {
    didomiOnReady?: { push(listener: () => void): void }
  }
}

/** Didomi. Categories are lists of the ids of its purposes, to which that of storing on the device is added. */
export const didomi: ConsentSource<readonly string[]> = {
  name: 'didomi',
  purposes: {
    analytics: ['measure_content_performance', 'market_research'],
    personalization: ['create_content_profile', 'select_personalized_content'],
    marketing: ['select_basic_ads', 'create_ads_profile', 'select_personalized_ads', 'measure_ad_performance'],
  },
  // Whoever waits for it may do so before it is there.
  detect: () => true,
  read: () => ({
    // Where it is not required nobody was asked, and everything counts as enabled.
    explicit: Didomi.isConsentRequired() && Didomi.isUserStatusPartial() === false,
    state: (ids) => ['cookies', ...ids].every((id) => Didomi.getCurrentUserStatus().purposes[id]?.enabled === true),
  }),
  subscribe(callback) {
    // biome-ignore lint/suspicious/noAssignInExpressions: as everybody writes it, and ten bytes less
    ;(window.didomiOnReady ??= []).push(() => {
      Didomi.on('consent.changed', callback)
      callback()
    })
  },
}
