import { beforeEach, describe, expect, test } from 'vitest'
import { announcement, createAnnouncer } from '../src/announcer.ts'
import { liveEventOf } from './builders.ts'

describe('arrivals are said as a sum, once in a while', () => {
  const timers: (() => void)[] = []
  const said: string[] = []
  const create = () =>
    createAnnouncer({
      everyMs: 10_000,
      say: (sentence) => said.push(sentence),
      setTimer: (callback) => timers.push(callback),
      clearTimer: (timer) => timers.splice(timer - 1, 1),
    })
  beforeEach(() => {
    timers.length = 0
    said.length = 0
  })

  test('a thousand events within the time are one sentence', () => {
    const announcer = create()
    for (let index = 0; index < 1000; index += 1) announcer.add([liveEventOf()])
    expect(timers).toHaveLength(1)
    timers[0]?.()
    expect(said).toEqual(['1,000 new events.'])
  })

  test('what comes after a sentence waits for the next', () => {
    const announcer = create()
    announcer.add([liveEventOf()])
    timers[0]?.()
    announcer.add([liveEventOf()])
    timers[1]?.()
    expect(said).toEqual(['1 new event.', '1 new event.'])
  })

  test('an empty message says nothing', () => {
    create().add([])
    expect(timers).toEqual([])
  })

  test('a closed page says nothing more', () => {
    const announcer = create()
    announcer.add([liveEventOf()])
    announcer.clear()
    expect(timers).toEqual([])
  })
})

test.each([
  { counts: { accepted: 12, duplicate: 0, quarantined: 0, rejected: 0 }, expect: '12 new events.' },
  { counts: { accepted: 10, duplicate: 0, quarantined: 2, rejected: 0 }, expect: '12 new events: 10 accepted, 2 quarantined.' },
  { counts: { accepted: 0, duplicate: 0, quarantined: 0, rejected: 1 }, expect: '1 new event: 1 rejected.' },
])('$expect', ({ counts, expect: wanted }) => expect(announcement(counts)).toBe(wanted))
