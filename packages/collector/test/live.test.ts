import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Verdicted } from '../src/ingest/decide.ts'
import { createLiveHub, type Numbered } from '../src/live.ts'
import { eventRecord, noon, order } from './sinks/sink.contract.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const accepted = (record = eventRecord()): Verdicted => ({
  judged: { id: record.id, originalName: record.originalName, record, fault: null, onConflict: () => record },
  status: 'accepted',
  code: null,
  detail: null,
  duplicateOf: null,
})

function watching(hub = createLiveHub(), afterId: number | null = null) {
  const heard: Numbered[] = []
  const onEnd = vi.fn()
  const stop = hub.watch('default', afterId, (numbered) => heard.push(numbered), onEnd)
  return { hub, heard, stop, onEnd }
}

test('what arrives in one moment is one message; beyond what can be read it is counted', () => {
  const { hub, heard } = watching()
  for (let batch = 0; batch < 3; batch += 1)
    hub.publish(
      'default',
      Array.from({ length: 60 }, () => accepted()),
      noon,
    )
  vi.advanceTimersByTime(100)
  expect(heard).toHaveLength(1)
  expect(heard[0]?.message.events).toHaveLength(100)
  expect(heard[0]?.message.skipped).toBe(80)
})

test('of more than a message holds, what came first is shown, of one delivery its newest, and nothing is lost from the count', () => {
  const { hub, heard } = watching()
  const [early, large, late] = [30, 120, 5].map((size) => Array.from({ length: size }, () => accepted()))
  for (const batch of [early, large, late]) hub.publish('default', batch ?? [], noon)
  vi.advanceTimersByTime(100)
  const shown = [...(early ?? []), ...(large ?? []).slice(-70)].map(({ judged }) => judged.id)
  expect(heard[0]?.message.events.map(({ id }) => id)).toEqual(shown)
  expect(heard[0]?.message.skipped).toBe(55)
})

test('while nobody watches, no more is kept of a moment than a newcomer is told; who comes in it hears how much was left out', () => {
  const hub = createLiveHub()
  hub.publish(
    'default',
    Array.from({ length: 80 }, () => accepted()),
    noon,
  )
  const { heard } = watching(hub)
  vi.advanceTimersByTime(100)
  expect(heard).toHaveLength(1)
  expect(heard[0]?.message.events).toHaveLength(50)
  expect(heard[0]?.message.skipped).toBe(30)
})

test('a newcomer is told the last fifty, a returning watcher what it missed', () => {
  const { hub } = watching()
  for (let batch = 0; batch < 3; batch += 1) {
    hub.publish(
      'default',
      Array.from({ length: 30 }, () => accepted()),
      noon,
    )
    vi.advanceTimersByTime(100)
  }
  expect(watching(hub).heard[0]?.message.events).toHaveLength(50)
  expect(watching(hub, 2).heard[0]?.message.events).toHaveLength(30)
  expect(watching(hub, 3).heard).toEqual([])
  // A number from before a restart.
  expect(watching(hub, 99).heard[0]?.message.events).toHaveLength(50)
})

test('nobody hears of another project, or after having stopped', () => {
  const { hub, heard, stop } = watching()
  hub.publish('other', [accepted()], noon)
  vi.advanceTimersByTime(100)
  expect(heard).toEqual([])
  stop()
  hub.publish('default', [accepted()], noon)
  vi.advanceTimersByTime(100)
  expect(heard).toEqual([])
})

test('closing ends all watching, now and later', () => {
  const { hub, onEnd } = watching()
  hub.close()
  expect(onEnd).toHaveBeenCalledOnce()
  expect(watching(hub).onEnd).toHaveBeenCalledOnce()
})

test.each([
  { record: order('O-1', 4990), summary: 'O-1, 49.90 EUR' },
  { record: order('O-2', 5, {}, 'USD'), summary: 'O-2, 0.05 USD' },
  { record: eventRecord({ properties: { query: 'green tea' } }), summary: 'green tea' },
  { record: eventRecord({ properties: {} }), summary: '' },
])('a summary: $summary', ({ record, summary }) => {
  const { hub, heard } = watching()
  hub.publish('default', [accepted(record)], noon)
  vi.advanceTimersByTime(100)
  expect(heard[0]?.message.events).toMatchObject([{ summary, page_path: '/p/1' }])
})

test('what was forgotten is told to nobody any more, and what comes after it is', () => {
  const { hub, heard } = watching()
  hub.publish('default', [accepted()], noon)
  vi.advanceTimersByTime(100)
  hub.publish('default', [accepted()], noon)
  hub.forget('default')
  hub.forget('unheard-of')
  vi.advanceTimersByTime(100)
  expect(heard.map(({ message }) => [message.events.length, message.skipped])).toEqual([
    [1, 0],
    [0, 1],
  ])
  expect(watching(hub).heard).toEqual([])
  hub.publish('default', [accepted()], noon)
  vi.advanceTimersByTime(100)
  expect(watching(hub).heard[0]?.message.events).toHaveLength(1)
})
