import { hash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CollectorPorts } from '../src/collector.ts'
import { createAssets } from '../src/static.ts'
import { startCollector, temporaryFolder } from './start-collector.ts'

const tracker = `"use strict";${'console.assert(true);'.repeat(100)}`

async function builtFiles(): Promise<CollectorPorts> {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'footfall.js'), tracker)
  await writeFile(join(folder, 'banner.js'), 'ask()')
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Reports</title>')
  await writeFile(join(folder, 'main.js'), 'export {}')
  await writeFile(join(folder, 'secret.env'), 'KEY=1')
  return { assets: createAssets((specifier) => join(folder, specifier.slice(specifier.lastIndexOf('/') + 1))) }
}

test('the tracker is served for script tags of any site, compressed, with an address that never changes its content', async () => {
  const { url } = await startCollector({ store: 'memory' }, await builtFiles())
  const response = await fetch(`${url}/footfall.js`, { headers: { 'accept-encoding': 'gzip, br' } })
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(response.headers.get('content-encoding')).toBe('br')
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  expect(response.headers.get('cache-control')).toBe('public, max-age=3600')
  expect(await response.text()).toBe(tracker)

  const version = hash('sha256', tracker, 'hex').slice(0, 12)
  const immutable = await fetch(`${url}/footfall/${version}/footfall.js`, {
    headers: { 'accept-encoding': 'identity;q=1, gzip;q=0' },
  })
  expect(immutable.headers.get('cache-control')).toContain('immutable')
  expect(immutable.headers.get('content-encoding')).toBeNull()
  expect(await immutable.text()).toBe(tracker)
  expect((await fetch(`${url}/footfall/000000000000/footfall.js`)).status).toBe(404)
})

test('the banner and what follows consent platforms are served beside it', async () => {
  const { url } = await startCollector({ store: 'memory' }, await builtFiles())
  const response = await fetch(`${url}/footfall/banner.js`)
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(await response.text()).toBe('ask()')
  const missing = await fetch(`${url}/footfall/consent-nobody.js`)
  expect(missing.status).toBe(404)
  expect(await missing.json()).toMatchObject({ code: 'not_found', detail: expect.stringContaining('banner.js') })
  expect((await fetch(`${url}/footfall/..%2fsecret.env`)).status).toBe(404)
})

test('who has it already is told so', async () => {
  const { url } = await startCollector({ store: 'memory' }, await builtFiles())
  const etag = (await fetch(`${url}/footfall.js`)).headers.get('etag') ?? ''
  for (const known of [`W/${etag}`, `"x", ${etag}`, '*']) {
    expect((await fetch(`${url}/footfall.js`, { headers: { 'if-none-match': known } })).status, known).toBe(304)
  }
  expect((await fetch(`${url}/footfall.js`, { headers: { 'if-none-match': '"x"' } })).status).toBe(200)
  const again = await fetch(`${url}/footfall.js`, { headers: { 'if-none-match': etag } })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

test('the reports page runs nothing but its own files', async () => {
  const { url } = await startCollector({ store: 'memory' }, await builtFiles())
  for (const file of ['', 'main.js']) {
    const response = await fetch(`${url}/reports/${file}`)
    expect(response.status).toBe(200)
    const policy = response.headers.get('content-security-policy') ?? ''
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]) {
      expect(policy).toContain(part)
    }
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test.each(['secret.env', '..%2f..%2fpackage.json', '%2e%2e/keys.json', 'nothing.js'])(
  'no other file of the disk can be had: %s',
  async (file) => {
    const { url } = await startCollector({ store: 'memory' }, await builtFiles())
    expect((await fetch(`${url}/reports/${file}`)).status).toBe(404)
  },
)

test('what was not built says how to build it, and is found as soon as it is', async () => {
  const folder = await temporaryFolder()
  const assets = createAssets((specifier) => join(folder, specifier.slice(specifier.lastIndexOf('/') + 1)))
  const { url } = await startCollector({ store: 'memory' }, { assets })
  const response = await fetch(`${url}/footfall.js`)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ code: 'not_built', detail: expect.stringContaining('pnpm build') })
  await writeFile(join(folder, 'footfall.js'), tracker)
  expect((await fetch(`${url}/footfall.js`)).status).toBe(200)
})
