import { ConsentSnapshot, catalogue, type EventDefinition, Page, Product, propertyAliases, Session } from '@footfall/events'
import * as v from 'valibot'
import { nearest } from '../nearest.ts'
import { normaliseName } from '../normalise/name-form.ts'
import { createKeyReader } from '../normalise/property-names.ts'

/** Where in an event a value goes. */
export interface Field {
  /** As a map names it: `occurred_at`, `total`, `products.price`, `consent.analytics`. */
  readonly name: string
  /** From the event's top: `['properties', 'total']`. A line's from the line's top. */
  readonly path: readonly string[]
  /** Of which line of `products`: `row` is the one that the file's row is about. `null` where it belongs to the event itself. */
  readonly line: number | 'row' | null
  /** Does the catalogue want a number there that is no amount? A text file has none. */
  readonly isNumber: boolean
  /** Does the catalogue know it? */
  readonly isKnown: boolean
}

const scalars = ['id', 'name', 'occurred_at', 'user_id', 'anonymous_id', 'channel'] as const
/** Objects of the envelope in which a map may name a field. */
const objects = ['consent', 'page', 'session', 'traits', 'properties'] as const

/** As many lines as one event may have keys. */
const maxLine = 499
/** Deeper than any event's properties may be. */
const maxDepth = 9

/** Names that are no data in JavaScript. */
const dangerous: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads the name of a field as a person writes it in a map: of the envelope (`occurred_at`), within one of its objects
 * (`consent.analytics`), of the event's properties (`total`, `properties.total`), or of a product line (`products.0.price`; without the
 * number it is the row's own line).
 *
 * @param name of the event; `null` where each row says its own
 * @returns a sentence where there is no such place
 */
export function readField(text: string, name: string | null): Field | string {
  const parts = text.trim().split('.')
  if (parts.some((part) => part === '') || parts.length > maxDepth)
    return `"${text}" is no field; write one such as total or products.price.`
  if (parts.some((part) => dangerous.has(part))) return `"${text}" cannot be a field.`
  const [first = '', ...rest] = parts
  if (rest.length === 0 && isOneOf(scalars, first))
    return { name: first, path: [first], line: null, isNumber: false, isKnown: true }
  if (first === 'source') return 'The source is said with --source, for the whole file.'
  if (first === 'products' && rest.length > 0) return withoutSlip(lineField(rest), lineNames)
  if (first === 'properties' && rest[0] === 'products' && rest.length > 1) return lineField(rest.slice(1))
  if (isOneOf(objects, first)) {
    if (rest.length === 0) return `"${text}" is an object; name a field in it, such as ${first}.${examples[first]}.`
    const known = fieldsOf(first)
    if (known !== null && !known.includes(rest[0] ?? '')) return `${first} has no "${rest[0]}"; it has ${known.join(', ')}.`
    return first === 'properties'
      ? propertyField(rest, name)
      : { name: text.trim(), path: parts, line: null, isNumber: false, isKnown: true }
  }
  if (isOfLine(parts, name)) return lineField(parts)
  return withoutSlip(
    propertyField(parts, name),
    new Set([...scalars, ...objects, 'products', ...propertiesOf(name), ...lineNames]),
  )
}

/** What the objects of the envelope hold; `null` where that is for the shop to say. */
function fieldsOf(object: (typeof objects)[number]): readonly string[] | null {
  switch (object) {
    case 'consent':
      return Object.keys(ConsentSnapshot.entries)
    case 'page':
      return Object.keys(Page.entries)
    case 'session':
      return Object.keys(Session.entries)
    default:
      return null
  }
}

/** A name of one's own is one thing, and one that nearly is the catalogue's another: its column would be missing in every report. */
function withoutSlip(field: Field | string, known: ReadonlySet<string>): Field | string {
  if (typeof field === 'string' || field.isKnown) return field
  const isLine = field.line !== null
  const word = (isLine ? field.path[0] : field.path[1]) ?? ''
  const meant = readKey(known, word) === null ? nearest(word, known) : null
  if (meant === null) return field
  return `"${field.name}" is not in the catalogue; did you mean ${isLine ? `products.${meant}` : meant}? If it is a name of your own, write properties.${field.name}.`
}

const examples = { consent: 'analytics', page: 'url', session: 'id', traits: 'plan', properties: 'total' } as const

const isOneOf = <T extends string>(list: readonly T[], text: string): text is T => (list as readonly string[]).includes(text)

function propertyField(parts: readonly string[], name: string | null): Field {
  const [first = ''] = parts
  const isKnown = propertiesOf(name).has(first)
  return {
    name: parts.join('.'),
    path: ['properties', ...parts],
    line: null,
    isNumber: parts.length === 1 && numbers.has(first),
    isKnown,
  }
}

