import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { believedSource } from '../../src/registry/believed-source.ts'
import { checkAlias } from '../../src/registry/read-alias.ts'
import { readSource, wireSource } from '../../src/registry/read-source.ts'
import { emptyRegistry } from '../../src/registry/registry.ts'
import { resolveName } from '../../src/registry/resolve-name.ts'
import type { Source } from '../../src/registry/source.ts'

describe('what is said about a source', () => {
  const everything = {
    channel: 'pos',
    transport: 'file',
    time_zone: 'Europe/Paris',
    date_order: 'DMY',
    time_unit: 'excel1904',
    money_unit: 'minor',
    locale: 'fr-FR',
    currency: 'CHF',
    tax_inclusive: true,
    sampling: 0.1,
    expected_per_day: 1200,
  }

  test('is taken as it is said, and shown as it was', () => {
    const source = readSource('till-paris', everything)
    expect(source).toEqual({
      id: 'till-paris',
      channel: 'pos',
      transport: 'file',
      timeZone: 'Europe/Paris',
      dateOrder: 'DMY',
      timeUnit: 'excel1904',
      moneyUnit: 'minor',
      locale: 'fr-FR',
      currency: 'CHF',
      taxInclusive: true,
      sampling: 0.1,
      expectedPerDay: 1200,
    })
    expect(wireSource(source as Source)).toEqual({ id: 'till-paris', ...everything })
  })

  test('may be nothing but the channel: null says nothing', () => {
    const unsaid = Object.fromEntries(Object.keys(everything).map((name) => [name, null]))
    expect(readSource('a', { ...unsaid, channel: 'web' })).toEqual({ id: 'a', channel: 'web' })
  })

  test.each([
    { given: { time_zone: 'Mars/Phobos' }, says: 'time_zone' },
    { given: { time_zone: '2026-11-21T18:00[Europe/Paris]' }, says: 'time_zone' },
    { given: { time_zone: '' }, says: 'time_zone' },
    { given: { time_zone: '__proto__' }, says: 'time_zone' },
    { given: { currency: 'EURO' }, says: 'currency' },
    { given: { currency: 'eur' }, says: 'currency' },
    { given: { currency: '€' }, says: 'currency' },
    { given: { currency: 'XAU' }, says: 'currency' },
    { given: { currency: 'HRK' }, says: 'currency' },
    { given: { currency: 'constructor' }, says: 'currency' },
    { given: { locale: 'de' }, says: 'locale' },
    { given: { locale: 'de_DE' }, says: 'locale' },
    { given: { locale: 'x'.repeat(10_000) }, says: 'locale' },
    { given: { date_order: 'YDM' }, says: 'date_order' },
    { given: { time_unit: 'minutes' }, says: 'time_unit' },
    { given: { money_unit: 'cents' }, says: 'money_unit' },
    { given: { transport: 'pigeon' }, says: 'transport' },
    { given: { channel: 'tv' }, says: 'channel' },
    { given: { channel: ['pos'] }, says: 'channel' },
    { given: { channel: null }, says: 'channel is missing' },
    { given: { tax_inclusive: 'yes' }, says: 'tax_inclusive' },
    { given: { sampling: 0 }, says: 'sampling' },
    { given: { sampling: 1.5 }, says: 'sampling' },
    { given: { sampling: '0.5' }, says: 'sampling' },
    { given: { expected_per_day: -1 }, says: 'expected_per_day' },
    { given: { expected_per_day: 1e300 }, says: 'expected_per_day' },
    { given: { zone: 'UTC' }, says: 'no such setting' },
    { given: { id: 'other' }, says: 'no such setting' },
    { given: JSON.parse('{"__proto__":{"time_zone":"UTC"}}') as object, says: 'no such setting' },
    { given: { constructor: 'pos' }, says: 'no such setting' },
  ])('is refused with a sentence: $given', ({ given, says }) => {
    expect(readSource('a', Object.getPrototypeOf(given) === Object.prototype ? withChannel(given) : given)).toEqual({
      kind: 'refused',
      code: 'bad_source',
      detail: expect.stringContaining(says),
    })
  })

  /** As JSON has it: every key is its own. */
  const withChannel = (given: object): object => {
    const copy = JSON.parse('{"channel":"pos"}') as object
    for (const [key, value] of Object.entries(given)) Object.defineProperty(copy, key, { value, enumerable: true })
    return copy
  }

  test.each([{ given: null }, { given: [] }, { given: 'pos' }, { given: 5 }])('is an object, not $given', ({ given }) => {
    expect(readSource('a', given)).toMatchObject({ code: 'bad_source' })
  })

  test.each([
    { id: '' },
    { id: 'x'.repeat(257) },
    { id: 'a\u0000b' },
    { id: 'a\nb' },
    { id: '\ud800' },
    { id: '.' },
    { id: '..' },
  ])('needs an id that can be one, not $id', ({ id }) => {
    expect(readSource(id, { channel: 'pos' })).toMatchObject({ code: 'bad_source' })
  })

  test.each([{ id: '__proto__' }, { id: 'constructor' }, { id: 'Filiale Köln' }, { id: 'a/b?c#d' }, { id: '日本' }])(
    'may have the id $id',
    ({ id }) => {
      expect(readSource(id, { channel: 'pos' })).toEqual({ id, channel: 'pos' })
    },
  )
})

