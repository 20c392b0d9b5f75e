import { describe, expect, test } from 'vitest'
import type { Sealed } from '../../src/capture/seal.ts'
import { counterId, type Queue } from '../../src/queue/queue.ts'
import { sealed } from '../builders.ts'

const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id)
const numbers = (events: readonly Sealed[]) => events.map(({ seq }) => seq)

/** What every queue promises. `create` gives an empty one. */
export function queueContract(create: () => Queue): void {
  describe('a queue', () => {
    test('gives back what was put in, in the order of capture, and keeps it', async () => {
      const queue = create()
      const events = [sealed(), sealed(), sealed()]
      expect(await queue.put(events.slice(0, 2))).toBe(2)
      expect(await queue.put(events.slice(2))).toBe(3)
      for (let time = 0; time < 2; time++) expect(ids(await queue.peek(10))).toEqual(ids(events))
    })

    test('gives at most as many as asked for, the oldest', async () => {
      const queue = create()
      const events = [sealed(), sealed(), sealed()]
      await queue.put(events)
      expect(ids(await queue.peek(2))).toEqual(ids(events.slice(0, 2)))
    })

    test('forgets by id and nothing else; unknown ids are passed over', async () => {
      const queue = create()
      const [first, second, third] = [sealed(), sealed(), sealed()]
      await queue.put([first, second, third])
      expect(await queue.remove([second, { id: 'unknown' }])).toBe(2)
      expect(ids(await queue.peek(10))).toEqual([first.id, third.id])
      expect(await queue.remove([])).toBe(2)
    })

    test('an event that is here already stays as it is', async () => {
      const queue = create()
      const event = sealed()
      await queue.put([event])
      expect(await queue.put([{ ...event, context: '{}' }, sealed()])).toBe(2)
      expect((await queue.peek(10))[0]).toMatchObject({ id: event.id, context: event.context })
    })

    test('events put in at the same time are all there', async () => {
      const queue = create()
      await Promise.all(Array.from({ length: 20 }, () => queue.put([sealed(), sealed()])))
      expect(await queue.peek(100)).toHaveLength(40)
    })
  })
}

/** What a queue promises that survives the page: only there numbers can go on. */
export function numberingContract(create: () => Queue): void {
  describe('a queue that numbers', () => {
    test('does so without a gap, on the event that was put in as well', async () => {
      const queue = create()
      const events = [sealed(), sealed(), sealed()]
      await queue.put(events.slice(0, 2))
      await queue.put(events.slice(2))
      expect(numbers(await queue.peek(10))).toEqual([1, 2, 3])
      expect(numbers(events)).toEqual([1, 2, 3])
    })

    test('goes on after everything was delivered', async () => {
      const queue = create()
      const [first, second] = [sealed(), sealed()]
      await queue.put([first])
      await queue.remove([first])
      await queue.put([second])
      expect(second.seq).toBe(2)
    })

    test('uses up no number for an event that is here already', async () => {
      const queue = create()
      const event = sealed()
      await queue.put([event])
      await queue.put([{ ...event }, sealed()])
      expect(numbers(await queue.peek(10))).toEqual([1, 2])
    })

    test('numbers a new visitor from one, and events without an identity not at all', async () => {
      const queue = create()
      const events = [sealed(), sealed({ owner: null }), sealed(), sealed({ owner: 'visitor-2' })]
      await queue.put(events)
      expect(numbers(events)).toEqual([1, undefined, 2, 1])
    })

    test('forgets how far it counted when told so', async () => {
      const queue = create()
      await queue.put([sealed()])
      await queue.remove([{ id: counterId }])
      await queue.put([sealed()])
      expect(numbers(await queue.peek(10))).toEqual([1, 1])
    })

    test('numbers differently what is put in at the same time', async () => {
      const queue = create()
      await Promise.all(Array.from({ length: 20 }, () => queue.put([sealed(), sealed()])))
      const given = numbers(await queue.peek(100)).toSorted((a = 0, b = 0) => a - b)
      expect(given).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    })
  })
}
