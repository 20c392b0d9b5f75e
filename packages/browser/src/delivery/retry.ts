const firstMs = 1_000
const longestMs = 30_000
/** A collector that asks for more is asked again tomorrow: timers cannot wait much longer anyway. */
const longestAskedMs = 24 * 60 * 60 * 1000

/**
 * How long to wait before the next attempt, in milliseconds: what the collector asked for, and on top a random time under a bound
 * that doubles with every failure.
 *
 * Full jitter: a collector that comes back must not meet every tab in the same second.
 * @param failures how often it failed in a row, from 1
 * @param askedMs what the collector asked for, never shortened up to a day; anything but a positive number is nothing
 * @param random in [0, 1)
 */
export const nextRetryMs = (failures: number, askedMs: number | undefined, random: number): number =>
  Math.min(longestAskedMs, Math.max(0, askedMs as number) || 0) + random * Math.min(longestMs, firstMs * 2 ** (failures - 1))

/**
 * Reads `Retry-After` in both of its forms, seconds and date, as milliseconds from now. Not positive, or NaN, when it says nothing.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export const retryAfterMs = (header: string | null, now: number): number => {
  const seconds = header as unknown as number // compared and multiplied as one: text that is no number is none, null is 0
  // biome-ignore lint/plugin: the header has one form of date, and what else is read as one delays at most a day
  return seconds >= 0 ? seconds * 1000 : Date.parse(header as string) - now
}
