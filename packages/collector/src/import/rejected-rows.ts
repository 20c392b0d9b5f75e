import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { guarded } from '../csv.ts'
import type { Entry } from './entries.ts'
import { badImport, type Cell, reasonOf, type SourceFile } from './source-file.ts'

/** Why an event was not taken. */
export interface Reason {
  readonly status: 'quarantined' | 'rejected' | 'unreadable'
  readonly code: string
  readonly detail: string
}

/** A file of what was not taken, written as the one that it came from, so that it can be mended and imported. */
export interface RejectedRows {
  write(entry: Entry, reason: Reason): Promise<void>
  /** @returns whether there was anything to write */
  close(): Promise<boolean>
}

/** Columns that the importer writes, and leaves out where it finds them. */
const reasonColumns = ['footfall_line', 'footfall_status', 'footfall_code', 'footfall_reason'] as const

/**
 * Makes the file when the first row comes; of a workbook it is text, which every such program opens.
 *
 * @throws FootfallError `bad_import` when it cannot be written
 */
export function createRejectedRows(path: string, source: SourceFile): RejectedRows {
  let stream: WriteStream | null = null
  let failure: unknown = null

  return {
    async write(entry, reason) {
      stream ??= opened()
      const text =
        source.kind === 'table' ? tableText(entry, reason, source.separator, width(source.columns)) : eventsText(entry, reason)
      if (!stream.write(text) && failure === null) await drained(stream)
      if (failure !== null) throw unwritable()
    },
    async close() {
      if (stream === null) return false
      stream.end()
      await finished(stream).catch(() => {})
      if (failure !== null) throw unwritable()
      return true
    },
  }

  function opened(): WriteStream {
    const fresh = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    fresh.on('error', (cause) => {
      failure = cause
    })
    // With its mark spreadsheets read it as what it is, and so does the importer, whatever --encoding says.
    if (source.kind === 'table') fresh.write(`\ufeff${csvLine([...own(source.columns), ...reasonColumns], source.separator)}`)
    return fresh
  }

  function unwritable(): Error {
    return badImport(`${path} cannot be written (${reasonOf(failure)}); name another file with --rejected.`, failure)
  }
}

const drained = (stream: WriteStream): Promise<void> =>
  new Promise((resolve) => void stream.once('drain', resolve).once('close', resolve))

/** The columns of a file of rejected rows that is imported again end where the reasons begin. */
const width = (columns: readonly string[]): number => {
  const at = columns.findIndex((column) => column.startsWith('footfall_'))
  return at === -1 ? columns.length : at
}
const own = (columns: readonly string[]): readonly string[] => columns.slice(0, width(columns))

function tableText({ rows }: Entry, { status, code, detail }: Reason, separator: string, columns: number): string {
  let text = ''
  for (const row of rows) {
    const cells: readonly Cell[] = 'cells' in row ? row.cells : [] // a table has no other rows
    const padded = Array.from({ length: Math.max(columns, 0) }, (_, index) => guardedCell(cells[index] ?? ''))
    text += csvLine([...padded, row.line, status, code, guarded(detail)], separator)
  }
  return text
}

/** Marked where a table program would take it for a formula; the importer takes the mark off. */
const guardedCell = (cell: Cell): Cell => (typeof cell === 'string' ? guarded(cell) : cell)

/** The reason stands on a line before the one that it is about, which stays as it is. */
function eventsText({ rows, line }: Entry, { status, code, detail }: Reason): string {
  const reason = { footfall_line: line, footfall_status: status, footfall_code: code, footfall_reason: detail }
  return `${JSON.stringify(reason)}\n${rows.map((row) => ('text' in row ? `${row.text.trimEnd()}\n` : '')).join('')}`
}

function csvLine(cells: readonly Cell[], separator: string): string {
  return `${cells.map((cell) => csvCell(String(cell), separator)).join(separator)}\r\n`
}

const csvCell = (text: string, separator: string): string =>
  /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text
