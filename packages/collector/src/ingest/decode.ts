import { gunzipSync } from 'node:zlib'
import { Batch, limits } from '@footfall/events'
import * as v from 'valibot'
import { type Refusal, refuse } from '../errors.ts'

export type Decoded = { readonly kind: 'decoded'; readonly batch: Batch; readonly inflatedBytes: number } | Refusal

interface Step<T> {
  readonly kind: 'done'
  readonly value: T
}

const done = <T>(value: T): Step<T> => ({ kind: 'done', value })

/**
 * Bytes -> batch. Gzip is recognised by its first bytes, since a beacon can set no header and a proxy may have inflated already.
 * What inflates beyond the limit is cut off there: a bomb costs no more than the largest honest batch.
 */
export function decode(bytes: Uint8Array, contentEncoding: string | undefined): Decoded {
  const json = decodeJson(bytes, contentEncoding, limits.maxInflatedBytes)
  return json.kind === 'refused' ? json : readBatch(json.value, json.inflatedBytes)
}

/** Bytes -> JSON, in the same ways. */
export function decodeJson(
  bytes: Uint8Array,
  contentEncoding: string | undefined,
  maxInflatedBytes: number,
): (Step<unknown> & { readonly inflatedBytes: number }) | Refusal {
  const encoding = contentEncoding?.trim().toLowerCase() ?? ''
  if (!['', 'identity', 'gzip', 'x-gzip'].includes(encoding)) {
    return refuse('unsupported_encoding', 'The content encoding is not supported; send plain JSON or gzip.')
  }
  const plain = inflateCapped(bytes, maxInflatedBytes)
  if (plain.kind === 'refused') return plain
  if (hasTooManyParts(plain.value)) {
    return refuse('body_too_large', `The body has more than ${maxParts} objects, lists, fields and items; send less at a time.`)
  }
  const json = parseJson(plain.value)
  return json.kind === 'refused' ? json : { ...json, inflatedBytes: plain.value.byteLength }
}

/** A beacon can set no header. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** How large a body says that it is once it is inflated, within what is allowed: gzip in its last four bytes. Nobody has to say the truth. */
export function announcedBytes(bytes: Uint8Array): number {
  return Math.min(limits.maxInflatedBytes, Math.max(bytes.byteLength, saidAtEnd(bytes)))
}

/** What gzip says at its end that it inflates to; 0 for what is none. */
function saidAtEnd(bytes: Uint8Array): number {
  const { buffer, byteOffset, byteLength } = bytes
  return isGzip(bytes) && byteLength >= 18 ? new DataView(buffer, byteOffset).getUint32(byteLength - 4, true) : 0
}

const notGzip = refuse('undecodable', 'The body begins like gzip but cannot be inflated; it was cut or damaged on its way.')

function inflateCapped(bytes: Uint8Array, maxInflatedBytes: number): Step<Uint8Array> | Refusal {
  if (!isGzip(bytes)) return done(bytes)
  try {
    // One at a time: a thousand bombs inflated side by side would fill the memory, and a few milliseconds are the most one can take.
    const plain = gunzipSync(bytes, { maxOutputLength: maxInflatedBytes })
    // After its end anything may stand, which says what room it is given: nobody honest gets more of it than they fill.
    return saidAtEnd(bytes) > plain.byteLength ? notGzip : done(plain)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      return refuse('body_too_large', `The body inflates to more than ${maxInflatedBytes} bytes; send less at a time.`)
    }
    return notGzip
  }
}

/**
 * Marks of structure in a body: five hundred for each event of the largest batch. An empty list costs up to a hundred times what a byte of
 * text does, and each number in a list is looked at: without a limit, 5 KB of gzip could keep everybody waiting for a second.
 */
const maxParts = 250_000

const brace = 0x7b
const bracket = 0x5b
const colon = 0x3a
const comma = 0x2c

/** Looks at bytes alone: those in texts count as well, and bodies that are too small to have so many are not looked at. */
function hasTooManyParts(bytes: Uint8Array): boolean {
  if (bytes.byteLength <= 2 * maxParts) return false
  let parts = 0
  // By index: an iterator takes ten times as long.
  for (let at = 0; at < bytes.byteLength; at += 1) {
    const byte = bytes[at]
    if (byte === comma || byte === colon || byte === brace || byte === bracket) parts += 1
  }
  return parts > maxParts
}

function parseJson(bytes: Uint8Array): Step<unknown> | Refusal {
  try {
    return done(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return refuse('undecodable', 'The body is not JSON in UTF-8; send it as the API description shows it.')
  }
}

/** What a batch can do without: a wrong one of these is left out and costs no event its delivery. */
const dispensable: ReadonlySet<string> = new Set(['sent_at', 'tracker', 'dropped'])

/** The only place where the wire's words enter: from here on a batch has its shape, and its events are looked at one by one. */
function readBatch(json: unknown, inflatedBytes: number): Decoded {
  const batch = v.safeParse(Batch, json)
  if (batch.success) return withinCount(batch.output, inflatedBytes)
  const fields = batch.issues.map((issue) => v.getDotPath(issue)?.split('.', 1)[0])
  const wrong = fields.find((field) => field === undefined || !dispensable.has(field))
  const rest = v.safeParse(Batch, without(json, fields))
  if (rest.success) return withinCount(rest.output, inflatedBytes)
  const where = wrong === undefined ? 'The body' : `The batch's ${wrong}`
  return refuse(
    'bad_batch',
    `${where} does not have the shape of a batch: an object with events, and a write_key where no secret key is shown.`,
  )
}

const without = (json: unknown, fields: readonly (string | undefined)[]): unknown =>
  typeof json !== 'object' || json === null
    ? json
    : Object.fromEntries(Object.entries(json).filter(([field]) => !(dispensable.has(field) && fields.includes(field))))

function withinCount(batch: Batch, inflatedBytes: number): Decoded {
  const { events, shared } = batch
  if (events.length > limits.maxBatchEvents) {
    return refuse('batch_too_large', `The batch has ${events.length} events; send at most ${limits.maxBatchEvents} at a time.`)
  }
  // What is shared is judged and stored with each event: written once, it must not become more than could have been written out.
  if (inflatedBytes + sizeOf(shared) * events.length > limits.maxInflatedBytes) {
    return refuse(
      'body_too_large',
      `With what its events share written out, the body is larger than ${limits.maxInflatedBytes} bytes; send fewer events at a time.`,
    )
  }
  return { kind: 'decoded', batch, inflatedBytes }
}

/** In characters of its JSON; what is nested too deeply to be written has no end. */
function sizeOf(shared: Batch['shared']): number {
  try {
    return shared === undefined ? 0 : JSON.stringify(shared).length
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
