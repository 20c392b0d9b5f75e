/** Times in which the store takes nothing for one reason, from the first delivery that was refused to the first that was taken again. */
export interface Spells {
  /** A delivery was refused for this reason: a code. */
  refused(code: string): void
  /** A delivery was taken. */
  taken(): void
}

export interface SpellPorts {
  readonly onBegin: (code: string) => void
  /** @param lastedMs from the first refusal to the last */
  readonly onEnd: (code: string, lastedMs: number, refusals: number) => void
  /** Ms, from any beginning, never backwards. @defaultValue `performance.now` */
  readonly now?: () => number
}

/** Under load some deliveries are still taken: a spell is over only when none was refused for so long. */
const calmMs = 10_000

export function createSpells({ onBegin, onEnd, now = () => performance.now() }: SpellPorts): Spells {
  const spells = new Map<string, { readonly since: number; last: number; refusals: number }>()
  return {
    refused(code) {
      const at = now()
      const known = spells.get(code)
      if (known === undefined) {
        spells.set(code, { since: at, last: at, refusals: 1 })
        onBegin(code)
        return
      }
      known.last = at
      known.refusals += 1
    },
    taken() {
      if (spells.size === 0) return
      const at = now()
      for (const [code, { since, last, refusals }] of spells) {
        if (at - last < calmMs) continue
        spells.delete(code)
        onEnd(code, last - since, refusals)
      }
    },
  }
}
