import type { ConsentStatus, Tracker } from '../tracker.ts'
import type { ConsentSource } from './source.ts'

declare global {
  interface Window {
    dataLayer?: unknown[]
  }
}

/** Google's signals that make up our purposes. */
const signals = {
  analytics: ['analytics_storage'],
  personalization: ['personalization_storage'],
  marketing: ['ad_storage', 'ad_user_data', 'ad_personalization'],
} as const

/** Marks commands of our own, which are no platform's word. */
const own = 'footfall'

/**
 * Google Consent Mode 2, for a platform that speaks nothing else: what is pushed to `dataLayer` as `consent` `update`. A `default` is no
 * decision.
 */
export const googleConsent: ConsentSource<readonly string[]> = {
  name: 'google',
  purposes: signals,
  detect: () => 'dataLayer' in window,
  read() {
    let told: Record<string, unknown> | undefined
    for (const command of window.dataLayer as ArrayLike<unknown>[]) {
      if (command?.[0] === 'consent' && command[1] === 'update' && command[3] !== own)
        told = { ...told, ...(command[2] as object) }
    }
    return told && { explicit: true, state: (names) => told[`${names[0]}`] && names.every((name) => told[name] === 'granted') }
  },
  subscribe(callback) {
    const layer = window.dataLayer as unknown[]
    const { push } = layer
    layer.push = (...commands) => {
      const length = push.apply(layer, commands)
      callback()
      return length
    }
  },
}

/** Signals that are no purpose of ours, for the shop to grant itself: `{ security_storage: 'granted' }`. */
export type OtherSignals = { readonly [S in 'functionality_storage' | 'security_storage']?: 'granted' | 'denied' }

/**
 * Makes Google's tags follow the tracker's consent. Call it before they load: it denies all seven signals by default, and updates them
 * with what the visitor decides, and has decided before.
 * @returns a function that ends it; the last update stays
 */
export function googleConsentOutput(tracker: Pick<Tracker, 'consent' | 'on'>, others?: OtherSignals): () => void {
  window.dataLayer ??= []
  // Google's tags know a command by its being an arguments object.
  function gtag(..._command: unknown[]) {
    // biome-ignore lint/complexity/noArguments: see above
    window.dataLayer?.push(arguments)
  }
  const denied = 'denied'
  const all = (wordOf: (purpose: keyof typeof signals) => string) =>
    Object.fromEntries(
      Object.entries(signals).flatMap(([purpose, names]) => names.map((name) => [name, wordOf(purpose as keyof typeof signals)])),
    )
  const update = (status: ConsentStatus) =>
    gtag(
      'consent',
      'update',
      all((purpose) => (/^(granted|not_required)$/.test(status[purpose]) ? 'granted' : denied)),
      own,
    )
  gtag('consent', 'default', { ...all(() => denied), functionality_storage: denied, security_storage: denied, ...others }, own)
  update(tracker.consent())
  return tracker.on('consent', update)
}