describe('whose word counts about a source', () => {
  const till: Source = { id: 'till', channel: 'pos' }
  const shop: Source = { id: 'shop', channel: 'web' }
  const registry = {
    ...emptyRegistry,
    sources: new Map([
      ['till', till],
      ['shop', shop],
    ]),
  }
  test.each([
    { named: 'till', isServer: true, expected: { registered: till, isAllowed: true, counted: 'till' } },
    { named: 'till', isServer: false, expected: { registered: null, isAllowed: false, counted: '' } },
    { named: 'shop', isServer: false, expected: { registered: shop, isAllowed: true, counted: 'shop' } },
    { named: 'new', isServer: true, expected: { registered: null, isAllowed: true, counted: 'new' } },
    { named: 'new', isServer: false, expected: { registered: null, isAllowed: true, counted: '' } },
    { named: '', isServer: true, expected: { registered: null, isAllowed: true, counted: '' } },
    { named: 5, isServer: true, expected: { registered: null, isAllowed: true, counted: '' } },
    { named: '__proto__', isServer: false, expected: { registered: null, isAllowed: true, counted: '' } },
    { named: 'x'.repeat(257), isServer: true, expected: { registered: null, isAllowed: true, counted: '' } },
  ])('$named, from a server: $isServer', ({ named, isServer, expected }) => {
    expect(believedSource(named, registry, isServer)).toEqual(expected)
  })

  test('a page makes no row of counts, whatever it names', () => {
    fc.assert(
      fc.property(fc.anything(), (named) => {
        expect(['', 'shop']).toContain(believedSource(named, registry, false).counted)
      }),
    )
  })
})

describe('an alias', () => {
  test.each([
    { from: 'korb', to: 'product_added' },
    { from: 'Korb gelegt!', to: 'product_added' },
    { from: 'payment_failed', to: 'checkout_started' },
    { from: '__proto__', to: 'product_added' },
  ])('may lead from $from to $to', ({ from, to }) => {
    expect(checkAlias(from, to)).toBeNull()
  })

  test.each([
    { from: 'product_added', to: 'product_viewed', says: 'product_added already (EN-EXACT)' },
    { from: 'add_to_cart', to: 'product_viewed', says: 'product_added already (EN-ALIAS)' },
    { from: 'prodct_added', to: 'product_viewed', says: 'product_added already (EN-TYPO)' },
    { from: 'screen_view', to: 'page_viewed', says: 'another vocabulary' },
    { from: 'Screen View', to: 'page_viewed', says: 'its own' },
    { from: 'korb', to: 'korb2', says: 'no name of the catalogue' },
    { from: 'korb', to: 'add_to_cart', says: 'no name of the catalogue' },
    { from: 'korb', to: '__proto__', says: 'no name of the catalogue' },
    { from: 'korb', to: 'unknown', says: 'no name of the catalogue' },
    { from: 'korb', to: 'cart_abandoned', says: 'makes cart_abandoned' },
    { from: 'cart_abandoned_reported', to: 'product_viewed', says: 'cart_abandoned already' },
    { from: 'korb', to: 'consent_updated', says: 'needs no consent' },
    { from: 'abm', to: 'email_unsubscribed', says: 'needs no consent' },
    { from: 'korb', to: undefined, says: 'Send the name' },
    { from: 'korb', to: { to: 'product_added' }, says: 'Send the name' },
    { from: '', to: 'product_added', says: '1 to 64' },
    { from: 'x'.repeat(65), to: 'product_added', says: '1 to 64' },
    { from: '\udc00', to: 'product_added', says: '1 to 64' },
  ])('does not lead from $from to $to', ({ from, to, says }) => {
    expect(checkAlias(from, to)).toEqual({ kind: 'refused', code: 'bad_alias', detail: expect.stringContaining(says) })
  })

  test('counts only as it would be made today: the catalogue may have changed since', () => {
    const aliases = new Map([
      ['product_added', 'product_viewed'],
      ['screen_view', 'page_viewed'],
      ['korb', 'gone_from_the_catalogue'],
      ['kasse', 'checkout_started'],
    ])
    const read = (name: string) => resolveName(name, { aliases })
    expect(read('product_added')).toMatchObject({ name: 'product_added', rule: 'EN-EXACT' })
    expect(read('screen_view')).toMatchObject({ isKnown: false, rule: 'EN-PROTECTED' })
    expect(read('korb')).toMatchObject({ isKnown: false, rule: 'EN-UNKNOWN' })
    expect(read('kasse')).toEqual({ status: 'ok', name: 'checkout_started', isKnown: true, rule: 'EN-ALIAS-REGISTRY' })
    expect(read('Kasse')).toMatchObject({ isKnown: false })
  })
})
