import { expect, test, vi } from 'vitest'
import { createIdbQueue } from '../../src/queue/idb-queue.ts'
import { createOutbox } from '../../src/queue/outbox.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { sealed } from '../builders.ts'

const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id)
const create = (device: Queue = createIdbQueue(`test:${crypto.randomUUID()}`)) => {
  const onFailure = vi.fn()
  return { device, onFailure, outbox: createOutbox(device, async () => {}, onFailure) }
}

test('events of one task are unsafe until written, and safe on the device afterwards', async () => {
  const { device, outbox } = create()
  const events = [sealed(), sealed()]
  for (const event of events) outbox.add(event)
  expect(ids(outbox.unsafe())).toEqual(ids(events))
  await outbox.settled()
  expect(outbox.unsafe()).toEqual([])
  expect(ids(await device.peek(10))).toEqual(ids(events))
  expect(ids(outbox.own())).toEqual(ids(events))
  expect(outbox.size()).toBe(2)
})

test('a burst is written whole and in order', async () => {
  const { device, outbox } = create()
  const events = Array.from({ length: 350 }, () => sealed())
  for (const event of events) outbox.add(event)
  await outbox.settled()
  expect(ids(await device.peek(1_000))).toEqual(ids(events))
})

test('what is withdrawn leaves memory and device, the counter with the last event', async () => {
  const { device, outbox } = create()
  outbox.add(sealed())
  await outbox.settled()
  outbox.add(sealed())
  await outbox.retain(() => false)
  expect(outbox.own()).toEqual([])
  expect(await device.count()).toBe(0)
  expect(await device.put([sealed()])).toMatchObject([{ seq: 1 }])
})

test('what is not withdrawn stays', async () => {
  const { device, outbox } = create()
  const [kept, withdrawn] = [sealed(), sealed({ purpose: 'marketing' })]
  outbox.add(kept)
  outbox.add(withdrawn)
  await outbox.retain(({ purpose }) => purpose === 'analytics')
  expect(ids(await device.peek(10))).toEqual([kept.id])
})

test('a device that fails is replaced by memory, told once, and loses nothing of this page', async () => {
  const fail = () => Promise.reject(new Error('no space'))
  const { outbox, onFailure } = create({ put: fail, peek: fail, remove: fail, count: fail, clear: fail })
  const events = [sealed(), sealed()]
  for (const event of events) outbox.add(event)
  await outbox.settled()
  expect(onFailure).toHaveBeenCalledOnce()
  expect(outbox.isDurable()).toBe(false)
  expect(ids(await outbox.peek(10))).toEqual(ids(events))
  expect(ids(outbox.unsafe())).toEqual(ids(events))
})
