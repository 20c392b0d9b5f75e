import type { EventDefinition } from '@footfall/events'
import { isPresent } from './defaults.ts'
import { type MoneyManner, sumOfAmounts } from './derived-total.ts'
import { normaliseName } from './name-form.ts'
import type { Notes } from './notes.ts'
import { isShopifyLine, readShopifyLine } from './shopify-line.ts'

type Fields = Record<string, unknown>

/**
 * Brings an event whose vocabulary puts its data in another structure into ours: Shopify's `checkout`, `cart` and `productVariant`,
 * Snowplow's entities, GA4's one-item lists, amounts that mean something else than their name says here. Names alone are aliases of the
 * catalogue and are read afterwards.
 *
 * What is moved is moved as it stands, and recorded with the place where it stood; what is not read stays. A property that is there already
 * is never replaced.
 *
 * @param sentName the name as captured: it tells vocabularies apart whose properties mean different things
 * @param properties are changed; nested objects are not
 */
export function readVocabulary(
  definition: EventDefinition,
  sentName: string,
  properties: Fields,
  manner: MoneyManner,
  notes: Notes,
): void {
  readShopify(definition, properties, notes)
  readSnowplow(definition, sentName, properties, notes)
  const isGa4 = Array.isArray(properties.items) || definition.vocabularies.ga4 === sentName
  const isSegment = !isGa4 && isSegmentName(definition, sentName)
  if (isGa4) readGa4(definition, properties, manner, notes)
  if (isSegment) readSegment(definition, properties, notes)
  if (promotions.has(definition.name)) readPromotion(properties, notes)
  liftOnlyLine(definition, properties, notes)
}

const promotions: ReadonlySet<string> = new Set(['promotion_viewed', 'promotion_clicked'])

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Moves a value to a property that is missing, and tells whether it did. */
function put(properties: Fields, name: string, value: unknown, from: string, rule: string, notes: Notes): boolean {
  if (isPresent(properties[name]) || !isPresent(value)) return false
  properties[name] = value
  notes.repairs.push({ field: `properties.${name}`, from, to: name, rule })
  return true
}

/** The same for a property of its own, which is then gone from where it stood. */
function rename(properties: Fields, from: string, name: string, rule: string, notes: Notes): void {
  if (Object.hasOwn(properties, from) && put(properties, name, properties[from], from, rule, notes)) delete properties[from]
}

/** Takes fields out of a nested object; the object stays with what is left, or goes when nothing is. */
function unfold(
  properties: Fields,
  path: string,
  moves: readonly (readonly [from: string, name: string])[],
  rule: string,
  notes: Notes,
): void {
  const nested = properties[path]
  if (!isObject(nested)) return
  const left = { ...nested }
  for (const [from, name] of moves) {
    const [outer = '', inner] = from.split('.')
    const value = valueIn(left, outer, inner)
    if (!put(properties, name, value, `${path}.${from}`, rule, notes)) continue
    const rest = inner === undefined ? {} : without(left[outer] as Fields, inner) // a value was found in it
    if (Object.keys(rest).length === 0) delete left[outer]
    else left[outer] = rest
  }
  if (!Object.values(left).some(isPresent)) delete properties[path]
  else properties[path] = left
}

function valueIn(fields: Fields, outer: string, inner: string | undefined): unknown {
  const value = Object.hasOwn(fields, outer) ? fields[outer] : undefined
  if (inner === undefined) return value
  return isObject(value) && Object.hasOwn(value, inner) ? value[inner] : undefined
}

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name))

// Shopify's web pixels: the event's `data` are the properties.

/** Names that no other vocabulary has: a checkout that is handed on without its wrapping is known by them. */
const shopifyAmounts = [
  ['totalPrice', 'total'],
  ['subtotalPrice', 'subtotal'],
  ['totalTax', 'tax'],
  ['discountsAmount', 'discount'],
] as const

