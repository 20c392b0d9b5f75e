import { createFootfall, inert } from './footfall.ts'
import { type FootfallOptions, readOptions } from './options.ts'
import type { Tracker } from './tracker.ts'

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
export const createTracker = (options: FootfallOptions): Tracker =>
  typeof document === 'undefined' ? inert : createFootfall(readOptions(options))
