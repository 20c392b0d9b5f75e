import { hash } from 'node:crypto'
import { type BuiltEvent, buildEvent } from './build-event.ts'
import type { Mapping } from './mapping.ts'
import { badImport, type EventLine, type EventsFile, type SourceFile, type TableFile, type TableRow } from './source-file.ts'

/** What stands in a file for one event. */
export interface Entry {
  /** Where it begins, from 1. */
  readonly line: number
  /** The rows, as they stand in the file: to be given back where the event is refused. */
  readonly rows: readonly (TableRow | EventLine)[]
  /** `null` where there is none to make. */
  readonly event: BuiltEvent | null
  /** Why there is none. */
  readonly problem: string | null
}

/**
 * Goes through a file once, an event at a time.
 *
 * @throws FootfallError `bad_import`, while it goes, where the file does not hold what `group_by` says
 */
export const entriesOf = (file: SourceFile, mapping: Mapping): AsyncIterable<Entry> =>
  file.kind === 'table' ? tableEntries(file, mapping) : eventEntries(file, mapping)

async function* tableEntries(file: TableFile, mapping: Mapping): AsyncGenerator<Entry> {
  const { groupBy } = mapping
  const width = file.columns.findLastIndex((column) => column !== '') + 1
  const ended = new Set<bigint>()
  let group: Group | null = null
  for await (const row of file.rows()) {
    const problem = misshapen(row, width, file.days === null)
    const key = groupBy === null ? '' : String(row.cells[groupBy] ?? '')
    if (group !== null && key !== '' && key === group.key) {
      group.rows.push(row)
      // A row that is missing from an order makes the whole of it wrong.
      group.problem ??= problem
      if (group.rows.length > maxGroup)
        throw badImport(
          `More than ${maxGroup} rows that follow each other are one event by group_by; name a column that tells events apart.`,
        )
      continue
    }
    if (group !== null) yield entryOf(group)
    group = { key, rows: [row], problem }
  }
  if (group !== null) yield entryOf(group)

  function entryOf({ key, rows, problem }: Group): Entry {
    const line = rows[0]?.line ?? 0
    const refused = (reason: string): Entry => ({ line, rows, event: null, problem: reason })
    if (key !== '') {
      const mark = markOf(key)
      if (ended.has(mark))
        throw badImport(
          `The rows of one event do not stand together (line ${line} belongs further up); sort the file by the column of group_by.`,
        )
      ended.add(mark)
    }
    if (problem !== null) return refused(problem)
    if (rows.length > maxLines) return refused(`${rows.length} rows are more than one event may have.`)
    const event = buildEvent(rows, mapping)
    return typeof event === 'string' ? refused(event) : { line, rows, event, problem: null }
  }
}

interface Group {
  /** What its rows have in common; '' where a row stands for itself. */
  readonly key: string
  readonly rows: TableRow[]
  problem: string | null
}

/** Held at once, to be given back should they be none. */
const maxGroup = 10_000

/** As many as one event may have keys. */
const maxLines = 500

/** Eight bytes of each group are remembered, not its name: of millions of orders none meets another by chance. */
const markOf = (key: string): bigint => hash('sha256', key, 'buffer').readBigUInt64BE()

/** @param isText a workbook leaves out empty cells at the end of a row; in a text file they are cut off with something */
function misshapen({ cells }: TableRow, width: number, isText: boolean): string | null {
  if (cells.slice(width).some((cell) => cell !== '')) return `It has ${cells.length} cells, and the header ${width}.`
  if (isText && cells.length < width) return `It has ${cells.length} cells, and the header ${width}: it may have been cut off.`
  return null
}

async function* eventEntries(file: EventsFile, { columns, constants }: Mapping): AsyncGenerator<Entry> {
  const mapping: Mapping = { columns: columns.map((column, index) => ({ ...column, index })), constants, groupBy: null }
  for await (const row of file.rows()) {
    const { line } = row
    if (row.event === null) {
      yield { line, rows: [row], event: null, problem: 'It is no JSON object.' }
      continue
    }
    const event = fromObject(row.event, line, mapping)
    yield typeof event === 'string'
      ? { line, rows: [row], event: null, problem: event }
      : { line, rows: [row], event, problem: null }
  }
}

/** An object that is an event already takes the constants; one that a map describes is read by it as a row is. */
function fromObject(
  object: Readonly<Record<string, unknown>>,
  line: number,
  { columns, constants }: Mapping,
): BuiltEvent | string {
  const bare = buildEvent([{ line, cells: columns.map(({ header }) => valueAt(object, header)) as TableRow['cells'] }], {
    columns,
    constants,
    groupBy: null,
  })
  if (typeof bare === 'string') return bare
  return columns.length > 0 ? bare : merged(bare, object)
}

function valueAt(object: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path] ?? ''
  let value: unknown = object
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return ''
    value = (value as Record<string, unknown>)[name]
  }
  return value ?? ''
}

/** What the object says itself wins; within consent, page, session, traits and properties field by field. */
function merged(constants: BuiltEvent, object: Readonly<Record<string, unknown>>): BuiltEvent {
  const own = Object.entries(object).filter(([key]) => !key.startsWith('footfall_'))
  const event = new Map<string, unknown>(Object.entries(constants))
  for (const [key, value] of own) {
    const beneath = event.get(key)
    event.set(key, isObject(value) && isObject(beneath) ? { ...beneath, ...value } : value)
  }
  // From entries: a key such as `__proto__` stays data.
  return Object.fromEntries(event)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
