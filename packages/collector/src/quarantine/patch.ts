import { isRawEvent, type RawEvent } from '../ingest/validate.ts'

/**
 * What of an event a patch may write: what happened, when, and where it came from. Not whose it was and what they agreed to: what a page
 * sent stands in the consent ledger as the device's own word, and nobody may put words into its mouth afterwards. Who knows better sends
 * an event of their own, with the secret key.
 */
const patchableFields = ['id', 'name', 'occurred_at', 'age_ms', 'properties', 'page', 'channel', 'source'] as const

/** Honest patches have a few levels. */
const maxPatchDepth = 32

/** A JSON merge patch for events. */
export type Patch = RawEvent

/** Can it be used? */
export function checkPatch(
  value: unknown,
): { readonly kind: 'patch'; readonly patch: Patch } | { readonly kind: 'wrong'; readonly sentence: string } {
  if (!isRawEvent(value)) return wrong('patch is a JSON merge patch: an object with the fields that are to change.')
  if (!Object.keys(value).every((field) => patchableFields.some((known) => known === field))) {
    return wrong(`A patch may change ${patchableFields.join(', ')}; whose event it is and what they agreed to stays as it was.`)
  }
  return isDeep(value) ? wrong(`A patch is nested no deeper than ${maxPatchDepth} levels.`) : { kind: 'patch', patch: value }
}

const wrong = (sentence: string) => ({ kind: 'wrong', sentence }) as const

function isDeep(root: object): boolean {
  const stack = [{ value: root, depth: 1 }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.depth > maxPatchDepth) return true
    for (const part of Object.values(next.value)) {
      if (typeof part === 'object' && part !== null) stack.push({ value: part, depth: next.depth + 1 })
    }
  }
  return false
}

/**
 * Applies a JSON merge patch: `null` removes a field, objects are merged, anything else takes its place.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7396
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRawEvent(patch)) return patch
  // A map, and entries: a key such as `__proto__` stays data.
  const merged = new Map(isRawEvent(target) ? Object.entries(target) : [])
  for (const [key, part] of Object.entries(patch)) {
    if (part === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), part))
  }
  return Object.fromEntries(merged)
}
