import { ConsentSnapshot, catalogue, Envelope, Product } from '@footfall/events'
import { anyJson, hostileText } from '@footfall/testkit/arbitraries'
import { envelope } from '@footfall/testkit/builders'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { readerOf, unreadable } from '../../src/normalise/reader.ts'

const line = fc.record(
  {
    product_id: fc.oneof(fc.string({ maxLength: 3 }), fc.integer()),
    quantity: fc.oneof(fc.integer({ min: -1, max: 3 }), fc.double(), fc.constant(null)),
    price: fc.oneof(
      fc.double(),
      fc.string({ maxLength: 5 }),
      fc.record({ amount: fc.oneof(fc.string(), fc.integer()), currencyCode: fc.constantFrom('EUR', 1, undefined, null) }),
    ),
    url: fc.oneof(fc.string(), fc.constant(null)),
  },
  { requiredKeys: [] },
)

/** What stands in properties, right and wrong. */
const anyValue = fc.oneof(
  fc.constantFrom(undefined, null, '', 0, 1, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, true, 'granted'),
  fc.constantFrom('2026-11-21T18:00:00.456Z', 'a'.repeat(64), 'x'.repeat(300), [], {}, [null]),
  hostileText(),
  anyJson(),
  line,
  fc.array(line, { maxLength: 3 }),
)

const small = fc.constantFrom(
  undefined,
  null,
  '',
  'x',
  'granted',
  1,
  0,
  1.5,
  [],
  {},
  { url: 'u', more: 1 },
  { id: 'a', index: 2, more: 1 },
)

/** An envelope some of whose fields are something else, or one more. */
const anyEnvelope = fc
  .dictionary(fc.constantFrom(...Object.keys(Envelope.entries), 'more', 'constructor'), fc.oneof(small, anyJson()), {
    maxKeys: 3,
  })
  .map((differs) => ({ ...envelope(), ...differs }))

const anySnapshot = fc.dictionary(fc.constantFrom(...Object.keys(ConsentSnapshot.entries), 'more'), fc.oneof(small, anyJson()), {
  maxKeys: 4,
})

const cases: readonly { readonly name: string; readonly schema: v.GenericSchema; readonly values: fc.Arbitrary<unknown> }[] = [
  ...[...catalogue.values()].flatMap(({ name, properties }) =>
    Object.entries(properties.entries).map(([property, schema]) => ({
      name: `${name}.${property}`,
      schema: schema as v.GenericSchema,
      values: anyValue,
    })),
  ),
  { name: 'a product line', schema: Product, values: line },
  { name: 'an envelope', schema: Envelope, values: anyEnvelope },
  { name: 'a consent snapshot', schema: ConsentSnapshot, values: anySnapshot },
]

/** What valibot leaves out of records, and a reader keeps. */
const leftOut = new Set(['__proto__', 'constructor', 'prototype'])

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

/** What a reader found, less what valibot left out at the same place. */
function lessLeftOut(found: unknown, output: unknown): unknown {
  if (!isObject(found) || !isObject(output)) return found
  if (Array.isArray(found)) return found.map((item, at) => lessLeftOut(item, output[at]))
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, value]) =>
      leftOut.has(key) && !Object.hasOwn(output, key) ? [] : [[key, lessLeftOut(value, output[key])]],
    ),
  )
}

/** Each value is read by many schemas: those of one arbitrary together. */
const byValues = Map.groupBy(
  cases.map(({ name, schema, values }) => ({ name, schema, values, read: readerOf(schema) })),
  ({ values }) => values,
)

describe('a reader made of a schema', () => {
  test.each([...byValues].map(([values, readers]) => ({ name: readers.at(-1)?.name, values, readers })))(
    'reads what valibot reads: $name',
    ({ values, readers }) => {
      fc.assert(
        fc.property(values, (value) => {
          for (const { name, schema, read } of readers) {
            const { success, output } = v.safeParse(schema, value)
            const found = read(value)
            if ((found !== unreadable) !== success) throw new Error(`${name} and its reader differ`)
            if (success) expect(lessLeftOut(found, output), name).toEqual(output)
          }
        }),
        { numRuns: readers.length > 1 ? 100 : 1000 },
      )
    },
  )

  test('answers with the value itself where nothing has to be left out, filled in or changed', () => {
    const sent = { ...envelope(), page: { url: 'https://shop.example/', type: 'home' } }
    expect(readerOf(Envelope)(sent)).toBe(sent)
    const read = readerOf(Envelope)({ ...sent, more: 1, page: { url: 'https://shop.example/', more: 1 } })
    expect(read).toEqual({ ...sent, page: { url: 'https://shop.example/', type: 'other' } })
    expect(sent.page).toEqual({ url: 'https://shop.example/', type: 'home' })
  })

  test.each([...leftOut])('keeps %s in a record, at any depth', (key) => {
    const sent = { ...envelope(), properties: { [key]: { [key]: 1 } } }
    // What is left out of the envelope makes it another object.
    const { properties } = readerOf(Envelope)({ ...sent, more: 1 }) as Envelope
    expect(Object.entries(properties)).toEqual([[key, { [key]: 1 }]])
  })

  test('asks valibot where there is something that it does not know', () => {
    const even = readerOf(
      v.pipe(
        v.number(),
        v.check((value) => value % 2 === 0),
      ),
    )
    expect([even(2), even(3), even('2')]).toEqual([2, unreadable, unreadable])
    const length = readerOf(v.object({ text: v.fallback(v.pipe(v.string(), v.transform(Number)), () => 7) }))
    expect([length({ text: '2' }), length({ text: 3 })]).toEqual([{ text: 2 }, { text: 7 }])
  })
})
