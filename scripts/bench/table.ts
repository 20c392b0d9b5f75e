/** What a measurement found: rows of named figures. */
export interface Bench {
  readonly title: string
  /** What has to be known to read the figures. */
  readonly notes: readonly string[]
  readonly rows: readonly Readonly<Record<string, string | number>>[]
}

/** Prints figures as a table whose columns line up; numbers to the right. */
export function printTable({ title, notes, rows }: Bench): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const text = (value: string | number | undefined) =>
    typeof value === 'number' ? value.toLocaleString('en-US') : (value ?? '-')
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => text(row[column]).length)))
  const line = (cells: readonly (string | number | undefined)[]) =>
    cells.map((cell, index) => text(cell)[typeof cell === 'number' ? 'padStart' : 'padEnd'](widths[index] ?? 0)).join('  ')
  console.log(`\n${title}\n`)
  console.log(line(columns))
  console.log(widths.map((width) => '-'.repeat(width)).join('  '))
  for (const row of rows) console.log(line(columns.map((column) => row[column])))
  for (const note of notes) console.log(`\n${note}`)
}

/** The middle one; of an even number, the lower of the two. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Number.NaN

/** So many significant digits as a noisy machine is good for. */
export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits))
