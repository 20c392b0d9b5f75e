import { describeProperties, Product, propertyAliases } from '@footfall/events'
import type * as v from 'valibot'
import { parseDate } from './date.ts'
import type { DateContext } from './date-rules.ts'
import { isPresent } from './defaults.ts'
import { readFlag, readWord } from './enum-values.ts'
import { type Fault, fault, type Notes } from './notes.ts'
import { storedUrl } from './page.ts'
import { createKeyReader, type KeyReading } from './property-names.ts'
import { readerOf, unreadable } from './reader.ts'

/** A shape as the collector walks it: worked out once per event of the catalogue. */
export interface Shape {
  readonly fields: readonly Field[]
  /** Canonical property -> where else its value may stand: within another property, or in one that has a meaning of its own. */
  readonly elsewhere: readonly (readonly [canonical: string, places: readonly Place[]])[]
  readonly names: ReadonlySet<string>
  readonly readKey: (key: string) => KeyReading | null
}

interface Place {
  /** `content_ids.0` */
  readonly path: string
  /** The same, cut at its dots: events with hundreds of lines are looked through for every alias. */
  readonly keys: readonly string[]
}

interface Field {
  readonly name: string
  readonly accepts: (value: unknown) => boolean
  readonly isRequired: boolean
  readonly kind: string
  /** What values of this kind look like, for the sender's developer. */
  readonly meaning: string
  /** `string`, `number` … as valibot calls the value. */
  readonly type: string
  /** The only values there are; empty where they are not a closed list. */
  readonly words: readonly string[]
}

export function shapeOf(entries: Readonly<Record<string, v.GenericSchema>>): Shape {
  const fields = describeProperties(entries).flatMap(({ name, isRequired, kind, kindMeaning, words }): Field[] => {
    const schema = entries[name]
    return schema === undefined
      ? []
      : [{ name, accepts: acceptsOf(schema), isRequired, kind, meaning: kindMeaning, type: typeOf(schema), words }]
  })
  const names = new Set(fields.map(({ name }) => name))
  const elsewhere = [...propertyAliases].flatMap(([canonical, aliases]) => {
    const places = aliases.filter((path) => names.has(path) || path.includes('.'))
    return names.has(canonical) && places.length > 0 ? [[canonical, places.map(placeOf)] as const] : []
  })
  // What tells who it was is never guessed at.
  const neverMended = new Set(fields.filter(({ name, kind }) => kind === 'hash' || name === 'click_id').map(({ name }) => name))
  return { fields, names, elsewhere, readKey: createKeyReader({ canonical: names, aliases: propertyAliases, neverMended }) }
}

const placeOf = (path: string): Place => ({ path, keys: path.split('.') })

function acceptsOf(schema: v.GenericSchema): (value: unknown) => boolean {
  const read = readerOf(schema)
  return (value) => read(value) !== unreadable
}

