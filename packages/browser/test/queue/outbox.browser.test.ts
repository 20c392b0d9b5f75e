import { expect, test, vi } from 'vitest'
import type { Sealed } from '../../src/capture/seal.ts'
import { createIdbQueue } from '../../src/queue/idb-queue.ts'
import { createOutbox } from '../../src/queue/outbox.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { sealed } from '../builders.ts'

const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id)
const create = (device: Queue = createIdbQueue(`test:${crypto.randomUUID()}`)) => {
  const [onChange, onDrop, onFailure] = [vi.fn(), vi.fn(), vi.fn()]
  return { device, onChange, onDrop, onFailure, outbox: createOutbox(device, onChange, onDrop, onFailure) }
}
const fail = () => Promise.reject(new Error('no space'))
const broken: Queue = { change: fail, peek: fail, retain: fail }

test('events of one task are unsafe until written, and safe on the device afterwards', async () => {
  const { device, outbox, onChange } = create()
  const events = [sealed(), sealed()]
  for (const event of events) outbox.add(event)
  expect(ids(outbox.unsafe())).toEqual(ids(events))
  await outbox.settled()
  expect(outbox.unsafe()).toEqual([])
  expect(ids(await device.peek(10))).toEqual(ids(events))
  expect(ids(outbox.own())).toEqual(ids(events))
  expect(outbox.size()).toBe(2)
  expect(onChange).toHaveBeenCalledTimes(2)
})

test('all events of one task go to the device at once, a burst in slices', async () => {
  const device = createIdbQueue(`test:${crypto.randomUUID()}`)
  const change = vi.fn(device.change)
  const { outbox } = create({ ...device, change })
  for (let n = 0; n < 50; n++) outbox.add(sealed())
  await outbox.settled()
  expect(change.mock.calls.map(([events]) => events.length)).toEqual([50])
  for (let n = 0; n < 250; n++) outbox.add(sealed())
  await outbox.settled()
  expect(change.mock.calls.map(([events]) => events.length)).toEqual([50, 100, 100, 50])
})

test('an event that comes while others are being written is written too', async () => {
  const { device, outbox } = create()
  const events = Array.from({ length: 30 }, () => sealed())
  for (const event of events) {
    outbox.add(event)
    await new Promise((resolve) => setTimeout(resolve))
  }
  await outbox.settled()
  expect(ids(await device.peek(100))).toEqual(ids(events))
  expect(outbox.unsafe()).toEqual([])
})

test('what is withdrawn leaves the page at once, and the device soon, the counter too', async () => {
  const { device, outbox } = create()
  outbox.add(sealed())
  await outbox.settled()
  outbox.add(sealed())
  const purged = outbox.retain(() => false, true)
  expect(outbox.own()).toEqual([])
  await purged
  expect(await device.peek(10)).toEqual([])
  const next = sealed()
  await device.change([next], [])
  expect(next.seq).toBe(1)
})

test('what is withdrawn is on its way nowhere: nobody sees the queue before it is purged', async () => {
  const { outbox } = create()
  outbox.add(sealed())
  await outbox.settled()
  void outbox.retain(() => false, true)
  expect(await outbox.peek(10)).toEqual([])
})

test('what is withdrawn leaves the device even if the device has failed before', async () => {
  const device = createIdbQueue(`test:${crypto.randomUUID()}`)
  const { outbox } = create({ ...device, change: fail })
  await device.change([sealed()], [])
  outbox.add(sealed())
  await outbox.settled()
  expect(outbox.isDurable()).toBe(false)
  await outbox.retain(() => false, true)
  expect(await device.peek(10)).toEqual([])
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
  const { outbox, onFailure } = create(broken)
  const events = [sealed(), sealed()]
  for (const event of events) outbox.add(event)
  await outbox.settled()
  expect(onFailure).toHaveBeenCalledOnce()
  expect(outbox.isDurable()).toBe(false)
  expect(outbox.size()).toBe(2)
  expect(ids(await outbox.peek(10))).toEqual(ids(events))
  expect(ids(outbox.unsafe())).toEqual(ids(events))
})

test('a device that fails while there is more in it leaves this page with all that is its own, safe or not', async () => {
  const device = createIdbQueue(`test:${crypto.randomUUID()}`)
  let isFull = false
  const { outbox } = create({ ...device, change: (added, gone) => (isFull && added[0] ? fail() : device.change(added, gone)) })
  const [safe, unsafe] = [sealed(), sealed()]
  outbox.add(safe)
  await outbox.settled()
  isFull = true
  outbox.add(unsafe)
  await outbox.settled()
  expect(ids(await outbox.peek(10))).toEqual(ids([safe, unsafe]))
  expect(ids(outbox.unsafe())).toEqual([unsafe.id])
  await outbox.remove([safe, unsafe])
  expect(await device.peek(10)).toEqual([])
})

test('numbers that a failed transaction gave are taken back', async () => {
  const change: Queue['change'] = (events) => {
    for (const event of events) event.seq = 7
    return fail()
  }
  const { outbox } = create({ ...broken, change })
  outbox.add(sealed())
  await outbox.settled()
  expect(outbox.own()).toMatchObject([{ seq: undefined }])
})

test.each([
  { name: 'on the device', device: undefined },
  { name: 'in memory', device: broken },
])('no more than ten thousand wait $name: the oldest are given up and counted', async ({ device }) => {
  const { outbox, onDrop } = create(device)
  const events = Array.from({ length: 10_050 }, (): Sealed => sealed())
  for (const event of events) outbox.add(event)
  await outbox.settled()
  await vi.waitFor(() => expect(outbox.size()).toBe(10_000))
  expect(onDrop.mock.calls.reduce((sum, [, count]) => sum + count, 0)).toBe(50)
  expect(new Set(onDrop.mock.calls.map(([reason]) => reason))).toEqual(new Set(['queue_full']))
  expect((await outbox.peek(1))[0]?.id).toBe(events[50]?.id)
})
