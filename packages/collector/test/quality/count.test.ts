import { expect, test } from 'vitest'
import { type CountedEvent, countStored, countVerdict, latenessOf } from '../../src/quality/count.ts'

const counted = (act: (count: (kind: string, key: string) => void) => void): readonly string[] => {
  const counts: string[] = []
  act((kind, key) => counts.push(`${kind} ${key}`))
  return counts
}

const plain: CountedEvent = { lagMs: 0, repairRules: [], flags: [], hasAmount: false, repeat: null }

test.each([
  { lag: -1, expect: 'live' },
  { lag: 5 * 60_000, expect: 'live' },
  { lag: 5 * 60_000 + 1, expect: 'day' },
  { lag: 86_400_000, expect: 'day' },
  { lag: 86_400_001, expect: 'week' },
  { lag: 7 * 86_400_000, expect: 'week' },
  { lag: 7 * 86_400_000 + 1, expect: 'too_late' },
])('an event that is received $lag ms after it happened is $expect', ({ lag, expect: expected }) => {
  expect(latenessOf(lag)).toBe(expected)
})

test('an event that one rule repairs in two fields, or that is flagged twice, counts once', () => {
  const event = { ...plain, repairRules: ['PN-ALIAS', 'EN-ALIAS', 'PN-ALIAS'], flags: ['bad_property', 'bad_property'] }
  expect(counted((count) => countStored(event, count))).toEqual([
    'late live',
    'flag bad_property',
    'repair PN-ALIAS',
    'repair EN-ALIAS',
  ])
})

test.each([
  { name: 'without an amount', differs: {}, expect: [] },
  { name: 'with an amount in a currency that was sent', differs: { hasAmount: true }, expect: ['currency own'] },
  {
    name: 'with an amount whose currency was assumed',
    differs: { hasAmount: true, flags: ['default_currency'] },
    expect: ['currency default'],
  },
])('an event $name', ({ differs, expect: expected }) => {
  const counts = counted((count) => countStored({ ...plain, ...differs }, count))
  expect(counts.filter((count) => count.startsWith('currency'))).toEqual(expected)
})

test.each([
  { verdict: 'accepted', rule: null, expect: ['verdict accepted'] },
  { verdict: 'duplicate', rule: null, expect: ['verdict duplicate', 'duplicate same_id'] },
  { verdict: 'rejected', rule: null, expect: ['verdict rejected', 'rejected bad_time'] },
  { verdict: 'quarantined', rule: null, expect: ['verdict quarantined', 'quarantined bad_time'] },
  { verdict: 'quarantined', rule: 'DT-AMBIGUOUS', expect: ['verdict quarantined', 'quarantined bad_time DT-AMBIGUOUS'] },
] as const)('$verdict is counted as $expect', ({ verdict, rule, expect: expected }) => {
  expect(counted((count) => countVerdict(verdict, { code: 'bad_time', rule }, count))).toEqual(expected)
})
