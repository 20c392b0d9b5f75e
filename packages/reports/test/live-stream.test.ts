import { beforeEach, describe, expect, test } from 'vitest'
import { nextAttemptMs, openLiveStream, type StreamListener } from '../src/live-stream.ts'
import { liveEventOf, liveMessageOf } from './builders.ts'

// Only what a stream uses of an EventSource; the browser's own is met by the tests of the page.
class Source extends EventTarget {
  readonly CLOSED = 2
  readyState = 0
  open() {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }
  say(data: string) {
    this.dispatchEvent(new MessageEvent('verdicts', { data }))
  }
  breakOff(readyState: 0 | 2) {
    this.readyState = readyState
    this.dispatchEvent(new Event('error'))
  }
  close() {
    this.readyState = 2
  }
}

const sources: Source[] = []
const timers: { readonly callback: () => void; readonly ms: number }[] = []
const heard: unknown[] = []
const listener: StreamListener = {
  onState: (state) => heard.push(state),
  onMessage: ({ events }, { isReplay }) => heard.push({ events: events.length, isReplay }),
  onRefused: () => heard.push('refused'),
}
const open = () =>
  openLiveStream('https://shop.example/v1/live', listener, {
    open: () => {
      const source = new Source()
      sources.push(source)
      return source as unknown as EventSource
    },
    setTimer: (callback, ms) => timers.push({ callback, ms }),
    clearTimer: (timer) => timers.splice(timer - 1, 1),
    random: () => 1,
  })
const message = JSON.stringify(liveMessageOf(liveEventOf()))

beforeEach(() => {
  for (const list of [sources, timers, heard]) list.length = 0
})

test('the first message of a connection repeats what went before, the others do not', () => {
  open()
  sources[0]?.open()
  sources[0]?.say(message)
  sources[0]?.say(message)
  expect(heard).toEqual(['connecting', 'connected', { events: 1, isReplay: true }, { events: 1, isReplay: false }])
})

test('a broken connection is left to the browser, which repairs it', () => {
  open()
  sources[0]?.open()
  sources[0]?.breakOff(0)
  sources[0]?.open()
  sources[0]?.say(message)
  expect(heard).toEqual(['connecting', 'connected', 'reconnecting', 'connected', { events: 1, isReplay: true }])
  expect(timers).toEqual([])
})

test('an answer that is no stream ends the browser’s attempts, so ours begin', () => {
  open()
  sources[0]?.breakOff(2)
  expect(heard).toEqual(['connecting', 'reconnecting', 'refused'])
  timers[0]?.callback()
  sources[1]?.open()
  expect(heard.at(-1)).toBe('connected')
})

test('a closed stream makes no further attempt', () => {
  const stream = open()
  sources[0]?.breakOff(2)
  stream.close()
  expect(timers).toEqual([])
})

test('the network’s return does not wait for the next attempt', () => {
  const stream = open()
  sources[0]?.breakOff(2)
  stream.reconnect()
  expect(timers).toEqual([])
  expect(sources).toHaveLength(2)
})

describe('attempts grow rarer, never rarer than every half minute, and are spread', () => {
  test.each([
    { failures: 0, earliest: 1000, latest: 2000 },
    { failures: 3, earliest: 1000, latest: 9000 },
    { failures: 5, earliest: 1000, latest: 31_000 },
    { failures: 5000, earliest: 1000, latest: 31_000 },
  ])('after $failures failures', ({ failures, earliest, latest }) => {
    expect(nextAttemptMs(failures, 0)).toBe(earliest)
    expect(nextAttemptMs(failures, 1)).toBe(latest)
  })

  test('a connection that was made starts the count anew', () => {
    open()
    sources[0]?.breakOff(2)
    timers[0]?.callback()
    sources[1]?.open()
    sources[1]?.breakOff(2)
    expect(timers.map(({ ms }) => ms)).toEqual([2000, 2000])
  })
})
