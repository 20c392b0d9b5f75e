import { fileURLToPath } from 'node:url'
import { buildAll } from './build.ts'
import { run } from './run.ts'
import { checkSizes } from './sizes.ts'
import { countsLine, runSuites } from './suites.ts'

/**
 * Everything that decides whether a change may land: it builds, its types and its style are right, nothing is unused, what ships is
 * small enough, and every suite passes. The last line counts tests and checks together.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const counts = { passed: 0, failed: 0, skipped: 0 }

async function check(name: string, work: () => Promise<string | undefined>): Promise<void> {
  const startedAt = performance.now()
  const say = (word: string) => console.log(`${word}  ${name}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  try {
    const note = await work()
    counts.passed++
    say('pass')
    if (note) console.log(note)
  } catch (error) {
    counts.failed++
    say('FAIL')
    console.log(error instanceof Error ? error.message : error)
  }
}

await check('it builds, and its types are right', async () => {
  await buildAll()
  return undefined
})
await check('its style is the house’s', () =>
  run('biome', ['check', '--config-path=scripts/biome-house.json', '.'], root).then(() => undefined),
)
await check('nothing is unused or undeclared', () => run('knip', [], root).then(() => undefined))
await check('what ships is small enough', checkSizes)
const suites = await runSuites('packages/vitest.config.ts', process.argv.slice(2))
counts.passed += suites.passed
counts.failed += suites.failed
counts.skipped += suites.skipped

console.log(countsLine(counts))
process.exitCode = counts.failed > 0 ? 1 : 0
