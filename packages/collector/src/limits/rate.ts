/** How much may come: `perSecond` in the long run, and `burst` at once from somebody who was quiet before. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** What is left unsaid of a burst: whatever a whole minute may bring may also come at once. */
const burstSeconds = 60

/**
 * Reads `50`, `50:3000` (events or requests per second, then at once) or `off`.
 *
 * @returns `null` for `off`; `undefined` for what is none of these
 */
export function readRate(given: unknown): Rate | null | undefined {
  if (given === 'off') return null
  const parts = /^(\d{1,9}(?:\.\d{1,3})?)(?::(\d{1,9}))?$/.exec(typeof given === 'number' ? String(given) : textOf(given))
  if (parts === null) return undefined
  const perSecond = Number(parts[1])
  const burst = parts[2] === undefined ? Math.max(1, Math.ceil(perSecond * burstSeconds)) : Number(parts[2])
  return perSecond > 0 && burst >= 1 ? { perSecond, burst } : undefined
}

const textOf = (given: unknown): string => (typeof given === 'string' ? given.trim() : '')
