import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** Up to this size of its file, all pages of a store are looked at whenever it is opened. */
const lookedAtBytes = 64 * 2 ** 20

/**
 * Is the file what a store leaves behind, as far as can be told before SQLite touches it? What SQLite would take for a new database, and
 * overwrite, is told from a store that lost its content.
 *
 * @param mayBeOpenHere something in this process may have the file open. Then it is not opened beside SQLite: closing it would take away
 * the locks of the whole process, and the next program that looks at the store would remove the log from under the writer.
 * @returns what is wrong with it; `null` when nothing is
 * @see https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
 */
export function whatIsWrongWith(file: string, mayBeOpenHere: boolean): string | null {
  const size = sizeOf(file)
  const hasLog = (sizeOf(`${file}-wal`) ?? 0) > 0
  // A store has its name only from the moment on when it is one: see `makeStore`. SQLite would throw away a log that it finds beside nothing.
  if (size === null) return hasLog ? 'it is missing, and its log is still there' : null
  if (size === 0) return 'it is empty'
  // The length that the header tells holds while nothing is in the log.
  const length = hasLog || mayBeOpenHere ? null : lengthInHeader(file)
  return length !== null && length > size ? `it ends after ${size} of ${length} bytes` : null
}

const sizeOf = (file: string): number | null => statSync(file, { throwIfNoEntry: false })?.size ?? null

/** @see https://www.sqlite.org/fileformat2.html#in_header_database_size */
function lengthInHeader(file: string): number | null {
  const header = Buffer.alloc(100)
  const fd = openSync(file, 'r')
  try {
    if (readSync(fd, header, 0, 100, 0) < 100) return null
  } finally {
    closeSync(fd)
  }
  const pageSize = header.readUInt16BE(16)
  return header.readUInt32BE(28) * (pageSize === 1 ? 65_536 : pageSize)
}

/**
 * Looks at all pages of a store that is not large: a second's work at most. Of a large one it would be minutes, at each start, and a
 * damaged page is then found by `footfall doctor`, or by who comes upon it.
 *
 * @returns what is wrong; `null` when nothing was found
 */
export function whatIsWrongIn(db: DatabaseSync): string | null {
  const { bytes } = db.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size').get() as {
    bytes: number
  }
  if (bytes > lookedAtBytes) return null
  const { quick_check: found } = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string }
  return found === 'ok' ? null : found
}
