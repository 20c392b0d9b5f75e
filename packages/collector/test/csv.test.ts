import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvRow, guarded, jsonCell, unguarded } from '../src/csv.ts'

test.each([
  { cell: 'page_viewed', text: 'page_viewed' },
  { cell: '', text: '' },
  { cell: -5, text: '-5' },
  { cell: 'a,"b"', text: '"a,""b"""' },
  { cell: '=1+1', text: `"'=1+1"` },
  { cell: '-1', text: `"'-1"` },
  { cell: 'x;=1+1', text: `"x;'=1+1"` },
  { cell: 'x\n@a', text: `"x\n'@a"` },
  { cell: ' \t+1', text: `" \t'+1"` },
  { cell: '"=1', text: `"""'=1"` },
  { cell: '＝1', text: `"'＝1"` },
])('a cell $cell is written as $text', ({ cell, text }) => {
  expect(csvRow([cell])).toBe(`${text}\r\n`)
})

test('JSON in a cell is the same value, with no semicolon at which it could be split', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = jsonCell(value)
      expect(text).not.toContain(';')
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

const anyCell = fc.oneof(
  fc.string(),
  fc.string().map((text) => `'${text}`),
  fc.constantFrom('=1', "'=1", "''=1", '-5,00', "'-5", '+49 30', '@'),
)

test('a cell that is handed back guarded is no formula, and is itself again when it comes back', () => {
  fc.assert(
    fc.property(anyCell, (text) => {
      expect(unguarded(guarded(text))).toBe(text)
      expect(guarded(text)).not.toMatch(/^[=+\-@](?![\d\s.,]*$)/)
    }),
    { numRuns: 2000 },
  )
})

test('amounts are left as they are', () => {
  for (const text of ['-5,00', '+1.299,00', '-3']) expect(guarded(text)).toBe(text)
})
