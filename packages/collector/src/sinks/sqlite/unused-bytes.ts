import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { emptyLog } from './empty-log.ts'
import type { Slices } from './slices.ts'

/** The store's file, beside SQLite's own access to it. */
export interface StoreBytes {
  readonly fd: number
  /** Only after SQLite let go of the file: closing takes the locks of the whole process away. @see https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_ */
  close(): void
}

export function openBytes(file: string): StoreBytes {
  const fd = openSync(file, 'r+')
  return { fd, close: () => closeSync(fd) }
}

const sliceMs = 25
const pagesPerRead = 64
/** From here on the number of a page could look like the kind of one. */
const maxPages = 2 ** 24

const patienceMs = 15_000
const pauseMs = 50

/**
 * Overwrites what pages hold between the cells that they use. `secure_delete` overwrites what is deleted, but where cells move to another
 * page, or a page is packed anew, copies of them may stay behind in the room that is free.
 *
 * Within a slice nobody else writes: the log is empty, this is the only writer, and readers do not look at free room. The pages that SQLite
 * remembers are dropped first, so that none comes back as it was.
 *
 * @see https://www.sqlite.org/fileformat2.html#b_tree_pages
 * @returns whether all of the file was seen to
 */
export function* clearUnused(db: DatabaseSync, { fd }: StoreBytes): Slices<boolean> {
  const { page_size: pageSize } = db.prepare('PRAGMA page_size').get() as { page_size: number }
  const buffer = Buffer.alloc(pageSize * pagesPerRead)
  let waitedMs = 0
  for (let page = 1; ; ) {
    if (!emptyLog(db)) {
      if (waitedMs >= patienceMs) return false
      waitedMs += pauseMs
      yield pauseMs
      continue
    }
    db.exec('PRAGMA shrink_memory')
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number }
    if (pages > maxPages) return false
    const end = performance.now() + sliceMs
    let hasWritten = false
    while (page <= pages && performance.now() < end) {
      const read = Math.floor(readSync(fd, buffer, 0, buffer.length, (page - 1) * pageSize) / pageSize)
      if (read === 0) return false
      for (let index = 0; index < read && page <= pages; index += 1, page += 1) {
        const content = buffer.subarray(index * pageSize, (index + 1) * pageSize)
        const gap = isPointerMap(page, pageSize) ? null : unusedIn(content, page === 1 ? 100 : 0)
        if (gap === null || content.subarray(gap.from, gap.to).every((byte) => byte === 0)) continue
        writeSync(fd, Buffer.alloc(gap.to - gap.from), 0, gap.to - gap.from, (page - 1) * pageSize + gap.from)
        hasWritten = true
      }
    }
    if (hasWritten) fdatasyncSync(fd)
    if (page > pages) return true
    yield 0
  }
}

/** Pages that say where others belong, in files that can shrink: they look like others and are none. */
function isPointerMap(page: number, pageSize: number): boolean {
  const pagesPerMap = Math.floor(pageSize / 5) + 1
  const lockPage = 2 ** 30 / pageSize + 1
  // Where the one byte stands that locks are taken on, the map is a page later; that neither is touched is enough.
  return page === lockPage || page < 2 || (page - 2) % pagesPerMap === 0 || page === lockPage + 1
}

/** The room between a page's list of cells and its cells; `null` where it is no page of cells, or not as it should be. */
export function unusedIn(page: Uint8Array, at: number): { readonly from: number; readonly to: number } | null {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  const headerSize = headerSizes.get(view.getUint8(at))
  if (headerSize === undefined) return null
  const cells = view.getUint16(at + 3)
  const to = view.getUint16(at + 5) || 65_536
  const list = at + headerSize
  const from = list + 2 * cells
  if (from > to || to > page.length) return null
  for (let index = 0; index < cells; index += 1) if (view.getUint16(list + 2 * index) < to) return null
  return { from, to }
}

/** Kind of a page -> bytes before its list of cells: inner and outer pages of indexes and tables. */
const headerSizes: ReadonlyMap<number, number> = new Map([
  [2, 12],
  [5, 12],
  [10, 8],
  [13, 8],
])
