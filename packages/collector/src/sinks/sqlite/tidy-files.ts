import type { DatabaseSync } from 'node:sqlite'
import type { Chores } from './chores.ts'
import type { Slices } from './slices.ts'
import { clearUnused, firstPage, type StoreBytes } from './unused-bytes.ts'

const pagesPerSlice = 500

const pauseMs = 50
/** When nobody waits any more. */
const longPauseMs = 5000

// An erasure of which only the files are left to be tidied.
const untidy = "FROM erasures_under_way WHERE id = ''"

/** Is what was removed still to be found in the files? Known across restarts. */
export const isUntidy = (db: DatabaseSync): boolean => db.prepare(`SELECT 1 ${untidy}`).get() !== undefined

/** Within the transaction that removes something. */
export function leaveUntidy(db: DatabaseSync): void {
  if (isUntidy(db)) return
  db.exec(`INSERT INTO erasures_under_way (project, id, erased_at, person, last_event, last_quarantined, tombstones, erased)
    VALUES ('', '', 0, '', 0, 0, 0, '')`)
}

export interface Tidying {
  /**
   * Gives freed pages back, empties the log, where what was removed still stands, and overwrites what is left in the free room of pages. Not
   * while another program reads what was before: then it is tried again until it succeeds, beside all other chores.
   *
   * @param onEnd hears once whether the files are tidy: as soon as they are, or when they were not for a while
   */
  begin(onEnd?: (isTidy: boolean) => void): void
  stop(): void
}

/**
 * Tidies the store's files as one chore, which whoever needs it joins.
 *
 * @param patienceMs how long somebody waits to hear that they are tidy
 */
export function createTidying(db: DatabaseSync, bytes: StoreBytes, chores: Pick<Chores, 'add'>, patienceMs = 15_000): Tidying {
  let waiting: readonly { readonly until: number; readonly onEnd: (isTidy: boolean) => void }[] = []
  let reached = firstPage
  let isQueued = false
  let timer: NodeJS.Timeout | undefined

  return {
    begin(onEnd = () => {}) {
      if (!isUntidy(db)) return onEnd(true)
      waiting = [...waiting, { until: performance.now() + patienceMs, onEnd }]
      // Of what was just removed, traces may stand anywhere.
      reached = firstPage
      attempt()
    },
    stop() {
      clearTimeout(timer)
      waiting = []
    },
  }

  function attempt(): void {
    if (isQueued) return
    clearTimeout(timer)
    isQueued = true
    chores.add(
      'tidy',
      tidy,
      (end) => {
        isQueued = false
        const isTidy = end.kind === 'done' && end.result
        const now = performance.now()
        const heard = waiting.filter(({ until }) => isTidy || now >= until)
        waiting = waiting.filter((one) => !heard.includes(one))
        if (!isTidy) timer = setTimeout(attempt, waiting.length > 0 ? pauseMs : longPauseMs)
        for (const { onEnd } of heard) onEnd(isTidy)
      },
      'when nothing else waits',
    )
  }

  /** One attempt, from where the one before came to. */
  function* tidy(): Slices<boolean> {
    yield* giveBack()
    while (reached !== Number.POSITIVE_INFINITY) {
      const next = clearUnused(db, bytes, reached)
      if (next === null) return false
      reached = next
      yield
    }
    db.exec(`DELETE ${untidy}`)
    return true
  }

  function* giveBack(): Slices<void> {
    const free = db.prepare('PRAGMA freelist_count')
    for (let left = Number.POSITIVE_INFINITY; ; ) {
      const { freelist_count } = free.get() as { freelist_count: number }
      if (freelist_count === 0 || freelist_count >= left) return
      left = freelist_count
      db.exec(`PRAGMA incremental_vacuum(${pagesPerSlice})`)
      // Pages move to where others were.
      reached = firstPage
      yield
    }
  }
}