const shopifyMoves = {
  checkout: [
    ['order.id', 'order_id'],
    ['token', 'checkout_id'],
    ['lineItems', 'products'],
    ['currencyCode', 'currency'],
    ['shippingLine.price', 'shipping'],
    ...shopifyAmounts,
  ],
  cart: [
    ['id', 'cart_id'],
    ['lines', 'products'],
    ['cost.totalAmount', 'total'],
  ],
  collection: [
    ['id', 'list_id'],
    ['title', 'category'],
    ['productVariants', 'products'],
  ],
  searchResult: [
    ['query', 'query'],
    ['productVariants', 'products'],
  ],
} as const

const shopifyPlaces = Object.entries(shopifyMoves)

/** People's names and addresses, for which the catalogue has no property. */
const shopifyPersons = ['email', 'phone', 'shippingAddress', 'billingAddress', 'smsMarketingPhone', 'localization']

function readShopify(definition: EventDefinition, properties: Fields, notes: Notes): void {
  const rule = 'VC-SHOPIFY'
  if (isObject(properties.checkout)) {
    const checkout = { ...properties.checkout }
    dropPersons(checkout, 'properties.checkout', notes)
    properties.checkout = checkout
  }
  for (const [path, moves] of shopifyPlaces) {
    if (!isObject(properties[path])) continue
    const known = moves.filter(([, name]) => Object.hasOwn(definition.properties.entries, name))
    unfold(properties, path, known, rule, notes)
  }
  readBareCheckout(definition, properties, notes)
  readFirstOrder(definition, properties, notes)
  const lines = properties.products
  if (hasShopifyLines(lines)) {
    properties.products = lines.map((line: unknown, index) =>
      isShopifyLine(line) ? readShopifyLine(line, `properties.products.${index}`, notes) : line,
    )
  }
  for (const place of ['cartLine', 'productVariant']) {
    const line = properties[place]
    if (!isShopifyLine(line)) continue
    delete properties[place]
    for (const [name, value] of Object.entries(readShopifyLine(line, `properties.${place}`, notes))) {
      put(properties, name, value, place, rule, notes)
    }
  }
}

const hasShopifyLines = (lines: unknown): lines is readonly unknown[] => Array.isArray(lines) && lines.some(isShopifyLine)

/** A checkout that is handed on without its wrapping. */
function readBareCheckout(definition: EventDefinition, properties: Fields, notes: Notes): void {
  const isBare = shopifyAmounts.some(([from]) => Object.hasOwn(properties, from)) || hasShopifyLines(properties.lineItems)
  if (!isBare) return
  dropPersons(properties, 'properties', notes)
  for (const [from, name] of [['lineItems', 'products'] as const, ...shopifyAmounts]) {
    if (Object.hasOwn(definition.properties.entries, name)) rename(properties, from, name, 'VC-SHOPIFY', notes)
  }
}

/** That it was there is noted, never what it said. */
function dropPersons(fields: Fields, path: string, notes: Notes): void {
  for (const name of shopifyPersons.filter((person) => isPresent(fields[person]))) {
    delete fields[name]
    notes.repairs.push({ field: `${path}.${name}`, from: null, to: null, rule: 'VC-SHOPIFY' })
  }
}

function readFirstOrder(definition: EventDefinition, properties: Fields, notes: Notes): void {
  const { checkout } = properties
  if (definition.name !== 'order_completed' || !isObject(checkout) || !isObject(checkout.order)) return
  const { customer, ...order } = checkout.order
  if (!isObject(customer)) return
  put(properties, 'is_first_order', customer.isFirstOrder, 'checkout.order.customer.isFirstOrder', 'VC-SHOPIFY', notes)
  const { order: _, ...rest } = checkout
  const left = Object.keys(order).length === 0 ? rest : { ...rest, order }
  if (Object.keys(left).length === 0) delete properties.checkout
  else properties.checkout = left
}

// Snowplow's e-commerce plugin: the parameters of its calls, or the entities that it makes of them.

