import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalText } from '../../src/normalise/derived-total.ts'
import { parseMoney } from '../../src/normalise/money.ts'
import { readEvent, readGood } from './read-event.ts'

const line = (price: unknown, quantity?: unknown, more: object = {}) => ({ product_id: 'A', price, quantity, ...more })
const read = (properties: object) => readEvent('order_completed', { order_id: 'O', ...properties })

describe('the total of an order without one is derived (DF-TOTAL)', () => {
  test.each([
    { name: 'price times quantity', given: { currency: 'EUR', products: [line(10, 2), line(5)] }, total: '2500 EUR' },
    {
      name: 'with tax and shipping',
      given: { currency: 'EUR', products: [line('19.99', 3)], tax: 11.4, shipping: '4,95' },
      total: '7632 EUR',
    },
    { name: 'exactly', given: { currency: 'EUR', products: [line(0.1), line(0.2), line(1.1, 3)] }, total: '360 EUR' },
    { name: 'without decimals', given: { currency: 'JPY', products: [line(1200, 2)] }, total: '2400 JPY' },
    { name: 'with three', given: { currency: 'KWD', products: [line(1.299, 1)], shipping: 0.5 }, total: '1799 KWD' },
    { name: "in the lines' currency", given: { products: [line({ amount: 5, currencyCode: 'USD' }, 2)] }, total: '1000 USD' },
    { name: "in a line's own currency", given: { products: [line(5, 2, { currency: 'USD' })] }, total: '1000 USD' },
    { name: "in the shop's own where none is named", given: { products: [line(5, 2)] }, total: '1000 EUR' },
    { name: 'with a quantity as text', given: { currency: 'EUR', products: [line(5, '2')] }, total: '1000 EUR' },
    { name: 'with a discount of nothing', given: { currency: 'EUR', products: [line(5)], discount: 0 }, total: '500 EUR' },
    {
      name: 'whatever names its parts have',
      given: { curr: 'EUR', items: [{ item_id: 'A', unit_price: 5, qty: 3 }] },
      total: '1500 EUR',
    },
  ])('$name', ({ given, total }) => {
    const { money, flags, repairs, properties } = readGood('order_completed', { order_id: 'O', ...given })
    expect(money.total).toBe(total)
    expect(flags).toContain('derived_total')
    expect(repairs).toContainEqual({ field: 'properties.total', from: null, to: properties.total, rule: 'DF-TOTAL' })
  })

  test.each([
    { name: 'a line without a price', given: { products: [line(5), line(undefined)] } },
    { name: 'a price that is none', given: { products: [line('free')] } },
    { name: 'a price with two readings', given: { products: [line('1.299')] } },
    { name: 'no lines', given: { products: [] } },
    { name: 'two currencies', given: { products: [line({ amount: 5, currency: 'USD' }), line({ amount: 5, currency: 'EUR' })] } },
    { name: 'a tax that is none', given: { products: [line(5)], tax: 'incl.' } },
    { name: 'a discount, which may be in the prices already', given: { products: [line(5)], discount: 1 } },
    { name: 'more than can be stored', given: { products: [line(90_000_000_000_000, 2)] } },
  ])('not with $name', ({ given }) => {
    expect(read({ currency: 'EUR', ...given })).toBe('missing_required: properties.total is missing')
  })

  test('not where there is one, nor on other events', () => {
    expect(readGood('order_completed', { order_id: 'O', total: 7, currency: 'EUR', products: [line(5)] })).toMatchObject({
      money: { total: '700 EUR' },
      flags: [],
    })
    expect(read({ total: 'free', currency: 'EUR', products: [line(5)] })).toMatch(/^bad_money/)
    expect(readGood('order_updated', { order_id: 'O', currency: 'EUR', products: [line(5)] }).money.total).toBeUndefined()
    expect(readEvent('pos_purchase_completed', { receipt_id: 'R', store_id: 'S', products: [line(5)] })).toMatch(
      /^missing_required/,
    )
  })

  test('law: it is the sum of its parts in minor units, in every kind of currency', () => {
    const amount = fc.integer({ min: 0, max: 10_000_000 })
    const lines = fc.array(fc.tuple(amount, fc.integer({ min: 1, max: 50 })), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(
        fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'),
        lines,
        fc.option(amount),
        fc.option(amount),
        (currency, priced, tax, shipping) => {
          const written = (minor: number | null) => (minor === null ? null : Number(decimalText(minor, currency)))
          const { money } = readGood('order_completed', {
            order_id: 'O',
            currency,
            products: priced.map(([minor, quantity]) => line(written(minor), quantity)),
            tax: written(tax),
            shipping: written(shipping),
          })
          const sum = priced.reduce((total, [minor, quantity]) => total + minor * quantity, 0)
          expect(money.total).toBe(`${sum + (tax ?? 0) + (shipping ?? 0)} ${currency}`)
        },
      ),
    )
  })

  test('law: an amount written as decimals is read as the same amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'), (minor, currency) => {
        expect(parseMoney(Number(decimalText(minor, currency)), { currencyHint: currency })).toMatchObject({
          minor,
          currency,
          isRounded: false,
        })
      }),
    )
  })
})
