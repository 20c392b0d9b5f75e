/** Says the same thing at most once in a while, and how often it would have been said. */
export interface Seldom {
  /**
   * Says it at once, or counts it. What was counted is said when the while is over.
   *
   * @param key of a closed list: what is said under one key is one thing
   * @param say is called with how often, at least once
   */
  say(key: string, say: (times: number) => void): void
  /** Says what is still counted. */
  close(): void
}

/** However many requests are refused, the log grows by so little that it cannot fill a disk. */
const everyMs = 60_000

export function createSeldom(whileMs: number = everyMs): Seldom {
  const held = new Map<string, { times: number; say: (times: number) => void; readonly timer: NodeJS.Timeout }>()
  return {
    say(key, say) {
      const known = held.get(key)
      if (known !== undefined) {
        known.times += 1
        known.say = say
        return
      }
      begin(key, say)
      say(1)
    },
    close() {
      for (const { times, say, timer } of held.values()) {
        clearTimeout(timer)
        if (times > 0) say(times)
      }
      held.clear()
    },
  }

  function begin(key: string, say: (times: number) => void): void {
    const timer = setTimeout(() => pass(key), whileMs).unref()
    held.set(key, { times: 0, say, timer })
  }

  function pass(key: string): void {
    const over = held.get(key)
    held.delete(key)
    if (over === undefined || over.times === 0) return
    begin(key, over.say)
    over.say(over.times)
  }
}
