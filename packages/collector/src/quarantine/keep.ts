import { hash } from 'node:crypto'
import { Envelope, limits } from '@footfall/events'
import { type Fault, type Flag, fault } from '../normalise/notes.ts'
import type { Repair } from '../normalise/outcome.ts'
import type { Arrival } from '../sinks/arrival.ts'
import type { QuarantineRecord } from '../sinks/sink.ts'

/** What a replay has to know about the request that brought an event. Nothing here names a person: the address is truncated. */
export interface RequestFacts {
  readonly received_at: string
  readonly sent_at: number | null
  readonly is_server: boolean
  readonly is_file_import: boolean
  readonly gpc: boolean
  /** Where the visitor was, which decides whether consent was needed. */
  readonly region: string | null
  readonly ip: string | null
  readonly device: {
    readonly type: string
    readonly browser: string | null
    readonly os: string | null
    readonly in_app: string | null
  }
  readonly bot: boolean
  readonly tracker: { readonly name: string; readonly version: string } | null
}

/** With it, and with what is kept of the event, a replay judges as if the event came for the first time. */
export interface QuarantineContext extends RequestFacts {
  /** What was noticed before this copy of the event was made: of what was taken out of it, nothing else is left. */
  readonly noted: { readonly repairs: readonly Repair[]; readonly flags: readonly Flag[] }
  /** Is the decision that it tells of in the ledger? Then it must not be entered again, or counted. */
  readonly is_decision_told: boolean
}

export const idConflict = fault('id_conflict', 'Another event with this id and other content was received first')

/** An event that is refused but kept, with the reason. */
export function keep(
  raw: Readonly<Record<string, unknown>>,
  { code, rule, detail }: Fault,
  context: QuarantineContext,
  arrival: Arrival | null,
  known: Pick<QuarantineRecord, 'bearer' | 'decision' | 'countedSource'>,
): QuarantineRecord {
  const whole = isDeep(raw) ? cutAt(raw, maxRawDepth) : raw
  // Each attempt brings its own age, may come before the event was numbered or after, and may write what all events share at another
  // place; all else is the same.
  const { age_ms: _, seq: __, ...lasting } = whole
  return {
    kind: 'quarantine',
    code,
    rule,
    detail,
    id: shortText(raw.id),
    name: shortText(raw.name),
    source: shortText(raw.source) || null,
    raw: rawText(whole),
    rawHash: hash('sha256', JSON.stringify(inOrder(lasting)), 'hex').slice(0, 32),
    context,
    arrival,
    ...known,
  }
}

/** Fields in the order of their names; what is in them is sent as one piece, the same each time. */
const inOrder = (raw: object): object => Object.fromEntries(Object.entries(raw).sort(([a], [b]) => (a < b ? -1 : 1)))

const shortText = (value: unknown): string | null =>
  typeof value === 'string' && value.length <= 256 ? value.toWellFormed() : null

/** Twice what an event may be, so that one which is only just too large is kept whole. */
const maxRawLength = 2 * limits.maxEventBytes

/** Fields of more characters make way in an event that is too large to keep: what is left still tells what it was, and whose. */
const maxFieldLength = 2048

const tooLarge = '[too large to keep]'

/**
 * The event's JSON. Of one that is far too large only the envelope's short fields: whoever has the public key must not fill the disk with a
 * few requests. Never its properties, so that no replay takes what is left for the whole.
 */
function rawText(whole: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(whole)
  if (text.length <= maxRawLength) return text
  const fields = Object.keys(Envelope.entries).filter((field) => Object.hasOwn(whole, field))
  return JSON.stringify(Object.fromEntries(fields.map((field) => [field, shortField(field, whole[field])])))
}

const shortField = (field: string, value: unknown): unknown =>
  field !== 'properties' && JSON.stringify(value).length <= maxFieldLength ? value : tooLarge

// JSON.stringify calls itself for each level; honest events have fewer than ten.
const maxRawDepth = 100

function isDeep(raw: object): boolean {
  const stack = [{ value: raw, depth: 0 }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.depth > maxRawDepth) return true
    for (const part of Object.values(next.value)) {
      if (typeof part === 'object' && part !== null) stack.push({ value: part, depth: next.depth + 1 })
    }
  }
  return false
}

const cutAt = (object: object, depth: number): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(object).map(([key, part]) => [key, cutPart(part, depth - 1)]))

function cutPart(part: unknown, depth: number): unknown {
  if (typeof part !== 'object' || part === null) return part
  if (depth === 0) return '[nested too deeply to keep]'
  return Array.isArray(part) ? part.map((inner) => cutPart(inner, depth - 1)) : cutAt(part, depth)
}
