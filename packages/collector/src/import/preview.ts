import type { EventValidation } from '../ingest/validation.ts'
import { currencyExponents } from '../normalise/currencies.ts'
import type { WireAmount } from '../sinks/stored-event.ts'
import type { Outcome } from './delivery.ts'
import type { Field } from './field.ts'
import type { MappedColumn, Mapping } from './mapping.ts'
import type { Cell } from './source-file.ts'

/** How one column is read, or what holds for every row. */
export interface ColumnPreview {
  /** `null`: it stands in no column. */
  readonly header: string | null
  /** `null`: left out. */
  readonly field: string | null
  /** The first value of it. */
  readonly example: Cell | null
  /** What that becomes; `null` where the event is not accepted. */
  readonly becomes: string | null
}

/**
 * Shows each column by its first value, and by what the collector made of the event in which that stands; then what was said for every
 * row that does not say it itself.
 */
export const previewOf = ({ columns, constants }: Mapping, samples: readonly Outcome[]): readonly ColumnPreview[] => [
  ...columns.filter(({ header }) => header !== '').map((column) => columnPreview(column, samples)),
  ...constants.map((constant) => constantPreview(constant, samples)),
]

function constantPreview([field, value]: Mapping['constants'][number], samples: readonly Outcome[]): ColumnPreview {
  const best = samples.find(({ status }) => status === 'accepted') ?? samples[0]
  const event = best?.validation?.event ?? null
  return {
    header: null,
    field: nameOf(field),
    example: written(value),
    becomes: event === null ? null : fieldValue(field, event),
  }
}

const nameOf = ({ name, isKnown }: Field): string => (isKnown ? name : `${name} (not in the catalogue)`)

function columnPreview({ header, field, index }: MappedColumn, samples: readonly Outcome[]): ColumnPreview {
  const name = field === null ? null : nameOf(field)
  const found = samples
    .map((sample) => ({ cell: firstCell(sample, index), validation: sample.validation }))
    .filter(({ cell }) => cell !== '')
  // One that is accepted shows more.
  const best = found.find(({ validation }) => validation?.status === 'accepted') ?? found[0]
  if (best === undefined) return { header, field: name, example: null, becomes: null }
  const { event } = best.validation ?? { event: null }
  return { header, field: name, example: best.cell, becomes: field === null || event === null ? null : fieldValue(field, event) }
}

const firstCell = ({ entry }: Outcome, index: number): Cell => {
  const [row] = entry.rows
  return row !== undefined && 'cells' in row ? (row.cells[index] ?? '') : ''
}

function fieldValue(field: Field, event: NonNullable<EventValidation['event']>): string {
  const { line, path } = field
  const whole = line === null ? path : ['properties', 'products', String(line === 'row' ? 0 : line), ...path]
  const amount = whole[0] === 'properties' ? amountAt(event.money, whole.slice(1).join('.')) : undefined
  return amount === undefined ? written(valueAt(event, whole)) : amountText(amount)
}

const amountAt = (money: Readonly<Record<string, WireAmount>>, path: string): WireAmount | undefined =>
  Object.hasOwn(money, path) ? money[path] : undefined

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Record<string, unknown>)[name]
  }
  return at
}

const written = (value: unknown): string =>
  value === undefined || value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value)

/** 123456 EUR -> `1234.56 EUR` */
export function amountText({ minor, currency }: Pick<WireAmount, 'minor' | 'currency'>): string {
  const digits = currencyExponents.get(currency) ?? 2
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const sign = minor < 0 ? '-' : ''
  const major = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return `${sign}${major} ${currency}`
}
