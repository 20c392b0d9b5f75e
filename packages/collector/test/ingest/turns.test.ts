import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTurns } from '../../src/ingest/turns.ts'

const roomy = { maxWaitMs: Number.POSITIVE_INFINITY }

test('never more at a time than may be, one larger alone; all in the order in which they came', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 10 }),
      async (sizes, most) => {
        const turns = createTurns({ ...roomy, maxBytes: most })
        const began: number[] = []
        let inHand = 0
        let count = 0
        await Promise.all(
          sizes.map((bytes, index) =>
            turns.taking(bytes, async () => {
              began.push(index)
              inHand += bytes
              count += bytes > 0 ? 1 : 0
              expect(inHand <= most || count === 1).toBe(true)
              await sleep(0)
              inHand -= bytes
              count -= bytes > 0 ? 1 : 0
            }),
          ),
        )
        expect(began).toEqual(sizes.map((_, index) => index))
      },
    ),
    { numRuns: 30 },
  )
})

test('a turn ends however it ends, and says whether it was waited for', async () => {
  const turns = createTurns({ ...roomy, maxBytes: 1 })
  const failing = turns.taking(1, async () => {
    await sleep(1)
    throw new Error('no')
  })
  const next = turns.taking(1, async ({ hasWaited }) => hasWaited)
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe(true)
  expect(await turns.taking(1, async ({ hasWaited }) => hasWaited)).toBe(false)
})

test('nobody waits where one has waited for too long', async () => {
  const turns = createTurns({ maxBytes: 1, maxWaitMs: 20 })
  const held = Promise.withResolvers<void>()
  const done: number[] = []
  const take = (number: number) =>
    turns.taking(1, async () => {
      await held.promise
      return done.push(number)
    })
  const all = [take(1), take(2), take(3)]
  await sleep(60)
  expect(await take(4)).toMatchObject({ kind: 'refused', code: 'overloaded' })
  held.resolve()
  await Promise.all(all)
  expect(done).toEqual([1, 2, 3])
  expect(await take(5)).toBe(4)
})

test('what is larger than it said takes that much of the room, until it ends', async () => {
  const turns = createTurns({ ...roomy, maxBytes: 10 })
  const held = Promise.withResolvers<void>()
  const first = turns.taking(1, async ({ grow }) => {
    grow(9)
    await held.promise
  })
  const second = turns.taking(1, async ({ hasWaited }) => hasWaited)
  held.resolve()
  await first
  expect(await second).toBe(true)
  expect(await turns.taking(10, async ({ hasWaited }) => hasWaited)).toBe(false)
})
