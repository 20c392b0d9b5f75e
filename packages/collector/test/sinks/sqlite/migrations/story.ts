import type { DatabaseSync } from 'node:sqlite'
import type { Hono } from 'hono'

/**
 * What the rows beside this file are of. With it those of the next version are made: tell it to a collector, close it, and take `rowsOf`,
 * less `quarantine_sizes`, which triggers fill.
 */
export const secrets = { subject: 'a-secret-of-the-stores-of-these-tests', key: 'sk_test_0123456789abcdef' }

/** A clock that the story sets. */
export interface Clock {
  now: number
}

const minute = 60_000
const day = 1440 * minute
const recordId = '0198f3a0-0000-7000-8000-00000000c0de'
const visitorAgent =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36'
const botAgent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

/** The id of the nth event. */
export const idOf = (n: number): string => `0198f3a0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

/** Two days in Berlin, of which one begins just after midnight. In a collector that knows no alias, without the last event. */
export async function tell(collector: Pick<Hono, 'request'>, clock: Clock): Promise<void> {
  const ask = (method: string, path: string, body: object, { isServer = false, agent = visitorAgent } = {}) => {
    const authorization = isServer ? { authorization: `Bearer ${secrets.key}` } : {}
    return collector.request(path, { method, body: JSON.stringify(body), headers: { 'user-agent': agent, ...authorization } })
  }
  const deliver = (events: readonly object[], more: object = {}, by: Parameters<typeof ask>[3] = {}) =>
    ask('POST', '/v1/events', { write_key: 'wk_test', sent_at: clock.now, events, ...more }, by)
  clock.now = Date.UTC(2026, 10, 19, 23, 30)
  const decidedAt = Date.UTC(2026, 10, 19, 23, 0)
  const consent = { analytics: 'granted', marketing: 'granted', record_id: recordId, decided_at: decidedAt, version: '2026-09' }
  const page = {
    url: 'https://shop.example/p/A-1',
    title: 'A-1',
    view_id: '0198f3a0-0000-7000-8000-00000000f1e4',
    type: 'product',
  }
  const first = { anonymous_id: 'a-1', session: { id: 's-1', index: 1 }, page, consent }
  const second = { anonymous_id: 'a-2', session: { id: 's-2', index: 1 }, page, consent: { analytics: 'granted' } }
  const items = [{ product_id: 'A-1', quantity: 1, price: 19.99 }]
  const order = (n: number, seq: number, orderId: string, total: number | string) => ({
    ...{ id: idOf(n), name: 'order_completed', occurred_at: clock.now, ...first, user_id: 'cust_42', seq },
    properties: { order_id: orderId, total, currency: 'EUR', items },
  })
  const purposes = { analytics: 'granted', marketing: 'granted' }
  const decision = { record_id: recordId, subject: 'a-1', purposes, policy_version: '2026-09', event_time: decidedAt }
  await ask('POST', '/v1/consent', { write_key: 'wk_test', ...decision })
  const added = {
    ...{ id: idOf(1), name: 'Add To Cart', occurred_at: clock.now, ...first, seq: 2 },
    properties: { product_id: 'A-1', quantity: 1, price: 19.99, currency: 'EUR' },
  }
  const viewed = { id: idOf(2), name: 'page_viewed', occurred_at: clock.now - 5000, ...first, seq: 1, properties: {} }
  await deliver([viewed, added, order(3, 4, 'O-1', 19.99)], { dropped: { expired: 2 } })
  clock.now += minute
  await deliver([
    added,
    order(4, 5, 'O-1', 19.99),
    {
      ...{ id: idOf(5), name: 'Into The Basket', occurred_at: clock.now, ...first, seq: 6 },
      properties: { product_id: 'A-2', price: 5, currency: 'EUR' },
    },
    order(6, 7, 'O-2', '1.299'),
    { id: idOf(7), name: 'product_viewed', occurred_at: clock.now, anonymous_id: 'a-3', page, properties: { product_id: 'A-1' } },
  ])
  const crawled = { id: idOf(8), name: 'page_viewed', occurred_at: clock.now, page, consent: { analytics: 'granted' } }
  await deliver([crawled], {}, { agent: botAgent })
  clock.now += day
  await deliver([{ id: idOf(9), name: 'page_viewed', occurred_at: clock.now, ...second, seq: 1, properties: {} }])
  const bought = {
    ...{ id: idOf(10), name: 'pos_purchase_completed', occurred_at: new Date(clock.now).toISOString(), user_id: 'cust_7' },
    ...{ channel: 'pos', source: 'till-1', consent: { analytics: 'granted' } },
    properties: { store_id: 'S-1', receipt_id: 'R-1', total: 5, currency: 'EUR' },
  }
  await deliver([bought], {}, { isServer: true })
  await ask('PUT', '/v1/sources/till-1', { channel: 'pos', currency: 'EUR' }, { isServer: true })
  const aliased = await ask('PUT', '/v1/aliases/Basket%20Two', { to: 'product_added' }, { isServer: true })
  if (aliased.status !== 200) return
  const renamed = {
    ...{ id: idOf(11), name: 'Basket Two', occurred_at: clock.now + 1000, ...second, seq: 2 },
    properties: { product_id: 'A-2', quantity: 1, price: 5, currency: 'EUR' },
  }
  await deliver([renamed])
}

/** Everything that a store holds, as SQL. */
export function rowsOf(db: DatabaseSync): string {
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'probe' ORDER BY name")
    .all()
  const inserts = names.flatMap(({ name }) => {
    const columns = db.prepare(`SELECT name FROM pragma_table_info('${name}')`).all()
    const list = columns.map((column) => String(column.name)).join(', ')
    const rows = db.prepare(`SELECT ${list} FROM ${name}`).all()
    const values = rows.map((row) => `  (${Object.values(row).map(literal).join(', ')})`).join(',\n')
    return rows.length === 0 ? [] : [`INSERT INTO ${name} (${list}) VALUES\n${values};\n`]
  })
  return inserts.join('')
}

function literal(value: unknown): string {
  if (value === null) return 'NULL'
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
