import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadOptions, resolveConfig } from '@footfall/collector'
import { expect, onTestFinished, test } from 'vitest'
import { settings } from '../../../packages/collector/src/config.ts'

const beside = (file: string) => readFile(new URL(`../${file}`, import.meta.url), 'utf8')
const known = settings.map(({ env }) => env)

/** `NAME=value` or `NAME: value`, commented out or not, wherever a file of that kind sets the environment. */
const variablesIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^[#\s]*(?:Environment=|ENV )?(FOOTFALL_[A-Z_]+|HOST|PORT)[=:]\s*([^\s\\]+)/gm)].map(
      ([, name = '', value = '']) => [name, value.replaceAll(/^'|'$/g, '')],
    ),
  )

test.each([
  { file: 'footfall.env.example', atLeast: 8 },
  { file: 'footfall.service', atLeast: 1 },
  { file: 'Containerfile', atLeast: 3 },
])('$file sets only what the collector knows', async ({ file, atLeast }) => {
  const names = Object.keys(variablesIn(await beside(file)))
  expect(names.length).toBeGreaterThanOrEqual(atLeast)
  expect(names.filter((name) => !known.includes(name))).toEqual([])
})

test('compose.yaml gives the collector only what it knows', async () => {
  const [collector = ''] = (await beside('compose.yaml')).split('\n  caddy:')
  const names = Object.keys(variablesIn(collector))
  expect(names).toContain('FOOTFALL_TRUSTED_PROXIES')
  expect(names.filter((name) => !known.includes(name))).toEqual([])
})

test('compose.yaml brings all of it back after a restart of the machine', async () => {
  const [, services = ''] = /^services:\n(.*?)^volumes:/ms.exec(await beside('compose.yaml')) ?? []
  const restarts = services
    .split(/^ {2}(?=\w)/m)
    .filter(Boolean)
    .map((service) => /^ {4}restart: (.*)$/m.exec(service)?.[1])
  expect(restarts).toEqual(['unless-stopped', 'unless-stopped'])
})

test('names that compose.yaml cannot do without are written to .env by the README', async () => {
  const [compose, readme] = [await beside('compose.yaml'), await beside('README.md')]
  const [, written = ''] = /^printf '(.*)' > \.env/m.exec(readme) ?? []
  const asked = [...compose.matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
  expect(asked).not.toEqual([])
  expect([...written.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name)).toEqual(asked)
})

test('the collector takes the example settings as they stand', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'footfall-settings-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const lines = (await beside('footfall.env.example')).split('\n').filter((line) => /^\w/.test(line))
  const env = { ...variablesIn(lines.join('\n')), FOOTFALL_DATA_DIR: folder }
  expect(resolveConfig(await loadOptions({ env, cwd: folder }))).toMatchObject({ host: '127.0.0.1', port: 8080, path: '/e' })
})

test('the README lists every setting of the collector', async () => {
  const readme = await beside('README.md')
  expect(known.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
})

test('the example settings name every setting that a shop would change', async () => {
  const named = variablesIn(await beside('footfall.env.example'))
  // Where things are is the unit's affair, or has a good place; and what needs a file is told in the README.
  const elsewhere = [
    'FOOTFALL_URL',
    'FOOTFALL_DATA_DIR',
    'FOOTFALL_STORE',
    'FOOTFALL_GEO_DB',
    'FOOTFALL_REGION_HEADER',
    'FOOTFALL_FX_RATES',
  ]
  expect(known.filter((name) => !(name in named) && !elsewhere.includes(name))).toEqual([])
})

test('a shell reads the example settings as systemd does', async () => {
  const lines = (await beside('footfall.env.example')).split('\n').map((line) => line.replace(/^#(?=[A-Z_]+=)/, ''))
  const settings = lines.filter((line) => /^[A-Z_]+=/.test(line))
  const { stdout } = await promisify(execFile)('sh', ['-c', `set -a\n${settings.join('\n')}\nenv`], { env: {} })
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(settings))
})

test('nginx passes on the same paths as Caddy', async () => {
  const [caddy, nginx] = [await beside('Caddyfile'), await beside('nginx.conf')]
  for (const path of ['/e', '/v1/consent', '/v1/pixel.gif', '/footfall.js', '/metrics']) {
    expect(caddy).toMatch(new RegExp(`[ ]${path.replaceAll('.', '\\.')}(?= |\n)`))
    expect(nginx).toContain(`location = ${path} {`)
  }
})

test('Caddy passes on the path that the collector listens on', async () => {
  const { FOOTFALL_PATH: path } = variablesIn(await beside('footfall.env.example'))
  expect(path).toBeDefined()
  expect(await beside('Caddyfile')).toContain(`handle ${path} {`)
  expect(variablesIn(await beside('compose.yaml')).FOOTFALL_PATH).toBe(path)
})
