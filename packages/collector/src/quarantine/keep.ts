import { hash } from 'node:crypto'
import type { Fault } from '../normalise/notes.ts'
import type { Arrival } from '../sinks/arrival.ts'
import type { QuarantineRecord } from '../sinks/sink.ts'

/** What a replay has to know about the request that brought an event. Nothing here names a person: the address is truncated. */
export interface QuarantineContext {
  readonly received_at: string
  readonly sent_at: number | null
  readonly is_server: boolean
  readonly gpc: boolean
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

/** An event that is refused but kept, with the reason. */
export function keep(
  raw: Readonly<Record<string, unknown>>,
  { code, detail }: Fault,
  context: QuarantineContext,
  arrival: Arrival | null,
  { bearer, decision }: Pick<QuarantineRecord, 'bearer' | 'decision'>,
): QuarantineRecord {
  const kept = isDeep(raw) ? cutAt(raw, maxRawDepth) : raw
  // Each attempt brings its own age, may come before the event was numbered or after, and may write what all events share at another
  // place; all else is the same.
  const { age_ms: _, seq: __, ...lasting } = kept
  return {
    kind: 'quarantine',
    code,
    detail,
    id: shortText(raw.id),
    name: shortText(raw.name),
    raw: JSON.stringify(kept),
    rawHash: hash('sha256', JSON.stringify(inOrder(lasting)), 'hex').slice(0, 32),
    context,
    arrival,
    bearer,
    decision,
  }
}

/** Fields in the order of their names; what is in them is sent as one piece, the same each time. */
const inOrder = (raw: object): object => Object.fromEntries(Object.entries(raw).sort(([a], [b]) => (a < b ? -1 : 1)))

const shortText = (value: unknown): string | null =>
  typeof value === 'string' && value.length <= 256 ? value.toWellFormed() : null

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
