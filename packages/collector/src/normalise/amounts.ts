import type { EventDefinition } from '@footfall/events'
import { convert } from './convert.ts'
import { currenciesOf, readCurrency } from './currencies.ts'
import { isPresent } from './defaults.ts'
import type { MoneyManner } from './derived-total.ts'
import { localeHint as readLocaleHint } from './locale-hint.ts'
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
export interface AmountContext extends Partial<MoneyManner> {
  readonly baseCurrency: string
  readonly rates: Rates | null
  /** Ms since 1970 UTC: amounts are converted by the rates of that UTC day, never of today's. */
  readonly occurredAt: number
}

// The amounts of a product line.
const lineMoney = ['price', 'discount']

/**
 * Reads every amount of an event. A required one that cannot be read is a fault; an optional one becomes null, with a flag.
 * Amounts without a currency of their own take the event's `currency`, without that the one which its other amounts name, and without
 * any the source's or the project's, recorded as a default; so does one with a mark such as `$`, if that currency is one of those it
 * stands for, and the source's locale does not say.
 */
export function readAmounts(
  definition: EventDefinition,
  shape: Shape,
  properties: Record<string, unknown>,
  context: AmountContext,
  notes: Notes,
): Amounts | Fault {
  const { baseCurrency, defaultCurrency = baseCurrency, localeHint, unit } = context
  const slots = amountSlots(definition, shape, properties)
  const amounts: Record<string, StoredAmount> = {}
  const eventCurrency = readEventCurrency(properties, localeHint, notes)
  // A total that was summed up here is in the default currency already.
  const mayLeanOnOthers = eventCurrency === null && !notes.flags.has('derived_total')
  const beside = mayLeanOnOthers ? currencyBeside(slots, properties, { localeHint, unit }) : null
  let leansOnDefault = false

  for (const { owner, name, path, isRequired } of slots) {
    const currencyHint = ownCurrency(owner, properties) ?? eventCurrency
    let read = parseMoney(owner[name], { currencyHint, localeHint, unit })
    if (isBare(read) && beside !== null) read = parseMoney(owner[name], { currencyHint: beside, localeHint, unit })
    if (lacksCurrency(read)) {
      read = readByDefault(owner[name], currencyHint, { defaultCurrency, localeHint, unit }) ?? read
      leansOnDefault ||= read.status === 'ok'
    }
    if (read.status === 'ok') {
      if (read.isRounded) notes.flags.add('rounded')
      amounts[path] = inBase(read, context, notes)
      continue
    }
    const code = read.rule === 'MN-BADCODE' ? 'bad_currency' : read.status === 'ambiguous' ? 'ambiguous_money' : 'bad_money'
    if (isRequired) return fault(code, explain(path, read.rule, currencyHint), read.rule)
    notes.flags.add(code)
    notes.repairs.push({ field: `properties.${path}`, from: owner[name], to: null, rule: read.rule })
    owner[name] = null
  }

  if (leansOnDefault) notes.flags.add('default_currency')
  if (eventCurrency === null || (currenciesOf(eventCurrency)?.length ?? 0) > 1) {
    const to = beside ?? (leansOnDefault ? defaultCurrency : null)
    if (to !== eventCurrency) {
      const rule = beside !== null ? 'MN-BESIDE' : leansOnDefault ? 'DF-CURRENCY' : 'MN-SYMBOL-AMBIG'
      notes.repairs.push({ field: 'properties.currency', from: eventCurrency, to, rule })
      properties.currency = to
    }
  }
  return amounts
}

/**
 * The one currency that some amounts of an event name, where others are bare; `null` where there is none, or more than one. An amount with
 * a mark such as `$` is not bare.
 */
function currencyBeside(
  slots: readonly Slot[],
  properties: object,
  manner: Pick<MoneyManner, 'localeHint' | 'unit'>,
): string | null {
  const readings = slots.map(({ owner, name }) =>
    parseMoney(owner[name], { currencyHint: ownCurrency(owner, properties), ...manner }),
  )
  if (!readings.some(isBare)) return null
  const named = new Set(readings.flatMap((read) => (read.status === 'ok' ? read.currency : [])))
  return named.size === 1 ? ([...named][0] ?? null) : null
}

const isBare = ({ status, rule }: Outcome<MoneyReading, MoneyRule>): boolean => status === 'ambiguous' && rule === 'MN-NOCURRENCY'

const lacksCurrency = ({ status, rule }: Outcome<MoneyReading, MoneyRule>): boolean =>
  status === 'ambiguous' && (rule === 'MN-NOCURRENCY' || rule === 'MN-SYMBOL-AMBIG')

/** `null` where what was said rules the default currency out, as `$` does with the euro. */
function readByDefault(
  value: unknown,
  said: string | null,
  { defaultCurrency, localeHint, unit }: MoneyManner,
): Outcome<MoneyReading, MoneyRule> | null {
  if (said !== null && currenciesOf(said)?.includes(defaultCurrency) !== true) return null
  const read = parseMoney(value, { currencyHint: defaultCurrency, localeHint, unit })
  return read.status === 'invalid' && read.rule === 'MN-CONFLICT' ? null : read
}

/** What is no text names no currency, and must not be taken for the event's. */
/** What a product line says of its currency; the event's own amounts have the event's. */
const ownCurrency = (owner: Slot['owner'], properties: object): string | null =>
  owner === properties || !isPresent(owner.currency) ? null : asCode(owner.currency)

const asCode = (currency: unknown): string => (typeof currency === 'string' ? currency : 'no code')

interface Slot {
  readonly owner: Record<string, unknown>
  readonly name: string
  readonly path: string
  readonly isRequired: boolean
}

function amountSlots(definition: EventDefinition, shape: Shape, properties: Record<string, unknown>): readonly Slot[] {
  const slots: Slot[] = []
  for (const name of definition.money) {
    if (isPresent(properties[name]))
      slots.push({ owner: properties, name, path: name, isRequired: definition.required.includes(name) })
  }
  for (const [index, owner] of linesOf(shape, properties).entries()) {
    for (const name of lineMoney) {
      if (isPresent(owner[name])) slots.push({ owner, name, path: `products.${index}.${name}`, isRequired: false })
    }
  }
  return slots
}

const maxMarkLength = 16

/**
 * The event's currency in canonical form; a mark of several currencies as it stands, unless the locale settles it. What is none is left as
 * the hint, so that each amount that leans on it says so.
 */
function readEventCurrency(properties: Record<string, unknown>, locale: string | null | undefined, notes: Notes): string | null {
  const named = properties.currency
  if (typeof named !== 'string') return null
  const codes = currenciesOf(named.length <= maxMarkLength ? named.normalize('NFKC') : named)
  const isMarkOfSeveral = codes !== null && codes.length > 1
  const ofLocale = isMarkOfSeveral ? (readLocaleHint(locale)?.currency ?? null) : null
  if (isMarkOfSeveral && (ofLocale === null || !codes.includes(ofLocale))) return named
  const code = ofLocale ?? codes?.[0] ?? null
  if (code === named) return code
  if (code === null) notes.flags.add('bad_currency')
  const rule = ruleOfCurrency(code, ofLocale, named)
  notes.repairs.push({ field: 'properties.currency', from: named, to: code, rule })
  properties.currency = code
  return code ?? named
}

function ruleOfCurrency(code: string | null, ofLocale: string | null, named: string): string {
  if (code === null) return 'MN-BADCODE'
  if (ofLocale !== null) return 'MN-SYMBOL-AMBIG'
  return readCurrency(named) === null ? 'MN-SYMBOL' : 'MN-CODE'
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
