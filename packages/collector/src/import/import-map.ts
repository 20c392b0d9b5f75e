import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { badImport, reasonOf } from './source-file.ts'

/**
 * What a person says about a file: which column is which field.
 *
 * ```json
 * { "name": "pos_purchase_completed",
 *   "columns": { "Kassenbon": "receipt_id", "Datum": "occurred_at", "Uhrzeit": "occurred_at", "Bediener": null },
 *   "constants": { "store_id": "paris-1", "currency": "EUR", "consent.analytics": "not_required" },
 *   "group_by": "Kassenbon" }
 * ```
 */
export interface ImportMap {
  /** The event of every row, or the column that names each row's. */
  readonly name?: string | { readonly column: string } | undefined
  /** Header -> field; `null` leaves the column out. Two columns for `occurred_at`, a date and a time, are joined. */
  readonly columns?: Readonly<Record<string, string | null>> | undefined
  /** Field -> what stands for it in every row that does not say it itself. */
  readonly constants?: Readonly<Record<string, unknown>> | undefined
  /** The column whose equal values make rows that follow each other one event, whose product lines they are. */
  readonly group_by?: string | undefined
}

const Text = v.pipe(v.string(), v.nonEmpty())

const Shape: v.GenericSchema<unknown, ImportMap> = v.strictObject({
  name: v.optional(v.union([Text, v.strictObject({ column: Text })])),
  columns: v.optional(v.record(v.string(), v.nullable(Text))),
  constants: v.optional(v.record(v.string(), v.unknown())),
  group_by: v.optional(Text),
})

/** @throws FootfallError `bad_import` */
export async function readMap(file: string): Promise<ImportMap> {
  let map: unknown
  try {
    map = JSON.parse((await readFile(file, 'utf8')).replace(/^\ufeff/, ''))
  } catch (cause) {
    throw badImport(`${file} cannot be read as a map (${reasonOf(cause)}).`, cause)
  }
  const { success, output, issues } = v.safeParse(Shape, map)
  if (success) return output
  const [issue] = issues
  const where = v.getDotPath(issue) ?? 'it'
  throw badImport(`${file} is no map: ${where} ${expectations[where.split('.', 1)[0] ?? ''] ?? expectations['']}`)
}

const expectations: Readonly<Record<string, string>> = {
  name: 'takes the name of an event, or { "column": "…" }.',
  columns: 'takes { "header": "field" }, with null for a column to leave out.',
  constants: 'takes { "field": value }.',
  group_by: 'takes the header of a column.',
  '': 'may have name, columns, constants and group_by, and nothing else.',
}