const typeOf = (schema: v.GenericSchema): string => ('wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema).type

const lineShape = shapeOf(Product.entries)

/**
 * Moves properties that came under another name to ours, where ours is missing: another vocabulary's name, another way of writing, a slip.
 * In `products` as well.
 */
export function resolveProperties(shape: Shape, properties: Record<string, unknown>, notes: Notes, path = 'properties'): void {
  for (const { key, reading } of foreignKeys(shape, properties).values()) {
    const { canonical, rule, distance } = reading
    properties[canonical] = properties[key]
    delete properties[key]
    const repair = { field: `${path}.${canonical}`, from: key, to: canonical, rule }
    notes.repairs.push(distance === undefined ? repair : { ...repair, distance })
  }
  for (const [canonical, places] of shape.elsewhere) {
    if (isPresent(properties[canonical])) continue
    const place = places.find(({ keys }) => isPresent(valueAt(properties, keys)))
    if (place === undefined) continue
    properties[canonical] = valueAt(properties, place.keys)
    notes.repairs.push({ field: `${path}.${canonical}`, from: place.path, to: canonical, rule: 'PR-ALIAS' })
  }
  for (const [index, line] of linesOf(shape, properties).entries())
    resolveProperties(lineShape, line, notes, `${path}.products.${index}`)
}

interface Foreign {
  readonly key: string
  readonly reading: KeyReading
}

const none: ReadonlyMap<string, Foreign> = new Map()

/** Missing property -> the key that stands for it: the most trusted of several. Of two slips neither is. */
function foreignKeys(shape: Shape, properties: Readonly<Record<string, unknown>>): ReadonlyMap<string, Foreign> {
  let best: Map<string, Foreign> | null = null
  let tied: Set<string> | null = null
  for (const key of Object.keys(properties)) {
    if (shape.names.has(key)) continue
    const reading = shape.readKey(key)
    if (reading === null || isPresent(properties[reading.canonical]) || !isPresent(properties[key])) continue
    if (reading.rule === 'EN-TYPO' && !fits(shape, reading.canonical, properties[key])) continue
    best ??= new Map()
    const taken = best.get(reading.canonical)
    if (taken === undefined || reading.rank < taken.reading.rank) {
      best.set(reading.canonical, { key, reading })
      tied?.delete(reading.canonical)
    } else if (reading.rule === 'EN-TYPO' && reading.rank === taken.reading.rank) {
      tied ??= new Set()
      tied.add(reading.canonical)
    }
  }
  if (best === null) return none
  for (const canonical of tied ?? []) best.delete(canonical)
  return best
}

/** A misspelt name is believed only where its value is one that the property can have. */
function fits(shape: Shape, name: string, value: unknown): boolean {
  const field = shape.fields.find((candidate) => candidate.name === name)
  return field !== undefined && (field.accepts(value) || mend(field, value) !== null)
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
export function checkShapes(
  shape: Shape,
  properties: Record<string, unknown>,
  notes: Notes,
  dates?: DateContext,
  path = 'properties',
): Fault | null {
  for (const [index, line] of linesOf(shape, properties).entries()) {
    const wrong = checkShapes(lineShape, line, notes, dates, `${path}.products.${index}`)
    if (wrong !== null && shape.fields.some(({ name, isRequired }) => name === 'products' && isRequired)) return wrong
  }
  for (const field of shape.fields) {
    const value = properties[field.name]
    if (!isPresent(value)) {
      if (field.isRequired) return fault('missing_required', `${path}.${field.name} is missing`)
      continue
    }
    const at = `${path}.${field.name}`
    const moment = field.kind === 'moment' ? parseDate(value, dates) : null
    if (moment === null ? field.accepts(value) : moment.status === 'ok' && moment.iso === value) {
      if (field.kind === 'URL') properties[field.name] = storedUrl(value as string, at, notes)
      continue
    }
    const mended = moment === null ? mend(field, value) : moment.status === 'ok' ? { value: moment.iso, rule: moment.rule } : null
    if (mended !== null) {
      properties[field.name] = mended.value
      notes.repairs.push({ field: at, from: value, to: mended.value, rule: mended.rule })
      continue
    }
    // A line whose quantity cannot be is no line: as null it would count as one piece.
    if (field.isRequired || field.kind === 'quantity')
      return fault('bad_property', `${at} ${expectation(field)}${moment === null ? '' : ` (${moment.rule})`}`, moment?.rule)
    properties[field.name] = null
    notes.flags.add('bad_property')
    // What is no hash may be the address itself.
    const from = field.kind === 'hash' ? null : value
    notes.repairs.push({ field: at, from, to: null, rule: moment?.rule ?? 'PR-SHAPE' })
  }
  return null
}

const expectation = ({ kind, meaning }: Field): string =>
  meaning === '' ? `must be one of ${kind}` : `is not a valid ${kind}: ${meaning}`

const decimal = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/

function mend(field: Field, value: unknown): { readonly value: unknown; readonly rule: string } | null {
  if (field.words.length > 0) return fitting(readWord(value, field.words), 'PR-WORD')
  if (field.type === 'boolean') return fitting(readFlag(value), 'PR-BOOLEAN')
  if (field.type === 'string' && typeof value === 'number' && Number.isSafeInteger(value))
    return fitting(String(value), 'PR-TEXT')
  if (field.type === 'number' && typeof value === 'string' && decimal.test(value.trim()))
    return fitting(Number(value), 'PR-NUMBER')
  return null

  function fitting(candidate: unknown, rule: string) {
    return isPresent(candidate) && field.accepts(candidate) ? { value: candidate, rule } : null
  }
}
