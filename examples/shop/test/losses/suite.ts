import type { StoredEvent } from '@footfall/collector'
import { chromium, type Engine } from '@footfall/testkit/engines'
import { expect, vi } from 'vitest'
import { inEngine } from './in-engine.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import type { Scene } from './scene.ts'

/** Plays every scenario in an engine, and counts what the store holds afterwards. */
export function lossSuite(engine: Engine): void {
  inEngine(
    engine,
    scenarios.map((scenario) => ({
      name: scenario.name,
      whyNot: (scenario.needs && engine.cannot[scenario.needs]) ?? (engine === chromium ? undefined : scenario.once),
      timeoutMs: scenario.timeoutMs,
      async run(scene) {
        const dropped = (await scenario.play(scene)) ?? 0
        await isAccountedFor(scene, scenario, dropped)
      },
    })),
  )
}

/** Every event is in the store exactly once, but for so many that the collector was told of; and the numbers say so too. */
async function isAccountedFor(scene: Scene, { count = 50, mayLackNumbers }: Scenario, dropped: number): Promise<void> {
  const rows = await vi.waitFor(
    async () => {
      const rows = await scene.rows()
      expect(rows.length).toBeGreaterThanOrEqual(count - dropped)
      expect(await scene.dropsTold()).toBe(dropped)
      return rows
    },
    { timeout: 45_000, interval: 100 },
  )
  const products = rows.map(({ properties }) => Number((properties as { product_id: string }).product_id)) // as tracked
  expect(new Set(products).size, 'as many as are there, each once').toBe(products.length)
  expect(products.length + dropped).toBe(count)
  if (dropped === 0) expect(products.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  expect(await scene.quarantined()).toEqual([])
  if (dropped === 0) for (const ofVisitor of Map.groupBy(rows, visitorOf).values()) isNumbered(ofVisitor, mayLackNumbers)
}

const visitorOf = ({ anonymous_id }: StoredEvent) => anonymous_id

/** Without a repeat, and from one without a hole unless some lack a number. */
function isNumbered(rows: readonly StoredEvent[], mayLackNumbers = false): void {
  const numbers = rows.flatMap(({ seq }) => seq ?? []).toSorted((a, b) => a - b)
  expect(new Set(numbers).size).toBe(numbers.length)
  if (!mayLackNumbers) expect(numbers).toEqual(rows.map((_, index) => index + 1))
}
