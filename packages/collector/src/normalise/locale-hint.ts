import { currencyOfRegion } from './currencies.ts'

/** What the way of writing of a place settles. */
export interface LocaleHint {
  /** `null` where it is neither of the two. */
  readonly decimalMark: '.' | ',' | null
  /** The currency that an ambiguous mark such as `$` means there. */
  readonly currency: string | null
}

/**
 * Reads a BCP 47 tag. Without a region it hints at nothing: Spanish groups with dots in Madrid and with commas in Mexico.
 */
export function localeHint(tag: string | null | undefined): LocaleHint | null {
  if (tag === null || tag === undefined || tag === '' || tag.length > maxLength) return null
  let hint = known.get(tag)
  if (hint === undefined) {
    hint = read(tag)
    if (known.size >= maxKnown) known.clear()
    known.set(tag, hint)
  }
  return hint
}

/** Far longer than any tag in use. */
const maxLength = 35
// Asking `Intl` takes some 20 microseconds, and one source writes in one locale. What the tags mean does not change while a process runs.
const maxKnown = 256
const known = new Map<string, LocaleHint | null>()

function read(tag: string): LocaleHint | null {
  try {
    const { region } = new Intl.Locale(tag)
    if (region === undefined) return null
    const mark = new Intl.NumberFormat(tag).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value
    return { decimalMark: mark === '.' || mark === ',' ? mark : null, currency: currencyOfRegion.get(region) ?? null }
  } catch {
    return null // not a language tag: no hint
  }
}
