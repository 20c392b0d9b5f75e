import { afterEach, expect, test, vi } from 'vitest'
import { uuid } from '../../src/platform/uuid.ts'

afterEach(() => vi.useRealTimers())

/** Another page has a module of its own. */
async function onAnotherPage(): Promise<typeof uuid> {
  vi.resetModules()
  return (await import('../../src/platform/uuid.ts')).uuid
}

test('an id is a UUID of version 7 that says when it was made', async () => {
  vi.useFakeTimers({ now: 0x0198f3a01234 })
  const make = await onAnotherPage()
  expect(make()).toMatch(/^0198f3a0-1234-7000-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('ids sort in the order in which they were made, also when the clock goes back', () => {
  vi.useFakeTimers({ now: 1_763_748_000_000 })
  const made: string[] = []
  for (let index = 0; index < 5_000; index++) {
    if (index === 2_500) vi.setSystemTime(1_763_740_000_000)
    made.push(uuid())
  }
  expect(made).toEqual(made.toSorted())
  expect(new Set(made).size).toBe(made.length)
})

test('two pages never make the same id', async () => {
  vi.useFakeTimers({ now: 1_763_748_000_000 })
  const pages = [uuid, await onAnotherPage()]
  const made = Array.from({ length: 2_000 }, (_, index) => pages[index % 2]?.())
  expect(new Set(made).size).toBe(made.length)
})
