import * as v from 'valibot'
import { ConsentState } from './consent.ts'
import { maxIdLength, maxUrlLength } from './limits.ts'
import { consentPurposes } from './purposes.ts'

/** Largest consent record on the wire, inflated, in bytes. */
export const maxConsentRecordBytes = 32 * 1024

/** What a decision can be about: the purposes of events, and the sale of data, which US states' laws ask about. */
export const decisionPurposes = [...consentPurposes, 'sale_of_data'] as const
export type DecisionPurpose = (typeof decisionPurposes)[number]

// A NUL ends a text in many programs that may read the ledger: what stands behind it would be proof for some and not for others.
const text = (length: number) =>
  v.pipe(
    v.string(),
    v.nonEmpty(),
    v.maxLength(length),
    v.check((value) => !value.includes('\0') && value.isWellFormed()),
  )
const Short = text(64)
const Name = text(128)
const Sentence = text(512)
const RecordId = text(64)
const Names = v.pipe(v.array(Name), v.maxLength(64))

/** Milliseconds since 1970 UTC, or a date text with a zone. */
const Instant = v.union([v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15)), text(40)])

const States = v.object(
  Object.fromEntries(decisionPurposes.map((purpose) => [purpose, v.optional(ConsentState)])) as {
    [P in DecisionPurpose]: v.OptionalSchema<typeof ConsentState, undefined>
  },
)

const Decided = v.object({
  id: Short,
  state: ConsentState,
  /** Version of the text that this purpose was explained with. */
  text_version: v.optional(Short),
  lawful_basis: v.optional(Short),
})

/**
 * What a visitor decided, as `POST /v1/consent` takes it. Modelled on ISO/IEC TS 27560; names that are not listed here are left out.
 *
 * Without `subject` and `previous_record_id` it is an anonymous answer, counted and not kept: `unknown` for all purposes says that the
 * question was shown and is not answered yet.
 */
export const ConsentRecord = v.object({
  /** Public token that names the project; with the secret key in `Authorization` it can be left out. */
  write_key: v.optional(v.string()),
  /** The decision, as the snapshots on later events name it. Made by the collector where it is missing. */
  record_id: v.optional(RecordId),
  /** The decision that it replaces: with a withdrawal, the one that was taken back. */
  previous_record_id: v.optional(RecordId),
  /** Who decided: an anonymous id, or with the secret key also a user id. Kept as a pseudonym only. */
  subject: v.optional(text(maxIdLength)),
  /** What holds from now on: `{ "analytics": "granted" }`, or a list with what was told about each. */
  // The list first: JavaScript would take it for an object, too.
  purposes: v.union([v.pipe(v.array(Decided), v.maxLength(16)), States]),
  /** Version of the text that was shown. */
  policy_version: v.optional(Short),
  /** The same. */
  notice_version: v.optional(Short),
  notice_url: v.optional(text(maxUrlLength)),
  /** SHA-256 of the text that was shown, in hexadecimal. */
  notice_hash: v.optional(Name),
  /** BCP 47: `fr-FR`. */
  language: v.optional(text(35)),
  /** `banner_accept_all`, `preference_center`, `api`, `gpc`, `import` … */
  method: v.optional(Short),
  /** Who asked: `banner`, `cmp` … */
  source: v.optional(Short),
  /** The consent platform, and what it says in its own words: a TC string, a GPP string, groups. */
  cmp: v.optional(v.object({ name: v.optional(Name), version: v.optional(Name), raw: v.optional(text(8192)) })),
  /** When it was decided, by the sender's clock. Never later than its receipt. */
  event_time: v.optional(Instant),
  /** Until when it holds; never longer than `limits.hardMaxConsentAgeMs`. */
  valid_until: v.optional(Instant),
  /** The shop that asks, with an address to turn to. */
  controller: v.optional(Sentence),
  data_categories: v.optional(Names),
  recipients: v.optional(Names),
  /** How long what is collected is kept, in words. */
  retention: v.optional(Sentence),
  /** Country, or country and state, whose law was applied: `FR`, `US-CA`. Where it is missing, the collector's own reading. */
  jurisdiction: v.optional(text(16)),
  /** How it can be taken back. */
  withdrawal_method: v.optional(Sentence),
})
export type ConsentRecord = v.InferOutput<typeof ConsentRecord>
export type ConsentRecordInput = v.InferInput<typeof ConsentRecord>

/** The answer to `POST /v1/consent`, sent only after the record is durable. */
export const ConsentReceipt = v.object({
  record_id: v.string(),
  /** The collector's clock, ISO 8601 UTC. */
  received_at: v.string(),
  /** Place in the project's ledger, from 1; `null` for an anonymous answer, which is counted and not kept. */
  position: v.nullable(v.number()),
  /** Of the ledger up to this place: SHA-256 in hexadecimal. */
  hash: v.nullable(v.string()),
})
export type ConsentReceipt = v.InferOutput<typeof ConsentReceipt>
