import type { EventDefinition } from '@footfall/events'
import { currencyExponents, readCurrency } from './currencies.ts'
import { isPresent } from './defaults.ts'
import { type MoneyContext, type MoneyReading, parseMoney } from './money.ts'
import type { Notes } from './notes.ts'

type Fields = Readonly<Record<string, unknown>>

/** How the amounts of an event are read that say too little themselves. */
export interface MoneyManner extends Pick<MoneyContext, 'localeHint' | 'unit'> {
  /** Of amounts that name none, on events that name none. */
  readonly defaultCurrency: string
  /** Is the tax in the prices already? @defaultValue false */
  readonly isTaxIncluded?: boolean | undefined
}

/**
 * The total of an order that came without one (DF-TOTAL): price times quantity over all lines, with the tax and the shipping that are
 * stated; without the tax where the source's prices include it. Only where every line has a price that can be read and all are in one currency; not where the order has a discount, since it may
 * or may not be in the prices already. Flagged, as what is not stated is not in it.
 */
export function deriveTotal(
  definition: EventDefinition,
  properties: Record<string, unknown>,
  manner: MoneyManner,
  notes: Notes,
): void {
  if (definition.name !== 'order_completed' || isPresent(properties.total)) return
  const { products, tax, shipping, discount } = properties
  if (!Array.isArray(products) || products.length === 0) return
  const lines = products.map((line) => linePart(line))
  const isTaxAdded = manner.isTaxIncluded !== true
  const stated = [isTaxAdded ? tax : null, shipping, discount]
    .filter(isPresent)
    .map((amount) => ({ amount, quantity: 1, currency: null }))
  if (isPresent(discount) && sumOf([{ amount: discount, quantity: 1, currency: null }], properties.currency, manner)?.minor !== 0)
    return
  const total = sumOf([...lines, ...stated], properties.currency, manner)
  if (total === null) return
  properties.total = asSent(total, properties.currency, manner)
  notes.flags.add('derived_total')
  notes.repairs.push({ field: 'properties.total', from: null, to: properties.total, rule: 'DF-TOTAL' })
}

/** The sum of amounts, exact, as an amount of the event; `null` where one cannot be read, or they are in several currencies. */
export function sumOfAmounts(amounts: readonly unknown[], eventCurrency: unknown, manner: MoneyManner): unknown {
  const sum = sumOf(
    amounts.map((amount) => ({ amount, quantity: 1, currency: null })),
    eventCurrency,
    manner,
  )
  return sum && asSent(sum, eventCurrency, manner)
}

interface Part {
  readonly amount: unknown
  readonly quantity: number | null
  /** The line's own. */
  readonly currency: unknown
}

function linePart(line: unknown): Part {
  if (typeof line !== 'object' || line === null) return { amount: null, quantity: null, currency: null }
  const { price, quantity, currency } = line as Fields
  return { amount: price, quantity: wholeNumber(quantity ?? 1), currency }
}

function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 1 ? number : null
}

type Sum = Pick<MoneyReading, 'minor' | 'currency'>

function sumOf(parts: readonly Part[], eventCurrency: unknown, { defaultCurrency, localeHint, unit }: MoneyManner): Sum | null {
  let minor = 0n
  let currency: string | null = null
  for (const part of parts) {
    const named = [part.currency, eventCurrency].find(isPresent) ?? defaultCurrency
    if (typeof named !== 'string') return null
    const read = parseMoney(part.amount, { currencyHint: named, localeHint, unit })
    if (read.status !== 'ok' || part.quantity === null || (currency !== null && read.currency !== currency)) return null
    currency = read.currency
    minor += BigInt(read.minor) * BigInt(part.quantity)
  }
  if (currency === null || minor > BigInt(Number.MAX_SAFE_INTEGER) || minor < 0n) return null
  return { minor: Number(minor), currency }
}

/** As the sender would have written it. A number, because three decimals in a text may be taken for thousands. */
function asSent({ minor, currency }: Sum, eventCurrency: unknown, { defaultCurrency, unit }: MoneyManner): unknown {
  const amount = unit === 'minor' ? minor : Number(decimalText(minor, currency))
  return currency === (readCurrency(eventCurrency) ?? defaultCurrency) ? amount : { amount, currencyCode: currency }
}

/** `1999` in EUR is `19.99`. Of up to 16 digits, which a number holds. */
export function decimalText(minor: number, currency: string): string {
  const exponent = currencyExponents.get(currency) ?? 0
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  return `${minor < 0 ? '-' : ''}${whole}${exponent === 0 ? '' : `.${digits.slice(-exponent)}`}`
}
