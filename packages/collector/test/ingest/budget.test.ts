import { expect, test } from 'vitest'
import { createBudget } from '../../src/ingest/budget.ts'

const address = (host: number): readonly string[] => [`203.0.113.${host}`]
const subscriber = (net: number): readonly string[] => [`2001:db8:1:${net}`, '2001:db8:1']

test.each<{ name: string; held: readonly (readonly string[])[]; asks: readonly string[]; hasRoom: boolean }>([
  { name: 'an address that has a quarter gets no more', held: [address(1)], asks: address(1), hasRoom: false },
  { name: 'another one does', held: [address(1)], asks: address(2), hasRoom: true },
  { name: 'a /48 that has half gets no more', held: [subscriber(1), subscriber(2)], asks: subscriber(3), hasRoom: false },
  { name: 'who is elsewhere then does', held: [subscriber(1), subscriber(2)], asks: address(1), hasRoom: true },
  { name: 'who cannot be told from others has no share', held: [[], [], []], asks: [], hasRoom: true },
  { name: 'nobody gets what is not there', held: [address(1), address(2), address(3), address(4)], asks: [], hasRoom: false },
])('$name, until it is given back', async ({ held, asks, hasRoom }) => {
  const budget = createBudget(400)
  const end = Promise.withResolvers<void>()
  const kept = held.map((networks) =>
    budget.holding(networks, async (hold) => {
      expect(hold(100)).toBeNull()
      await end.promise
    }),
  )
  const ask = () => budget.holding(asks, async (hold) => hold(100))
  expect((await ask()) === null).toBe(hasRoom)
  end.resolve()
  await Promise.all(kept)
  expect(await ask()).toBeNull()
})
