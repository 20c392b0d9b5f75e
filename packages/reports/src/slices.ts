import type { Outcome } from './client.ts'

/** The figures of all slices so far, added up by name. */
export type Sums = Readonly<Record<string, number>>

/**
 * Has long work done slice by slice, since no single request may take minutes. What was done before a failure stays done; the whole may be
 * asked for again.
 *
 * @param onProgress hears of the sums after each slice
 */
export async function inSlices<T extends { readonly next: string | null }>(
  ask: (cursor: string | undefined) => Promise<Outcome<T>>,
  onProgress: (sums: Sums, answer: T) => void,
): Promise<Outcome<Sums>> {
  const sums: Record<string, number> = {}
  let cursor: string | undefined
  while (true) {
    const outcome = await ask(cursor)
    if (outcome.kind !== 'ok') return outcome
    for (const [name, value] of Object.entries(outcome.value)) {
      if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value
    }
    onProgress(sums, outcome.value)
    const { next } = outcome.value
    if (next === null) return { kind: 'ok', value: sums }
    // Work that does not move on would never end.
    if (next === cursor) return { kind: 'failed', sentence: 'The collector did not move on. Try again.' }
    cursor = next
  }
}
