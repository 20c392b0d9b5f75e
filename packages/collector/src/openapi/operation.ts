import { type RefusalCode, refusals } from '../errors.ts'
import { type Examples, json, ref, type Schema, text } from './schema.ts'

/** What one request is answered with. */
export type Operation = Readonly<Record<string, unknown>>

/** The refusals of a route, by status; a mistake of ours may be anywhere. */
export function problems(...codes: readonly RefusalCode[]): Readonly<Record<string, object>> {
  const byStatus = Map.groupBy([...codes, 'internal' as const], (code) => refusals[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `${code}: ${refusals[code].title}`).join('; '),
        ...(passing.has(status) && { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } } }),
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  )
}

/** Statuses that say to come again. */
const passing: ReadonlySet<number> = new Set([429, 503])

/** What may be said of every route that needs the store. */
export const unavailable = ['store_unavailable', 'disk_low', 'overloaded', 'closing'] as const

/** Who may ask: nobody in particular; a server; a server, or somebody who is signed in to the reports. */
export const open: readonly object[] = []
export const keyOnly = [{ secretKey: [] }] as const
export const secured = [{ secretKey: [] }, { session: [] }] as const

export const parameter = (name: string, description: string, schema: Schema, example?: unknown): object => ({
  name,
  in: 'query',
  description,
  schema,
  ...(example !== undefined && { example }),
})

export const pathParameter = (name: string, description: string, example: string, schema: Schema = {}): object => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', minLength: 1, ...schema },
  example,
})

export const pageParameters = [
  parameter('limit', 'Rows at most.', { type: 'integer', minimum: 1, maximum: 500, default: 100 }, 50),
  parameter('cursor', 'next of the answer before.', text),
]

/** An answer as JSON. */
export const answered = (description: string, schema: Schema, examples?: Examples): Readonly<Record<'200', object>> => ({
  '200': { description, content: json(schema, examples) },
})

/** Nothing more is said. */
export const done = (description: string): Readonly<Record<'204', object>> => ({ '204': { description } })

/** A file, or a stream. */
export const sent = (description: string, ...types: readonly string[]): Readonly<Record<'200', object>> => ({
  '200': { description, content: Object.fromEntries(types.map((type) => [type, { schema: text }])) },
})