function lineField(parts: readonly string[]): Field | string {
  const [number = '', ...rest] = /^\d+$/.test(parts[0] ?? '') ? parts : ['', ...parts]
  if (rest.length === 0) return `"products.${number}" is a line; name a field in it, such as products.${number}.product_id.`
  const line = number === '' ? 'row' : Number(number)
  if (line !== 'row' && line > maxLine) return `products.${number} is more lines than an event may have.`
  const isKnown = Object.hasOwn(Product.entries, rest[0] ?? '')
  return {
    name: ['products', ...parts].join('.'),
    path: rest,
    line,
    isNumber: rest.length === 1 && numbers.has(rest[0] ?? ''),
    isKnown,
  }
}

/** Is it a product line's, in an event that has lines and no such property itself? */
const isOfLine = ([first = '', ...rest]: readonly string[], name: string | null): boolean =>
  rest.length === 0 &&
  !propertiesOf(name).has(first) &&
  Object.hasOwn(Product.entries, first) &&
  (name === null || hasLines(name))

/** The event's properties; of an event that each row names for itself, all that any event has. */
const propertiesOf = (name: string | null): ReadonlySet<string> =>
  name === null ? anyEvents : new Set(Object.keys(definitionOf(name)?.properties.entries ?? {}))

const definitionOf = (name: string): EventDefinition | undefined => catalogue.get(name)

const anyEvents = new Set([...catalogue.values()].flatMap(({ properties }) => Object.keys(properties.entries)))

const hasLines = (name: string): boolean => Object.hasOwn(definitionOf(name)?.properties.entries ?? {}, 'products')

const allFields: readonly (readonly [name: string, schema: v.GenericSchema])[] = [
  ...[...catalogue.values()].flatMap(({ properties }) => Object.entries<v.GenericSchema>(properties.entries)),
  ...Object.entries<v.GenericSchema>(Product.entries),
]

/** Properties that take 1 and do not take "1". */
const numbers: ReadonlySet<string> = new Set(
  allFields.filter(([, schema]) => v.is(schema, 1) && !v.is(schema, '1')).map(([name]) => name),
)

/** What headers say for fields of the envelope, in their normalised form. */
const envelopeNames: ReadonlyMap<string, (typeof scalars)[number]> = new Map([
  ...scalars.map((name) => [name, name] as const),
  ['event', 'name'],
  ['event_name', 'name'],
  ['event_id', 'id'],
  ['timestamp', 'occurred_at'],
  ['date_time', 'occurred_at'],
  ['datetime', 'occurred_at'],
  ['event_time', 'occurred_at'],
  ['created_at', 'occurred_at'],
  ['customer_id', 'user_id'],
])

/**
 * Finds the field that a column's header means by itself: in any case, by the catalogue's names and aliases. Slips are left to people, who
 * see in the preview what was left out.
 */
export function guessField(header: string, name: string | null): Field | null {
  if (header === '' || header.startsWith('footfall_')) return null
  const dotted = readDotted(header.toLowerCase(), name)
  if (dotted !== null) return dotted
  const form = normaliseName(header)
  const ofEnvelope = envelopeNames.get(form)
  // Where the map says the event, `name` is a product's.
  if (ofEnvelope !== undefined && (ofEnvelope !== 'name' || name === null)) return fieldOr(readField(ofEnvelope, name))
  const property = readKey(propertiesOf(name), header)
  if (property !== null) return fieldOr(readField(`properties.${property}`, name))
  if (name !== null && !hasLines(name)) return null
  const ofLine = readKey(lineNames, header)
  return ofLine === null ? null : fieldOr(readField(`products.${ofLine}`, name))
}

/** A header that is a path: `properties.price`, `products.0.product_id`. */
function readDotted(header: string, name: string | null): Field | null {
  const [first = ''] = header.split('.', 1)
  return header.includes('.') && (first === 'products' || isOneOf(objects, first)) ? fieldOr(readField(header, name)) : null
}

const fieldOr = (read: Field | string): Field | null => (typeof read === 'string' ? null : read)

const lineNames: ReadonlySet<string> = new Set(Object.keys(Product.entries))

function readKey(canonical: ReadonlySet<string>, header: string): string | null {
  const form = normaliseName(header)
  if (canonical.has(form)) return form
  const reading = createKeyReader({ canonical, aliases: propertyAliases, neverMended: new Set() })(header)
  return reading === null || reading.rule === 'EN-TYPO' ? null : reading.canonical
}
