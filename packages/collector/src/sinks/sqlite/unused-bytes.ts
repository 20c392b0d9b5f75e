import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { whileLogIsEmpty } from './empty-log.ts'
import { sliceMs } from './slices.ts'

/** The store's file, beside SQLite's own access to it. */
export interface StoreBytes {
  readonly file: string
  /** Opened when it is first asked for. */
  readonly fd: number
  /** Only after SQLite let go of the file: closing takes the locks of the whole process away. @see https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_ */
  close(): void
}

export function createStoreBytes(file: string): StoreBytes {
  let opened: number | null = null
  return {
    file,
    get fd() {
      opened ??= openSync(file, 'r+')
      return opened
    },
    close() {
      if (opened !== null) closeSync(opened)
      opened = null
    },
  }
}

/** The first page holds the schema, and nothing about anybody. */
export const firstPage = 2

const pagesPerRead = 64
/** From here on the number of a page could look like the kind of one. */
const maxPages = 2 ** 24

/**
 * Overwrites what pages hold between the cells that they use, for as long as a slice lasts. `secure_delete` overwrites what is deleted, but
 * where cells move to another page, or a page is packed anew, copies of them may stay behind in the room that is free.
 *
 * Nobody writes meanwhile, and readers do not look at free room. The pages that SQLite remembers are dropped first, so that none comes back
 * as it was.
 *
 * @see https://www.sqlite.org/fileformat2.html#b_tree_pages
 * @param from the page to begin with
 * @returns the page to go on at, `Infinity` after the last one, `null` when it cannot be done now
 */
export function clearUnused(db: DatabaseSync, bytes: StoreBytes, from: number): number | null {
  return whileLogIsEmpty(db, bytes.file, () => {
    db.exec('PRAGMA shrink_memory')
    const { page_size: pageSize } = db.prepare('PRAGMA page_size').get() as { page_size: number }
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number }
    if (pages > maxPages || hasReservedBytes(bytes)) return null
    const buffer = Buffer.alloc(pageSize * pagesPerRead)
    const zeros = Buffer.alloc(pageSize)
    const end = performance.now() + sliceMs
    let page = from
    let hasWritten = false
    while (page <= pages && (page === from || performance.now() < end)) {
      const read = Math.floor(readSync(bytes.fd, buffer, 0, buffer.length, (page - 1) * pageSize) / pageSize)
      if (read === 0) return null
      for (let index = 0; index < read && page <= pages; index += 1, page += 1) {
        const content = buffer.subarray(index * pageSize, (index + 1) * pageSize)
        const gap = isPointerMap(page, pageSize) ? null : unusedIn(content)
        if (gap === null || content.compare(zeros, 0, gap.to - gap.from, gap.from, gap.to) === 0) continue
        const length = gap.to - gap.from
        if (writeSync(bytes.fd, zeros, 0, length, (page - 1) * pageSize + gap.from) < length) return null
        hasWritten = true
      }
    }
    if (hasWritten) fdatasyncSync(bytes.fd)
    return page > pages ? Number.POSITIVE_INFINITY : page
  })
}

/** Room at the end of each page that an extension of SQLite has set aside: then nothing stands where it is looked for here. */
function hasReservedBytes({ fd }: StoreBytes): boolean {
  const reserved = Buffer.alloc(1)
  return readSync(fd, reserved, 0, 1, 20) !== 1 || reserved[0] !== 0
}

/** Pages that say where others belong, in files that can shrink: they look like others and are none. */
function isPointerMap(page: number, pageSize: number): boolean {
  const pagesPerMap = Math.floor(pageSize / 5) + 1
  const lockPage = 2 ** 30 / pageSize + 1
  // Where the one byte stands that locks are taken on, the map is a page later; that neither is touched is enough.
  return page === lockPage || (page - 2) % pagesPerMap === 0 || page === lockPage + 1
}

/** The room between a page's list of cells and its cells; `null` where it is no page of cells, or not as it should be. */
export function unusedIn(page: Uint8Array): { readonly from: number; readonly to: number } | null {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  const headerSize = headerSizes.get(view.getUint8(0))
  if (headerSize === undefined) return null
  const cells = view.getUint16(3)
  const to = view.getUint16(5) || 65_536
  const from = headerSize + 2 * cells
  if (from > to || to > page.length) return null
  for (let index = 0; index < cells; index += 1) if (view.getUint16(headerSize + 2 * index) < to) return null
  return { from, to }
}

/** Kind of a page -> bytes before its list of cells: inner and outer pages of indexes and tables. */
const headerSizes: ReadonlyMap<number, number> = new Map([
  [2, 12],
  [5, 12],
  [10, 8],
  [13, 8],
])
