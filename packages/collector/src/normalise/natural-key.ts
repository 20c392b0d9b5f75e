import { hash } from 'node:crypto'
import type { EventDefinition } from '@footfall/events'
import type { Amounts } from './amounts.ts'
import { canonicalJson } from './canonical-json.ts'
import { type EventParts, isPresent } from './defaults.ts'

/**
 * What names the thing that happened only once, as a fixed-length text; `null` where no key of the definition applies.
 * A hash, because a key may hold a user id or a whole list of products, and is only ever compared.
 */
export function naturalKeyOf(
  definition: EventDefinition,
  properties: Readonly<Record<string, unknown>>,
  amounts: Amounts,
  parts: EventParts,
): string | null {
  for (const names of definition.naturalKeys) {
    const values = names.map((name) => partOf(name, properties, amounts, parts))
    // The names stand in the key, so that keys of different parts never meet.
    if (values.every(isPresent)) return hash('sha256', JSON.stringify([names, values]), 'hex').slice(0, 32)
  }
  return null
}

/**
 * Do two reports of one happening contradict each other? Only what is settled once has one amount: a checkout's total changes with its cart.
 *
 * @param amount as a text; `null` where it says none
 */
export const isContradiction = (name: string, amount: string | null, other: string | null): boolean =>
  isSettledOnce(name) && amount !== other

/** Has every report of such a happening the same amount? */
export const isSettledOnce = (name: string): boolean => settledOnce.has(name)

const settledOnce: ReadonlySet<string> = new Set(['order_completed', 'order_refunded', 'pos_purchase_completed'])

function partOf(name: string, properties: Readonly<Record<string, unknown>>, amounts: Amounts, parts: EventParts): string | null {
  if (Object.hasOwn(parts, name)) return parts[name] ?? null
  const amount = Object.hasOwn(amounts, name) ? amounts[name] : undefined
  if (amount !== undefined) return `${amount.minor} ${amount.currency}`
  const value = properties[name]
  // "1001" and " 1001" are one order.
  return isPresent(value) ? canonicalJson(typeof value === 'string' ? value.trim() : value) : null
}
