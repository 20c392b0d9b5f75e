import { createFootfall, type ReplayableTracker, undecided } from './footfall.ts'
import { type FootfallOptions, readOptions } from './options.ts'
import type { Tracker } from './tracker.ts'

const nothing = () => {}

/** What a server gets: everything is there, nothing happens. */
const inert: ReplayableTracker = {
  capture: nothing,
  track: nothing,
  page: nothing,
  identify: nothing,
  reset: nothing,
  consent: () => undecided,
  flush: async () => {},
  stats: () => ({ held: 0, queued: 0, delivered: 0, dropped: {}, storage: 'memory' }),
  on: () => nothing,
}

/** As `createTracker`, with the door for calls that were made before this script had loaded. */
export const createReplayableTracker = (options: FootfallOptions): ReplayableTracker =>
  typeof document === 'undefined' ? inert : createFootfall(readOptions(options))

/**
 * Starts a tracker. On a server it does nothing, so that shared code may import and create it anywhere.
 *
 * @throws FootfallError `bad_option` when an option makes no sense; nothing else of a tracker ever throws
 * @example
 * ```ts
 * const tracker = createTracker({ endpoint: 'https://shop.example/e', writeKey: 'wk_shop' })
 * tracker.consent({ analytics: 'granted' })
 * tracker.track('product_added', { product_id: 'A-1', price: 19.99, currency: 'EUR', quantity: 1 })
 * ```
 */
export const createTracker: (options: FootfallOptions) => Tracker = createReplayableTracker
