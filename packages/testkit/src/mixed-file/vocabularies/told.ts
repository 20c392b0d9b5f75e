import type { Happening } from '../happening.ts'

/** A happening in the words of one tracker. */
export interface Told {
  readonly name: string
  readonly properties: Record<string, unknown>
  /** Rules of the repairs that make it ours, each once. */
  readonly rules: readonly string[]
  /** Flags that a reader of the result needs. */
  readonly flags: readonly string[]
}

/** How a tracker tells of what happened; `null` where it has no word for it. */
export type Vocabulary = (happening: Happening) => Told | null

export const told = (
  name: string,
  properties: Record<string, unknown>,
  rules: readonly string[] = [],
  flags: readonly string[] = [],
): Told => ({ name, properties, rules, flags })
