import type { ConsentSnapshot } from './consent.ts'

// No schemas in this file: the tracker carries it, and a schema would bring the whole validator along.

/**
 * What consent is asked for.
 *
 * `necessary` needs none: it covers what the visitor asked for or the law demands (an unsubscription, the consent record itself).
 */
export const purposes = ['necessary', 'analytics', 'personalization', 'marketing'] as const
export type Purpose = (typeof purposes)[number]

/** A purpose the visitor can decide about; `necessary` is not theirs to refuse and so is not asked. */
export type ConsentPurpose = Exclude<Purpose, 'necessary'>

/** The purposes that are asked for, in the order in which a banner shows them. */
export const consentPurposes = ['analytics', 'personalization', 'marketing'] as const satisfies readonly ConsentPurpose[]

// The events that need another purpose than `analytics`, which is what nearly all need: the tracker carries these lines and not the
// catalogue. Lists, as names such as `constructor` arrive from pages and would be found on an object.
const forMarketing = ['ad_viewed', 'ad_clicked', 'cart_abandoned', 'email_clicked', 'email_opened', 'store_visited']
const forNecessary = ['consent_updated', 'email_unsubscribed']

/** The events that need another purpose than `analytics`, by name. Costs nothing where it is not used. */
export const exceptions: Readonly<Record<string, Purpose>> = /* @__PURE__ */ (() => ({
  ...Object.fromEntries(forMarketing.map((name) => [name, 'marketing'])),
  ...Object.fromEntries(forNecessary.map((name) => [name, 'necessary'])),
}))()

/**
 * The purpose an event needs before it may be kept or sent. It follows from the event's name and is never the caller's to choose.
 *
 * An event that the catalogue does not know needs `analytics`.
 */
export const purposeOf = (name: string): Purpose =>
  forMarketing.includes(name) ? 'marketing' : forNecessary.includes(name) ? 'necessary' : 'analytics'

/** Does this snapshot allow what needs `purpose`? Missing, unknown and denied all mean no. */
export const allows = (consent: ConsentSnapshot | undefined, purpose: Purpose): boolean =>
  purpose === 'necessary' || consent?.[purpose] === 'granted' || consent?.[purpose] === 'not_required'
