import { resolveEventName } from '../normalise/event-name.ts'
import { type Field, guessField, readField } from './field.ts'
import type { ImportMap } from './import-map.ts'
import { badImport } from './source-file.ts'

/** A column, and what becomes of it. */
export interface MappedColumn {
  /** Place in the row, from 0. */
  readonly index: number
  readonly header: string
  /** `null`: left out. */
  readonly field: Field | null
}

/** How a file with columns becomes events. */
export interface Mapping {
  readonly columns: readonly MappedColumn[]
  readonly constants: readonly (readonly [field: Field, value: unknown])[]
  /** Place of the column that keeps rows together; `null`: each row is an event. */
  readonly groupBy: number | null
}

/**
 * Finds the field of each column: what the map says, else what the header means by itself. A column that means nothing is left out, as who
 * knows what is in it.
 *
 * @throws FootfallError `bad_import` where the map names what is not there, or two columns claim one field
 */
export function mapColumns(headers: readonly string[], map: ImportMap): Mapping {
  const own = new Map(Object.entries(map.columns ?? {}).map(([header, field]) => [indexOf(headers, header, 'columns'), field]))
  const nameColumn = typeof map.name === 'object' ? indexOf(headers, map.name.column, 'name') : null
  const name = typeof map.name === 'string' ? canonical(map.name) : null
  const columns = headers.map((header, index): MappedColumn => {
    if (index === nameColumn) return { index, header, field: fieldIn('name', name) }
    const said = own.get(index)
    if (said === null) return { index, header, field: null }
    if (said === 'name' && name !== null)
      throw badImport(`The map says the event's name twice, itself and by the column "${header}"; a product's is products.name.`)
    return { index, header, field: said === undefined ? guessField(header, name) : fieldIn(said, name) }
  })
  const said = new Set([...own.keys(), ...(nameColumn === null ? [] : [nameColumn])])
  const constants = [
    ...(typeof map.name === 'string' ? [['name', map.name] as const] : []),
    ...Object.entries(map.constants ?? {}),
  ].map(([field, value]) => [fieldIn(field, name), value] as const)
  const groupBy = map.group_by === undefined ? null : indexOf(headers, map.group_by, 'group_by')
  return { columns: withoutRivals(columns, said), constants, groupBy }
}

/** What people write is often the name of another vocabulary. */
const canonical = (name: string): string => {
  const { isKnown, name: known } = resolveEventName(name)
  return isKnown ? known : name
}

function fieldIn(text: string, name: string | null): Field {
  const field = readField(text, name)
  if (typeof field === 'string') throw badImport(`The map is wrong: ${field}`)
  return field
}

/** Headers are found in any case. */
function indexOf(headers: readonly string[], header: string, where: string): number {
  const found = [form(header), header].map((wanted, exactly) =>
    headers.flatMap((name, index) => ((exactly === 1 ? name : form(name)) === wanted ? [index] : [])),
  )
  const [index, ...others] = found[1]?.length === 1 ? found[1] : (found[0] ?? [])
  if (index === undefined)
    throw badImport(
      `The map's ${where} names the column "${header}", which the file does not have; it has ${headers.filter(Boolean).join(', ')}.`,
    )
  if (others.length > 0)
    throw badImport(`The map's ${where} names the column "${header}", of which the file has several; rename one of them.`)
  return index
}

const form = (header: string): string => header.trim().toLowerCase()

/**
 * Of two columns for one field, the one that the map names is meant; between two of a kind a person has to choose. Only a date and a time
 * belong together.
 */
function withoutRivals(columns: readonly MappedColumn[], said: ReadonlySet<number>): readonly MappedColumn[] {
  const taken = new Map<string, MappedColumn>()
  const left = new Set<number>()
  for (const column of [...columns].sort((one, other) => Number(said.has(other.index)) - Number(said.has(one.index)))) {
    if (column.field === null) continue
    const rival = taken.get(column.field.name)
    if (rival === undefined) taken.set(column.field.name, column)
    else if (!said.has(column.index) && said.has(rival.index)) left.add(column.index)
    else if (column.field.name !== 'occurred_at' || !said.has(column.index)) {
      throw badImport(
        `The columns "${rival.header}" and "${column.header}" are both read as ${column.field.name}; say in a map which one is, and null for the other.`,
      )
    }
  }
  return columns.map((column) => (left.has(column.index) ? { ...column, field: null } : column))
}
