import { accepted, duplicate, type Expected, quarantined, rejected } from './expected.ts'
import { type Happening, happen, major, sumOf } from './happening.ts'
import type { Random } from './random.ts'
import { type Envelopes, type Event, ownEvent, type SenderName } from './sender.ts'
import { own } from './vocabularies/index.ts'

/** One event as sent, and what becomes of it: at once, and when the quarantine is replayed after the registry was completed. */
export interface Sent {
  readonly sender: SenderName
  readonly event: unknown
  readonly expected: Expected
  /** Where it differs. */
  readonly afterwards?: Expected
}

export interface FaultContext extends Envelopes {
  readonly random: Random
  /** By the collector's clock, ms since 1970 UTC. */
  readonly receivedAt: number
}

/** Makes what goes wrong once: one event, or several that belong together and come in this order. */
export type Fault = (context: FaultContext) => readonly Sent[]

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** What sources say once somebody has registered them. Until then nobody knows their zone, their order of days or their currency. */
export const registrySources = {
  'till-paris': { channel: 'pos', time_zone: 'Europe/Paris', date_order: 'DMY', locale: 'fr-FR', currency: 'EUR' },
  'till-austin': { channel: 'pos', time_zone: 'America/Chicago', date_order: 'MDY', locale: 'en-US', currency: 'USD' },
  'till-boston': { channel: 'pos', currency: 'USD' },
  'shop-berlin': { channel: 'web', locale: 'de-DE' },
  ledger: { channel: 'import', time_zone: 'Europe/Berlin', time_unit: 'excel' },
} as const

export const registryAliases = { add2cart: 'product_added', wheel_spun: 'promotion_clicked' } as const

type Source = keyof typeof registrySources | 'backend'

const one = (sender: SenderName, event: unknown, expected: Expected, afterwards?: Expected): readonly Sent[] => [
  afterwards === undefined ? { sender, event, expected } : { sender, event, expected, afterwards },
]

/** The same with a field of the envelope that is different. */
const withField = (event: Event, field: keyof Event, value: unknown): Event => ({ ...event, [field]: value })
const withProperties = (event: Event, properties: Record<string, unknown>): Event => ({
  ...event,
  properties: { ...event.properties, ...properties },
})
function without(event: Event, ...names: readonly string[]): Event {
  const properties = { ...event.properties }
  for (const name of names) delete properties[name]
  return { ...event, properties }
}

/** A receipt of a till. */
function sale({ random, server }: FaultContext, source: Source = 'till-paris', occurredAt?: unknown): Event {
  const happening = happen(random, 'order')
  const properties = { receipt_id: happening.id, store_id: source, total: major(sumOf(happening)), currency: 'EUR' }
  const event = server({ ...own(happening), name: 'pos_purchase_completed', properties }, source)
  return occurredAt === undefined ? event : withField(event, 'occurred_at', occurredAt)
}

const viewed = (context: FaultContext): Event => context.page(ownEvent(context.random, 'product'))
const added = (context: FaultContext): Event => context.page(ownEvent(context.random, 'added'))
const ordered = (context: FaultContext, sent?: Happening): Event => context.page(own(sent ?? happen(context.random, 'order')))

/** A till's time that its source settles, or does not. */
const dated =
  (source: Source, occurredAt: unknown, expected: Expected, afterwards?: Expected): Fault =>
  (context) =>
    one('server', sale(context, source, occurredAt), expected, afterwards)

/** An order's total as text. */
const priced =
  (source: Source, properties: Record<string, unknown>, expected: Expected, afterwards?: Expected): Fault =>
  (context) => {
    const event = context.server(ownEvent(context.random, 'order'), source)
    return one(
      'server',
      withProperties(without(event, 'shipping', 'products', 'currency'), { products: [], ...properties }),
      expected,
      afterwards,
    )
  }

/** A name that is not quite one of ours. */
const named =
  (name: string, kind: Happening['kind'], expected: Expected, afterwards?: Expected): Fault =>
  (context) =>
    one('page', withField(context.page(ownEvent(context.random, kind)), 'name', name), expected, afterwards)

/** The event, and the same again under another id. */
const twice =
  (make: (context: FaultContext) => Event, again: (event: Event, context: FaultContext) => Event, expected: Expected): Fault =>
  (context) => {
    const event = make(context)
    const sender = event.source === undefined ? 'page' : 'server'
    return [
      { sender, event, expected: accepted() },
      { sender, event: { ...again(event, context), id: context.random.uuid() }, expected },
    ]
  }

