import { allows, type ConsentSnapshot, catalogue, consentPurposes, purposeOf, purposes } from '@footfall/events'
import { exceptions } from '@footfall/events/purposes'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('the purpose of an event', () => {
  test('is that of the catalogue', () => {
    for (const definition of catalogue.values()) expect(definition.purpose).toBe(purposeOf(definition.name))
  })

  test('differs from analytics only for events of the catalogue', () => {
    expect(Object.keys(exceptions).filter((name) => !catalogue.has(name))).toEqual([])
    expect(Object.values(exceptions)).not.toContain('analytics')
  })

  test('is analytics for every event that the catalogue does not know', () => {
    fc.assert(
      fc.property(
        fc.string().filter((name) => !catalogue.has(name)),
        (name) => purposeOf(name) === 'analytics',
      ),
    )
  })

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('is analytics for an event called %s', (name) => {
    expect(purposeOf(name)).toBe('analytics')
  })
})

describe('a consent', () => {
  const state = fc.constantFrom('unknown', 'granted', 'denied', undefined)
  const snapshot = fc.option(
    fc.record(
      { analytics: state, personalization: state, marketing: state },
      { requiredKeys: [] },
    ) as fc.Arbitrary<ConsentSnapshot>,
    { nil: undefined },
  )

  test('allows a purpose if and only if it was granted', () => {
    fc.assert(
      fc.property(snapshot, fc.constantFrom(...consentPurposes), (consent, purpose) => {
        expect(allows(consent, purpose)).toBe(consent?.[purpose] === 'granted')
      }),
    )
  })

  test('is not needed for what is necessary', () => {
    fc.assert(fc.property(snapshot, (consent) => allows(consent, 'necessary')))
  })

  test('is asked for every purpose but the necessary', () => {
    expect(['necessary', ...consentPurposes]).toEqual(purposes)
  })
})
