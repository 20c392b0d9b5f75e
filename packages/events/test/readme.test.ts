import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '').filter((code) => / \/\/ /.test(code))

test.each(examples)('an example of the README holds what its comments say:\n%s', async (example) => {
  // `expression // value` becomes a pair of both.
  const contents = `export const pairs = []\n${example.replaceAll(/^(?!import|const)(.+) \/\/ (.+)$/gm, 'pairs.push([$1, $2])')}`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    format: 'esm',
    write: false,
  })
  const { pairs } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')}`)
  expect(pairs.length).toBeGreaterThan(0)
  for (const [value, expected] of pairs) expect(value).toEqual(expected)
})

test('the README has examples to hold', () => {
  expect(examples).toHaveLength(2)
})
