/** Which part of one endless, repeatable stream of visits to a shop is meant. */
export interface VisitsPlan {
  readonly events: number
  /** Events of one batch, which is always one visitor's. */
  readonly perBatch: number
  /** So many visitors are in the store already; of three visits one is by somebody who was there before. */
  readonly knownVisitors: number
  /** When the first event happens, ms since 1970 UTC. */
  readonly from: number
}

/** A visit has so many events; where a batch is larger, the visit is. */
export const eventsPerVisit = 20

/** New visitors that a plan brings. */
export function newVisitorsOf({ events, perBatch }: Pick<VisitsPlan, 'events' | 'perBatch'>): number {
  const visits = Math.ceil(events / Math.max(perBatch, eventsPerVisit))
  return visits - Math.floor(visits / 3)
}

/**
 * Batches as trackers send them: what the events of a page share is written once, ids are of version 7, numbers go on where they ended. The
 * same plan makes the same batches.
 */
export function* batches(plan: VisitsPlan): Generator<object, void, void> {
  const { perBatch, from } = plan
  const visitEvents = Math.max(perBatch, eventsPerVisit)
  const visits = Math.ceil(plan.events / visitEvents)
  const numbers = new Map<number, number>()
  const random = seeded(plan.knownVisitors + perBatch)
  let fresh = plan.knownVisitors
  let made = 0
  for (let visit = 0; visit < visits; visit++) {
    const isReturning = visit % 3 === 2
    const visitor = isReturning ? Math.floor(random() * fresh) : fresh++
    const seq = numbers.get(visitor) ?? (visitor < plan.knownVisitors ? eventsPerVisit : 0)
    numbers.set(visitor, seq + visitEvents)
    const events = visitEventsOf({ visitor, index: seq === 0 ? 1 : 2, seq, count: visitEvents, from: from + made })
    made += visitEvents
    for (let at = 0; at < events.length; at += perBatch) yield batchOf(events.slice(at, at + perBatch))
  }
}

const batchOf = (events: readonly ShopEvent[]): object => {
  const shared = events[0]?.context
  return {
    write_key: 'wk_bench',
    sent_at: events.at(-1)?.event.occurred_at,
    tracker: { name: '@footfall/browser', version: '0.0.0' },
    dropped: {},
    shared,
    events: events.map(({ event, context }) => (context === shared ? event : { ...event, ...context })),
  }
}

interface ShopEvent {
  readonly event: { readonly id: string; readonly name: string; readonly occurred_at: number; readonly [field: string]: unknown }
  readonly context: object
}

interface Visit {
  readonly visitor: number
  readonly index: number
  /** The visitor's last number before this visit. */
  readonly seq: number
  readonly count: number
  readonly from: number
}

/** What people do in a shop, five events a page; one visit in ten ends with an order. */
function visitEventsOf({ visitor, index, seq, count, from }: Visit): readonly ShopEvent[] {
  const who = {
    anonymous_id: idOf(visitor, 1),
    user_id: visitor % 8 === 0 ? `customer-${visitor}` : null,
    traits: null,
    session: { id: uuidAt(from), index },
  }
  const consent = {
    analytics: 'granted',
    personalization: 'granted',
    marketing: 'denied',
    record_id: idOf(visitor, 2),
    version: '2026-09',
    source: 'banner',
    decided_at: from - 60_000,
  }
  let context: object = {}
  return Array.from({ length: count }, (_, place): ShopEvent => {
    const product = `SKU-${1000 + ((visitor * 7 + index * 131 + Math.floor(place / 5)) % 5000)}`
    const at = from + place
    if (place % 5 === 0) context = { ...who, page: pageOf(product, at), consent }
    const isOrder = place === 19 && visitor % 10 === 0
    const [name, properties] = isOrder ? order(`${visitor}-${index}`, product) : stepOf(place, product)
    return { event: { id: uuidAt(at), name, occurred_at: at, properties, age_ms: count - place, seq: seq + place + 1 }, context }
  })
}

const pageOf = (product: string, at: number): object => ({
  url: `https://shop.example/women/shoes/${product}?utm_source=newsletter&utm_medium=email&utm_campaign=autumn`,
  title: `Running shoe ${product} in many colours and sizes`,
  referrer: 'https://www.search.example/',
  view_id: uuidAt(at),
  type: 'product',
})

function stepOf(place: number, product: string): readonly [name: string, properties: object] {
  const price = 19.99 + (place % 40)
  switch (place % 5) {
    case 0:
      return ['page_viewed', {}]
    case 1:
      return ['product_viewed', { product_id: product, name: 'Running shoe', category: 'shoes', price, currency: 'EUR' }]
    case 2:
      return [
        'product_list_viewed',
        { list_id: 'similar', products: [line(product, price, 1), line(`${product}b`, price + 5, 2)] },
      ]
    case 3:
      return ['product_clicked', { product_id: product, list_id: 'similar', position: place, price, currency: 'EUR' }]
    default:
      return ['product_added', { product_id: product, name: 'Running shoe', price, quantity: 1, currency: 'EUR' }]
  }
}

const line = (product_id: string, price: number, position: number): object => ({
  product_id,
  price,
  currency: 'EUR',
  quantity: 1,
  position,
})

const order = (order_id: string, product: string): readonly [name: string, properties: object] => [
  'order_completed',
  {
    order_id,
    currency: 'EUR',
    total: 45.98,
    tax: 7.34,
    shipping: 4.9,
    products: [line(product, 19.99, 1), line(`${product}b`, 21.09, 2)],
  },
]

/** An id of a visitor that can be made again: a UUID of version 7 whose time tells visitors apart. */
export function idOf(visitor: number, salt: number): string {
  const time = (firstVisitAt + visitor * 10).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${salt}00-8000-0000be4c40${salt}0`
}

const firstVisitAt = 1_700_000_000_000

let ticks = 0

/** A UUID of version 7 of that time, unlike all others of this process. */
function uuidAt(at: number): string {
  ticks = (ticks + 1) % 2 ** 24
  const time = Math.floor(at).toString(16).padStart(12, '0')
  const low = (process.pid * 2 ** 24 + ticks).toString(16).padStart(12, '0').slice(-12)
  const count = ticks.toString(16).padStart(6, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count.slice(0, 3)}-8${count.slice(3)}-${low}`
}

/** Numbers from 0 to 1 that repeat with their seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
