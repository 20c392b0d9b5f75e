import { catalogue, protectedNames } from '@footfall/events'

export type EventNameRule = 'EN-EXACT' | 'EN-FORM' | 'EN-ALIAS' | 'EN-LETTERS' | 'EN-PROTECTED' | 'EN-UNKNOWN'

export interface EventNameReading {
  /** Always `ok`: a name that the catalogue does not know is no error, it is the shop's own event. */
  readonly status: 'ok'
  /** The canonical name, or `unknown`. */
  readonly name: string
  readonly isKnown: boolean
  readonly rule: EventNameRule
}

/**
 * Finds the catalogue's name for a name as captured: as it stands, in its normalised form, as an alias, or by the same letters without
 * underscores. Real words of other vocabularies (the protected names) and everything else are `unknown` and keep their own name.
 */
export function resolveEventName(name: string): EventNameReading {
  if (catalogue.has(name)) return known(name, 'EN-EXACT')
  const form = normaliseName(name)
  for (const candidate of form.startsWith('$') ? [form, form.slice(1)] : [form]) {
    if (catalogue.has(candidate)) return known(candidate, 'EN-FORM')
    const alias = aliases.get(candidate)
    if (alias !== undefined) return known(alias, 'EN-ALIAS')
    if (protectedNames.has(candidate)) return unknown('EN-PROTECTED')
  }
  const sameLetters = letters.get(lettersOf(form))
  return sameLetters === undefined || sameLetters === null ? unknown('EN-UNKNOWN') : known(sameLetters, 'EN-LETTERS')
}

const known = (name: string, rule: EventNameRule): EventNameReading => ({ status: 'ok', name, isKnown: true, rule })
const unknown = (rule: EventNameRule): EventNameReading => ({ status: 'ok', name: 'unknown', isKnown: false, rule })

/** `Product Added`, `productAdded`, `product-added` and `PRODUCT.ADDED` are one name. */
const normaliseName = (name: string): string =>
  name
    .normalize('NFKC')
    .trim()
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[\s\-./:]+/g, '_')
    .replace(/_+/g, '_')
    .replace(/^_|_$/g, '')

const lettersOf = (form: string): string => form.replace(/[_$]/g, '')

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
