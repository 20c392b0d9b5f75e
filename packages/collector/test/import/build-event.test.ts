import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildEvent } from '../../src/import/build-event.ts'
import { eventIdOf, uuidV5 } from '../../src/import/event-id.ts'
import type { ImportMap } from '../../src/import/import-map.ts'
import { mapColumns } from '../../src/import/mapping.ts'
import type { Cell } from '../../src/import/source-file.ts'

const build = (headers: readonly string[], rows: readonly (readonly Cell[])[], map: ImportMap) =>
  buildEvent(
    rows.map((cells, index) => ({ line: index + 2, cells })),
    mapColumns(headers, map),
  )

test('a row becomes an event with its line, constants stand where it says nothing, and empty cells say nothing', () => {
  const headers = ['receipt_id', 'total', 'currency', 'sku', 'qty', 'tax', 'Bediener']
  const map = {
    name: 'pos_purchase',
    constants: { currency: 'EUR', store_id: 'paris-1', 'consent.analytics': 'not_required', tax: '0' },
  }
  expect(build(headers, [['R-1', '12,50', 'CHF', 'A-1', '2', '', 'Ada']], map)).toEqual({
    name: 'pos_purchase',
    consent: { analytics: 'not_required' },
    properties: {
      receipt_id: 'R-1',
      total: '12,50',
      currency: 'CHF',
      store_id: 'paris-1',
      tax: '0',
      products: [{ sku: 'A-1', quantity: 2 }],
    },
  })
})

test('rows of one order become its lines', () => {
  const headers = ['order_id', 'total', 'product_id', 'quantity', 'price']
  const rows = [
    ['O-1', '30', 'A', '1', '10'],
    ['O-1', '', 'B', '2', '10'],
  ]
  expect(build(headers, rows, { name: 'order_completed', constants: { 'products.category': 'Shoes' } })).toEqual({
    name: 'order_completed',
    properties: {
      order_id: 'O-1',
      total: '30',
      products: [
        { product_id: 'A', quantity: 1, price: '10', category: 'Shoes' },
        { product_id: 'B', quantity: 2, price: '10', category: 'Shoes' },
      ],
    },
  })
})

test('rows of one order that contradict each other are no event', () => {
  const rows = [
    ['O-1', '30'],
    ['O-1', '31'],
  ]
  expect(build(['order_id', 'total'], rows, { name: 'order_completed' })).toBe(
    'The rows of one event disagree about "total": line 2 says something else than line 3.',
  )
})

test('a line with a number that two rows fill in differently is no line of either', () => {
  const rows = [
    ['O-1', 'A', '5'],
    ['O-1', 'B', '10'],
  ]
  expect(build(['order_id', 'products.0.product_id', 'products.0.price'], rows, { name: 'order_completed' })).toBe(
    'The rows of one event disagree about "products.0.product_id": line 2 says something else than line 3.',
  )
})

test.each<{ name: string; cells: readonly Cell[]; expected: unknown }>([
  { name: 'texts', cells: ['14.03.2026', '10:15'], expected: '14.03.2026 10:15' },
  { name: 'a date alone', cells: ['14.03.2026', ''], expected: '14.03.2026' },
  { name: 'days and a fraction of a workbook', cells: [46095, 0.4270833333], expected: '46095.4270833333' },
  { name: 'a day and midnight', cells: [46095, 0], expected: '46095' },
  { name: 'a fraction that is none', cells: [46095, 1.5], expected: '46095 1.5' },
  { name: 'neither', cells: ['', ''], expected: undefined },
])('a date and a time in columns of their own are joined: $name', ({ cells, expected }) => {
  const event = build(['d', 't'], [cells], { columns: { d: 'occurred_at', t: 'occurred_at' } })
  expect((event as Record<string, unknown>).occurred_at).toBe(expected)
})

test('digits are a number only where the catalogue wants one that is no amount', () => {
  const event = build(['order_id', 'total', 'products.quantity'], [['007', '1.299', '03']], { name: 'order_completed' })
  expect(event).toMatchObject({ properties: { order_id: '007', total: '1.299', products: [{ quantity: '03' }] } })
})

test('a name from a list of standard examples', () => {
  // RFC 9562, appendix A.4: the DNS name www.example.com
  expect(uuidV5('www.example.com', Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex'))).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  )
})

const eventOf = fc.record({
  name: fc.string(),
  user_id: fc.option(fc.string(), { nil: undefined }),
  occurred_at: fc.oneof(fc.string(), fc.integer()),
  properties: fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
})

test('the same content has the same id in whatever order it stands, and anything else another', () => {
  fc.assert(
    fc.property(eventOf, eventOf, (one, other) => {
      const turned = Object.fromEntries(Object.entries(one).reverse())
      const id = eventIdOf(one, 'till')
      expect(eventIdOf(turned, 'till')).toBe(id)
      expect(eventIdOf({ ...one, consent: { analytics: 'granted' } }, 'till')).toBe(id)
      expect(eventIdOf(one, 'other')).not.toBe(id)
      expect(eventIdOf({ ...one, properties: { ...one.properties, more: 1 } }, 'till')).not.toBe(
        eventIdOf({ ...one, properties: { ...one.properties, more: 2 } }, 'till'),
      )
      if (JSON.stringify(one) !== JSON.stringify(other)) expect(eventIdOf(other, 'till')).not.toBe(id)
    }),
  )
})

test("a source's own id is its event's, whatever else it says", () => {
  expect(eventIdOf({ id: 'TX-1', name: 'a' }, 'till')).toBe(eventIdOf({ id: 'TX-1', name: 'b' }, 'till'))
  expect(eventIdOf({ id: 1 }, 'till')).toBe(eventIdOf({ id: '1' }, 'till'))
  expect(eventIdOf({ id: 'TX-1' }, 'till')).not.toBe(eventIdOf({ id: 'TX-1' }, 'other'))
  expect(eventIdOf({ id: '0198F3A0-0000-7000-8000-000000000001' }, 'till')).toBe('0198f3a0-0000-7000-8000-000000000001')
})
