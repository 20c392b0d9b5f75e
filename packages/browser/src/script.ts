import { createReplayableTracker } from './create-tracker.ts'
import type { ReplayableTracker } from './footfall.ts'
import type { Decisions } from './options.ts'
import type { Tracker } from './tracker.ts'

/** An early call, as the stub records it. */
type EarlyCall = [method: 'track' | 'page' | 'identify' | 'reset' | 'consent', args: unknown[], at: number, url: string]

declare global {
  interface Window {
    /** The script tag's tracker; before it has loaded, the stub's recorder, if the page has one. */
    footfall?: Tracker & { readonly q?: EarlyCall[] }
  }
}

/** Repeats what the page called before this script was there, at the time and the place where it happened. */
function replay(tracker: ReplayableTracker, calls: readonly EarlyCall[]): void {
  for (const [method, args, at, url] of calls) {
    const moment = { at, url }
    if (method === 'track') tracker.capture(String(args[0]), args[1], moment)
    else if (method === 'page') tracker.capture('page_viewed', {}, moment)
    else (tracker[method] as (...args: unknown[]) => void)(...args) // a hostile page can only call its own tracker wrongly
  }
}

const script = document.currentScript as HTMLScriptElement | null
const { writeKey = '', endpoint, consent, policyVersion, page } = script?.dataset ?? {}
try {
  const tracker = createReplayableTracker({
    writeKey,
    // Beside the script, unless the tag says otherwise: the collector serves both.
    endpoint: endpoint ?? new URL('/v1/events', script?.src ?? location.href).href,
    ...(consent && { consent: Object.fromEntries(consent.split(/\s+/).map((purpose) => [purpose, 'granted'])) as Decisions }),
    ...(policyVersion && { policyVersion }),
  })
  const early = window.footfall?.q ?? []
  window.footfall = tracker
  if (page !== 'off') tracker.page()
  replay(tracker, early)
} catch (error) {
  // Nobody listens yet; a wrong tag must be found, and must not break the shop.
  console.error(error)
}
