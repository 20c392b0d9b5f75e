import type { DatabaseSync } from 'node:sqlite'

/** Long work on the store, in slices: each is one transaction, and whoever drives it lets waiting commits go first in between. */
export type Slices<T> = Generator<void, T, void>

/** How long a slice works before it commits: who waits for it waits about as long as for another group of commits. Longer is no faster. */
export const sliceMs = 12

/** Rows of one step: steps are never cut, so they are small. */
export const rowsPerStep = 100

/** Numbers by name. */
type Counts<S> = { readonly [what in keyof S]: number }

/**
 * Makes slices of small steps, as many as fit into one transaction, and adds up what they did.
 *
 * @param sums what was done before
 * @param onSlice hears within each transaction, at its end, how much it is by then
 */
export function* inSlices<S extends Counts<S>>(
  db: DatabaseSync,
  steps: Generator<Partial<S>, void, void>,
  sums: S,
  onSlice: (sums: S) => void = () => {},
): Slices<S> {
  for (let isOver = false; !isOver; ) {
    inTransaction(db, () => {
      const end = performance.now() + sliceMs
      do {
        const step = steps.next()
        isOver = step.done === true
        if (step.done !== true) sums = sumOf(sums, step.value)
      } while (!isOver && performance.now() < end)
      onSlice(sums)
    })
    yield
  }
  return sums
}

const sumOf = <S extends Counts<S>>(sums: S, more: Partial<S>): S =>
  Object.fromEntries(Object.entries<number>(sums).map(([what, count]) => [what, count + (more[what as keyof S] ?? 0)])) as S // the same keys

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
