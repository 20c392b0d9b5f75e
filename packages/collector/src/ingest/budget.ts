import { FootfallError, refusalOf } from '../errors.ts'
import type { Hold } from './receive.ts'

/** How many bytes of bodies may be under way at once, so that many slow senders cannot fill the memory. */
export interface Budget {
  /**
   * Runs what takes bytes as they come, and gives them back at its end, however it ends.
   *
   * @param who sends; `null` where they cannot be told from others. Nobody gets more than a share: else one who never ends what they began
   * would keep everybody out.
   */
  holding<T>(who: string | null, act: (hold: Hold) => Promise<T>): Promise<T>
}

/** Of all, for one sender. */
const share = 1 / 4

export function createBudget(maxBytes: number): Budget {
  let taken = 0
  const takenBy = new Map<string, number>()

  function take(bytes: number, who: string | null): boolean {
    const own = who === null ? 0 : (takenBy.get(who) ?? 0)
    if (taken + bytes > maxBytes || own + bytes > maxBytes * share) return false
    taken += bytes
    if (who !== null) takenBy.set(who, own + bytes)
    return true
  }

  function giveBack(bytes: number, who: string | null): void {
    taken -= bytes
    if (who === null) return
    const left = (takenBy.get(who) ?? 0) - bytes
    if (left > 0) takenBy.set(who, left)
    else takenBy.delete(who)
  }

  return {
    async holding(who, act) {
      let held = 0
      // What has come, not what was announced: else a few who announce and never send would keep everybody else out.
      const hold: Hold = (bytes) => {
        if (!take(bytes, who)) return refusalOf(new FootfallError('overloaded', 'Too many bodies are under way.'))
        held += bytes
        return null
      }
      try {
        return await act(hold)
      } finally {
        giveBack(held, who)
      }
    },
  }
}
