import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>

/**
 * Requests, or what each is answered with, by a name that both have. In a test, all of them are one story that a new collector is told,
 * and answers to the letter.
 */
export type Examples = Readonly<Record<string, { readonly summary?: string; readonly value: unknown }>>

/** What requests are held against, as JSON Schema. */
export const jsonSchema = (schema: v.GenericSchema): Schema => {
  const { $schema: _, ...rest } = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' })
  return rest
}

/** A schema whose fields are told more of: what for, and what is checked after it. */
export function described(schema: Schema, more: Readonly<Record<string, string | Schema>>): Schema {
  const properties = schema.properties as Readonly<Record<string, Schema>> // of an object
  return {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property]) => {
        const words = more[name]
        return [name, { ...property, ...(typeof words === 'string' ? { description: words } : words) }]
      }),
    ),
  }
}

/** An object that has all of these. */
export const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
})

/** The same, with the fields of a type of ours: one that is added there and not here does not compile. */
export const wire = <T>(properties: { readonly [K in keyof T]-?: Schema }, optional: readonly (keyof T)[] = []): Schema => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.some((left) => left === name)),
  properties,
})

export const list = (items: Schema): Schema => ({ type: 'array', items })
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
export const json = (schema: Schema, examples?: Examples): object => ({
  'application/json': { schema, ...(examples !== undefined && { examples }) },
})

export const text: Schema = { type: 'string' }
export const orNull: Schema = { type: ['string', 'null'] }
export const flag: Schema = { type: 'boolean' }
export const count: Schema = { type: 'integer', minimum: 0 }
export const instant: Schema = { type: 'string', format: 'date-time' }
export const instantOrNull: Schema = { type: ['string', 'null'], format: 'date-time' }
export const day: Schema = { type: 'string', format: 'date' }
/** Whatever the sender said. */
export const anything: Schema = {}
