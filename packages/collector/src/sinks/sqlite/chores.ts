import type { Slices } from './slices.ts'

/** Long work that the writer does beside its commits: one after the other, each in slices. */
export interface Chores {
  /**
   * Puts work at the end of the queue. What waits or runs under the same key already is joined.
   *
   * @param onEnd hears what came of it
   */
  add<T>(key: string, begin: () => Slices<T>, onEnd: (end: End<T>) => void): void
  /** Lets go of everything, in the middle of whatever it is. */
  stop(): void
}

export type End<T> = { readonly kind: 'done'; readonly result: T } | { readonly kind: 'failed'; readonly cause: unknown }

interface Chore {
  readonly key: string
  readonly begin: () => Slices<unknown>
  readonly listeners: ((end: End<never>) => void)[]
  slices: Slices<unknown> | null
}

export function createChores(): Chores {
  const queue: Chore[] = []
  let timer: NodeJS.Immediate | null = null

  return {
    add(key, begin, onEnd) {
      const known = queue.find((chore) => chore.key === key)
      // One key names one kind of work, so that its result has the type of this one's.
      const listener = onEnd as (end: End<never>) => void
      if (known !== undefined) {
        known.listeners.push(listener)
        return
      }
      queue.push({ key, begin, listeners: [listener], slices: null })
      schedule()
    },
    stop() {
      queue.length = 0
      if (timer !== null) clearImmediate(timer)
    },
  }

  // Commits that wait are taken before it is our turn again: their messages come between two immediates.
  function schedule(): void {
    if (queue.length > 0) timer ??= setImmediate(step)
  }

  function step(): void {
    timer = null
    const [chore] = queue
    if (chore === undefined) return
    const end = advance(chore)
    if (end !== null) {
      queue.shift()
      for (const listener of chore.listeners) listener(end)
    }
    schedule()
  }
}

function advance(chore: Chore): End<never> | null {
  try {
    chore.slices ??= chore.begin()
    const { done, value } = chore.slices.next()
    return done === true ? { kind: 'done', result: value as never } : null // what its listeners take
  } catch (cause) {
    return { kind: 'failed', cause }
  }
}
