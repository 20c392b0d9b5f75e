import { buildPages } from './build.ts'
import { countsLine, runSuites } from './suites.ts'

/**
 * Runs what takes too long to run at each change: hundreds of killed collectors, soaks, fuzzing. These tests say what they measured.
 * Arguments choose among them, as vitest's filters do.
 */
// Real pages load what is built.
await buildPages()
const counts = await runSuites('packages/vitest.long.config.ts', process.argv.slice(2))

console.log(countsLine(counts))
process.exitCode = counts.failed > 0 ? 1 : 0
