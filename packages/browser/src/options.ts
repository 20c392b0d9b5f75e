import type { ConsentPurpose } from '@footfall/events'
import { createError } from './errors.ts'

/** A decision about one purpose. */
export type Decision = 'granted' | 'denied'
/** Decisions about some purposes; the others stay as they are. */
export type Decisions = { readonly [P in ConsentPurpose | 'sale_of_data']?: Decision }

/** How a tracker is set up. */
export interface FootfallOptions {
  /** Where batches are sent: the collector's events route, such as `https://shop.example/v1/events`. */
  readonly endpoint: string
  /** Public token of the project; it can only write. Trackers with different keys on one page do not see each other. */
  readonly writeKey: string
  /**
   * What the shop already knows of the visitor's consent, for the purposes the visitor has not decided here yet. A decision that
   * this tracker keeps always wins, so that a page cannot undo a withdrawal.
   * @defaultValue nothing: every purpose is `unknown`
   */
  readonly consent?: Decisions
  /**
   * What becomes of events before the visitor has decided: `hold` keeps them in this page's memory until then, `drop` forgets them.
   * @defaultValue `hold`
   */
  readonly preConsent?: 'hold' | 'drop'
  /**
   * Version of the consent text the visitor is shown; stamped on events as proof. A decision about another version does not hold any
   * more: the visitor is asked again.
   */
  readonly policyVersion?: string
  /**
   * Purposes that need no consent where the visitor is, until the visitor objects; the shop knows that, not the browser. The collector
   * checks it against its own rules for the visitor's region.
   * @defaultValue none
   */
  readonly optOut?: readonly ConsentPurpose[]
  /**
   * How long events are gathered before a batch leaves, in milliseconds. Longer means fewer requests and a later live view.
   * @defaultValue 300
   */
  readonly batchDelayMs?: number
}

/** The options, checked. */
export type Settings = Omit<FootfallOptions, 'endpoint'> & { readonly endpoint: URL }

/**
 * Checks the options.
 * @throws FootfallError `bad_option`
 */
export function readOptions(options: FootfallOptions): Settings {
  try {
    const endpoint = new URL(options.endpoint, location.href)
    if (options.endpoint && options.writeKey) return { ...options, endpoint }
  } catch {}
  throw createError('bad_option', 'options')
}