const snowplowEntity = /^iglu:com\.snowplowanalytics\.snowplow\.ecommerce\/([a-z_]{1,32})\/jsonschema\/[\d-]{1,16}$/

/** What its calls name otherwise, and no other vocabulary in another meaning. */
const snowplowNames: ReadonlyMap<string, readonly (readonly [from: string, to: string])[]> = new Map([
  ['product_added', [['total_value', 'cart_total']]],
  ['product_removed', [['total_value', 'cart_total']]],
  ['cart_viewed', [['total_value', 'total']]],
  ['order_completed', [['discount_amount', 'discount']]],
  [
    'order_refunded',
    [
      ['refund_amount', 'amount'],
      ['refund_reason', 'reason'],
    ],
  ],
  ['checkout_step_completed', [['delivery_method', 'shipping_method']]],
])

function readSnowplow({ name }: EventDefinition, sentName: string, properties: Fields, notes: Notes): void {
  const rule = 'VC-SNOWPLOW'
  const hasContext = readEntities(properties, 'context', notes)
  const hasEntities = readEntities(properties, 'contexts', notes) || hasContext
  for (const [from, to] of snowplowNames.get(name) ?? []) rename(properties, from, to, rule, notes)
  const isCalled = (call: string): boolean => hasEntities || (sentName !== name && normaliseName(sentName) === call)
  // Its revenue is the whole amount; elsewhere the word means another.
  if (name === 'order_completed' && isCalled('transaction')) rename(properties, 'revenue', 'total', rule, notes)
  // Beside products, the name is the list's.
  const isOfList =
    name === 'product_list_viewed' ? isCalled('list_view') : name === 'product_clicked' && isObject(properties.product)
  if (isOfList) rename(properties, 'name', 'list_id', rule, notes)
}

/** Puts what entities say where the parameters of a call would have said it. */
function readEntities(properties: Fields, name: string, notes: Notes): boolean {
  const context = properties[name]
  if (!Array.isArray(context)) return false
  const products: unknown[] = []
  const others: unknown[] = []
  let places: string[] = []
  for (const [index, entity] of context.entries()) {
    const kind = isObject(entity) && typeof entity.schema === 'string' ? snowplowEntity.exec(entity.schema)?.[1] : undefined
    const data = isObject(entity) ? entity.data : undefined
    if (kind === undefined || !isObject(data)) others.push(entity)
    else if (kind === 'product') {
      products.push({ ...data })
      places = [...places.slice(0, 1), `${name}.${index}`]
    } else
      for (const [field, value] of Object.entries(data))
        put(properties, field, value, `${name}.${index}.data.${field}`, 'VC-SNOWPLOW', notes)
  }
  if (products.length > 0) put(properties, 'products', products, places.join(' to '), 'VC-SNOWPLOW', notes)
  if (others.length === context.length) return false
  if (others.length === 0) delete properties[name]
  else properties[name] = others
  return true
}

// Google Analytics 4

function readGa4(definition: EventDefinition, properties: Fields, manner: MoneyManner, notes: Notes): void {
  for (const line of Array.isArray(properties.items) ? properties.items : []) if (isObject(line)) joinCategories(line, notes)
  if (definition.name === 'order_completed') {
    // GA4's value is without tax and shipping. What it comes to with them is known where both are.
    const { value, tax, shipping } = properties
    rename(properties, 'value', 'subtotal', 'VC-GA4', notes)
    if (isPresent(tax) && isPresent(shipping)) putSum(properties, 'total', [value, tax, shipping], manner, notes)
  }
  if (definition.name === 'order_refunded') {
    const { value, tax, shipping } = properties
    const parts = [value, tax, shipping].filter(isPresent)
    if (parts.length === 1) rename(properties, 'value', 'amount', 'VC-GA4', notes)
    else if (isPresent(value)) putSum(properties, 'amount', parts, manner, notes)
  }
}

