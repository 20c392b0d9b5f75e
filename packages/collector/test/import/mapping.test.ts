import { expect, test } from 'vitest'
import { guessField, readField } from '../../src/import/field.ts'
import type { ImportMap } from '../../src/import/import-map.ts'
import { mapColumns } from '../../src/import/mapping.ts'

const pos = 'pos_purchase_completed'

test.each([
  { header: 'receipt_id', name: pos, expected: 'receipt_id' },
  { header: 'Receipt ID', name: pos, expected: 'receipt_id' },
  { header: 'STORE-ID', name: pos, expected: 'store_id' },
  { header: 'Total', name: pos, expected: 'total' },
  { header: 'sku', name: pos, expected: 'products.sku' },
  { header: 'item_id', name: pos, expected: 'products.product_id' },
  { header: 'Unit Price', name: pos, expected: 'products.price' },
  { header: 'qty', name: pos, expected: 'products.quantity' },
  { header: 'Timestamp', name: pos, expected: 'occurred_at' },
  { header: 'created_at', name: pos, expected: 'occurred_at' },
  { header: 'Customer ID', name: pos, expected: 'user_id' },
  { header: 'name', name: pos, expected: 'products.name' },
  { header: 'name', name: null, expected: 'name' },
  { header: 'Event', name: null, expected: 'name' },
  { header: 'transaction_id', name: 'order_completed', expected: 'order_id' },
  { header: 'price', name: 'product_added', expected: 'price' },
  { header: 'properties.price', name: null, expected: 'price' },
  { header: 'Properties.Anything', name: null, expected: 'anything' },
  { header: 'products.0.product_id', name: 'order_completed', expected: 'products.0.product_id' },
  { header: 'consent.analytics', name: pos, expected: 'consent.analytics' },
  { header: 'receit_id', name: pos, expected: null },
  { header: 'Kunde', name: pos, expected: null },
  { header: 'e-mail', name: pos, expected: null },
  { header: 'price', name: 'email_opened', expected: null },
  { header: 'footfall_reason', name: pos, expected: null },
  { header: 'constructor', name: null, expected: null },
  { header: 'properties.__proto__.x', name: null, expected: null },
  { header: '', name: pos, expected: null },
])('the column "$header" of $name is read as $expected', ({ header, name, expected }) => {
  expect(guessField(header, name)?.name ?? null).toBe(expected)
})

test.each([
  { text: 'total', path: ['properties', 'total'], line: null },
  { text: 'properties.total', path: ['properties', 'total'], line: null },
  { text: 'product_id', path: ['product_id'], line: 'row' },
  { text: 'products.price', path: ['price'], line: 'row' },
  { text: 'products.2.price', path: ['price'], line: 2 },
  { text: 'properties.products.2.price', path: ['price'], line: 2 },
  { text: 'page.url', path: ['page', 'url'], line: null },
  { text: 'traits.plan.tier', path: ['traits', 'plan', 'tier'], line: null },
  { text: 'own_word', path: ['properties', 'own_word'], line: null },
  { text: 'properties.totl', path: ['properties', 'totl'], line: null },
  { text: 'properties.products.prise', path: ['prise'], line: 'row' },
  { text: 'transaction_id', path: ['properties', 'transaction_id'], line: null },
  { text: 'traits.anything', path: ['traits', 'anything'], line: null },
])('a map may name $text', ({ text, path, line }) => {
  expect(readField(text, pos)).toMatchObject({ path, line })
})

test.each([
  { text: '', says: 'is no field' },
  { text: 'a..b', says: 'is no field' },
  { text: 'consent', says: 'consent.analytics' },
  { text: 'products.0', says: 'products.0.product_id' },
  { text: 'products.500.price', says: 'more lines' },
  { text: 'source', says: '--source' },
  { text: '__proto__.x', says: 'cannot be a field' },
  { text: 'properties.constructor', says: 'cannot be a field' },
  { text: 'a.b.c.d.e.f.g.h.i.j', says: 'is no field' },
  { text: 'totl', says: 'did you mean total? If it is a name of your own, write properties.totl.' },
  { text: 'occured_at', says: 'did you mean occurred_at?' },
  { text: 'usr_id', says: 'did you mean user_id?' },
  { text: 'consnt.analytics', says: 'did you mean consent?' },
  { text: 'consent.analytcs', says: 'consent has no "analytcs"; it has analytics, personalization, marketing' },
  { text: 'page.urll', says: 'page has no "urll"; it has url,' },
  { text: 'products.prise', says: 'did you mean products.price? If it is a name of your own, write properties.products.prise.' },
])('a map may not name "$text"', ({ text, says }) => {
  expect(readField(text, pos)).toEqual(expect.stringContaining(says))
})

const fieldsOf = (headers: readonly string[], map: ImportMap) =>
  Object.fromEntries(mapColumns(headers, map).columns.map(({ header, field }) => [header, field?.name ?? null]))

test('what the map says wins over what a header means, in any case, and null leaves a column out', () => {
  const map = {
    name: 'POS Sale',
    columns: { ' KASSENBON ': 'receipt_id', Datum: 'occurred_at', Uhrzeit: 'occurred_at', Total: null },
  }
  expect(fieldsOf(['Kassenbon', 'Datum', 'Uhrzeit', 'total', 'receipt_id', 'store_id', 'Bediener'], map)).toEqual({
    Kassenbon: 'receipt_id',
    Datum: 'occurred_at',
    Uhrzeit: 'occurred_at',
    total: null,
    receipt_id: null,
    store_id: 'store_id',
    Bediener: null,
  })
})

test.each<{ name: string; headers: readonly string[]; map: ImportMap; says: string }>([
  {
    name: 'a column that is not there',
    headers: ['a', 'b'],
    map: { columns: { c: 'total' } },
    says: 'names the column "c", which the file does not have; it has a, b',
  },
  {
    name: 'the name of a column that is not there',
    headers: ['a'],
    map: { name: { column: 'x' } },
    says: 'name names the column "x"',
  },
  { name: 'a group that is not there', headers: ['a'], map: { group_by: 'x' }, says: 'group_by names the column "x"' },
  { name: 'a field that is none', headers: ['a'], map: { columns: { a: 'consent' } }, says: 'is an object' },
  { name: 'a constant that is none', headers: ['a'], map: { constants: { page: {} } }, says: 'is an object' },
  { name: 'two columns for one field', headers: ['sku', 'SKU'], map: { name: pos }, says: 'are both read as products.sku' },
  {
    name: 'two times that nobody named',
    headers: ['timestamp', 'created_at'],
    map: { name: pos },
    says: 'are both read as occurred_at',
  },
  { name: 'a name said twice', headers: ['Artikel'], map: { name: pos, columns: { Artikel: 'name' } }, says: 'products.name' },
  { name: 'one of several columns of a name', headers: ['A', 'a '], map: { columns: { ' a': 'total' } }, says: 'several' },
])('what a map cannot mean is one sentence: $name', ({ headers, map, says }) => {
  expect(() => mapColumns(headers, map)).toThrow(
    expect.objectContaining({ code: 'bad_import', message: expect.stringContaining(says) }),
  )
})
