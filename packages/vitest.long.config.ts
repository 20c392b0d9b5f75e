import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/footfall/compiled')

/** What `pnpm test:long` runs. One after the other, since they load the machine and measure; they may print, to say what they measured. */
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../node_modules/.cache/footfall/vite-long',
  test: {
    name: 'long',
    include: ['*/test/**/*.long.test.ts'],
    // See `vitest.config.ts`.
    execArgv: ['--wasm-wrapper-tiering-budget=2147483647'],
    fileParallelism: false,
    testTimeout: 30 * 60_000,
    hookTimeout: 120_000,
  },
})
