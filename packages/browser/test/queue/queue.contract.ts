import { describe, expect, test } from 'vitest'
import type { Queue } from '../../src/queue/queue.ts'
import { sealed } from '../builders.ts'

/** What every queue promises. `create` gives an empty one. */
export function queueContract(create: () => Queue): void {
  describe('a queue', () => {
    test('gives back what was put in, in the order of capture, and keeps it', async () => {
      const queue = create()
      const events = [sealed(), sealed(), sealed()]
      await queue.put(events.slice(0, 2))
      await queue.put(events.slice(2))
      for (let time = 0; time < 2; time++) {
        expect((await queue.peek(10)).map(({ id }) => id)).toEqual(events.map(({ id }) => id))
      }
      expect(await queue.count()).toBe(3)
    })

    test('gives at most as many as asked for, the oldest', async () => {
      const queue = create()
      const events = [sealed(), sealed(), sealed()]
      await queue.put(events)
      expect((await queue.peek(2)).map(({ id }) => id)).toEqual(events.slice(0, 2).map(({ id }) => id))
    })

    test('forgets by id and nothing else; unknown ids are passed over', async () => {
      const queue = create()
      const [first, second, third] = [sealed(), sealed(), sealed()]
      await queue.put([first, second, third])
      await queue.remove([second.id, 'unknown'])
      expect((await queue.peek(10)).map(({ id }) => id)).toEqual([first.id, third.id])
    })

    test('numbers events without a gap, and says so', async () => {
      const queue = create()
      const numbered = [...(await queue.put([sealed(), sealed()])), ...(await queue.put([sealed()]))]
      expect(numbered.map(({ seq }) => seq)).toEqual([1, 2, 3])
      expect((await queue.peek(10)).map(({ seq }) => seq)).toEqual([1, 2, 3])
    })

    test('goes on numbering after everything was delivered', async () => {
      const queue = create()
      const [first] = await queue.put([sealed()])
      await queue.remove([first?.id ?? ''])
      expect((await queue.put([sealed()])).map(({ seq }) => seq)).toEqual([2])
    })

    test('an event that is here already stays as it is, and uses up no number', async () => {
      const queue = create()
      const event = sealed()
      await queue.put([event])
      expect(await queue.put([event, sealed()])).toMatchObject([{ seq: 2 }])
      expect((await queue.peek(10)).map(({ seq }) => seq)).toEqual([1, 2])
    })

    test('numbers a new visitor from one, and those without an identity not at all', async () => {
      const queue = create()
      const numbered = await queue.put([sealed(), sealed({ owner: null }), sealed(), sealed({ owner: 'visitor-2' })])
      expect(numbered.map(({ seq }) => seq)).toEqual([1, undefined, 2, 1])
    })

    test('forgets everything when cleared, the numbers too', async () => {
      const queue = create()
      await queue.put([sealed()])
      await queue.clear()
      expect(await queue.count()).toBe(0)
      expect((await queue.put([sealed()])).map(({ seq }) => seq)).toEqual([1])
    })

    test('events put in at the same time are all there and all numbered differently', async () => {
      const queue = create()
      await Promise.all(Array.from({ length: 20 }, () => queue.put([sealed(), sealed()])))
      const numbers = (await queue.peek(100)).map(({ seq }) => seq)
      expect(numbers.toSorted((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    })
  })
}
