import type { EventDefinition } from '@footfall/events'
import { convert } from './convert.ts'
import { currenciesOf, readCurrency } from './currencies.ts'
import { isPresent } from './defaults.ts'
import { type MoneyReading, type MoneyRule, parseMoney } from './money.ts'
import { type Fault, fault, type Notes } from './notes.ts'
import type { Outcome } from './outcome.ts'
import { linesOf, type Shape } from './properties.ts'
import type { Rates } from './rates.ts'

/** An amount as it is stored. */
export interface StoredAmount {
  /** Integer in the currency's smallest unit. */
  readonly minor: number
  /** ISO 4217 code. */
  readonly currency: string
  /** In the project's base currency; `null` where no rate is known. */
  readonly baseMinor: number | null
  readonly baseCurrency: string | null
  /** Day of the rate, `YYYY-MM-DD`, the older one where two were needed; `null` where none was. */
  readonly rateDate: string | null
}

/** Property path (`total`, `products.0.price`) -> amount. */
export type Amounts = Readonly<Record<string, StoredAmount>>

/** What turns an event's amounts into those of reports. */
export interface AmountContext {
  readonly baseCurrency: string
  readonly rates: Rates | null
  /** Ms since 1970 UTC: amounts are converted by the rates of that UTC day, never of today's. */
  readonly occurredAt: number
}

// The amounts of a product line.
const lineMoney = ['price', 'discount']

/**
 * Reads every amount of an event. A required one that cannot be read is a fault; an optional one becomes null, with a flag.
 * Amounts without a currency of their own take the event's `currency`, and without that the project's, recorded as a default; so does one
 * with a mark such as `$`, if the project's currency is one of those it stands for.
 */
export function readAmounts(
  definition: EventDefinition,
  shape: Shape,
  properties: Record<string, unknown>,
  context: AmountContext,
  notes: Notes,
): Amounts | Fault {
  const { baseCurrency } = context
  const slots = amountSlots(definition, shape, properties)
  const amounts: Record<string, StoredAmount> = {}
  const eventCurrency = readEventCurrency(properties, notes)
  let leansOnDefault = false

  for (const { owner, name, path, isRequired } of slots) {
    const ownCurrency = owner === properties ? null : owner.currency
    const currencyHint = isPresent(ownCurrency) ? asCode(ownCurrency) : eventCurrency
    let read = parseMoney(owner[name], { currencyHint })
    if (lacksCurrency(read)) {
      read = readByDefault(owner[name], currencyHint, baseCurrency) ?? read
      leansOnDefault ||= read.status === 'ok'
    }
    if (read.status === 'ok') {
      if (read.isRounded) notes.flags.add('rounded')
      amounts[path] = inBase(read, context, notes)
      continue
    }
    const code = read.rule === 'MN-BADCODE' ? 'bad_currency' : read.status === 'ambiguous' ? 'ambiguous_money' : 'bad_money'
    if (isRequired) return fault(code, explain(path, read.rule, currencyHint))
    notes.flags.add(code)
    notes.repairs.push({ field: `properties.${path}`, from: owner[name], to: null, rule: read.rule })
    owner[name] = null
  }

  if (leansOnDefault) notes.flags.add('default_currency')
  if (eventCurrency === null || (currenciesOf(eventCurrency)?.length ?? 0) > 1) {
    const to = leansOnDefault ? baseCurrency : null
    if (to !== eventCurrency) {
      const rule = leansOnDefault ? 'DF-CURRENCY' : 'MN-SYMBOL-AMBIG'
      notes.repairs.push({ field: 'properties.currency', from: eventCurrency, to, rule })
      properties.currency = to
    }
  }
  return amounts
}

const lacksCurrency = ({ status, rule }: Outcome<MoneyReading, MoneyRule>): boolean =>
  status === 'ambiguous' && (rule === 'MN-NOCURRENCY' || rule === 'MN-SYMBOL-AMBIG')

/** `null` where what was said rules the project's own currency out, as `$` does with the euro. */
function readByDefault(value: unknown, said: string | null, baseCurrency: string): Outcome<MoneyReading, MoneyRule> | null {
  if (said !== null && currenciesOf(said)?.includes(baseCurrency) !== true) return null
  const read = parseMoney(value, { currencyHint: baseCurrency })
  return read.status === 'invalid' && read.rule === 'MN-CONFLICT' ? null : read
}

/** What is no text names no currency, and must not be taken for the event's. */
const asCode = (currency: unknown): string => (typeof currency === 'string' ? currency : 'no code')

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

const maxMarkLength = 16

/** The event's currency in canonical form; a mark of several currencies as it stands. What is none is left as the hint, so that each amount that leans on it says so. */
function readEventCurrency(properties: Record<string, unknown>, notes: Notes): string | null {
  const named = properties.currency
  if (typeof named !== 'string') return null
  const codes = currenciesOf(named.length <= maxMarkLength ? named.normalize('NFKC') : named)
  if (codes !== null && codes.length > 1) return named
  const code = codes?.[0] ?? null
  if (code === named) return code
  if (code === null) notes.flags.add('bad_currency')
  const rule = code === null ? 'MN-BADCODE' : readCurrency(named) === null ? 'MN-SYMBOL' : 'MN-CODE'
  notes.repairs.push({ field: 'properties.currency', from: named, to: code, rule })
  properties.currency = code
  return code ?? named
}

/** Where there is no rate, the base amount is not known: `null`, never 0, and reports count it. */
function inBase(
  { minor, currency }: MoneyReading,
  { baseCurrency, rates, occurredAt }: AmountContext,
  notes: Notes,
): StoredAmount {
  if (currency === baseCurrency) return { minor, currency, baseMinor: minor, baseCurrency, rateDate: null }
  const converted = convert(minor, currency, baseCurrency, new Date(occurredAt).toISOString().slice(0, 10), rates)
  if (converted.status === 'ok')
    return { minor, currency, baseMinor: converted.minor, baseCurrency, rateDate: converted.rateDate }
  notes.flags.add('missing_rate')
  return { minor, currency, baseMinor: null, baseCurrency: null, rateDate: null }
}

function explain(path: string, rule: MoneyRule, currency: string | null): string {
  switch (rule) {
    case 'MN-BADCODE':
      return `properties.currency: ${quoted(currency)}is not an ISO 4217 code (${rule})`
    case 'MN-THREE':
      return `properties.${path}: one mark before three digits is a decimal mark or a thousands mark; send a number (${rule})`
    case 'MN-SYMBOL-AMBIG':
      return `properties.${path}: several currencies are written like this; send an ISO 4217 code as currency (${rule})`
    case 'MN-GROUPING':
      return `properties.${path}: its marks group the digits in a way that no number has; send a number (${rule})`
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
