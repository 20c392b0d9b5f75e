import { hash } from 'node:crypto'
import type { Fault } from '../normalise/notes.ts'
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
): QuarantineRecord {
  // Each attempt brings its own age; all else is the same.
  const { age_ms: _, ...lasting } = raw
  return {
    kind: 'quarantine',
    code,
    detail,
    id: shortText(raw.id),
    name: shortText(raw.name),
    raw: rawText(raw),
    rawHash: hash('sha256', rawText(lasting), 'hex').slice(0, 32),
    context,
  }
}

const shortText = (value: unknown): string | null =>
  typeof value === 'string' && value.length <= 256 ? value.toWellFormed() : null

// JSON.stringify calls itself for each level; honest events have fewer than ten.
const maxRawDepth = 100

const rawText = (raw: object): string => JSON.stringify(isDeep(raw) ? cutAt(raw, maxRawDepth) : raw)

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

function cutAt(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '[nested too deeply to keep]'
  if (Array.isArray(value)) return value.map((part) => cutAt(part, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, cutAt(part, depth - 1)]))
}
