import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attempt } from './run.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What came of tests. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Runs the suites of a configuration, shows them as they go, and counts them. */
export async function runSuites(config: string, filters: readonly string[]): Promise<Counts> {
  const report = join(root, 'node_modules', '.cache', 'footfall', 'vitest.json')
  await rm(report, { force: true })
  const args = ['run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { code } = await attempt('vitest', [...args, ...filters], root, (text) => process.stdout.write(text))
  const result = JSON.parse(await readFile(report, 'utf8').catch(() => '{}'))
  const passed = result.numPassedTests ?? 0
  return {
    passed,
    // A suite that does not load, or an error outside any test, counts as a failure of its own.
    failed: Math.max(result.numFailedTests ?? 0, code === 0 && passed > 0 ? 0 : 1),
    skipped: (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0),
  }
}

/** The last line of every test command. */
export const countsLine = ({ passed, failed, skipped }: Counts): string =>
  `\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
