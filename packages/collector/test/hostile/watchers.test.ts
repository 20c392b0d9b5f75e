import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Project } from '../../src/config.ts'
import { createLiveHub } from '../../src/live.ts'
import { liveResponse } from '../../src/live-routes.ts'
import { eventRecord, noon } from '../sinks/sink.contract.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const verdicted = {
  judged: { id: null, originalName: 'product_viewed', record: eventRecord(), fault: null, onConflict: () => eventRecord() },
  status: 'accepted',
  code: null,
  detail: 'x'.repeat(1000),
  duplicateOf: null,
} as const

test('whoever watches and does not read is let go of before much waits for them', async () => {
  const hub = createLiveHub()
  const app = new Hono().get('/', (c) => liveResponse(c, hub, { id: 'default' } as Project) as Response) // there is room
  const answer = await app.request('/')
  expect(hub.watchers()).toBe(1)
  let messages = 0
  for (; hub.watchers() > 0 && messages < 20; messages += 1) {
    hub.publish(
      'default',
      Array.from({ length: 50 }, () => verdicted),
      noon,
    )
    vi.advanceTimersByTime(100)
  }
  // Each message is some 70 KB, and 256 KiB may wait.
  expect(messages).toBeGreaterThan(2)
  expect(messages).toBeLessThan(8)
  await expect(answer.text()).rejects.toThrow('does not read')
})
