import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextRetryMs, retryAfterMs } from '../../src/delivery/retry.ts'

const now = Date.UTC(2026, 10, 21, 12)

test('waiting grows with the failures, is spread over its whole range, and stays under a minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
      const wait = nextRetryMs(failures, 0, random)
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThanOrEqual(Math.min(60_000, 1_000 * 2 ** (failures - 1)))
    }),
  )
  expect(nextRetryMs(1, 0, 0)).toBe(0)
  expect(nextRetryMs(3, 0, 0.5)).toBe(2_000)
})

test('what the collector asks for is never shortened', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, asked, random) => {
      expect(nextRetryMs(failures, asked, random)).toBeGreaterThanOrEqual(asked)
    }),
  )
})

test.each([
  { name: 'seconds', header: '120', expected: 120_000 },
  { name: 'a date', header: 'Sat, 21 Nov 2026 12:01:00 GMT', expected: 60_000 },
  { name: 'a date that has passed', header: 'Sat, 21 Nov 2026 11:00:00 GMT', expected: undefined },
  { name: 'nothing', header: null, expected: undefined },
  { name: 'nonsense', header: 'soon', expected: undefined },
])('Retry-After may be $name', ({ header, expected }) => {
  expect(retryAfterMs(header, now)).toBe(expected)
})
