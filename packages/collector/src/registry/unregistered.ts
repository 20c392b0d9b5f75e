import type { HeardSource } from '../sinks/registering.ts'
import type { Registry } from './registry.ts'

/** Sources that servers name and nobody has registered: so many have counts of their own, and no more. */
export interface Unregistered {
  /** Is what this source sends counted under its own name? */
  has(id: string): boolean
  /** Gives it a name of its own as long as there is room. */
  admit(id: string): void
}

/** Each has rows for every day: whoever names a new one with each event must not fill the disk with them. */
export const maxUnregistered = 1000

/** @param heard those that have counts already */
export function createUnregistered(
  heard: readonly HeardSource[],
  { sources }: Pick<Registry, 'sources'>,
  max: number = maxUnregistered,
): Unregistered {
  const names = new Set(heard.map(({ source }) => source).filter((id) => id !== '' && !sources.has(id)))
  return {
    has: (id) => names.has(id),
    admit(id) {
      if (names.size < max) names.add(id)
    },
  }
}
