import type { ConsentPurpose } from '@footfall/events'
import { clock } from './capture/seal.ts'
import { createTracker } from './create-tracker.ts'
import type { Decisions, FootfallOptions } from './options.ts'
import type { Tracker } from './tracker.ts'

/** An early call, as the stub records it. */
type EarlyCall = [method: 'track' | 'page' | 'identify' | 'reset' | 'consent', told: unknown[], at: number, url: string]

declare global {
  interface Window {
    /** The script tag's tracker; before it has loaded, the stub's recorder, if the page has one. */
    footfall?: Tracker & { readonly q?: EarlyCall[] }
  }
}

const script = document.currentScript as HTMLScriptElement | null
const { consent, optOut, page, ...options } = script?.dataset ?? {}
const { now } = clock
try {
  const tracker = createTracker({
    // Beside the script, unless the tag says otherwise: the collector serves both.
    endpoint: new URL('/v1/events', script?.src ?? location.href).href,
    // `data-write-key` and so on: an attribute for each option.
    ...(options as object as Omit<FootfallOptions, 'endpoint'>),
    ...(optOut && { optOut: optOut.split(/\s+/) as ConsentPurpose[] }),
    ...(consent && { consent: Object.fromEntries(consent.split(/\s+/).map((purpose) => [purpose, 'granted'])) as Decisions }),
  })
  const early = window.footfall?.q ?? []
  window.footfall = tracker
  if (page !== 'off') tracker.page()
  // Repeats what the page called before this script was there, at the time and the place where it happened.
  for (const [method, told, at, url] of early) {
    clock.now = () => [at, url]
    ;(tracker[method] as (...told: unknown[]) => void)(...told) // a hostile page can only call its own tracker wrongly
  }
} catch (error) {
  // Nobody listens yet; a wrong tag must be found, and must not break the shop.
  console.error(error)
} finally {
  clock.now = now
}
