import { closeSync, existsSync, fdatasyncSync, openSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, type DatabaseSync } from 'node:sqlite'
import { FootfallError } from '../errors.ts'
import { openForReading, readable, storeFile } from '../sinks/sqlite/open.ts'

/** What a copy holds: one moment of the store. */
export interface StoreFacts {
  /** Ms since 1970 UTC: what was committed by then is in it, and nothing later. */
  readonly takenAt: number
  readonly schemaVersion: number
  readonly events: number
  readonly quarantined: number
  readonly consentEntries: number
  /** Ms since 1970 UTC; `null` when there is no event. */
  readonly newestReceivedAt: number | null
}

export interface CopyPorts {
  /** Given up when aborted. */
  readonly signal: AbortSignal
  /** From 0 to 1. */
  readonly onProgress: (share: number) => void
}

/** 1 MiB at a time: after each one the collector may have the disk, and whoever stops us is heard. */
const pagesPerStep = 256
const stepsPerSync = 8

/** Twice what a collector leaves free before it stops to store: a copy must never be the reason that it does. */
export const floorBytes = 128 * 2 ** 20

/**
 * Copies the store as it is at one moment, while a collector goes on writing to it. The moment is held by a read transaction: pages that are
 * written meanwhile stay in the log, so that the copy never has to begin anew. The log grows for as long as it takes.
 *
 * @param to a file that does not exist
 * @throws FootfallError `interrupted`, `disk_low`, `store_unavailable`, `store_corrupt`
 */
export async function copyStore(folder: string, to: string, { signal, onProgress }: CopyPorts): Promise<StoreFacts> {
  let db: DatabaseSync | null = null
  let copy: number | null = null
  try {
    if (!existsSync(storeFile(folder))) throw nothingThere(folder)
    db = openForReading(folder)
    db.exec('BEGIN')
    const facts = factsOf(db)
    makeRoom(db, folder, dirname(to))
    copy = openSync(to, 'wx', 0o600)
    let steps = 0
    let stepped = performance.now()
    await backup(db, to, {
      rate: pagesPerStep,
      progress({ totalPages, remainingPages }) {
        if (signal.aborted) throw new FootfallError('interrupted', 'Stopped before the backup was whole.')
        for (const place of [folder, dirname(to)]) if (freeBytes(place) < floorBytes) throw tooFull(place, floorBytes)
        onProgress(1 - remainingPages / totalPages)
        // Much that is not written yet would be written in the collector's next commit, which waits for it.
        steps += 1
        if (steps % stepsPerSync === 0 && copy !== null) fdatasyncSync(copy)
        // As long again as it took: half of the disk is the collector's.
        pause(Math.min(performance.now() - stepped, 50))
        stepped = performance.now()
      },
    })
    return facts
  } catch (cause) {
    throw readable(cause, folder, 'read')
  } finally {
    db?.close()
    if (copy !== null) closeSync(copy)
  }
}

function factsOf(db: DatabaseSync): StoreFacts {
  const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? { none: 0 })[0])
  // The first look at the store begins the transaction.
  const schemaVersion = number('PRAGMA user_version')
  const has = (table: string): boolean =>
    number(`SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '${table}'`) === 1
  const takenAt = Date.now()
  return {
    takenAt,
    schemaVersion,
    events: number('SELECT count(*) FROM events'),
    quarantined: number('SELECT count(*) FROM quarantine'),
    // Stores of the first versions have none.
    consentEntries: has('consent_ledger') ? number('SELECT count(*) FROM consent_ledger') : 0,
    newestReceivedAt: number('SELECT received_at FROM events ORDER BY position DESC LIMIT 1') || null,
  }
}

function makeRoom(db: DatabaseSync, folder: string, target: string): void {
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number }
  const { page_size: pageBytes } = db.prepare('PRAGMA page_size').get() as { page_size: number }
  const needed = pages * pageBytes + floorBytes
  if (freeBytes(target) < needed) throw tooFull(target, needed)
  if (freeBytes(folder) < floorBytes) throw tooFull(folder, floorBytes)
}

const nothingThere = (folder: string): FootfallError =>
  new FootfallError('store_unavailable', `There is no store in ${folder}; set FOOTFALL_DATA_DIR to the collector's data folder.`)

/** Room that is left on the disk of a folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

export const tooFull = (folder: string, needed: number): FootfallError =>
  new FootfallError(
    'disk_low',
    `The disk of ${folder} has ${mebibytes(freeBytes(folder))} free, of ${mebibytes(needed)} that are needed, with what has to stay free; make room, or name another place.`,
  )

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MiB`

/** The only thing that this thread has to do is to wait. */
function pause(ms: number): void {
  if (ms >= 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
