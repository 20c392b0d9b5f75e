import type { ConsentSnapshot } from '@footfall/events'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '../../src/consent/decide.ts'
import type { Decisions } from '../../src/options.ts'

const before: ConsentSnapshot = { analytics: 'granted', record_id: 'first', version: '2026-01' }

test.each([
  {
    name: 'a decision adds to those before, under a record of its own',
    decisions: { marketing: 'denied' },
    expected: { analytics: 'granted', marketing: 'denied', record_id: 'second', version: '2026-09' },
  },
  {
    name: 'a decision replaces the one before',
    decisions: { analytics: 'denied' },
    expected: { analytics: 'denied', record_id: 'second', version: '2026-09' },
  },
  { name: 'the same decision again is none', decisions: { analytics: 'granted' }, expected: before },
  { name: 'no decision is none', decisions: {}, expected: before },
] as const)('$name', ({ decisions, expected }) => {
  expect(decide(before, decisions, 'second', '2026-09')).toEqual(expected)
})

test('nothing but the word itself grants', () => {
  const anyDecisions = fc.dictionary(fc.constantFrom('analytics', 'personalization', 'marketing', '__proto__'), fc.anything())
  fc.assert(
    fc.property(anyDecisions, (decisions) => {
      const after = decide({}, decisions as Decisions, 'record', undefined)
      for (const purpose of ['analytics', 'personalization', 'marketing'] as const) {
        expect(after[purpose] === 'granted').toBe(Object.hasOwn(decisions, purpose) && decisions[purpose] === 'granted')
      }
    }),
  )
})
