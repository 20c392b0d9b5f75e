import { describe, expect, test } from 'vitest'
import { onlyAllowed } from '../../src/consent/only-allowed.ts'
import { validate } from '../../src/ingest/validate.ts'
import { parseMoney } from '../../src/normalise/money.ts'
import { createNotes } from '../../src/normalise/notes.ts'
import { redactEvent } from '../../src/normalise/redact-event.ts'
import { readGood } from './read-event.ts'

/** Rules that other tests hold without saying their names. */
describe('what was changed is on record, with its rule', () => {
  const viewed = (properties: Record<string, unknown>) => readGood('product_viewed', { product_id: 'A', ...properties })

  test('PR-TEXT: a whole number where an identifier belongs', () => {
    expect(viewed({ product_id: 4711 })).toMatchObject({
      properties: { product_id: '4711' },
      repairs: [{ field: 'properties.product_id', from: 4711, to: '4711', rule: 'PR-TEXT' }],
    })
  })

  test('PR-NUMBER: a decimal text where a number belongs', () => {
    expect(viewed({ position: ' 3 ' })).toMatchObject({
      properties: { position: 3 },
      repairs: [{ field: 'properties.position', from: ' 3 ', to: 3, rule: 'PR-NUMBER' }],
    })
    expect(viewed({ position: '1e1' }).repairs).toMatchObject([{ from: '1e1', to: null, rule: 'PR-SHAPE' }])
  })

  test('VC-LINE: the only line of a list is what the event is about', () => {
    const { properties, repairs } = readGood('product_added', { products: [{ product_id: 'A', quantity: 2 }] })
    expect(properties).toEqual({ product_id: 'A', quantity: 2 })
    expect(repairs).toContainEqual({
      field: 'properties.product_id',
      from: 'products.0.product_id',
      to: 'product_id',
      rule: 'VC-LINE',
    })
  })

  test('EV-NUMBER: what no number can hold is text, wherever it stands, and noted once for each field', () => {
    const notes = createNotes()
    const event = {
      properties: { a: JSON.parse('1e400'), b: [JSON.parse('-1e400'), 1, JSON.parse('1e400')] },
      traits: { ip: JSON.parse('1e400') },
      occurred_at: JSON.parse('-1e400'),
      user_id: JSON.parse('1e400'),
    }
    expect(redactEvent(event, notes)).toEqual({
      properties: { a: 'Infinity', b: ['-Infinity', 1, 'Infinity'] },
      traits: { ip: 'Infinity' },
      occurred_at: '-Infinity',
      user_id: Number.POSITIVE_INFINITY, // no id, and never a text that is one
    })
    expect(notes.repairs).toEqual([
      { field: 'properties.a', from: null, to: 'Infinity', rule: 'EV-NUMBER' },
      { field: 'properties.b', from: null, to: '-Infinity', rule: 'EV-NUMBER' },
      { field: 'traits.ip', from: null, to: 'Infinity', rule: 'EV-NUMBER' },
      { field: 'occurred_at', from: null, to: '-Infinity', rule: 'EV-NUMBER' },
    ])
    expect([...notes.flags]).toEqual(['bad_property'])
  })

  test('EV-DIGITS: of a whole number beyond 2^53 the nearest is kept, and noted once for each field', () => {
    const notes = createNotes()
    const event = {
      properties: {
        a: JSON.parse('12345678901234567890'),
        b: [JSON.parse('-9007199254740993'), 1],
        c: 2 ** 53 - 1,
        d: 1 - 2 ** 53,
      },
    }
    expect(redactEvent(event, notes)).toEqual({
      properties: { a: 12345678901234567000, b: [-9007199254740992, 1], c: 2 ** 53 - 1, d: 1 - 2 ** 53 },
    })
    expect(notes.repairs).toEqual([
      { field: 'properties.a', from: null, to: 12345678901234567000, rule: 'EV-DIGITS' },
      { field: 'properties.b', from: null, to: -9007199254740992, rule: 'EV-DIGITS' },
    ])
    expect([...notes.flags]).toEqual(['bad_property'])
  })

  test('a field is named at a length that nobody can choose, whatever its keys are', () => {
    const key = 'k'.repeat(1_000_000)
    const many = (value: unknown) => Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${key}${index}`, value]))
    for (const value of [JSON.parse('1e99'), '/?email=ada@shop.example']) {
      const notes = createNotes()
      redactEvent({ properties: { [key]: { [key]: many(value) } } }, notes)
      expect(notes.repairs).toHaveLength(32)
      expect(notes.repairs.filter(({ field }) => field.length > 400)).toEqual([])
    }
    const notes = createNotes()
    const consent = { analytics: 'granted' } as const
    const event = { name: 'page_viewed', properties: { [key]: { [key]: [{ gclid: 'x' }, { [key]: { fbclid: 'x' } }] } } }
    onlyAllowed(event, { name: 'page_viewed', isServer: false, allowed: 1, consent }, notes)
    expect(notes.repairs.map(({ field }) => [field.length < 400, field.slice(-6)])).toEqual([
      [true, '.gclid'],
      [true, 'fbclid'],
    ])
  })

  test('EV-SHAPE: a field of the envelope without its shape is null', () => {
    const notes = createNotes()
    const id = '0198f3a0-0000-7000-8000-00000000c0de'
    const read = validate({ id, name: 'x', channel: 7, session: 'mine' }, notes)
    expect(read).toMatchObject({ kind: 'valid', envelope: { id, name: 'x' } })
    expect(notes.repairs).toEqual([
      // Whose it was is not kept in a repair.
      { field: 'session', from: null, to: null, rule: 'EV-SHAPE' },
      { field: 'channel', from: 7, to: null, rule: 'EV-SHAPE' },
    ])
    expect([...notes.flags]).toEqual(['bad_envelope_field'])
  })

  test('CN-MARKETING: without consent to marketing an e-mail address goes, and is not kept in the record', () => {
    const notes = createNotes()
    const consent = { analytics: 'granted' } as const
    const event = { name: 'page_viewed', properties: { gclid: 'x1', plan: 'gold' } }
    const kept = onlyAllowed(event, { name: 'page_viewed', isServer: false, allowed: 1, consent }, notes)
    expect(kept.properties).toEqual({ plan: 'gold' })
    expect(notes.repairs).toEqual([{ field: 'properties.gclid', from: null, to: null, rule: 'CN-MARKETING' }])
  })
})

test.each(['1,2345.00', '12.34.567', '1.2345.678', "1'23,00", '1 2345'])(
  'MN-GROUPING: %s groups its digits as no number does',
  (text) => {
    expect(parseMoney(text, { currencyHint: 'EUR' })).toEqual({ status: 'invalid', rule: 'MN-GROUPING' })
  },
)
