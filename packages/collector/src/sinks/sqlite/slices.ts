import type { DatabaseSync } from 'node:sqlite'

/**
 * Long work on the store, in slices: each is one transaction, and whoever drives it lets waiting commits go first in between. Yields how
 * long to pause before the next slice, in milliseconds.
 */
export type Slices<T> = Generator<number, T, void>

/** How long a slice works before it commits: who waits for it waits about as long as for another group of commits. */
const sliceMs = 25

/** Rows of one step: steps are never cut, so they are small. */
export const rowsPerStep = 100

/**
 * Makes slices of small steps: as many as fit into one transaction.
 *
 * @param onStep hears, within the transaction, what a step did
 * @param onSlice is called before each commit
 */
export function* inSlices<S>(
  db: DatabaseSync,
  steps: Generator<S, void, void>,
  onStep: (step: S) => void,
  onSlice: () => void = () => {},
): Slices<void> {
  for (let isOver = false; !isOver; ) {
    inTransaction(db, () => {
      const end = performance.now() + sliceMs
      do {
        const step = steps.next()
        isOver = step.done === true
        if (step.done !== true) onStep(step.value)
      } while (!isOver && performance.now() < end)
      onSlice()
    })
    yield 0
  }
}

export function inTransaction<T>(db: DatabaseSync, act: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = act()
    db.exec('COMMIT')
    return result
  } catch (cause) {
    // A full disk has rolled back already.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw cause
  }
}

/** Runs all slices at once, for those who hold nobody up. */
export function runToEnd<T>(slices: Slices<T>, onSlice: () => void = () => {}): T {
  for (;;) {
    const { done, value } = slices.next()
    if (done === true) return value
    onSlice()
  }
}
