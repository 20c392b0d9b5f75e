/** Chance that repeats: the same seed gives the same file. */
export interface Random {
  /** From 0 up to, but not including, `below`. */
  whole(below: number): number
  pick<T>(from: readonly T[]): T
  /** Lower-case hexadecimal. */
  hex(digits: number): string
  /** A UUID of version 7 with a random time. */
  uuid(): string
}

/** Mulberry32: 32 bits of state are plenty for a file of events. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (below: number): number => Math.floor(next() * below)
  const hex = (digits: number): string => Array.from({ length: digits }, () => whole(16).toString(16)).join('')
  return {
    whole,
    pick<T>(from: readonly T[]): T {
      const picked = from[whole(from.length)]
      if (picked === undefined) throw new Error('there is nothing to pick from')
      return picked
    },
    hex,
    uuid: () => `0198${hex(4)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`,
  }
}
