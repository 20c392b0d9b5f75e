import { Envelope, limits } from '@footfall/events'
import * as v from 'valibot'
import { type Fault, fault, type Notes } from '../normalise/notes.ts'
import { readerOf, unreadable } from '../normalise/reader.ts'

/** An envelope whose fields have their shapes. `properties` and `traits` are as they were sent, every key included. */
export type ValidEnvelope = v.InferOutput<typeof Envelope>

export type RawEvent = Readonly<Record<string, unknown>>

export const isRawEvent = (value: unknown): value is RawEvent =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Fields without which, or with a wrong one of which, the event cannot be kept. Any other is set to null, with a flag. */
const essential: ReadonlySet<string> = new Set(['id', 'name', 'occurred_at', 'properties'])

/** What tells who it was: no repair keeps it, since what consent and erasure decide is found by these fields alone. */
const identity: ReadonlySet<string> = new Set(['anonymous_id', 'user_id', 'session', 'traits'])

/**
 * An id that came as a whole number has one reading as text. As text it is what people denied and had erased, whoever sends it in which
 * way.
 */
export function withTextIds(raw: RawEvent, notes: Notes): RawEvent {
  const numbers = ['anonymous_id', 'user_id'].filter((field) => Number.isSafeInteger(raw[field]))
  if (numbers.length === 0) return raw
  for (const field of numbers) notes.repairs.push({ field, from: null, to: null, rule: 'EV-TEXT' })
  return { ...raw, ...Object.fromEntries(numbers.map((field) => [field, String(raw[field])])) }
}

/** Whole numbers above this cannot be told apart any more. */
const counters = ['seq'] as const

/**
 * Checks the envelope. What is essential and wrong is a fault; what is not becomes null, with a flag and, unless it could tell who it was,
 * the value that stood there in the repairs.
 */
export function validate(raw: RawEvent, notes: Notes): { readonly kind: 'valid'; readonly envelope: ValidEnvelope } | Fault {
  const read = readEnvelope(raw)
  if (read !== unreadable) return withRawObjects(withWholeCharacters(withSafeCounters(read, notes), notes), raw)
  const first = v.safeParse(Envelope, raw)
  const wrong = new Set(first.issues?.map(fieldOf))
  const missing = ['id', 'name'].find((field) => wrong.has(field) && (raw[field] === undefined || raw[field] === null))
  if (missing !== undefined) return fault('missing_required', `${missing} is missing`)
  for (const field of wrong) if (essential.has(field)) return fault(codeOf(field), `${field} ${expectations[field] ?? ''}`.trim())
  const mended: Record<string, unknown> = { ...raw }
  for (const field of wrong) dropField(mended, field, notes)
  const second = v.safeParse(Envelope, mended)
  if (!second.success) return fault('bad_envelope', `${fieldOf(second.issues[0])} does not have its shape`)
  return withRawObjects(withWholeCharacters(withSafeCounters(second.output, notes), notes), raw)
}

const readEnvelope = readerOf(Envelope)

const fieldOf = (issue: v.BaseIssue<unknown>): string => v.getDotPath(issue)?.split('.', 1)[0] ?? 'envelope'

const codeOf = (field: string) => (field === 'occurred_at' ? 'bad_time' : 'bad_envelope')

const expectations: Readonly<Record<string, string>> = {
  id: 'is not a UUID',
  name: `is not a text of 1 to ${limits.maxNameLength} characters`,
  occurred_at: 'is neither milliseconds since 1970 nor a date text',
  properties: 'is not an object whose keys are names',
}

function dropField(event: Record<string, unknown>, field: string, notes: Notes): void {
  notes.flags.add('bad_envelope_field')
  notes.repairs.push({ field, from: identity.has(field) ? null : event[field], to: null, rule: 'EV-SHAPE' })
  delete event[field]
}

function withSafeCounters(envelope: ValidEnvelope, notes: Notes): ValidEnvelope {
  const isSafe = (value: number | undefined): boolean => value === undefined || Number.isSafeInteger(value)
  const unsafe = [
    ...counters.filter((field) => !isSafe(envelope[field])),
    ...(isSafe(envelope.session?.index) ? [] : ['session']),
  ]
  if (unsafe.length === 0) return envelope
  const copy: Record<string, unknown> = { ...envelope }
  for (const field of unsafe) dropField(copy, field, notes)
  return copy as ValidEnvelope // only optional fields were taken away
}

