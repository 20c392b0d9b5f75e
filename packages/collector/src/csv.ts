/**
 * RFC 4180, a row with its line break. What people sent stands in its cells: no table program may take any of it for a formula, by
 * whichever mark it thinks that cells end.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export const csvRow = (cells: readonly (string | number)[]): string => `${cells.map(csvCell).join(',')}\r\n`

function csvCell(cell: string | number): string {
  const text = String(cell)
  if (typeof cell === 'number' || isPlain.test(text)) return text
  return `"${text.replace(beforeFormula, "$&'").replaceAll('"', '""')}"`
}

const isPlain = /^(?:\w[\w .:-]*)?$/

// Where a cell begins, also for a program that splits at semicolons, tabs or line breaks, and looks past white space and quotation marks.
// biome-ignore lint/suspicious/noControlCharactersInRegex: some programs look past them
const beforeFormula = /(?:^|[;\t\r\n])["\p{Zs}\p{Cf}\0-\x08\x0b\x0c\x0e-\x1f]*(?=[=+\-@＝＋－＠|%])/gu

/** JSON for a cell: the same value, and no mark at which another program would split it. */
export const jsonCell = (value: unknown): string => JSON.stringify(value).replaceAll(';', '\\u003b')

const formula = /^'*[=+\-@＝＋－＠]/
const number = /^[+-]?[\d\s.,]*$/

/** A cell of somebody's own table, which is handed back to be mended: it is marked as text if it could be taken for a formula. */
export const guarded = (text: string): string => (formula.test(text) && !number.test(text) ? `'${text}` : text)

/** What it was before. */
export const unguarded = (text: string): string => (text.startsWith("'") && formula.test(text) ? text.slice(1) : text)
