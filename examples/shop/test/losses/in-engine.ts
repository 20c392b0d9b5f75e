import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine, RunningBrowser } from '@footfall/testkit/engines'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { openScene, type Scene } from './scene.ts'

/** Something that a shop goes through in an engine. */
export interface Play {
  readonly name: string
  /** Why it cannot be played here. */
  readonly whyNot?: string | undefined
  /** Longest time it may take, in milliseconds. @defaultValue a minute */
  readonly timeoutMs?: number | undefined
  run(scene: Scene): Promise<void>
}

/** Plays everything in an engine, each play in a scene of its own. What the engine cannot do is said, test by test. */
export function inEngine(engine: Engine, plays: readonly Play[]): void {
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

    for (const { name, whyNot, timeoutMs = 60_000, run } of plays) {
      test(name, { timeout: timeoutMs }, async ({ skip }) => {
        const reason = engine.missing ?? whyNot
        if (reason) skip(reason)
        const scene = await openScene(engine, browser)
        networks.push(scene.network)
        try {
          await run(scene)
        } finally {
          await scene.close()
        }
      })
    }
  })
}
