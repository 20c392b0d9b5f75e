import type { DatabaseSync } from 'node:sqlite'
import { emptyLog } from './empty-log.ts'
import type { Slices } from './slices.ts'
import { clearUnused, type StoreBytes } from './unused-bytes.ts'

const pagesPerSlice = 500

/**
 * Gives freed pages back, empties the log, where what was deleted still stands, and overwrites what is left in the free room of pages.
 *
 * @returns whether it could: not while another program still reads what was before
 */
export function* tidyFiles(db: DatabaseSync, bytes: StoreBytes | null): Slices<boolean> {
  const free = db.prepare('PRAGMA freelist_count')
  for (let left = Number.POSITIVE_INFINITY; ; ) {
    const { freelist_count } = free.get() as { freelist_count: number }
    if (freelist_count === 0 || freelist_count >= left) break
    left = freelist_count
    db.exec(`PRAGMA incremental_vacuum(${pagesPerSlice})`)
    yield 0
  }
  const isTidy = bytes === null ? emptyLog(db) : yield* clearUnused(db, bytes)
  if (isTidy) db.exec("DELETE FROM erasures_under_way WHERE id = ''")
  return isTidy
}

/** Did an erasure end before the files were tidy? */
export const isUntidy = (db: DatabaseSync): boolean =>
  db.prepare("SELECT 1 FROM erasures_under_way WHERE id = ''").get() !== undefined

/** Tries again and again, for as long as another program reads. */
export function* tidyAtLast(db: DatabaseSync, bytes: StoreBytes): Slices<void> {
  while (!(yield* tidyFiles(db, bytes))) yield 1000
}
