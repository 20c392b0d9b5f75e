import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { Sealed } from '../../src/capture/seal.ts'
import { createIdbQueue } from '../../src/queue/idb-queue.ts'
import { createOutbox } from '../../src/queue/outbox.ts'
import { sealed } from '../builders.ts'
import { createFakeCollector } from '../fake-collector.ts'
import { openPage } from '../open-page.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const ascending = (numbers: readonly (number | undefined)[]) => numbers.toSorted((one = 0, other = 0) => one - other)

test('a spool that is partly on the device is adopted by many tabs at once: each event is there once, no number repeated or skipped', async () => {
  // For each event of the spool: had the device taken it, and which tabs find it?
  const anySpool = fc.array(fc.record({ isOnDevice: fc.boolean(), tabs: fc.subarray([0, 1, 2], { minLength: 1 }) }), {
    maxLength: 20,
  })
  await fc.assert(
    fc.asyncProperty(anySpool, fc.nat({ max: 3 }), async (spool, others) => {
      const name = `test:${crypto.randomUUID()}`
      const before = Array.from({ length: others }, () => sealed())
      const events = spool.map(() => sealed())
      const onDevice = events.filter((_, index) => spool[index]?.isOnDevice)
      await createIdbQueue(name).change([...before, ...onDevice], [])
      const numbers = new Map(onDevice.map(({ id, seq }) => [id, seq]))
      const tabs = upTo(3).map(() => createOutbox(createIdbQueue(name), vi.fn(), vi.fn(), vi.fn()))
      events.forEach(({ seq: _, ...event }, index) => {
        for (const tab of spool[index]?.tabs ?? []) tabs[tab]?.add(structuredClone(event) as Sealed)
      })
      await Promise.all(tabs.map((tab) => tab.settled()))
      const queue = await createIdbQueue(name).peek(100)
      expect(queue.map(({ id }) => id)).toEqual([...before, ...events].map(({ id }) => id))
      expect(ascending(queue.map(({ seq }) => seq))).toEqual(upTo(others + events.length))
      for (const { id, seq } of queue) expect(seq).toBe(numbers.get(id) ?? seq)
      indexedDB.deleteDatabase(name)
    }),
    { numRuns: 25 },
  )
})

test('what was given up is confirmed once, whatever becomes of receipts, and the account is never in debt', async () => {
  const collector = createFakeCollector()
  const pages = [await openPage('../src/index.ts', collector), await openPage('../src/index.ts', collector)]
  const tooLarge = { product_id: 'x'.repeat(70_000), quantity: 1 }
  const anyStep = fc.record({
    tab: fc.nat({ max: 1 }),
    losses: fc.nat({ max: 2 }),
    answer: fc.constantFrom('receipt', 'down' as const),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 8 }), async (steps) => {
      const writeKey = `wk_${crypto.randomUUID()}`
      const trackers = pages.map((page) => page.createTracker({ endpoint: collector.endpoint, writeKey, batchDelayMs: 60_000 }))
      trackers[0]?.consent({ analytics: 'granted' })
      await vi.waitFor(() => expect(trackers[1]?.consent().analytics).toBe('granted'), { interval: 1 })
      let [lost, confirmed] = [0, 0]
      const attempt = async (tab: number, answer: 'receipt' | 'down') => {
        collector.become(answer)
        const before = collector.attempts.length
        trackers[tab]?.track('cart_viewed')
        await trackers[tab]?.flush()
        for (const { dropped = {} } of collector.attempts.slice(before)) {
          expect(Object.values(dropped).every((count) => count > 0)).toBe(true)
          if (answer === 'receipt') confirmed += dropped.too_large ?? 0
        }
      }
      for (const { tab, losses, answer } of steps) {
        for (let n = 0; n < losses; n++) trackers[tab]?.track('product_added', tooLarge)
        lost += losses
        await attempt(tab, answer)
        expect(confirmed).toBeLessThanOrEqual(lost)
      }
      await attempt(0, 'receipt')
      expect(confirmed).toBe(lost)
      expect(Object.keys(JSON.parse(localStorage[`footfall:${writeKey}:dropped`] ?? '{}'))).toEqual([])
      indexedDB.deleteDatabase(`footfall:${writeKey}`)
    }),
    { numRuns: 15 },
  )
})
