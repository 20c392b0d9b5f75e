import { FootfallError, refusalOf } from '../errors.ts'
import { sharesOfAll } from '../limits/networks-of.ts'
import type { Hold } from './receive.ts'

/** How many bytes of bodies may be under way at once, so that many slow senders cannot fill the memory. */
export interface Budget {
  /**
   * Runs what takes bytes as they come, and gives them back at its end, however it ends.
   *
   * @param networks of who sends, as `networksOf` gives them; none where they cannot be told from others. Nobody gets more than a share: else
   * one who never ends what they began would keep everybody out.
   */
  holding<T>(networks: readonly string[], act: (hold: Hold) => Promise<T>): Promise<T>
}

export function createBudget(maxBytes: number): Budget {
  let taken = 0
  const takenBy = new Map<string, number>()

  function take(bytes: number, networks: readonly string[]): boolean {
    if (taken + bytes > maxBytes) return false
    const own = networks.map((name) => (takenBy.get(name) ?? 0) + bytes)
    if (own.some((sum, level) => sum > maxBytes * (sharesOfAll[level] ?? 1))) return false
    taken += bytes
    for (const [level, sum] of own.entries()) takenBy.set(networks[level] ?? '', sum)
    return true
  }

  function giveBack(bytes: number, networks: readonly string[]): void {
    taken -= bytes
    for (const name of networks) {
      const left = (takenBy.get(name) ?? 0) - bytes
      if (left > 0) takenBy.set(name, left)
      else takenBy.delete(name)
    }
  }

  return {
    async holding(networks, act) {
      let held = 0
      // What has come, not what was announced: else a few who announce and never send would keep everybody else out.
      const hold: Hold = (bytes) => {
        if (!take(bytes, networks)) return refusalOf(new FootfallError('overloaded', 'Too many bodies are under way.'))
        held += bytes
        return null
      }
      try {
        return await act(hold)
      } finally {
        giveBack(held, networks)
      }
    },
  }
}
