import * as v from 'valibot'
import { ConsentSnapshot } from './consent.ts'
import * as limits from './limits.ts'

const Id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(limits.maxIdLength))
const Text = v.nullish(v.string())

// JavaScript takes a list for an object with the keys 0, 1, 2 …
const Named = v.record(v.pipe(v.string(), v.regex(/^(?!\d+$)/, 'Names are no numbers: send an object, not a list')), v.unknown())

/** One visit: it ends after 30 idle minutes. `index` counts this browser's visits from 1. */
export const Session = v.object({ id: Id, index: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))) })
export type Session = v.InferOutput<typeof Session>

/** Where in the site the event happened. */
export const Page = v.object({
  url: v.string(),
  title: Text,
  referrer: Text,
  /** Kind of page, in the shop's own words: `home`, `product`, `checkout` … */
  type: v.nullish(v.string(), 'other'),
  /** Changes with every page view, so that events of one view can be told apart. */
  view_id: v.optional(Id),
})
export type Page = v.InferInput<typeof Page>

/** Facts about the user that the shop supplies: plan, customer group … Not for e-mail addresses or names. */
export const Traits = Named
export type Traits = v.InferOutput<typeof Traits>

/**
 * An event with what the tracker stamps on it, as it stands on the wire.
 *
 * Identity (`anonymous_id`, `session`) is there only with a consent that allows it; servers may leave it and `page` out.
 */
export const Envelope = v.object({
  /** UUID, made once when the event is captured: the idempotency key. Version 7 keeps the store's indexes local. */
  id: v.pipe(v.string(), v.uuid()),
  /** The event's name as captured; the collector resolves aliases and keeps this one as `original_name`. */
  name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(limits.maxNameLength)),
  /** When it happened by the device's clock: milliseconds since 1970 UTC, or a date text from a server. */
  occurred_at: v.optional(v.union([v.number(), v.string()])),
  /** Age by the monotonic clock when this attempt was made, in milliseconds. Absent once the capturing page is gone. */
  age_ms: v.optional(v.pipe(v.number(), v.minValue(0))),
  /** Counts up by one per tracker installation, from 1: a hole is a lost event. */
  seq: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  anonymous_id: v.nullish(Id),
  user_id: v.nullish(Id),
  traits: v.nullish(Traits),
  session: v.nullish(Session),
  page: v.nullish(Page),
  consent: v.nullish(ConsentSnapshot),
  /** Where the event was made: `web` for the browser SDK; servers name theirs (`pos`, `email`, `app` …). */
  channel: v.nullish(v.string()),
  /** The registered tracking that sent it. */
  source: v.nullish(v.string()),
  /** Address of whom a server speaks for, with the secret key only. It is truncated before anything keeps it. */
  ip: v.nullish(v.string()),
  /** Their user agent, with the secret key only. What it says about their device is kept, itself it is not. */
  user_agent: v.nullish(v.string()),
  properties: v.optional(Named, {}),
})
export type Envelope = v.InferOutput<typeof Envelope>
export type EnvelopeInput = v.InferInput<typeof Envelope>
