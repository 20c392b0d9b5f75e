import { editDistance } from './normalise/typos.ts'

/** Which of some words was probably meant: at most two slips away, and of short ones one; `null` where none is near. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const limit = word.length < 5 ? 1 : 2
  let best: { readonly name: string; readonly distance: number } | null = null
  for (const name of known) {
    const distance = editDistance(word, name, limit)
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance }
  }
  return best?.name ?? null
}
