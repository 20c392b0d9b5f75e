import { expect, test } from 'vitest'
import { featured, findProduct, products, variantOf } from '../src/goods/index.ts'
import { search } from '../src/goods/search.ts'
import { filtersOf, fromPriceCents, readSelection, select, writeSelection } from '../src/goods/selection.ts'

test('every product, variant and stock keeping unit has a name of its own', () => {
  const ids = products.map((product) => product.id)
  const skus = products.flatMap((product) => product.variants.map((variant) => variant.sku))
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(skus).size).toBe(skus.length)
  for (const product of products) {
    expect(new Set(product.variants.map((variant) => variant.id)).size, product.id).toBe(product.variants.length)
  }
})

test('prices are whole cents, and a former price is higher', () => {
  for (const variant of products.flatMap((product) => product.variants)) {
    expect(Number.isInteger(variant.priceCents) && variant.priceCents > 0, variant.sku).toBe(true)
    if (variant.formerPriceCents !== undefined) expect(variant.formerPriceCents).toBeGreaterThan(variant.priceCents)
  }
})

test('every product can be bought in at least one variant', () => {
  expect(products.filter((product) => product.variants.every((variant) => variant.isSoldOut))).toEqual([])
})

test('everything the home page puts forward is on the shelves', () => {
  expect(featured).toHaveLength(8)
})

test('a variant that is gone falls back to the first', () => {
  const [product] = products
  if (product === undefined) throw new Error('the shelves are empty')
  expect(variantOf(product, 'gone')).toBe(product.variants[0])
})

test.each([
  { query: 'earl', expected: ['earl-grey-bergamot'] },
  { query: 'grey te', expected: ['earl-grey-bergamot'] },
  { query: 'JASMINE', expected: ['jasmine-pearls'] },
  { query: 'caffeine', expected: ['rooibos-orange', 'chamomile-field'] },
  { query: 'unobtainium', expected: [] },
  { query: '  ', expected: [] },
])('searching “$query” finds $expected', ({ query, expected }) => {
  expect(search(products, query).map((product) => product.id)).toEqual(expect.arrayContaining(expected))
  if (expected.length === 0) expect(search(products, query)).toEqual([])
})

test('a word in the name comes before one in the small print', () => {
  expect(search(products, 'orange')[0]?.id).toBe('rooibos-orange')
})

test('a selection keeps what carries every tag, up to the price, in the order asked for', () => {
  const chosen = select(products, { tags: ['gift'], maxPriceCents: 2000, sort: 'price-asc' })
  expect(chosen.length).toBeGreaterThan(1)
  expect(chosen.every((product) => product.tags.includes('gift') && fromPriceCents(product) <= 2000)).toBe(true)
  expect(chosen.map(fromPriceCents)).toEqual(chosen.map(fromPriceCents).toSorted((a, b) => a - b))
})

test('a selection survives its address, and an event names it', () => {
  const selection = { tags: ['caffeine-free', 'new'] as const, maxPriceCents: 1000, sort: 'name' as const }
  expect(readSelection(new URLSearchParams(writeSelection(selection)))).toEqual(selection)
  expect(filtersOf(selection)).toEqual(['only:caffeine-free', 'only:new', 'max_price:10'])
})

test('an address with nonsense in it selects everything', () => {
  expect(readSelection(new URLSearchParams('?only=gold&max=abc&sort=worst'))).toEqual({ tags: [], sort: 'featured' })
  expect(writeSelection({ tags: [], sort: 'featured' })).toBe('')
})

test('a product that never was is not found', () => {
  expect(findProduct('__proto__')).toBeUndefined()
})
