import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildAll } from './build.ts'
import { attempt, run } from './run.ts'
import { checkSizes } from './sizes.ts'

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

/** Runs the suites, shows them as they go, and adds their counts. */
async function suites(filters: readonly string[]): Promise<void> {
  const report = join(root, 'node_modules', '.cache', 'footfall', 'vitest.json')
  await rm(report, { force: true })
  const args = [
    'run',
    '--config',
    'packages/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const { code } = await attempt('vitest', [...args, ...filters], root, (text) => process.stdout.write(text))
  const result = JSON.parse(await readFile(report, 'utf8').catch(() => '{}'))
  const passed = result.numPassedTests ?? 0
  counts.passed += passed
  counts.skipped += (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0)
  // A suite that does not load, or an error outside any test, counts as a failure of its own.
  counts.failed += Math.max(result.numFailedTests ?? 0, code === 0 && passed > 0 ? 0 : 1)
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
await suites(process.argv.slice(2))

console.log(`\n${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`)
process.exitCode = counts.failed > 0 ? 1 : 0