/** What is found by these stands in columns, and UTF-8 has no halves of characters. */
const named = ['name', 'anonymous_id', 'user_id', 'channel', 'source'] as const

/** Half a surrogate pair becomes U+FFFD in what names somebody or something. Elsewhere JSON keeps it. */
function withWholeCharacters(envelope: ValidEnvelope, notes: Notes): ValidEnvelope {
  const { session } = envelope
  const halves = named.filter((field) => envelope[field]?.isWellFormed() === false)
  const isSessionHalf = session?.id.isWellFormed() === false
  if (halves.length === 0 && !isSessionHalf) return envelope
  const mended = Object.fromEntries(halves.map((field) => [field, envelope[field]?.toWellFormed()]))
  for (const [field, to] of Object.entries(mended)) noteHalf(field, envelope[field as keyof Envelope], to, notes)
  if (!isSessionHalf) return { ...envelope, ...mended }
  noteHalf('session', null, null, notes)
  return { ...envelope, ...mended, session: { ...session, id: session.id.toWellFormed() } }
}

const noteHalf = (field: string, from: unknown, to: unknown, notes: Notes): void => {
  const told = identity.has(field) ? { from: null, to: null } : { from, to }
  notes.repairs.push({ field, ...told, rule: 'EV-UNICODE' })
}

/** Schemas leave out keys such as `__proto__`. Here they are data like any other. */
function withRawObjects(envelope: ValidEnvelope, raw: RawEvent): { readonly kind: 'valid'; readonly envelope: ValidEnvelope } {
  const properties = isRawEvent(raw.properties) ? raw.properties : {}
  const traits = isRawEvent(raw.traits) ? raw.traits : envelope.traits
  return { kind: 'valid', envelope: { ...envelope, properties, traits } }
}

/**
 * Is the event small enough to look into? Nothing recursive may touch it before. The text's size is only measured when the whole batch
 * is larger than one event may be, and the event not plainly small.
 */
export function checkCaps(raw: RawEvent, mayBeTooLarge: boolean): Fault | null {
  const fields = Object.keys(raw)
  if (fields.length > limits.maxKeys) return fault('too_many_keys', `The event has more than ${limits.maxKeys} fields`)
  let most = 0
  for (const field of fields) {
    const value = raw[field]
    const nested = isNested(value) ? checkNesting(field, value) : 0
    if (typeof nested !== 'number') return nested
    most += mostBytes(field) + mostBytes(value) + nested
  }
  if (!mayBeTooLarge || most <= limits.maxEventBytes) return null
  if (Buffer.byteLength(JSON.stringify(raw)) <= limits.maxEventBytes) return null
  return fault('too_large', `The event is larger than ${limits.maxEventBytes} bytes`)
}

/** A character takes six bytes at most (`\u0000`), any other value and all marks around it less than 32. */
const mostBytes = (value: unknown): number => (typeof value === 'string' ? 6 * value.length + 32 : 32)

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null

/** @returns the most bytes that it could take as JSON */
function checkNesting(field: string, root: object): Fault | number {
  const stack = [{ value: root, depth: 0 }]
  let keys = 0
  let most = 0
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, depth } = next
    const names = Array.isArray(value) ? none : Object.keys(value)
    // An empty object counts as well, and so does a list: looking into thousands of them costs as much as looking into full ones.
    keys += Math.max(1, names.length)
    if (keys > limits.maxKeys) return fault('too_many_keys', `${fieldName(field)} has more than ${limits.maxKeys} keys`)
    for (const name of names) most += mostBytes(name)
    for (const part of Array.isArray(value) ? value : Object.values(value)) {
      most += mostBytes(part)
      if (!isNested(part)) continue
      if (depth === limits.maxDepth)
        return fault('too_deep', `${fieldName(field)} is nested deeper than ${limits.maxDepth} levels`)
      stack.push({ value: part, depth: depth + 1 })
    }
  }
  return most
}

const none: readonly string[] = []

// A detail repeats only names that the envelope knows.
const fieldName = (field: string): string => (Object.hasOwn(Envelope.entries, field) ? field : 'A field of the event')
