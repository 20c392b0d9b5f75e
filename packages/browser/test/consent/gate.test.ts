import { allows, type ConsentSnapshot, ConsentState, purposes } from '@footfall/events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gate } from '../../src/consent/gate.ts'

const anyConsent = (): fc.Arbitrary<ConsentSnapshot> => {
  const state = fc.constantFrom(...ConsentState.options)
  return fc.record({ analytics: state, personalization: state, marketing: state }, { requiredKeys: [] })
}

test.each([
  { name: 'no decision holds', consent: {}, purpose: 'analytics', expected: 'unknown' },
  { name: 'a grant passes', consent: { analytics: 'granted' }, purpose: 'analytics', expected: 'granted' },
  { name: 'a denial forgets', consent: { analytics: 'denied' }, purpose: 'analytics', expected: 'denied' },
  {
    name: 'a grant for another purpose says nothing',
    consent: { analytics: 'granted' },
    purpose: 'marketing',
    expected: 'unknown',
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
