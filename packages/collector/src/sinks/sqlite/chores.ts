import type { Slices } from './slices.ts'

/**
 * Long work that the writer does beside its commits, in slices: of each in turn, so that an erasure does not wait for the end of a
 * retention.
 */
export interface Chores {
  /**
   * Puts work at the end of the queue. What waits or runs under the same key already is joined.
   *
   * @param onEnd hears what came of it
   * @param when @defaultValue `in turn`
   */
  add<T>(key: string, begin: () => Slices<T>, onEnd: (end: End<T>) => void, when?: 'in turn' | 'when nothing else waits'): void
  /** To be called between commits: runs a slice if none has run for a while, as none does by itself while commits keep coming. */
  takeTurn(): void
  /** Lets go of everything, in the middle of whatever it is. */
  stop(): void
}

export type End<T> = { readonly kind: 'done'; readonly result: T } | { readonly kind: 'failed'; readonly cause: unknown }

interface Chore {
  readonly key: string
  readonly isLast: boolean
  readonly begin: () => Slices<unknown>
  readonly listeners: ((end: End<never>) => void)[]
  slices: Slices<unknown> | null
}

/** Whoever waits for a commit waits for one slice more, four times a second at most. */
const dueMs = 225

/** @param onSlice hears after each slice */
export function createChores(onSlice: () => void = () => {}): Chores {
  const queue: Chore[] = []
  let timer: NodeJS.Immediate | null = null
  let workedAt = performance.now()

  return {
    add(key, begin, onEnd, when = 'in turn') {
      const known = queue.find((chore) => chore.key === key)
      // One key names one kind of work, so that its result has the type of this one's.
      const listener = onEnd as (end: End<never>) => void
      if (known !== undefined) {
        known.listeners.push(listener)
        return
      }
      queue.push({ key, isLast: when !== 'in turn', begin, listeners: [listener], slices: null })
      schedule()
    },
    takeTurn() {
      if (queue.length > 0 && performance.now() - workedAt >= dueMs) work()
    },
    stop() {
      queue.length = 0
      if (timer !== null) clearImmediate(timer)
    },
  }

  // Commits that wait are taken before it is our turn again: their messages come between two immediates, a thousand of them if need be.
  function schedule(): void {
    if (queue.length > 0) timer ??= setImmediate(step)
  }

  function step(): void {
    timer = null
    work()
    schedule()
  }

  function work(): void {
    const chore = queue.find(({ isLast }) => !isLast) ?? queue[0]
    if (chore === undefined) return
    const end = advance(chore)
    onSlice()
    workedAt = performance.now()
    queue.splice(queue.indexOf(chore), 1)
    if (end === null) queue.push(chore)
    else for (const listener of chore.listeners) listener(end)
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
