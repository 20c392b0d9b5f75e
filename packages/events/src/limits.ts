/** Sizes and ages that both ends enforce. The tracker cuts its batches by them, the collector refuses what exceeds them. */
export const limits = {
  /** Most events in one batch. More is refused whole with `batch_too_large`. */
  maxBatchEvents: 500,
  /** Largest batch on the wire, compressed or not, in bytes. Beacons and keepalive requests have the browser's own, smaller limit. */
  maxBatchBytes: 512 * 1024,
  /** Largest batch once inflated, in bytes: what a gzip bomb may cost at most. */
  maxInflatedBytes: 4 * 1024 * 1024,
  /** Largest single event, in UTF-8 bytes of its JSON. A larger one is quarantined by the collector and dropped by the tracker. */
  maxEventBytes: 64 * 1024,
  /** Deepest nesting inside an event's properties. */
  maxDepth: 8,
  /** Most keys in an event's properties, nested ones included. */
  maxKeys: 512,
  /** Longest event name, in characters. */
  maxNameLength: 64,
  /** Longest identifier (user, anonymous, session, product, order …), in characters. */
  maxIdLength: 256,
  /** Longest URL kept, in characters; a longer one is cut. */
  maxUrlLength: 2048,
  /**
   * How long an undelivered event may wait on the device, in milliseconds: 7 days.
   * Older events could no longer move a report or a campaign, so the tracker drops and counts them.
   */
  maxQueueAgeMs: 7 * 24 * 60 * 60 * 1000,
  /** Most events that wait on one device. The oldest go first and are counted. */
  maxQueueEvents: 10_000,
} as const
