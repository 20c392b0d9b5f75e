import { hash } from 'node:crypto'
import { catalogue, type Envelope, type EventDefinition } from '@footfall/events'
import { type Amounts, readAmounts } from './amounts.ts'
import { canonicalJson } from './canonical-json.ts'
import type { ClockReading } from './clock.ts'
import type { DateContext } from './date-rules.ts'
import type { DayOf } from './day.ts'
import { applyDefaults, type EventParts, isPresent } from './defaults.ts'
import { deriveTotal, type MoneyManner } from './derived-total.ts'
import type { EventNameReading } from './event-name.ts'
import { naturalKeyOf } from './natural-key.ts'
import { type Fault, fault, type Notes } from './notes.ts'
import { checkShapes, linesOf, ownedCopy, resolveProperties, type Shape, shapeOf } from './properties.ts'
import type { Rates } from './rates.ts'
import { storedName } from './stored-name.ts'
import { isTotalOfParts } from './total.ts'
import type { UserAgentReading } from './user-agent.ts'
import { readVocabulary } from './vocabularies.ts'

/** What one event becomes when the catalogue's rules have been applied. */
export interface NormalEvent {
  readonly name: string
  readonly originalName: string
  /** Day on which it happened, in the project's time zone. */
  readonly day: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly money: Amounts
  /** The amount that reports sum up: an order's total, a refund's amount. */
  readonly valuePath: string | null
  readonly naturalKey: string | null
  /** Tells apart two events that wrongly share an id: 8 bytes in hexadecimal, over what the sender sent. */
  readonly contentHash: string
}

export interface NormaliseContext {
  readonly time: Pick<ClockReading, 'occurredAt'>
  readonly device: Pick<UserAgentReading, 'device'>
  readonly baseCurrency: string
  /** `null`: none are known. */
  readonly rates: Rates | null
  readonly dayOf: DayOf
  /** How the source writes its dates. @defaultValue only what has one reading is read */
  readonly dates?: DateContext
  /** How it writes its amounts. @defaultValue in the base currency where none is named */
  readonly money?: MoneyManner
}

/** What the envelope check hands over: ids and page are in shape, properties are as they were sent. */
export type ReadableEnvelope = Pick<Envelope, 'name' | 'occurred_at' | 'user_id' | 'anonymous_id' | 'session'> & {
  readonly properties: Readonly<Record<string, unknown>>
}

/** Applies, in this order: other vocabularies' structures, property names, defaults, required fields, shapes, amounts, natural key. */
export function normaliseEvent(
  envelope: ReadableEnvelope,
  resolved: EventNameReading,
  context: NormaliseContext,
  notes: Notes,
): NormalEvent | Fault {
  const day = context.dayOf(context.time.occurredAt)
  const common = { originalName: envelope.name, day, contentHash: contentHashOf(envelope) }
  const plan = resolved.isKnown ? plans.get(resolved.name) : undefined
  if (plan === undefined) {
    notes.flags.add('unrecognized')
    const { properties } = envelope
    return { ...common, name: envelope.name, properties, money: {}, valuePath: null, naturalKey: null }
  }

  const { definition, shape } = plan
  const name = storedName(definition)
  if (name !== envelope.name) {
    const rule = definition.derived ? 'EN-REPORTED' : resolved.rule
    const repair = { field: 'name', from: envelope.name, to: name, rule }
    notes.repairs.push(resolved.distance === undefined ? repair : { ...repair, distance: resolved.distance })
  }
  if (definition.derived)
    return { ...common, name, properties: envelope.properties, money: {}, valuePath: null, naturalKey: null }
  const parts: EventParts = {
    user_id: envelope.user_id ?? null,
    'session.id': envelope.session?.id ?? null,
    'device.type': context.device.device,
    day,
  }
  const properties = ownedCopy(envelope.properties)
  const manner = context.money ?? { defaultCurrency: context.baseCurrency }
  readVocabulary(definition, envelope.name, properties, manner, notes)
  resolveProperties(shape, properties, notes)
  applyDefaults(definition, properties, parts, notes)
  deriveTotal(definition, properties, manner, notes)
  const missing = missingGroup(definition, properties)
  if (missing !== null) return missing
  const wrong = checkShapes(shape, properties, notes, context.dates)
  if (wrong !== null) return wrong
  const money = readAmounts(definition, shape, properties, { ...amountContext(context), ...manner }, notes)
  if ('kind' in money) return money as Fault // an amount's path is never `kind`: paths are names of the catalogue
  // One that was summed up here is not held against how it was summed.
  const isStated = !notes.flags.has('derived_total')
  if (isStated && !isTotalOfParts(money, linesOf(shape, properties).length, manner.isTaxIncluded))
    notes.flags.add('total_mismatch')

  const naturalKey = naturalKeyOf(definition, properties, money, parts)
  const valuePath = valuePaths.find((path) => Object.hasOwn(money, path)) ?? null
  return { ...common, name, properties, money, valuePath, naturalKey }
}

const amountContext = ({ baseCurrency, rates, time }: NormaliseContext) => ({ baseCurrency, rates, occurredAt: time.occurredAt })

interface Plan {
  readonly definition: EventDefinition
  readonly shape: Shape
}

const plans: ReadonlyMap<string, Plan> = new Map(
  [...catalogue].map(([name, definition]) => [name, { definition, shape: shapeOf(definition.properties.entries) }]),
)

const valuePaths = ['total', 'amount']

function missingGroup(definition: EventDefinition, properties: Readonly<Record<string, unknown>>): Fault | null {
  const group = definition.requiredOneOf.find((names) => !names.some((name) => isPresent(properties[name])))
  return group === undefined ? null : fault('missing_required', `properties.${group.join(' or properties.')} is missing`)
}

const contentHashOf = ({ name, occurred_at, properties, user_id, anonymous_id }: ReadableEnvelope): string =>
  hash('sha256', canonicalJson([name, occurred_at ?? null, properties, user_id ?? null, anonymous_id ?? null]), 'hex').slice(
    0,
    16,
  )
