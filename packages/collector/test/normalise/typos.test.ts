import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { realWords } from '../../src/normalise/real-words.ts'
import { createTypoReader, editDistance } from '../../src/normalise/typos.ts'

describe('the distance of two texts', () => {
  test.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'ab', 1],
    ['abc', 'abcd', 1],
    ['abc', 'axc', 1],
    ['abc', 'acb', 1],
    ['abcd', 'badc', 2],
    ['ca', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['completed', 'complteed', 1],
  ])('of %j and %j is %i', (from, to, distance) => {
    expect(editDistance(from, to, 9)).toBe(distance)
  })

  // As the definition says, without any shortcut.
  const plainly = (a: string, b: string): number => {
    if (a === '' || b === '') return a.length + b.length
    const [x, y] = [a.slice(0, -1), b.slice(0, -1)]
    const isSwap = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)
    return Math.min(
      plainly(x, b) + 1,
      plainly(a, y) + 1,
      plainly(x, y) + (a.at(-1) === b.at(-1) ? 0 : 1),
      isSwap ? plainly(a.slice(0, -2), b.slice(0, -2)) + 1 : Number.POSITIVE_INFINITY,
    )
  }
  const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })

  test('law: it is the one of the definition, up to the limit', () => {
    fc.assert(
      fc.property(short, short, fc.nat(3), (from, to, limit) => {
        expect(editDistance(from, to, limit)).toBe(Math.min(plainly(from, to), limit + 1))
      }),
      { numRuns: 150 },
    )
  })

  test('law: it is the same both ways', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.nat(4),
        (from, to, limit) => editDistance(from, to, limit) === editDistance(to, from, limit),
      ),
    )
  })
})

describe('a reader of slips (EN-TYPO)', () => {
  const read = createTypoReader([
    ['order_completed', 'order_completed'],
    ['finished_order', 'order_completed'],
    ['order_moved', 'order_moved'],
    ['order_loved', 'order_loved'],
    ['house_painted', 'house_painted'],
    ['house_printed', null],
    ['single', 'single'],
    ['with$mark_here', 'with$mark_here'],
  ])

  test.each([
    { name: 'a slip', given: 'order_compleetd', expect: { name: 'order_completed', meant: 'order_completed', distance: 1 } },
    {
      name: 'a slip in an alias',
      given: 'finishd_order',
      expect: { name: 'order_completed', meant: 'finished_order', distance: 1 },
    },
    { name: 'as near to two names', given: 'order_boved', expect: null },
    { name: 'nearer to one of them', given: 'order_movedd', expect: { name: 'order_moved', meant: 'order_moved', distance: 1 } },
    { name: 'as near to a name that stands for itself', given: 'house_pinted', expect: null },
    { name: 'nearer to ours', given: 'house_paintedd', expect: { name: 'house_painted', meant: 'house_painted', distance: 1 } },
    { name: 'one word', given: 'singel', expect: null },
    { name: 'other characters', given: 'with$mark_hree', expect: null },
    { name: 'two letters before a word', given: 'order_uncompleted', expect: null },
    { name: 'two other letters before a word', given: 'order_bampleted', expect: null },
    { name: 'three slips in all', given: 'oder_copmlteed', expect: null },
    { name: 'a word of its own', given: 'odder_completed', expect: null },
    { name: 'capitals', given: 'Order_complted', expect: null },
    { name: 'empty words', given: 'order__complted', expect: null },
    { name: 'an endless name', given: 'a_'.repeat(100_000), expect: null },
    { name: 'an endless word', given: `${'a'.repeat(100_000)}_b`, expect: null },
  ])('$name', ({ given, expect: expected }) => {
    expect(read(given)).toEqual(expected)
  })
})

test('real words are written as they are compared', () => {
  for (const word of realWords) expect(word).toMatch(/^[a-z]{3,}$/)
})
