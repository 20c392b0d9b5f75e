import { describeProperties, limits, Product, propertyAliases } from '@footfall/events'
import * as v from 'valibot'
import { isPresent } from './defaults.ts'
import { type Fault, fault, type Notes } from './notes.ts'

/** A shape as the collector walks it: worked out once per event of the catalogue. */
export interface Shape {
  readonly fields: readonly Field[]
  readonly aliases: readonly (readonly [canonical: string, aliases: readonly Alias[]])[]
  readonly names: ReadonlySet<string>
}

interface Alias {
  /** `content_ids.0` */
  readonly path: string
  /** The same, cut at its dots: events with hundreds of lines are looked through for every alias. */
  readonly keys: readonly string[]
}

interface Field {
  readonly name: string
  readonly schema: v.GenericSchema
  readonly isRequired: boolean
  readonly kind: string
  /** What values of this kind look like, for the sender's developer. */
  readonly meaning: string
  /** `string`, `number` … as valibot calls the value. */
  readonly type: string
}

const allAliases: Shape['aliases'] = [...propertyAliases].map(([canonical, aliases]) => [
  canonical,
  aliases.map((path) => ({ path, keys: path.split('.') })),
])

export function shapeOf(entries: Readonly<Record<string, v.GenericSchema>>): Shape {
  const fields = describeProperties(entries).flatMap(({ name, isRequired, kind, kindMeaning }): Field[] => {
    const schema = entries[name]
    return schema === undefined ? [] : [{ name, schema, isRequired, kind, meaning: kindMeaning, type: typeOf(schema) }]
  })
  const names = new Set(fields.map(({ name }) => name))
  return { fields, names, aliases: allAliases.filter(([canonical]) => names.has(canonical)) }
}

const typeOf = (schema: v.GenericSchema): string => ('wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema).type

const lineShape = shapeOf(Product.entries)

/** Moves properties that came under another vocabulary's name to ours, where ours is missing. In `products` as well. */
export function applyAliases(shape: Shape, properties: Record<string, unknown>, notes: Notes, path = 'properties'): void {
  for (const [canonical, aliases] of shape.aliases) {
    if (isPresent(properties[canonical])) continue
    const alias = aliases.find(({ keys }) => isPresent(valueAt(properties, keys)))
    if (alias === undefined) continue
    properties[canonical] = valueAt(properties, alias.keys)
    // A name of our own, such as `sku`, keeps its meaning and stays; a foreign one is moved.
    if (Object.hasOwn(properties, alias.path) && !shape.names.has(alias.path)) delete properties[alias.path]
    notes.repairs.push({ field: `${path}.${canonical}`, from: alias.path, to: canonical, rule: 'PR-ALIAS' })
  }
  for (const [index, line] of linesOf(shape, properties).entries())
    applyAliases(lineShape, line, notes, `${path}.products.${index}`)
}

/** The value that a path leads to: `content_ids`, `0` is the first of `content_ids`. */
function valueAt(properties: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown {
  let value: unknown = properties
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** The product lines that are objects; copied by `ownedCopy`, so they may be changed. */
export const linesOf = (shape: Shape, properties: Readonly<Record<string, unknown>>): Record<string, unknown>[] => {
  const products = shape.names.has('products') ? properties.products : undefined
  return Array.isArray(products) && products.every(isObject) ? products : []
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A copy whose top level and product lines may be changed without changing what the sender sent. */
export function ownedCopy(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy = { ...properties }
  for (const key of ['products', ...(propertyAliases.get('products') ?? [])]) {
    const value = copy[key]
    if (Array.isArray(value)) copy[key] = value.map((line) => (isObject(line) ? { ...line } : line))
  }
  return copy
}

/**
 * Holds every property against its schema. What is required and wrong is a fault; what is optional and wrong becomes null, with a flag
 * and the value that stood there in the repairs. A whole number where an identifier belongs, and a decimal text where a number belongs,
 * have one reading and are repaired.
 */
export function checkShapes(shape: Shape, properties: Record<string, unknown>, notes: Notes, path = 'properties'): Fault | null {
  for (const [index, line] of linesOf(shape, properties).entries()) {
    const wrong = checkShapes(lineShape, line, notes, `${path}.products.${index}`)
    if (wrong !== null && shape.fields.some(({ name, isRequired }) => name === 'products' && isRequired)) return wrong
  }
  for (const field of shape.fields) {
    const value = properties[field.name]
    if (!isPresent(value)) {
      if (field.isRequired) return fault('missing_required', `${path}.${field.name} is missing`)
      continue
    }
    const at = `${path}.${field.name}`
    if (v.is(field.schema, value)) {
      if (field.kind === 'URL') properties[field.name] = cutUrl(value as string, at, notes)
      continue
    }
    const mended = mend(field, value)
    if (mended !== null) {
      properties[field.name] = mended.value
      notes.repairs.push({ field: at, from: value, to: mended.value, rule: mended.rule })
      continue
    }
    if (field.isRequired) return fault('bad_property', `${at} ${expectation(field)}`)
    properties[field.name] = null
    notes.flags.add('bad_property')
    notes.repairs.push({ field: at, from: value, to: null, rule: 'PR-SHAPE' })
  }
  return null
}

const expectation = ({ kind, meaning }: Field): string =>
  meaning === '' ? `must be one of ${kind}` : `is not a valid ${kind}: ${meaning}`

const decimal = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/

function mend(field: Field, value: unknown): { readonly value: unknown; readonly rule: string } | null {
  if (field.type === 'string' && typeof value === 'number' && Number.isSafeInteger(value))
    return fitting(String(value), 'PR-TEXT')
  if (field.type === 'number' && typeof value === 'string' && decimal.test(value.trim()))
    return fitting(Number(value), 'PR-NUMBER')
  return null

  function fitting(candidate: unknown, rule: string) {
    return v.is(field.schema, candidate) ? { value: candidate, rule } : null
  }
}

/** Beyond the limit a URL is cut: its tail is parameters, and what stands before tells the page. */
export function cutUrl(url: string, at: string, notes: Notes): string {
  if (url.length <= limits.maxUrlLength) return url
  notes.flags.add('url_cut')
  notes.repairs.push({ field: at, from: `${url.length} characters`, to: `${limits.maxUrlLength} characters`, rule: 'UR-CUT' })
  return url.slice(0, limits.maxUrlLength)
}
