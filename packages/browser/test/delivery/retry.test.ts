import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextRetryMs, retryAfterMs } from '../../src/delivery/retry.ts'

const now = Date.UTC(2026, 10, 21, 12)

test('waiting grows with the failures, is spread over its whole range, and stays under half a minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
      const wait = nextRetryMs(failures, 0, random)
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThanOrEqual(Math.min(30_000, 1_000 * 2 ** (failures - 1)))
    }),
  )
  expect(nextRetryMs(1, 0, 0)).toBe(0)
  expect(nextRetryMs(3, 0, 0.5)).toBe(2_000)
})

test('what the collector asks for is never shortened', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.nat({ max: 86_400_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, asked, random) => {
        expect(nextRetryMs(failures, asked, random)).toBeGreaterThanOrEqual(asked)
      },
    ),
  )
})

test.each([
  { name: 'text', asked: 'soon' },
  { name: 'nothing', asked: undefined },
  { name: 'an object', asked: {} },
  { name: 'a time that has passed', asked: -5 },
  { name: 'no number', asked: Number.NaN },
])('a collector that asks for $name is answered like one that asks for nothing', ({ asked }) => {
  expect(nextRetryMs(1, asked as number, 0.5)).toBe(500)
})

test('nobody waits longer than a day, nor longer than a timer can', () => {
  expect(nextRetryMs(1, 1e12, 0)).toBe(86_400_000)
  expect(nextRetryMs(1, Number.POSITIVE_INFINITY, 0)).toBe(86_400_000)
})

test.each([
  { name: 'seconds', header: '120', expected: 120_000 },
  { name: 'a date', header: 'Sat, 21 Nov 2026 12:01:00 GMT', expected: 60_000 },
  { name: 'a date that has passed', header: 'Sat, 21 Nov 2026 11:00:00 GMT', expected: -3_600_000 },
  { name: 'missing', header: null, expected: 0 },
  { name: 'nonsense', header: 'soon', expected: Number.NaN },
])('Retry-After may be $name', ({ header, expected }) => {
  expect(retryAfterMs(header, now)).toBe(expected)
})
