import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSeldom } from '../../src/ops/seldom.ts'
import { createSpells } from '../../src/ops/spells.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the first is said at once, those of the next minute together, and nothing when there was nothing', () => {
  const seldom = createSeldom()
  const said: number[] = []
  const say = () => seldom.say('a', (times) => said.push(times))
  say()
  expect(said).toEqual([1])
  for (let index = 0; index < 1000; index += 1) say()
  expect(said).toEqual([1])
  vi.advanceTimersByTime(60_000)
  expect(said).toEqual([1, 1000])
  say()
  expect(said).toEqual([1, 1000])
  vi.advanceTimersByTime(60_000)
  expect(said).toEqual([1, 1000, 1])
  vi.advanceTimersByTime(60_000)
  say()
  expect(said).toEqual([1, 1000, 1, 1])
})

test('one thing does not keep another from being said, and what is counted is said at the end', () => {
  const seldom = createSeldom()
  const said: string[] = []
  for (const key of ['a', 'b', 'b', 'b']) seldom.say(key, (times) => said.push(`${key} ${times}`))
  seldom.close()
  expect(said).toEqual(['a 1', 'b 1', 'b 2'])
  vi.advanceTimersByTime(120_000)
  expect(said).toHaveLength(3)
})

test('a spell begins with the first refusal and ends with what is taken after ten calm seconds', () => {
  let at = 0
  const told: unknown[] = []
  const spells = createSpells({
    onBegin: (code) => told.push(code),
    onEnd: (...end) => told.push(end),
    now: () => at,
  })
  spells.taken()
  spells.refused('overloaded')
  at = 4000
  spells.taken()
  spells.refused('overloaded')
  spells.refused('disk_low')
  at = 13_999
  spells.taken()
  expect(told).toEqual(['overloaded', 'disk_low'])
  at = 14_000
  spells.taken()
  expect(told.slice(2)).toEqual([
    ['overloaded', 4000, 2],
    ['disk_low', 0, 1],
  ])
  spells.taken()
  expect(told).toHaveLength(4)
})
