import { LRUCache } from 'lru-cache'
import { normaliseName } from './name-form.ts'
import { createTypoReader } from './typos.ts'

/** Which property of the catalogue a key stands for. */
export interface KeyReading {
  readonly canonical: string
  /** Of several keys for one property the lowest is taken: an alias by its place in the table, before any slip. */
  readonly rank: number
  readonly rule: 'PR-ALIAS' | 'PR-FORM' | 'EN-TYPO'
  /** Slips that were mended; only with EN-TYPO. */
  readonly distance?: number
}

interface Names {
  /** Canonical property -> its aliases, most trusted first. */
  readonly aliases: ReadonlyMap<string, readonly string[]>
  /** The properties of the event, or of a product line. */
  readonly canonical: ReadonlySet<string>
  /** Properties that no slip leads to, nor to their aliases. */
  readonly neverMended: ReadonlySet<string>
}

/** Longer than any name of the catalogue, and short enough to compare. */
const maxKeyLength = 64

/** Behind every alias. */
const typoRank = 1000

/**
 * Makes a reader of the keys that an event has beside its properties: other names of them, another way of writing (`productId`,
 * `Product ID`), or slips (EN-TYPO). It knows one event's properties and looks at no other event's.
 */
export function createKeyReader({ canonical, aliases, neverMended }: Names): (key: string) => KeyReading | null {
  const exact = new Map<string, KeyReading>()
  const forms = new Map<string, KeyReading>()
  const letters = new Map<string, KeyReading | null>()
  for (const name of canonical) {
    const known = (aliases.get(name) ?? []).filter((alias) => !canonical.has(alias) && !alias.includes('.'))
    for (const [index, written] of [name, ...known].entries()) {
      if (written !== name) exact.set(written, { canonical: name, rank: index, rule: 'PR-ALIAS' })
      const reading = { canonical: name, rank: index + 0.5, rule: 'PR-FORM' } as const
      const form = normaliseName(written)
      if (!forms.has(form)) forms.set(form, reading)
      const bare = lettersOf(form)
      const taken = letters.get(bare)
      letters.set(bare, taken === undefined || taken?.canonical === name ? (taken ?? reading) : null)
    }
  }
  const readTypo = createTypoReader(
    [...forms].map(([form, reading]) => [form, neverMended.has(reading.canonical) ? null : reading.canonical]),
  )

  function readKey(key: string): KeyReading | null {
    if (key.length > maxKeyLength) return null
    const known = exact.get(key)
    if (known !== undefined) return known
    const form = normaliseName(key)
    const written = forms.get(form) ?? letters.get(lettersOf(form))
    if (written !== undefined && written !== null) return written
    const typo = readTypo(form)
    return typo && { canonical: typo.name, rank: typoRank + typo.distance, rule: 'EN-TYPO', distance: typo.distance }
  }

  // A sender's own properties come with each of its events.
  const readings = new LRUCache<string, { readonly reading: KeyReading | null }>({ max: 500 })
  return (key) => {
    const cached = readings.get(key)
    if (cached !== undefined) return cached.reading
    const reading = readKey(key)
    if (key.length <= maxKeyLength) readings.set(key, { reading })
    return reading
  }
}

const lettersOf = (form: string): string => form.replaceAll('_', '')
