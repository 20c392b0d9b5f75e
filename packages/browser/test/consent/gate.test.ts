import { allows, type ConsentSnapshot, ConsentState, consentPurposes, purposes } from '@footfall/events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '../../src/consent/decide.ts'
import { gate } from '../../src/consent/gate.ts'

const anyConsent = (): fc.Arbitrary<ConsentSnapshot> => {
  const state = fc.constantFrom(...ConsentState.options)
  return fc.record({ analytics: state, personalization: state, marketing: state }, { requiredKeys: [] })
}

test.each([
  { name: 'no decision holds', consent: {}, purpose: 'analytics', expected: undefined },
  { name: 'a grant passes', consent: { analytics: 'granted' }, purpose: 'analytics', expected: 'granted' },
  { name: 'where none is required it passes', consent: { analytics: 'not_required' }, purpose: 'analytics', expected: 'granted' },
  { name: 'a denial forgets', consent: { analytics: 'denied' }, purpose: 'analytics', expected: 'denied' },
  {
    name: 'a grant for another purpose says nothing',
    consent: { analytics: 'granted' },
    purpose: 'marketing',
    expected: undefined,
  },
  { name: 'what is necessary passes without a decision', consent: {}, purpose: 'necessary', expected: 'granted' },
  { name: 'what is necessary passes a denial', consent: { analytics: 'denied' }, purpose: 'necessary', expected: 'granted' },
] as const)('$name', ({ consent, purpose, expected }) => {
  expect(gate(consent, purpose)).toBe(expected)
})

test('nothing passes that the collector would refuse for consent', () => {
  fc.assert(
    fc.property(anyConsent(), fc.constantFrom(...purposes), (consent, purpose) => {
      expect(gate(consent, purpose) === 'granted').toBe(allows(consent, purpose))
    }),
  )
})

test('a purpose is decided by what was said about it, and by nothing else', () => {
  fc.assert(
    fc.property(anyConsent(), anyConsent(), fc.constantFrom(...consentPurposes), (consent, others, purpose) => {
      const { [purpose]: state } = consent
      const { [purpose]: _, ...rest } = others
      expect(gate({ ...rest, ...(state && { [purpose]: state }) }, purpose)).toBe(gate(consent, purpose))
    }),
  )
})

test('after any decisions, what passes is what was granted last', () => {
  const decision = fc.record({
    purpose: fc.constantFrom(...consentPurposes),
    state: fc.constantFrom('granted', 'denied' as const),
  })
  fc.assert(
    fc.property(fc.array(decision), fc.constantFrom(...consentPurposes), (decisions, purpose) => {
      const consent = decisions.reduce<ConsentSnapshot>((before, said) => decide(before, { [said.purpose]: said.state }), {})
      const last = decisions.findLast((said) => said.purpose === purpose)
      expect(gate(consent, purpose)).toBe(last?.state)
    }),
  )
})
