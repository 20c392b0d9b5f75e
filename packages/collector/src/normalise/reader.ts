import * as v from 'valibot'

/** What a reader answers where a value does not have the schema's shape. */
export const unreadable: unique symbol = Symbol('unreadable')

/** The value as the schema gives it out: the same one where there is nothing to leave out, to fill in or to change. */
export type Read<T> = (value: unknown) => T | typeof unreadable

/**
 * Makes of a schema a function that reads as `v.safeParse` does, several times as fast: for what every event is held against. A part that
 * it does not know is read by valibot.
 *
 * Other than valibot's, its answers share with the input what is the same, and keep keys such as `__proto__` in records.
 */
export const readerOf = <const S extends v.GenericSchema>(schema: S): Read<v.InferOutput<S>> =>
  read(schema) as Read<v.InferOutput<S>>

type AnyRead = (value: unknown) => unknown

/** The parts of a schema, as valibot names them. */
type Part = v.GenericSchema & {
  readonly pipe?: readonly [Part, ...Action[]]
  readonly fallback?: unknown
  readonly wrapped?: Part
  readonly default?: unknown
  readonly options?: readonly unknown[]
  readonly item?: Part
  readonly key?: Part
  readonly value?: Part
  readonly entries?: Readonly<Record<string, Part>>
}

/** What a pipe does with a value that has its type. */
interface Action {
  readonly kind: string
  readonly type: string
  readonly requirement?: unknown
}

function read(schema: v.GenericSchema): AnyRead {
  const part = schema as Part // a view of what valibot keeps in a schema
  if (typeof part.fallback === 'function') return byValibot(schema)
  const known = part.pipe === undefined ? byType(part) : byPipe(part.pipe)
  return known === null ? byValibot(schema) : withFallback(part, known)
}

const byValibot =
  (schema: v.GenericSchema): AnyRead =>
  (value) => {
    const { success, output } = v.safeParse(schema, value)
    return success ? output : unreadable
  }

function withFallback(part: Part, inner: AnyRead): AnyRead {
  // What stands in may be `undefined`: whether there is something to stand in tells the key.
  if (!('fallback' in part)) return inner
  return (value) => {
    const output = inner(value)
    return output === unreadable ? part.fallback : output
  }
}

function byPipe([first, ...rest]: readonly [Part, ...Action[]]): AnyRead | null {
  const rules = rest.filter(({ kind }) => kind !== 'metadata').map(ruleOf)
  if (rules.includes(null)) return null
  const begin = read(first)
  const all = rules as readonly Rule[] // none is null
  if (all.length === 0) return begin
  return (value) => {
    const output = begin(value)
    if (output === unreadable) return unreadable
    for (const rule of all) if (!rule(output)) return unreadable
    return output
  }
}

function byType(part: Part): AnyRead | null {
  const { type, options } = part
  switch (type) {
    case 'string':
    case 'boolean':
      return (value) => (typeof value === type ? value : unreadable)
    case 'number':
      return (value) => (typeof value === 'number' && !Number.isNaN(value) ? value : unreadable)
    case 'unknown':
      return (value) => value
    case 'picklist':
      return (value) => (options?.includes(value) ? value : unreadable)
    case 'optional':
    case 'nullish':
      return byWrapped(part)
    case 'union':
      return byOptions((options as readonly Part[]).map(read))
    case 'array':
      return part.item === undefined ? null : byItem(read(part.item))
    case 'object':
    case 'loose_object':
      return byEntries(part)
    case 'record':
      return byKeys(part)
    default:
      return null
  }
}

function byWrapped({ type, wrapped, default: standIn }: Part): AnyRead | null {
  if (wrapped === undefined || typeof standIn === 'function') return null
  const inner = read(wrapped)
  return (value) => {
    if (value !== undefined && (value !== null || type === 'optional')) return inner(value)
    return standIn === undefined ? value : inner(standIn)
  }
}

const byOptions =
  (options: readonly AnyRead[]): AnyRead =>
  (value) => {
    for (const option of options) {
      const output = option(value)
      if (output !== unreadable) return output
    }
    return unreadable
  }

const byItem =
  (item: AnyRead): AnyRead =>
  (value) => {
    if (!Array.isArray(value)) return unreadable
    let copy: unknown[] | null = null
    for (let index = 0; index < value.length; index += 1) {
      const output = item(value[index])
      if (output === unreadable) return unreadable
      if (output === value[index]) continue
      copy ??= [...value]
      copy[index] = output
    }
    return copy ?? value
  }

function byEntries(part: Part): AnyRead {
  const { type, entries = {} } = part
  const readList = byValibot(part)
  const fields = Object.entries(entries).map(([name, entry]) => ({ name, read: read(entry) }))
  const names = new Set(Object.keys(entries))
  const isStrict = type === 'object'
  return (value) => {
    if (typeof value !== 'object' || value === null) return unreadable
    if (Array.isArray(value)) return readList(value)
    const input = value as Readonly<Record<string, unknown>>
    let copy: Record<string, unknown> | null = null
    let known = 0
    for (const field of fields) {
      const before = input[field.name]
      const output = field.read(before)
      if (output === unreadable) return unreadable
      if (before !== undefined) known += 1
      if (output === before) continue
      copy ??= { ...input }
      copy[field.name] = output
    }
    return isStrict && Object.keys(input).length > known ? only(names, copy ?? input) : (copy ?? input)
  }
}

const only = (names: ReadonlySet<string>, fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => names.has(key)))

function byKeys(part: Part): AnyRead | null {
  const { key, value: kept } = part
  if (key === undefined || kept?.type !== 'unknown') return null
  const readKey = read(key)
  const readList = byValibot(part)
  return (value) => {
    if (typeof value !== 'object' || value === null) return unreadable
    if (Array.isArray(value)) return readList(value)
    return Object.keys(value).every((name) => readKey(name) !== unreadable) ? value : unreadable
  }
}

type Rule = (value: unknown) => boolean

/** What a pipe asks of a value that has its type. */
function ruleOf({ type, requirement }: Action): Rule | null {
  switch (type) {
    case 'non_empty':
      return (value) => (value as string).length > 0
    case 'max_length':
      return (value) => (value as string).length <= Number(requirement)
    case 'integer':
      return Number.isInteger
    case 'min_value':
      return (value) => (value as number) >= Number(requirement)
    case 'regex':
    case 'uuid':
    case 'iso_timestamp':
      return (value) => (requirement as RegExp).test(value as string)
    default:
      return null
  }
}
