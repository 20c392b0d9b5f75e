import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayStep, ticksOf } from '../src/ticks.ts'

test.each([
  { top: 4, expect: [0, 1, 2, 3, 4] },
  { top: 10.8, expect: [0, 5, 10] },
  { top: 1296, expect: [0, 500, 1000] },
  { top: 54_000, expect: [0, 20_000, 40_000] },
])('a scale to $top has round figures', ({ top, expect: wanted }) => expect(ticksOf(top)).toEqual(wanted))

test('a scale has two to five figures, whole ones and from zero', () => {
  fc.assert(
    fc.property(fc.double({ min: 4, max: 1e15, noNaN: true }), (top) => {
      const ticks = ticksOf(top)
      expect(ticks[0]).toBe(0)
      expect(ticks.length).toBeGreaterThanOrEqual(2)
      expect(ticks.length).toBeLessThanOrEqual(5)
      expect(ticks.every((tick) => Number.isInteger(tick) && tick <= top)).toBe(true)
    }),
  )
})

test.each([
  { name: 'a week on a wide screen', days: 7, pixels: 120, expect: 1 },
  { name: 'a month on a wide screen', days: 30, pixels: 25, expect: 7 },
  { name: 'ten years on a phone', days: 3660, pixels: 0.08, expect: 728 },
  { name: 'more than there is room for', days: 9000, pixels: 0.01, expect: 9000 },
])('$name: every $expect days one is written', ({ days, pixels, expect: wanted }) => expect(dayStep(days, pixels)).toBe(wanted))
