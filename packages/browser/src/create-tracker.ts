import type { Moment } from './capture/seal.ts'
import { createFootfall, inert } from './footfall.ts'
import { type FootfallOptions, readOptions } from './options.ts'
import type { Tracker } from './tracker.ts'

/** As `createTracker`, for a page that can say when and where its calls were made, such as those before this script had loaded. */
export const createTrackerAt = (options: FootfallOptions, now: () => Moment): Tracker =>
  typeof document === 'undefined' ? inert : createFootfall(readOptions(options), now)

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
export const createTracker = (options: FootfallOptions): Tracker => createTrackerAt(options, () => [Date.now(), location.href])
