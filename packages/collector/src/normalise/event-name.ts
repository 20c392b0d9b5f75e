import { catalogue, limits, protectedNames } from '@footfall/events'
import { LRUCache } from 'lru-cache'
import { normaliseName } from './name-form.ts'
import { reportedNames } from './stored-name.ts'
import { createTypoReader, editDistance } from './typos.ts'

export type EventNameRule =
  | 'EN-EXACT'
  | 'EN-FORM'
  | 'EN-ALIAS'
  /** The name under which is stored what somebody else sends of an event that only the collector derives. */
  | 'EN-REPORTED'
  /** An alias of the project's own: see registry/resolve-name.ts. */
  | 'EN-ALIAS-REGISTRY'
  | 'EN-LETTERS'
  | 'EN-TYPO'
  | 'EN-PROTECTED'
  | 'EN-UNKNOWN'

export interface EventNameReading {
  /** Always `ok`: a name that the catalogue does not know is no error, it is the shop's own event. */
  readonly status: 'ok'
  /** The canonical name, or `unknown`. */
  readonly name: string
  readonly isKnown: boolean
  readonly rule: EventNameRule
  /** Slips that were mended, 1 or 2; only with EN-TYPO. */
  readonly distance?: number
}

/**
 * Finds the catalogue's name for a name as captured: as it stands, in its normalised form, as an alias, by the same letters without
 * underscores, or as the one name that it is a slip of. Real words of other vocabularies (the protected names) and everything else are
 * `unknown` and keep their own name; `suggestEventName` has a guess for a person.
 */
export function resolveEventName(name: string): EventNameReading {
  if (typeof name !== 'string' || name.length > limits.maxNameLength) return unknown('EN-UNKNOWN')
  if (catalogue.has(name)) return known(name, 'EN-EXACT')
  const cached = readings.get(name)
  if (cached !== undefined) return cached
  const reading = readName(name)
  readings.set(name, reading)
  return reading
}

/** A shop has a few dozen names of its own, and each of them comes thousands of times. */
const readings = new LRUCache<string, EventNameReading>({ max: 2000 })

function readName(name: string): EventNameReading {
  const form = normaliseName(name)
  for (const candidate of form.startsWith('$') ? [form, form.slice(1)] : [form]) {
    if (catalogue.has(candidate)) return known(candidate, 'EN-FORM')
    const alias = aliases.get(candidate)
    if (alias !== undefined) return known(alias, 'EN-ALIAS')
    const derived = reportedNames.get(candidate)
    if (derived !== undefined) return known(derived, 'EN-REPORTED')
    if (protectedNames.has(candidate)) return unknown('EN-PROTECTED')
  }
  const sameLetters = letters.get(lettersOf(form))
  if (sameLetters !== undefined && sameLetters !== null) return known(sameLetters, 'EN-LETTERS')
  const typo = readTypo(form)
  return typo === null ? unknown('EN-UNKNOWN') : { ...known(typo.name, 'EN-TYPO'), distance: typo.distance }
}

const known = (name: string, rule: EventNameRule): EventNameReading => ({ status: 'ok', name, isKnown: true, rule })
const unknown = (rule: EventNameRule): EventNameReading => ({ status: 'ok', name: 'unknown', isKnown: false, rule })

/**
 * The canonical name that looks most like a name which is `unknown`, for a person to decide about; `null` where none looks like it.
 * Nothing is renamed by it: `payment_failed` looks like a name of the catalogue, too. Slower than resolving.
 */
export function suggestEventName(name: string): string | null {
  if (name.length > limits.maxNameLength) return null
  const form = normaliseName(name).replace(/^\$/, '')
  let best: { readonly name: string; readonly distance: number } | null = null
  for (const [target, canonical] of [...names, ...aliases]) {
    // Up to two letters in five may differ.
    const limit = Math.min(
      Math.floor(0.4 * Math.max(form.length, target.length)),
      best === null ? Number.POSITIVE_INFINITY : best.distance - 1,
    )
    if (limit < 0) continue
    const distance = editDistance(form, target, limit)
    if (distance <= limit) best = { name: canonical, distance }
  }
  return best?.name ?? null
}

const lettersOf = (form: string): string => form.replace(/[_$]/g, '')

const names: readonly (readonly [form: string, name: string])[] = [...catalogue.keys()].map((name) => [name, name])

const aliases: ReadonlyMap<string, string> = new Map(
  [...catalogue.values()].flatMap((event) => event.aliases.map((alias) => [alias, event.name] as const)),
)

/** Letters without underscores -> the one name that has them; `null` where two have. */
const letters: ReadonlyMap<string, string | null> = indexByLetters()

function indexByLetters(): ReadonlyMap<string, string | null> {
  const index = new Map<string, string | null>()
  for (const event of catalogue.values()) {
    for (const form of [event.name, ...event.aliases]) {
      const key = lettersOf(form)
      const taken = index.get(key)
      index.set(key, taken === undefined || taken === event.name ? event.name : null)
    }
  }
  // `screenview` is as protected as `screen_view`.
  for (const name of protectedNames) index.delete(lettersOf(name))
  return index
}

// A name that is as near to a protected name as to one of ours is left alone.
const readTypo = createTypoReader([...names, ...aliases, ...[...protectedNames].map((name) => [name, null] as const)])
