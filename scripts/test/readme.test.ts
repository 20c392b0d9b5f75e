import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = await readFile(join(root, 'README.md'), 'utf8')

// Code that readers copy is code that a test runs: every snippet stands word for word in a file of the examples.
const snippets = [...readme.matchAll(/<!-- from (\S+) -->\n```\w+\n([\s\S]*?)```/g)].map(([, file = '', code = '']) => ({
  file,
  code,
}))

test.each(snippets)('the README shows what stands in $file', async ({ file, code }) => {
  const source = await readFile(join(root, file), 'utf8')
  for (const line of code.trimEnd().split('\n')) expect(source).toContain(line.trim())
})

test('every snippet in the README says which example it comes from', () => {
  const fences = [...readme.matchAll(/^```(?:ts|html|js)$/gm)]
  expect(snippets).toHaveLength(fences.length)
})

test('a server with a collector inside serves both, and ends when it is asked to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'footfall-embed-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const server = spawn(process.execPath, [join(root, 'examples/self-host/embed.ts')], {
    env: { ...process.env, PORT: '0', FOOTFALL_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve) => {
    let text = ''
    server.stdout.on('data', (chunk) => {
      text += chunk
      const [, found] = /collector: (\S+)/.exec(text) ?? []
      if (found) resolve(found)
    })
  })
  expect(await (await fetch(`${url}/`)).text()).toBe('the shop')
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  const ended = new Promise((resolve) => server.on('exit', resolve))
  server.kill('SIGTERM')
  expect(await ended).toBe(0)
}, 30_000)
