/**
 * Sizes and ages that both ends enforce: the tracker cuts its batches by them, the collector refuses what exceeds them.
 * @module
 */

/** Most events in one batch. More is refused whole with `batch_too_large`. */
export const maxBatchEvents = 500

/** Largest batch on the wire, compressed or not, in bytes. Beacons and keepalive requests have the browser's own, smaller limit. */
export const maxBatchBytes = 512 * 1024

/** Largest batch once inflated, in bytes: what a gzip bomb may cost at most. */
export const maxInflatedBytes = 4 * 1024 * 1024

/** Largest single event, in UTF-8 bytes of its JSON. A larger one is quarantined by the collector and dropped by the tracker. */
export const maxEventBytes = 64 * 1024

/** Deepest nesting inside an event's properties. */
export const maxDepth = 8

/** Most keys in an event's properties, nested ones included. */
export const maxKeys = 512

/** Longest event name, in characters. */
export const maxNameLength = 64

/** Longest identifier (user, anonymous, session, product, order …), in characters. */
export const maxIdLength = 256

/** Longest URL kept, in characters; a longer one is cut. */
export const maxUrlLength = 2048

/**
 * How long an undelivered event may wait on the device, in milliseconds: 7 days.
 * Older events could no longer move a report or a campaign, so the tracker drops and counts them.
 */
export const maxQueueAgeMs = 7 * 24 * 60 * 60 * 1000

/** Most events that wait on one device. The oldest go first and are counted. */
export const maxQueueEvents = 10_000

/** About how many bytes the events that wait on one device may have: 32 MiB. The oldest go first and are counted. */
export const maxQueueBytes = 32 * 1024 * 1024

/** Most events that a page holds in memory until the visitor decides. The oldest go first and are counted. */
export const maxHeldEvents = 50

/** How long an event is held for a decision, in milliseconds: 30 minutes, a visit's idle time. */
export const maxHeldAgeMs = 30 * 60 * 1000

/**
 * How long a decision about consent holds before the visitor is asked again, in milliseconds: 183 days, six months.
 * The period that European supervisors recommend.
 */
export const maxConsentAgeMs = 183 * 24 * 60 * 60 * 1000

/** How long the collector believes a decision at the very most, in milliseconds by its own clock: 396 days, thirteen months. */
export const hardMaxConsentAgeMs = 396 * 24 * 60 * 60 * 1000
