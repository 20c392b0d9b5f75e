import { expect, onTestFinished, test } from 'vitest'
import { fuzz, fuzzOptions } from './fuzz.ts'
import { serve } from './serve.ts'

test('whatever comes over the socket, it makes no mistake, loses no count and holds on to nothing', async () => {
  const served = await serve(onTestFinished, fuzzOptions)
  const seed = Number(process.env.FOOTFALL_FUZZ_SEED ?? Date.now() % 2 ** 31)
  const { answers, accounted, neverAsked, before, after } = await fuzz(served, 60_000, seed)
  expect(answers).toBeGreaterThan(200)
  expect(accounted.accepted).toBeGreaterThan(3)
  expect(neverAsked).toEqual([])
  expect(after.heapUsed - before.heapUsed).toBeLessThan(16 * 2 ** 20)
  expect(after.resources.length).toBeLessThanOrEqual(before.resources.length + 2)
}, 300_000)
