/**
 * What consent is asked for.
 *
 * `necessary` needs none: it covers what the visitor asked for or the law demands (an unsubscription, the consent record itself).
 */
export const purposes = ['necessary', 'analytics', 'personalization', 'marketing'] as const
export type Purpose = (typeof purposes)[number]

// Analytics is what nearly every event needs; only the others are named, so that the tracker carries a line and not a table.
const others: Readonly<Record<string, Purpose>> = {
  __proto__: null as never, // names such as `constructor` arrive from pages: this must have no prototype
  ad_viewed: 'marketing',
  ad_clicked: 'marketing',
  cart_abandoned: 'marketing',
  consent_updated: 'necessary',
  email_clicked: 'marketing',
  email_opened: 'marketing',
  email_unsubscribed: 'necessary',
  store_visited: 'marketing',
}

/**
 * The purpose an event needs before it may be kept or sent. It follows from the event's name and is never the caller's to choose.
 *
 * An event that the catalogue does not know needs `analytics`.
 */
export const purposeOf = (name: string): Purpose => others[name] ?? 'analytics'
