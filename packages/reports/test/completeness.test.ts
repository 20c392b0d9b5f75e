import { describe, expect, test } from 'vitest'
import { byBrowser, sentenceOf } from '../src/completeness.ts'
import { completenessOf, completenessRow } from './builders.ts'

describe('the sentence', () => {
  test.each([
    { name: 'nothing', row: { received: 0 }, expect: 'Of 0 numbered events 0 arrived.' },
    { name: 'everything', row: { received: 1 }, expect: 'Of 1 numbered event 1 arrived.' },
    {
      name: 'late and given up',
      row: { received: 12_340, late: 3, lost_by_reason: { queue_full: 2 } },
      expect: 'Of 12,345 numbered events 12,340 arrived; 3 may still come; browsers gave up 2 (2 queue full).',
    },
    {
      name: 'several reasons',
      row: { received: 6, lost_by_reason: { expired: 2, too_large: 1, unknown: 1 } },
      expect: 'Of 10 numbered events 6 arrived; browsers gave up 3 (2 expired, 1 too large); 1 went missing without a report.',
    },
  ])('says $name', ({ row, expect: expected }) => {
    expect(sentenceOf(completenessOf([completenessRow(row)]))).toBe(expected)
  })

  test('says what is not believed', () => {
    expect(sentenceOf(completenessOf([], 2))).toBe('Of 0 numbered events 0 arrived. Not believed: 2 jumps in the numbers.')
  })
})

test('days are put together by browser, the most used first, those with nothing left out', () => {
  const rows = [
    completenessRow({ day: '2026-11-20', received: 1, late: 1 }),
    completenessRow({ browser: 'Chrome', received: 9 }),
    completenessRow({ browser: null, received: 0, reported: { expired: 1 } }),
    completenessRow({ received: 2, lost_by_reason: { unknown: 3 } }),
  ]
  expect(byBrowser(rows)).toEqual([
    ['Chrome', [9, 0, 0]],
    ['Firefox', [3, 1, 3]],
  ])
})
