import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWorld, type Pause, type Step } from './world.ts'

declare global {
  interface ImportMeta {
    readonly env: Readonly<Record<string, string | undefined>>
  }
}

/** For longer searches by hand: `VITE_MODEL_RUNS=1000`, and `VITE_MODEL_SEED` to see one again. */
const { VITE_MODEL_RUNS: runs = 15, VITE_MODEL_SEED: seed } = import.meta.env
const longestMs = 600_000

const tab = fc.nat({ max: 2 })
const decision = fc.constantFrom('granted', 'granted', 'denied' as const)
const dayMs = 24 * 60 * 60 * 1000
/** What is likelier in life is likelier here. */
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('track'),
      tab,
      purpose: fc.constantFrom('analytics', 'analytics', 'marketing', 'necessary' as const),
      size: fc.constantFrom(0, 0, 5_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('consent'),
      tab,
      decisions: fc.record({ analytics: decision, marketing: decision }, { requiredKeys: [] }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('flush', 'hide', 'leave', 'die' as const), tab }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset'), tab }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('identify'), tab, user: fc.constantFrom('ada', 'ben') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('weather'),
      weather: fc.constantFrom(
        'up',
        'loses receipts',
        'hangs',
        'wants some again',
        'takes one',
        'down',
        'fails',
        'is busy' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('decide'), as: fc.constantFrom('up', 'loses receipts', 'down' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clock'), offsetMs: fc.constantFrom(0, 3 * dayMs, -3 * dayMs, -5_000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.constantFrom(300, 3_000, 31_000, 31 * 60_000) }) },
)
const anyPause: fc.Arbitrary<Pause> = fc.constantFrom('none', 'task', 'idle')

test('whatever tabs, visitor and network do: each event is stored once, in order, numbered once, and none without consent', {
  timeout: longestMs + 60_000,
}, async () => {
  const anyHistory = fc.array(fc.tuple(anyStep, anyPause), { minLength: 1, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(anyHistory, fc.boolean(), fc.boolean(), async (history, startsGranted, endsGranted) => {
      const world = createWorld('../src/index.ts')
      try {
        if (startsGranted) await world.run({ kind: 'consent', tab: 0, decisions: world.everything })
        for (const [step, pause] of history) {
          // Tabs that have not heard of each other's steps yet repeat numbers and undo decisions: findings.browser.test.ts.
          const isHeardFirst = ['consent', 'reset', 'identify'].includes(step.kind) || !world.hasVisitor()
          if (isHeardFirst) await world.idle()
          await world.run(step)
          await world.pause(isHeardFirst ? 'idle' : pause)
        }
        await world.end(endsGranted ? world.everything : world.nothing)
        world.check()
        if (endsGranted) return
        const { keys, queue = [] } = await world.device()
        expect({ keys, queue }, 'left of a visitor who takes everything back').toEqual({ keys: ['consent'], queue: [] })
      } finally {
        world.closeAll()
        indexedDB.deleteDatabase(`footfall:${world.writeKey}`)
      }
    }),
    { numRuns: Number(runs), interruptAfterTimeLimit: longestMs, ...(seed && { seed: Number(seed) }) },
  )
})