const later = (event: Event, ms: number): Event => withField(event, 'occurred_at', Number(event.occurred_at) + ms)

/** The times are of a Wednesday noon, `receivedAt` of every file. */
export const faults = {
  // Dates
  'seconds since 1970': ({ receivedAt, ...context }) =>
    one(
      'server',
      sale({ ...context, receivedAt }, 'backend', Math.floor((receivedAt - minuteMs) / 1000)),
      accepted({ rules: ['DT-EPOCH-MAGNITUDE'] }),
    ),
  'a time as in an e-mail': dated('backend', 'Wed, 11 Nov 2026 11:58:00 GMT', accepted({ rules: ['DT-RFC2822'] })),
  'a time without a zone': dated(
    'till-paris',
    '2026-11-11T12:58:00',
    quarantined('bad_time', 'DT-LOCAL-NOZONE'),
    accepted({ rules: ['DT-LOCAL-ZONE'] }),
  ),
  'a day and a month in either order, in Paris': dated(
    'till-paris',
    '10/11/2026 18:00',
    quarantined('bad_time', 'DT-NUM-ORDER'),
    accepted({ rules: ['DT-NUM-ORDER'], late: 'day' }),
  ),
  'a day and a month in either order, in Austin': dated(
    'till-austin',
    '11/10/2026 06:00 PM',
    quarantined('bad_time', 'DT-NUM-ORDER'),
    accepted({ rules: ['DT-NUM-ORDER'], late: 'day' }),
  ),
  'a day with dots': dated(
    'till-paris',
    '10.11.2026 18:00',
    quarantined('bad_time', 'DT-LOCAL-NOZONE'),
    accepted({ rules: ['DT-NUM-DOT'], late: 'day' }),
  ),
  "a spreadsheet's serial number": dated(
    'ledger',
    '46337.25',
    quarantined('bad_time', 'DT-EXCEL-NOUNIT'),
    accepted({ rules: ['DT-EXCEL'], late: 'day' }),
  ),
  'a month that no order allows': dated(
    'till-austin',
    '25/10/2026 18:00',
    quarantined('bad_time', 'DT-LOCAL-NOZONE'),
    quarantined('bad_time', 'DT-NUM-CONFLICT'),
  ),
  'an hour that the clocks left out': dated(
    'till-paris',
    '2026-03-29T02:30:00',
    quarantined('bad_time', 'DT-LOCAL-NOZONE'),
    quarantined('bad_time', 'DT-DST-GAP'),
  ),
  'an hour that came twice': dated(
    'till-paris',
    '2026-10-25T02:30:00',
    quarantined('bad_time', 'DT-LOCAL-NOZONE'),
    quarantined('bad_time', 'DT-DST-OVERLAP'),
  ),
  'a day that does not exist': dated('till-paris', '2026-02-30T10:00:00Z', quarantined('bad_time', 'DT-CALENDAR')),
  'a word for a time': dated('till-paris', 'yesterday', quarantined('bad_time', 'DT-RELATIVE')),
  'a month in French': dated('till-paris', '10 novembre 2026 18:00', quarantined('bad_time', 'DT-TEXT-MONTH')),

  // Money
  'a price with a comma': priced('backend', { total: '19,99 €' }, accepted({})),
  'a thousand or a decimal, in Berlin': priced(
    'shop-berlin',
    { total: '1.299', currency: 'EUR' },
    quarantined('ambiguous_money', 'MN-THREE'),
    accepted(),
  ),
  'dollars of nobody knows where': priced(
    'till-austin',
    { total: '$20.00' },
    quarantined('ambiguous_money', 'MN-SYMBOL-AMBIG'),
    // Where people write as in Austin, a dollar is theirs.
    accepted(),
  ),
  'dollars of a till that only knows its currency': priced(
    'till-boston',
    { total: '$20.00' },
    quarantined('ambiguous_money', 'MN-SYMBOL-AMBIG'),
    accepted({ rules: ['DF-CURRENCY'], flags: ['default_currency'] }),
  ),
  'no currency anywhere': priced('backend', { total: 20 }, accepted({ rules: ['DF-CURRENCY'], flags: ['default_currency'] })),
  'a currency that is none': priced('till-paris', { total: 20, currency: 'EURO' }, quarantined('bad_currency', 'MN-BADCODE')),
  'a price from': priced('till-paris', { total: 'from 10', currency: 'EUR' }, quarantined('bad_money', 'MN-JUNK')),
  'too many decimals': priced('backend', { total: 19.999, currency: 'EUR' }, accepted({ flags: ['rounded'] })),
  'a currency without a rate': priced('backend', { total: 20, currency: 'KWD' }, accepted({ flags: ['missing_rate'] })),
  'a price of a line that cannot be read': (context) =>
    one('page', withProperties(viewed(context), { price: '10 to 20' }), accepted({ rules: ['MN-JUNK'], flags: ['bad_money'] })),

  // Names
  'two letters swapped': named('prodcut_viewed', 'product', accepted({ rules: ['EN-TYPO'] })),
  'another way of writing': named('Product-Viewed', 'product', accepted({ rules: ['EN-FORM'] })),
  'another name': named('add_product', 'added', accepted({ rules: ['EN-ALIAS'] })),
  'all in one word': named('productviewed', 'product', accepted({ rules: ['EN-LETTERS'] })),
  "a shop's own event": named('quiz_finished', 'page', accepted({ flags: ['unrecognized'] })),
  'a real word of another vocabulary': named('screen_view', 'page', accepted({ flags: ['unrecognized'] })),
  'a name that only this shop uses': named(
    'add2cart',
    'added',
    accepted({ flags: ['unrecognized'] }),
    accepted({ rules: ['EN-ALIAS-REGISTRY'] }),
  ),
  'a name of this shop without what its meaning needs': named('wheel_spun', 'page', accepted({ flags: ['unrecognized'] })),

  // Properties
  'a misspelt property': (context) => {
    const { product_id, ...properties } = viewed(context).properties
    const event = viewed(context)
    return one('page', { ...event, properties: { ...properties, prodcut_id: product_id } }, accepted({ rules: ['EN-TYPO'] }))
  },
  'a number as text': (context) =>
    one('page', withProperties(added(context), { quantity: '2' }), accepted({ rules: ['PR-NUMBER'] })),
  'an id as a number': (context) =>
    one('page', withProperties(viewed(context), { product_id: 4711 }), accepted({ rules: ['PR-TEXT'] })),
  'an optional property of another kind': (context) =>
    one(
      'page',
      withProperties(viewed(context), { position: 'first' }),
      accepted({ rules: ['PR-SHAPE'], flags: ['bad_property'] }),
    ),
  'nothing put in the cart': (context) =>
    one('page', withProperties(added(context), { quantity: 0 }), quarantined('bad_property')),

  // Missing
  'an order without its id': (context) => one('page', without(ordered(context), 'order_id'), quarantined('missing_required')),
  'a product without its id': (context) => one('page', without(viewed(context), 'product_id'), quarantined('missing_required')),
  'an event without an id': (context) =>
    one('page', withField(viewed(context), 'id', undefined), quarantined('missing_required')),
  'no quantity': (context) => one('page', without(added(context), 'quantity'), accepted({ rules: ['DF-DEFAULT'] })),
  'an order without its total': (context) =>
    one('page', without(ordered(context), 'total'), accepted({ rules: ['DF-TOTAL'], flags: ['derived_total'] })),
  'no time': (context) =>
    one('server', sale(context, 'backend', undefined), accepted()).map(({ event, sender }) => {
      const { occurred_at: _, ...rest } = event as Event
      return { sender, event: rest, expected: accepted({ flags: ['time_from_receipt'] }) }
    }),
  'no consent': (context) => one('page', withField(viewed(context), 'consent', undefined), rejected('consent_missing')),

  // Duplicates
  'a lost receipt': (context) => {
    const event = viewed(context)
    return [...one('page', event, accepted()), ...one('page', event, duplicate)]
  },
  'an id for two events': (context) => {
    const event = viewed(context)
    return [
      ...one('page', event, accepted()),
      ...one('page', withProperties(event, { product_id: 'P-other' }), quarantined('id_conflict')),
    ]
  },
  'what is in quarantine sent again': (context) => {
    const event = without(viewed(context), 'product_id')
    return [...one('page', event, quarantined('missing_required')), ...one('page', event, duplicate)]
  },
  'a thank-you page opened again': twice(ordered, (event) => later(event, 9000), accepted({ duplicate: 'business_key' })),
  'an order told with another amount': twice(
    ordered,
    (event) => withProperties(event, { total: 1.5 }),
    accepted({ duplicate: 'order_conflict', flags: ['order_conflict'] }),
  ),
  'a refund told twice': twice(
    (context) => context.server(ownEvent(context.random, 'refund'), 'backend'),
    (event) => event,
    accepted({ duplicate: 'business_key' }),
  ),
  'a sign-up told twice': twice(
    (context) => context.server({ name: 'signed_up', properties: { method: 'form' }, rules: [], flags: [] }, 'backend'),
    (event) => event,
    accepted({ duplicate: 'business_key' }),
  ),
  'a checkout begun twice': twice(
    (context) => context.page(ownEvent(context.random, 'checkout')),
    (event) => later(event, 9000),
    accepted({ duplicate: 'business_key' }),
  ),
  'a receipt told twice, once without a zone': (context) => {
    const event = sale(context, 'till-paris', '2026-11-11T11:58:00Z')
    const again = { ...event, id: context.random.uuid(), occurred_at: '2026-11-11T12:58:00' }
    return [
      ...one('server', event, accepted()),
      ...one(
        'server',
        again,
        quarantined('bad_time', 'DT-LOCAL-NOZONE'),
        accepted({ rules: ['DT-LOCAL-ZONE'], duplicate: 'business_key' }),
      ),
    ]
  },
  'a double click': twice(
    added,
    (event) => later(event, 150),
    accepted({ duplicate: 'probable', flags: ['probable_duplicate'] }),
  ),
  'a view counted by two tags': twice(
    viewed,
    (event) => later(event, 300),
    accepted({ duplicate: 'probable', flags: ['probable_duplicate'] }),
  ),

  // Late, future, bad clocks
  'three hours offline': (context) => one('page', later(viewed(context), -3 * hourMs), accepted({ late: 'day' })),
  'three days offline': (context) => one('page', later(viewed(context), -3 * dayMs), accepted({ late: 'week' })),
  'longer than a tracker keeps': (context) => one('page', later(viewed(context), -9 * dayMs), quarantined('too_late')),
  'history from a server': (context) =>
    one('server', sale(context, 'backend', '2026-10-01T10:00:00Z'), accepted({ flags: ['too_late'], late: 'too_late' })),
  'a little in the future': (context) =>
    one('server', sale(context, 'backend', '2026-11-11T13:00:00Z'), accepted({ flags: ['future_clamped'] })),
  'days in the future': (context) =>
    one('server', sale(context, 'backend', '2026-11-14T12:00:00Z'), quarantined('bad_time', 'TM-FUTURE')),
  'a clock three hours ahead': (context) => one('pageThreeHoursAhead', later(viewed(context), 3 * hourMs), accepted()),
  'a clock three days behind': (context) =>
    one('pageThreeDaysBehind', later(viewed(context), -3 * dayMs), accepted({ flags: ['bad_clock'] })),
  'a clock that was set back': (context) =>
    one(
      'page',
      withField(viewed(context), 'occurred_at', context.receivedAt + 10 * minuteMs),
      accepted({ flags: ['clock_went_back'] }),
    ),

  // Bots
  'a crawler': (context) => one('crawler', viewed(context), accepted({ isBot: true })),

  // Addresses
  'an e-mail address in an address': (context) =>
    one(
      'page',
      atPage(viewed(context), 'https://shop.example/account?email=jo%40example.org'),
      accepted({ rules: ['UR-PII'], flags: ['pii_redacted'] }),
    ),
  'a parameter of nobody knows what': (context) =>
    one('page', atPage(viewed(context), 'https://shop.example/p/1?foo=1'), accepted({ rules: ['UR-QUERY'] })),

  // Unreadable
  'no object': ({ random }) => one('page', random.pick([null, 'event', 17, []]), rejected('not_an_event')),
  'properties that are a text': (context) =>
    one('page', { ...viewed(context), properties: 'all of them' }, quarantined('bad_envelope')),
  'nested too deeply': (context) => one('page', withProperties(viewed(context), { more: nested(40) }), quarantined('too_deep')),
} as const satisfies Readonly<Record<string, Fault>>

const atPage = (event: Event, url: string): Event => withField(event, 'page', { ...(event.page as object), url })

const nested = (depth: number): object => (depth === 0 ? {} : { next: nested(depth - 1) })
