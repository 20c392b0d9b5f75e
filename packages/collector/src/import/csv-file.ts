import { pipeline } from 'node:stream'
import { type Info, parse } from 'csv-parse'
import { unguarded } from '../csv.ts'
import { openText } from './decoded-text.ts'
import { badImport, type OpenOptions, reasonOf, type TableFile, type TableRow } from './source-file.ts'

/** A row that is longer is a quotation mark that was never closed. */
const maxRowBytes = 1_048_576

/** Opens a text file with a header. Its cells keep what they say, without the white space around them. */
export async function openCsv(file: string, { encoding: asked, separator: given }: OpenOptions): Promise<TableFile> {
  const text = await openText(file, asked)
  if (given !== undefined && (given.length !== 1 || /["\r\n]/.test(given)))
    throw badImport('--separator takes one character, such as ";" or a tab.')
  // Some programs say it in a line before the header.
  const announced = /^sep=([^\r\n"])\r?\n/i.exec(text.head)?.[1]
  const separator = given ?? announced ?? guessSeparator(text.head)
  if (separator === null)
    throw badImport(`${file}: its header does not tell what separates the columns; say it with --separator.`)
  const columns = await headerOf()
  const written = separator === '\t' ? 'by tabs' : `by "${separator}"`
  return { kind: 'table', columns, writing: `separated ${written}, ${text.encoding}`, days: null, separator, rows }

  async function headerOf(): Promise<readonly string[]> {
    for await (const { cells } of records()) return cells
    throw badImport(`${file} is empty.`)
  }

  async function* rows(): AsyncGenerator<TableRow> {
    // A file of rejected rows, which were marked against table programs.
    const isMarked = columns.some((column) => column.startsWith('footfall_'))
    let isHeader = true
    for await (const row of records()) {
      if (!isHeader) yield isMarked ? { ...row, cells: row.cells.map(unguarded) } : row
      isHeader = false
    }
  }

  async function* records(): AsyncGenerator<TableRow & { readonly cells: readonly string[] }> {
    const parser = parse({
      delimiter: separator ?? ',',
      // Of every kind, as a file may be put together from several.
      record_delimiter: ['\r\n', '\n', '\r'],
      info: true,
      relax_column_count: true,
      // 5" TV has one reading.
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: maxRowBytes,
    })
    // What ends the reading of the file ends the parser, which says so where its rows are taken.
    pipeline(text.pieces(), parser, () => {})
    let last = 0
    let isAnnouncement = announced !== undefined
    try {
      for await (const found of parser) {
        const { info, record } = found as { readonly info: Info; readonly record: readonly string[] }
        const line = info.lines - last > 1 ? info.lines - breaksIn(record) : info.lines
        last = info.lines
        const cells = record.map((cell) => cell.trim())
        if (!isAnnouncement && cells.some((cell) => cell !== '')) yield { line, cells }
        isAnnouncement = false
      }
    } catch (cause) {
      throw cause instanceof Error && 'lines' in cause ? unreadable(cause) : cause
    } finally {
      parser.destroy()
    }
  }

  function unreadable(cause: Error): Error {
    const { lines, code } = cause as { readonly lines?: number; readonly code?: string }
    const what =
      code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE'
        ? `a quotation mark that was opened about line ${lines} is never closed`
        : `line ${lines}: ${reasonOf(cause)}`
    return badImport(`${file} cannot be read (${what}).`, cause)
  }
}

const breaksIn = (record: readonly string[]): number => {
  let breaks = 0
  for (const cell of record) breaks += cell.match(/\r\n|\n|\r/g)?.length ?? 0
  return breaks
}

/** Of `;`, `,` and tab the one that stands most often in the header; `null` where two do. One column needs none. */
export function guessSeparator(head: string): string | null {
  const header = /^(?:\s*\r?\n)*((?:"(?:[^"]|"")*"|[^\r\n"])*)/.exec(head)?.[1] ?? ''
  const bare = header.replace(/"(?:[^"]|"")*"/g, '')
  const counts = [';', ',', '\t'].map((mark) => ({ mark, count: bare.split(mark).length - 1 })).sort((a, b) => b.count - a.count)
  const [first, second] = counts
  if (first === undefined || first.count === 0) return ','
  return first.count === second?.count ? null : first.mark
}
