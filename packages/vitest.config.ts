import { join } from 'node:path'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { findChromium } from './testkit/src/browsers.ts'

// Hundreds of processes and threads run the sources: what Node makes of them is kept, which halves the time each takes to begin.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/footfall/compiled')

const { executablePath, args, env } = await findChromium()

/** Files that take a minute and mostly wait. Left to itself, vitest begins with the largest, and these small ones would run last, alone. */
const long = /\/hostile\/fuzz\.test\.ts$/

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { yes = [], no = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) => (long.test(moduleId) ? 'yes' : 'no'))
    return [...yes, ...no]
  }
}

/**
 * `node`: rules and the collector. `browser`: what depends on a browser runs in a real one. `shop`: the whole way, a real Chromium
 * against a real collector. `losses`: what a store holds after everything that can go wrong, and what a device holds without consent, in
 * every engine that is here.
 */
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../node_modules/.cache/footfall/vite',
  test: {
    setupFiles: ['./testkit/src/silent-console.ts'],
    // Each store starts threads, which run the sources: Node takes the types out by WASM. Where many threads come and go, V8 may end the
    // process as it makes its wrappers of WASM imports anew ("Check failed: jit_page.has_value()"). It is told never to.
    execArgv: ['--wasm-wrapper-tiering-budget=2147483647'],
    // Left to itself, vitest keeps one of two processors for its own: most files wait for threads and processes of theirs.
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['*/test/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/*.long.test.ts'],
          // What starts threads and processes takes as long as the machine has other things to do.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        // Loaded by pages of their own, as they are: bundling them on the way would reload the runner.
        optimizeDeps: { exclude: ['@iabgpp/cmpapi', '@iabtechlabtcf/cmpapi', '@iabtechlabtcf/core'] },
        test: {
          name: 'browser',
          include: ['*/test/**/*.browser.test.ts'],
          // Pages that another one covers are asleep.
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath, args, env } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'shop',
          include: ['../examples/*/test/*.test.ts', '../scripts/test/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'losses',
          include: ['../examples/shop/test/{losses,consent}/*.test.ts'],
          hookTimeout: 120_000,
          // By themselves, and all engines at once: a scenario mostly waits.
          sequence: { groupOrder: 1 },
          maxWorkers: 3,
        },
      },
    ],
  },
})
