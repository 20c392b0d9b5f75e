const firstMs = 1_000
const longestMs = 60_000

/**
 * How long to wait before the next attempt, in milliseconds: what the collector asked for, else a random time under a bound that
 * doubles with every failure.
 *
 * Full jitter: a collector that comes back must not meet every tab in the same second.
 * @param failures how often it failed in a row, from 1
 * @param askedMs what the collector asked for, 0 if nothing; never shortened
 * @param random in [0, 1)
 */
export const nextRetryMs = (failures: number, askedMs: number, random: number): number =>
  askedMs + random * Math.min(longestMs, firstMs * 2 ** (failures - 1))

/**
 * Reads `Retry-After` in both of its forms, seconds and date.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (!header) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return ms >= 0 ? ms : undefined
}
