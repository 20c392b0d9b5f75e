/**
 * `true` and `false` as people and programs write them; `null` where it is neither. No typing error is ever corrected here.
 */
export function readFlag(value: unknown): boolean | null {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text.length > maxLength) return null
  return flags.get(text.trim().toLowerCase()) ?? null
}

const maxLength = 64

const flags: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'y', 'on'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'n', 'off'].map((text) => [text, false] as const),
])

/**
 * One of a closed list of words, in any case and with any spaces, hyphens or underscores in it, or by one of its other names; `null` where
 * it is none of them. No typing error is ever corrected here.
 */
export function readWord(value: unknown, words: readonly string[]): string | null {
  if (typeof value !== 'string' || value.length > maxLength) return null
  const folded = fold(value)
  const meant = otherWords.get(folded) ?? folded
  return words.find((word) => fold(word) === meant) ?? null
}

const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]/g, '')

/** Folded -> folded word of the catalogue. */
const otherWords: ReadonlyMap<string, string> = new Map([
  ['manual', 'user'],
  ['self', 'user'],
  ['timedout', 'timeout'],
  ['sessiontimeout', 'timeout'],
  ['expired', 'timeout'],
  ['sessionexpired', 'timeout'],
  ['force', 'forced'],
  ['admin', 'forced'],
  ['wlan', 'wifi'],
  ['bluetooth', 'beacon'],
  ['ble', 'beacon'],
  ['loyaltycard', 'loyalty'],
  ['checkedin', 'checkin'],
])
