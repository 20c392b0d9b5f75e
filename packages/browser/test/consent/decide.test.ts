import type { ConsentSnapshot } from '@footfall/events'
import { consentPurposes } from '@footfall/events/purposes'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asked, decide, undecided } from '../../src/consent/decide.ts'
import type { Decisions } from '../../src/options.ts'

const before: ConsentSnapshot = { analytics: 'granted', record_id: 'first', version: '2026-01' }

test('the visitor is asked about the purposes that the catalogue asks for', () => {
  expect(asked).toEqual(consentPurposes)
})

test.each([
  {
    name: 'a decision adds to those before',
    decisions: { marketing: 'denied' },
    expected: { ...before, marketing: 'denied' },
  },
  {
    name: 'a decision replaces the one before',
    decisions: { analytics: 'denied' },
    expected: { ...before, analytics: 'denied' },
  },
  { name: 'the same decision again changes nothing', decisions: { analytics: 'granted' }, expected: before },
  { name: 'no decision changes nothing', decisions: {}, expected: before },
  { name: 'a purpose that is unknown again is no decision', decisions: undecided, expected: before },
] as const)('$name', ({ decisions, expected }) => {
  expect(decide(before, decisions)).toEqual(expected)
  expect(before).toEqual({ analytics: 'granted', record_id: 'first', version: '2026-01' })
})

test('nothing but the word itself grants', () => {
  const anyDecisions = fc.dictionary(fc.constantFrom('analytics', 'personalization', 'marketing', '__proto__'), fc.anything())
  fc.assert(
    fc.property(anyDecisions, (decisions) => {
      const after = decide({}, decisions as Decisions)
      for (const purpose of ['analytics', 'personalization', 'marketing'] as const) {
        expect(after[purpose] === 'granted').toBe(Object.hasOwn(decisions, purpose) && decisions[purpose] === 'granted')
      }
    }),
  )
})

test('after any decisions, each purpose stands as it was decided last', () => {
  const decision = fc.record({
    purpose: fc.constantFrom(...consentPurposes),
    state: fc.constantFrom('granted', 'denied' as const),
  })
  fc.assert(
    fc.property(fc.array(decision), fc.constantFrom(...consentPurposes), (decisions, purpose) => {
      const consent = decisions.reduce<ConsentSnapshot>((before, said) => decide(before, { [said.purpose]: said.state }), {})
      expect(consent[purpose]).toBe(decisions.findLast((said) => said.purpose === purpose)?.state)
    }),
  )
})
