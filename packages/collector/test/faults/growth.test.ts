import { expect, test } from 'vitest'
import { growth, growthOfPeaks } from './growth.ts'

const minutes = Array.from({ length: 24 }, (_, minute) => minute)
/** Memory that is given back a few times an hour, and comes again. */
const saw = (leakPerMinute: number, phase: number) =>
  minutes.map((minute) => 200 + leakPerMinute * minute + 60 * Math.min(1, ((minute + phase) % 18) / 6))

test('a slope is told beside outliers', () => {
  expect(growth([100, 101, 102, 900, 104])).toBeCloseTo(0.04, 1)
  expect(growth([7, 7, 7, 500, 7, 7])).toBe(0)
})

test.each([0, 3, 5])('a saw that leaks nothing does not grow, wherever it begins (%i)', (phase) => {
  expect(Math.abs(growthOfPeaks(saw(0, phase)))).toBeLessThan(0.01)
})

test('a saw that leaks a sixth does', () => {
  expect(growthOfPeaks(saw(260 / 6 / 23, 3))).toBeGreaterThan(0.045)
})
