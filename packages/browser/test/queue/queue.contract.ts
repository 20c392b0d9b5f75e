import { describe, expect, test } from 'vitest'
import type { Sealed } from '../../src/capture/seal.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { sealed } from '../builders.ts'

const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id)
const numbers = (events: readonly Sealed[]) => events.map(({ seq }) => seq)

/** What every queue promises. `create` gives an empty one. */
export function queueContract(create: () => Queue): void {
  describe('a queue', () => {
    test('gives back what was put in, in the order of capture, and keeps it', async () => {
      const queue = create()
      const events = [sealed(), sealed(), sealed()]
      expect((await queue.change(events.slice(0, 2), []))[0]).toBe(2)
      expect((await queue.change(events.slice(2), []))[0]).toBe(3)
      for (let time = 0; time < 2; time++) expect(ids(await queue.peek(10))).toEqual(ids(events))
    })

    test('gives at most as many as asked for, the oldest', async () => {
      const queue = create()
      const events = [sealed(), sealed(), sealed()]
      await queue.change(events, [])
      expect(ids(await queue.peek(2))).toEqual(ids(events.slice(0, 2)))
    })

    test('forgets by id and nothing else; unknown ids are passed over', async () => {
      const queue = create()
      const [first, second, third] = [sealed(), sealed(), sealed()]
      await queue.change([first, second, third], [])
      expect((await queue.change([], [second, sealed()]))[0]).toBe(2)
      expect(ids(await queue.peek(10))).toEqual([first.id, third.id])
      expect((await queue.change([], []))[0]).toBe(2)
    })

    test('an event that is here already stays as it is', async () => {
      const queue = create()
      const event = sealed()
      await queue.change([event], [])
      expect((await queue.change([{ ...event, context: '{}' }, sealed()], []))[0]).toBe(2)
      expect((await queue.peek(10))[0]).toMatchObject({ id: event.id, context: event.context })
    })

    test('answers how much waits, and knows it again once nothing does', async () => {
      const queue = create()
      const [first, second] = [sealed(), sealed()]
      await queue.change([first], [])
      const bytes = first.event.length
      expect(await queue.change([second], [])).toEqual([2, bytes + second.event.length])
      expect(await queue.change([], [second])).toEqual([1, bytes])
      await queue.change([], [second]) // as another tab without a lock would
      expect(await queue.change([], [first])).toEqual([0, 0])
    })

    test('keeps what it is told to and forgets the rest', async () => {
      const queue = create()
      const events = [sealed(), sealed({ purpose: 'marketing' }), sealed()]
      await queue.change(events, [])
      const kept = queue.retain(({ purpose }) => purpose === 'analytics')
      const later = sealed({ purpose: 'marketing' })
      await queue.change([later], [])
      expect((await kept)[0]).toBe(2)
      expect(ids(await queue.peek(10))).toEqual(ids([events[0], events[2], later] as Sealed[]))
    })

    test('events put in at the same time are all there', async () => {
      const queue = create()
      await Promise.all(Array.from({ length: 20 }, () => queue.change([sealed(), sealed()], [])))
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
      await queue.change(events.slice(0, 2), [])
      await queue.change(events.slice(2), [])
      expect(numbers(await queue.peek(10))).toEqual([1, 2, 3])
      expect(numbers(events)).toEqual([1, 2, 3])
    })

    test('goes on after everything was delivered', async () => {
      const queue = create()
      const [first, second] = [sealed(), sealed()]
      await queue.change([first], [])
      await queue.change([], [first])
      await queue.change([second], [])
      expect(second.seq).toBe(2)
    })

    test('uses up no number for an event that is here already', async () => {
      const queue = create()
      const event = sealed()
      await queue.change([event], [])
      await queue.change([{ ...event }, sealed()], [])
      expect(numbers(await queue.peek(10))).toEqual([1, 2])
    })

    test('numbers a new visitor from one, and events without an identity not at all', async () => {
      const queue = create()
      const origin = performance.timeOrigin
      const events = [sealed(), sealed({ owner: null }), sealed(), sealed({ owner: 'visitor-2', origin })]
      await queue.change(events, [])
      expect(numbers(events)).toEqual([1, undefined, 2, 1])
    })

    test('numbers nothing that an earlier page left of a visitor who has gone: the one of now is counted on', async () => {
      const queue = create()
      const origin = performance.timeOrigin
      await queue.change([sealed({ owner: 'visitor-1', origin }), sealed({ owner: 'visitor-2', origin })], [])
      const [left, next] = [sealed({ owner: 'visitor-1', origin: 1 }), sealed({ owner: 'visitor-2', origin })]
      await queue.change([left, next], [])
      expect([left.seq, next.seq]).toEqual([undefined, 2])
    })

    test('forgets how far it counted when told so', async () => {
      const queue = create()
      await queue.change([sealed()], [])
      await queue.retain(() => true, true)
      await queue.change([sealed()], [])
      expect(numbers(await queue.peek(10))).toEqual([1, 1])
    })

    test('numbers differently what is put in at the same time', async () => {
      const queue = create()
      await Promise.all(Array.from({ length: 20 }, () => queue.change([sealed(), sealed()], [])))
      const given = numbers(await queue.peek(100)).toSorted((a = 0, b = 0) => a - b)
      expect(given).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    })
  })
}
