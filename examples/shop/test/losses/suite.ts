import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoredEvent } from '@footfall/collector'
import { chromium, type Engine, type RunningBrowser } from '@footfall/testkit/engines'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Scenario, scenarios } from './scenarios.ts'
import { openScene, type Scene } from './scene.ts'

/** Plays every scenario in an engine, and counts what the store holds afterwards. What the engine cannot do is said, test by test. */
export function lossSuite(engine: Engine): void {
  if (engine.missing) process.stderr.write(`NOT TESTED IN ${engine.name.toUpperCase()}: ${engine.missing}\n`)
  describe(engine.name, () => {
    let browser: RunningBrowser
    let profile: string
    const networks: Scene['network'][] = []
    beforeAll(async () => {
      if (engine.missing) return
      profile = await mkdtemp(join(tmpdir(), 'footfall-profile-'))
      browser = await engine.launch(profile)
    })
    afterAll(async () => {
      if (engine.missing) return
      await browser.close()
      await Promise.all(networks.map((network) => network.close()))
      await rm(profile, { recursive: true, force: true })
    })

    for (const scenario of scenarios) {
      test(scenario.name, { timeout: scenario.timeoutMs ?? 60_000 }, async ({ skip }) => {
        const reason = whyNot(engine, scenario)
        if (reason) skip(reason)
        const scene = await openScene(engine, browser)
        networks.push(scene.network)
        try {
          const dropped = (await scenario.play(scene)) ?? 0
          await isAccountedFor(scene, scenario, dropped)
        } finally {
          await scene.close()
        }
      })
    }
  })
}

const whyNot = (engine: Engine, { needs, once }: Scenario) =>
  engine.missing ?? (needs && engine.cannot[needs]) ?? (engine === chromium ? undefined : once)

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
