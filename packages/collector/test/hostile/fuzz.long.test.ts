import { expect, onTestFinished, test } from 'vitest'
import { fuzz, fuzzOptions } from './fuzz.ts'
import { serve } from './serve.ts'

const minutes = Number(process.env.FOOTFALL_FUZZ_MINUTES ?? 60)
const seed = Number(process.env.FOOTFALL_FUZZ_SEED ?? Date.now() % 2 ** 31)

/** `FOOTFALL_FUZZ_SEED` plays the same requests again. */
test(
  `under fire for ${minutes} minutes, with seed ${seed}`,
  async () => {
    const served = await serve(onTestFinished, fuzzOptions)
    const { requests, answers, byStatus, accounted, before, after } = await fuzz(served, minutes * 60_000, seed)
    const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`
    console.log(`${requests} requests, ${answers} answers ${JSON.stringify(byStatus)}, accounted ${JSON.stringify(accounted)}`)
    console.log(`heap ${mib(before.heapUsed)} -> ${mib(after.heapUsed)}, rss ${mib(before.rss)} -> ${mib(after.rss)}`)
    console.log(`waited for: ${before.resources.length} -> ${after.resources.length}`)
    expect(after.heapUsed - before.heapUsed).toBeLessThan(24 * 2 ** 20)
    expect(after.resources.length).toBeLessThanOrEqual(before.resources.length + 2)
  },
  (minutes + 5) * 60_000,
)
