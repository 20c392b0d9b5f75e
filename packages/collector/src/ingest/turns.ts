import { FootfallError, type Refusal, refusalOf } from '../errors.ts'

/** Lets requests be read, judged and stored a few at a time, in the order in which they have arrived whole. */
export interface Turns {
  /**
   * Runs what makes so many bytes of JSON into events, and stores them, when it is its turn. Until then a request holds its body alone:
   * what is read and judged takes ten times the memory, and waits no shorter for the disk. Refused with `overloaded` where others have
   * waited for too long already.
   *
   * @param bytes as far as can be told before
   */
  taking<T>(bytes: number, act: (turn: Turn) => Promise<T>): Promise<T | Refusal>
}

export interface Turn {
  readonly hasWaited: boolean
  /** It is so many bytes more than could be told: the next wait for longer. */
  grow(bytes: number): void
}

export interface TurnsOptions {
  /** Of all whose turn it is. One that is larger has its turn alone. */
  readonly maxBytes: number
  /** Once the first of those that wait has waited for so long, nobody else may, in milliseconds. */
  readonly maxWaitMs: number
}

/** What waits is bounded by whoever lets it come. */
export function createTurns({ maxBytes, maxWaitMs }: TurnsOptions): Turns {
  const waiting: { readonly bytes: number; readonly since: number; readonly begin: () => void }[] = []
  let taken = 0

  return {
    async taking(bytes, act) {
      const hasWaited = waiting.length > 0 || !fits(bytes)
      if (hasWaited && isStanding()) return refusalOf(new FootfallError('overloaded', 'Requests wait for too long.'))
      let own = bytes
      if (hasWaited) await new Promise<void>((begin) => waiting.push({ bytes, since: performance.now(), begin }))
      else taken += bytes
      const grow = (more: number): void => {
        own += more
        taken += more
      }
      try {
        return await act({ hasWaited, grow })
      } finally {
        taken -= own
        letIn()
      }
    },
  }

  function fits(bytes: number): boolean {
    return taken === 0 || taken + bytes <= maxBytes
  }

  function isStanding(): boolean {
    const [first] = waiting
    return first !== undefined && performance.now() - first.since > maxWaitMs
  }

  function letIn(): void {
    for (let next = waiting[0]; next !== undefined && fits(next.bytes); next = waiting[0]) {
      waiting.shift()
      taken += next.bytes
      next.begin()
    }
  }
}
