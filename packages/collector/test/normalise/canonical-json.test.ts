import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from '../../src/normalise/canonical-json.ts'

test('the order of keys does not matter, at any depth', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}')
})

test('it is JSON that says the same, also about keys such as __proto__', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const sent = JSON.parse(JSON.stringify(value))
      expect(JSON.parse(canonicalJson(sent))).toEqual(sent)
    }),
  )
  expect(canonicalJson(JSON.parse('{"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1}}')
})

test('keys stand in the order of their characters, numbers too, however many there are', () => {
  expect(canonicalJson({ b: 1, 10: 2, 9: 3, a: 'ü"\\\n', ab: undefined })).toBe('{"10":2,"9":3,"a":"ü\\"\\\\\\n","b":1}')
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 3 }), fc.nat(9), { maxKeys: 60 }), (object) => {
      const lines = Object.keys(object)
        .sort()
        .map((key) => `${JSON.stringify(key)}:${object[key]}`)
      expect(canonicalJson(object)).toBe(`{${lines.join(',')}}`)
    }),
  )
})
