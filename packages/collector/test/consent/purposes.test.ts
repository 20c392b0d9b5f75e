import { catalogue, purposeOf as purposeOfSent } from '@footfall/events'
import { expect, test } from 'vitest'
import { exceptions, purposeOf } from '../../src/consent/purposes.ts'
import { eventsFor } from '../../src/sinks/sqlite/retention.ts'

test('what is stored needs what the catalogue says', () => {
  for (const { name, purpose } of catalogue.values()) expect(purposeOf(name)).toBe(purpose)
  for (const name of ['quiz_finished', 'constructor', '__proto__', '']) expect(purposeOf(name)).toBe(purposeOfSent(name))
})

test('what somebody else reports of a derived event needs what that event needs, and ages with it', () => {
  const name = 'cart_abandoned_reported'
  expect(purposeOf(name)).toBe('marketing')
  expect(exceptions[name]).toBe('marketing')
  expect(eventsFor('marketing').flatMap(({ values }) => values)).toContain(name)
  expect(eventsFor('analytics').flatMap(({ values }) => values)).toContain(name) // as one of those that are not
})
