import { build } from 'esbuild'
import { expect, test } from 'vitest'

const minified = async (contents: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

test('limits and purposes cost a page next to nothing', async () => {
  const code = await minified(`
    import * as limits from '@footfall/events/limits'
    import { purposeOf } from '@footfall/events/purposes'
    console.log(limits.maxBatchEvents, limits.maxEventBytes, purposeOf)`)
  expect(code.length).toBeLessThan(700)
})

test('the catalogue and its schemas stay out of a page that imports neither', async () => {
  const code = await minified(`
    import { allows, consentPurposes, limits, purposeOf } from '@footfall/events'
    console.log(allows, consentPurposes, limits.maxBatchEvents, purposeOf)`)
  expect(code.length).toBeLessThan(1000)
})