function putSum(properties: Fields, name: string, parts: readonly unknown[], manner: MoneyManner, notes: Notes): void {
  const sum = isPresent(properties[name]) ? null : sumOfAmounts(parts, properties.currency, manner)
  if (sum === null) return
  properties[name] = sum
  notes.flags.add('derived_total')
  notes.repairs.push({ field: `properties.${name}`, from: null, to: sum, rule: 'VC-GA4' })
}

/** `item_category`, `item_category2` … are the levels of one category. */
function joinCategories(line: Fields, notes: Notes): void {
  if (isPresent(line.category)) return
  const names = ['item_category', 'item_category2', 'item_category3', 'item_category4', 'item_category5']
  const levels = names.map((name) => line[name])
  const end = levels.findIndex((level) => typeof level !== 'string' || level === '')
  const known = end === -1 ? levels : levels.slice(0, end)
  if (known.length < 2) return
  line.category = known.join('/')
  notes.repairs.push({ field: 'properties.items.category', from: known, to: line.category, rule: 'VC-GA4' })
  for (const name of names.slice(0, known.length)) delete line[name]
}

// Segment's e-commerce events

function isSegmentName({ name, vocabularies }: EventDefinition, sentName: string): boolean {
  // Its names are titles: `Order Completed`, of old `Completed Order`.
  if (sentName === name || vocabularies.shopify === sentName) return false
  return sentName === vocabularies.segment || /^[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20}){1,4}$/.test(sentName)
}

function readSegment({ name }: EventDefinition, properties: Fields, notes: Notes): void {
  if (name.startsWith('order_') || name === 'checkout_started') {
    // Without tax and shipping, and sometimes before discounts: no amount of ours.
    rename(properties, 'revenue', 'source_revenue', 'VC-SEGMENT', notes)
  }
  if (name === 'checkout_started') rename(properties, 'value', 'total', 'VC-SEGMENT', notes)
}

/** Where a promotion stands on the page is a text in some vocabularies, and in GA4 the promotion may stand with its one item. */
function readPromotion(properties: Fields, notes: Notes): void {
  const { position, items } = properties
  if (typeof position === 'string' && !/^\d{1,9}$/.test(position)) rename(properties, 'position', 'slot', 'VC-SEGMENT', notes)
  rename(properties, 'id', 'promotion_id', 'VC-SNOWPLOW', notes)
  rename(properties, 'promotion_name', 'name', 'VC-GA4', notes)
  const [item] = Array.isArray(items) ? items : []
  if (!isObject(item)) return
  for (const [from, to] of [
    ['promotion_id', 'promotion_id'],
    ['promotion_name', 'name'],
    ['creative_name', 'creative'],
    ['creative_slot', 'slot'],
  ] as const)
    put(properties, to, item[from], `items.0.${from}`, 'VC-GA4', notes)
}

const lists = ['products', 'items', 'contents', 'lineItems', 'line_items']

/** An event about one product that came as an object, or as a list of one. With a longer list it is not known which one was meant. */
function liftOnlyLine({ properties: { entries } }: EventDefinition, properties: Fields, notes: Notes): void {
  if (!Object.hasOwn(entries, 'product_id') || Object.hasOwn(entries, 'products')) return
  const list = lists.find((name) => Array.isArray(properties[name]))
  const lines = list === undefined ? [properties.product] : (properties[list] as unknown[]) // it is an array: the line above
  const [line] = lines
  if (lines.length !== 1 || !isObject(line)) return
  const place = list ?? 'product'
  const path = list === undefined ? place : `${place}.0`
  // What the event says differently itself stays where it stood.
  const left = Object.entries(line).filter(
    ([name, value]) =>
      isPresent(value) && !put(properties, name, value, `${path}.${name}`, 'VC-LINE', notes) && properties[name] !== value,
  )
  if (left.length === 0) delete properties[place]
  else properties[place] = list === undefined ? Object.fromEntries(left) : [Object.fromEntries(left)]
}
