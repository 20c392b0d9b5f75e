import type { EventDefinition } from '@footfall/events'
import { readCurrency } from './currencies.ts'
import { isPresent } from './defaults.ts'
import { type MoneyRule, parseMoney } from './money.ts'
import { type Fault, fault, type Notes } from './notes.ts'
import { linesOf, type Shape } from './properties.ts'

/** An amount as it is stored. */
export interface StoredAmount {
  /** Integer in the currency's smallest unit. */
  readonly minor: number
  /** ISO 4217 code. */
  readonly currency: string
  /** In the project's base currency; `null` where no rate is known. */
  readonly baseMinor: number | null
  readonly baseCurrency: string | null
  /** Day of the rate, `YYYY-MM-DD`; `null` where none was needed. */
  readonly rateDate: string | null
}

/** Property path (`total`, `products.0.price`) -> amount. */
export type Amounts = Readonly<Record<string, StoredAmount>>

// The amounts of a product line.
const lineMoney = ['price', 'discount']

/**
 * Reads every amount of an event. A required one that cannot be read is a fault; an optional one becomes null, with a flag.
 * Amounts without a currency of their own take the event's `currency`, and without that the project's, recorded as a default.
 */
export function readAmounts(
  definition: EventDefinition,
  shape: Shape,
  properties: Record<string, unknown>,
  baseCurrency: string,
  notes: Notes,
): Amounts | Fault {
  const slots = amountSlots(definition, shape, properties)
  const amounts: Record<string, StoredAmount> = {}
  const eventCurrency = readEventCurrency(properties, notes)
  let leansOnDefault = false

  for (const { owner, name, path, isRequired } of slots) {
    const ownCurrency = owner === properties ? null : owner.currency
    const currencyHint = isPresent(ownCurrency) ? String(ownCurrency) : eventCurrency
    let read = parseMoney(owner[name], { currencyHint })
    if (read.status === 'ambiguous' && read.rule === 'MN-NOCURRENCY') {
      read = parseMoney(owner[name], { currencyHint: baseCurrency })
      leansOnDefault ||= read.status === 'ok'
    }
    if (read.status === 'ok') {
      if (read.isRounded) notes.flags.add('rounded')
      amounts[path] = inBase(read.minor, read.currency, baseCurrency, notes)
      continue
    }
    const code = read.rule === 'MN-BADCODE' ? 'bad_currency' : read.status === 'ambiguous' ? 'ambiguous_money' : 'bad_money'
    if (isRequired) return fault(code, explain(path, read.rule, currencyHint))
    notes.flags.add(code)
    notes.repairs.push({ field: `properties.${path}`, from: owner[name], to: null, rule: read.rule })
    owner[name] = null
  }

  if (leansOnDefault) {
    properties.currency = baseCurrency
    notes.flags.add('default_currency')
    notes.repairs.push({ field: 'properties.currency', from: null, to: baseCurrency, rule: 'DF-CURRENCY' })
  }
  return amounts
}

interface Slot {
  readonly owner: Record<string, unknown>
  readonly name: string
  readonly path: string
  readonly isRequired: boolean
}

const amountSlots = (definition: EventDefinition, shape: Shape, properties: Record<string, unknown>): readonly Slot[] =>
  [
    ...definition.money.map((name) => ({ owner: properties, name, path: name, isRequired: definition.required.includes(name) })),
    ...linesOf(shape, properties).flatMap((line, index) =>
      lineMoney.map((name) => ({ owner: line, name, path: `products.${index}.${name}`, isRequired: false })),
    ),
  ].filter(({ owner, name }) => isPresent(owner[name]))

/** The event's currency in canonical form. What is none is left as the hint, so that each amount that leans on it says so. */
function readEventCurrency(properties: Record<string, unknown>, notes: Notes): string | null {
  const named = properties.currency
  if (typeof named !== 'string') return null
  const code = readCurrency(named)
  if (code === named) return code
  if (code === null) notes.flags.add('bad_currency')
  notes.repairs.push({ field: 'properties.currency', from: named, to: code, rule: code === null ? 'MN-BADCODE' : 'MN-CODE' })
  properties.currency = code
  return code ?? named
}

function inBase(minor: number, currency: string, baseCurrency: string, notes: Notes): StoredAmount {
  const isSame = currency === baseCurrency
  if (!isSame) notes.flags.add('missing_rate')
  return { minor, currency, baseMinor: isSame ? minor : null, baseCurrency: isSame ? baseCurrency : null, rateDate: null }
}

function explain(path: string, rule: MoneyRule, currency: string | null): string {
  switch (rule) {
    case 'MN-BADCODE':
      return `properties.currency: ${quoted(currency)}is not an ISO 4217 code (${rule})`
    case 'MN-THREE':
      return `properties.${path}: one mark before three digits is a decimal mark or a thousands mark; send a number (${rule})`
    case 'MN-CONFLICT':
      return `properties.${path}: the amount names another currency than properties.currency (${rule})`
    case 'MN-RANGE':
      return `properties.${path}: the amount is larger than can be stored exactly (${rule})`
    default:
      return `properties.${path}: is not an amount that can be read, such as 19.99 or "19.99" (${rule})`
  }
}

/** A code-like word helps its sender and is nobody's data; anything else is not repeated. */
const quoted = (currency: string | null): string =>
  currency !== null && /^[A-Za-z]{1,8}$/.test(currency) ? `"${currency}" ` : ''
