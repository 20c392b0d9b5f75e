import * as v from 'valibot'
import type { EnvelopeInput } from './envelope.ts'

const Count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** Why a tracker gave events up. Every reason is counted, and the count travels with the next batch. */
export const dropReasons = [
  /** Waited longer than `limits.maxQueueAgeMs`. */
  'expired',
  /** The device's queue was full; the oldest went. */
  'queue_full',
  /** Larger than one event may be. */
  'too_large',
  /** The collector answered that it will never take the batch. */
  'refused',
  /** Waited too long, or behind too many others, for the visitor's decision. */
  'held_too_long',
  /** The properties were no JSON. */
  'unreadable',
] as const
export type DropReason = (typeof dropReasons)[number]

/**
 * The envelope of one request. Its events are checked one by one afterwards, so that a bad one never fails its neighbours;
 * here they are only required to be a list.
 */
export const Batch = v.object({
  /** Public token that names the project; it can only write. A server that shows a secret key needs none. */
  write_key: v.optional(v.string(), ''),
  /** When the attempt was made, by the sender's clock: milliseconds since 1970 UTC. */
  sent_at: v.optional(v.number()),
  tracker: v.optional(v.object({ name: v.string(), version: v.string() })),
  /** Are the events rows of a file? Their times are then taken from them alone. Only with the secret key. */
  import: v.optional(v.boolean()),
  /** What the tracker gave up since its last receipt, by reason. */
  dropped: v.optional(v.record(v.string(), Count)),
  /** Fields that are the same for every event of the batch. An event's own field wins, whole field by whole field. */
  shared: v.optional(v.record(v.string(), v.unknown())),
  events: v.array(v.unknown()),
})
export type Batch = v.InferOutput<typeof Batch>

/** A batch as a sender writes it: its events are envelopes, short of what stands in `shared`. */
export type BatchInput = Omit<v.InferInput<typeof Batch>, 'events' | 'shared'> & {
  readonly shared?: Partial<EnvelopeInput>
  readonly events: readonly Partial<EnvelopeInput>[]
}

/** What became of an event. All four are final: the sender forgets it. */
export const Verdict = v.picklist(['accepted', 'duplicate', 'quarantined', 'rejected'])
export type Verdict = v.InferOutput<typeof Verdict>

/** An event that was not plainly accepted, and why. */
export const Problem = v.object({
  /** Absent when the event had no readable id. */
  id: v.optional(v.string()),
  /** Position in the batch, from 0. */
  index: Count,
  status: Verdict,
  /** Stable, for programs. */
  code: v.string(),
  /** For people: names the field and what is wrong with it. */
  detail: v.string(),
})
export type Problem = v.InferOutput<typeof Problem>

/**
 * The collector's answer, sent only after everything in it is durable.
 * `accepted + duplicate + quarantined + rejected + retry.length` is the number of events in the batch.
 */
export const Receipt = v.object({
  /** The collector's clock, ISO 8601 UTC. */
  received_at: v.string(),
  accepted: Count,
  duplicate: Count,
  quarantined: Count,
  rejected: Count,
  /** Everything not plainly accepted, in the order of the batch. */
  problems: v.array(Problem),
  /** Ids to send again; all others are final. */
  retry: v.array(v.string()),
  /** How long to wait before that, in milliseconds. */
  retry_after_ms: v.nullable(Count),
})
export type Receipt = v.InferOutput<typeof Receipt>
