import type { Sealed } from '../capture/seal.ts'

/** Where sealed events wait until the collector has them. Order is the order of capture. */
export interface Queue {
  /** Resolves once they are safe here, with those that are new, numbered. An event that is here already stays as it is. */
  put(events: readonly Sealed[]): Promise<readonly Sealed[]>
  /** The oldest, at most `count`. They stay until removed. */
  peek(count: number): Promise<readonly Sealed[]>
  /** Forgets these. Ids that are not here are passed over. */
  remove(ids: readonly string[]): Promise<unknown>
  /** How many wait here, whichever tab put them here. */
  count(): Promise<number>
  /** Forgets everything, the counter of numbers too. */
  clear(): Promise<unknown>
}

/** How far an installation has counted, under the name of whose events it counts. */
export type Counter = Readonly<Record<string, number>>

/**
 * Numbers events in order, without a gap or a repeat. A new owner is counted from 1 again, and the old one forgotten, so that
 * nothing links the two. Events without an identity are not numbered.
 */
export function numberEvents(counter: Counter = {}, events: readonly Sealed[]): [numbered: readonly Sealed[], counter: Counter] {
  const numbered = events.map((event) => {
    const { owner } = event
    if (!owner) return event
    const seq = (counter[owner] ?? 0) + 1
    counter = { [owner]: seq }
    return { ...event, seq }
  })
  return [numbered, counter]
}
