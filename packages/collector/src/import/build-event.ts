import type { Field } from './field.ts'
import type { Mapping } from './mapping.ts'
import type { Cell, TableRow } from './source-file.ts'

/** An event as it goes into a batch, but for its id and source. */
export type BuiltEvent = Readonly<Record<string, unknown>>

/**
 * Makes one event from the rows that belong to it: the first says what it is, each adds its product line. An empty cell says nothing.
 *
 * @returns a sentence where the rows contradict each other
 */
export function buildEvent(rows: readonly TableRow[], { columns, constants }: Mapping): BuiltEvent | string {
  const event: Fields = {}
  const said = new Map<string, { readonly value: unknown; readonly line: number }>()
  const lines = new Map<string, Fields>()
  for (const row of rows) {
    const times: Cell[] = []
    for (const { index, header, field } of columns) {
      const cell = row.cells[index] ?? ''
      if (field === null || cell === '') continue
      if (field.name === 'occurred_at') {
        times.push(cell)
        continue
      }
      const wrong = put(field, cellValue(cell, field), row, header)
      if (wrong !== null) return wrong
    }
    const time = joined(times)
    const wrong = time === undefined ? null : put(occurredAt, time, row, 'occurred_at')
    if (wrong !== null) return wrong
  }
  for (const [field, value] of constants) {
    if (field.line === null) setDefault(event, field.path, value)
    else for (const line of linesFor(field.line)) setDefault(line, field.path, value)
  }
  const products = inOrder(lines)
  if (products.length > 0) setDefault(event, ['properties', 'products'], products)
  return event

  function put(field: Field, value: unknown, { line }: TableRow, header: string): string | null {
    if (field.line === 'row') {
      set(lineAt(`row ${line}`), field.path, value)
      return null
    }
    const before = said.get(field.name)
    if (before !== undefined && before.value !== value)
      return `The rows of one event disagree about "${header}": line ${before.line} says something else than line ${line}.`
    said.set(field.name, { value, line })
    set(field.line === null ? event : lineAt(String(field.line)), field.path, value)
    return null
  }

  function lineAt(key: string): Fields {
    const known = lines.get(key)
    if (known !== undefined) return known
    const fresh: Fields = {}
    lines.set(key, fresh)
    return fresh
  }

  function linesFor(line: number | 'row'): readonly Fields[] {
    return line === 'row' ? [...lines.values()] : [lineAt(String(line))]
  }
}

type Fields = Record<string, unknown>

const occurredAt: Field = { name: 'occurred_at', path: ['occurred_at'], line: null, isNumber: false, isKnown: true }

/** Lines with a number in its order, then those of the rows. */
function inOrder(lines: ReadonlyMap<string, Fields>): readonly Fields[] {
  const numbered = [...lines].filter(([key]) => /^\d+$/.test(key)).sort(([one], [other]) => Number(one) - Number(other))
  const ofRows = [...lines].filter(([key]) => !/^\d+$/.test(key))
  return [...numbered, ...ofRows].map(([, line]) => line)
}

/** A date and a time in columns of their own. A workbook's are a whole number of days and a fraction of one. */
function joined(cells: readonly Cell[]): Cell | undefined {
  const [first, second] = cells
  if (second === undefined) return first
  const fraction = typeof second === 'number' && second >= 0 && second < 1 ? /^0(\.\d+)?$/.exec(String(second)) : null
  return typeof first === 'number' && Number.isInteger(first) && fraction !== null
    ? `${first}${fraction[1] ?? ''}`
    : cells.join(' ')
}

/** A text file has no numbers: where the catalogue wants one that is no amount, plain digits are meant as one. */
const cellValue = (cell: Cell, { isNumber }: Field): Cell =>
  isNumber && typeof cell === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(cell) ? Number(cell) : cell

function set(target: Fields, path: readonly string[], value: unknown): void {
  const holder = holderOf(target, path)
  if (holder !== null) holder[path.at(-1) ?? ''] = value
}

function setDefault(target: Fields, path: readonly string[], value: unknown): void {
  const holder = holderOf(target, path)
  const last = path.at(-1) ?? ''
  if (holder !== null && !Object.hasOwn(holder, last)) holder[last] = value
}

/** The object that the last name of a path stands in; `null` where the way there is a plain value already. No name of a path is `__proto__`. */
function holderOf(target: Fields, path: readonly string[]): Fields | null {
  let holder = target
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(holder, name) ? holder[name] : {}
    if (typeof next !== 'object' || next === null) return null
    holder[name] = next
    holder = next as Fields
  }
  return holder
}
