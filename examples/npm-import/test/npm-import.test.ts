import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCollector, listen, type StoredEvent } from '@footfall/collector'
import { launchChromium } from '@footfall/testkit/browsers'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { attempt, run } from '../../../scripts/run.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const published = ['events', 'browser', 'reports', 'collector']
const secretKey = 'sk_test_0123456789abcdef'

let folder: string
const tarballs = new Map<string, string>()

/** npm is on every machine that has Node; its cache and registry are the user's. */
const npm = (args: readonly string[], cwd: string) => run('npm', args, cwd)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'footfall-npm-'))
  for (const name of published) {
    await run('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', folder], join(root, 'packages', name))
    const file = (await readdir(folder)).find((each) => each.startsWith(`footfall-${name}-`))
    if (!file) throw new Error(`${name} was not packed`)
    tarballs.set(name, join(folder, file))
  }
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

const tarball = (name: string) => tarballs.get(name) ?? expect.fail(`no tarball of ${name}`)
/** Packages that need each other are all taken from here, none from the registry. */
const overrides = () => Object.fromEntries(published.map((name) => [`@footfall/${name}`, `file:${tarball(name)}`]))

test.each(published)('the package %s is put together as npm wants it', async (name) => {
  const { messages, pkg } = await publint({ pack: { tarball: await readFile(tarball(name)).then(toArrayBuffer) }, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
})

const toArrayBuffer = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer

test('the storefront installs the packed tracker, is checked against the catalogue, builds, and its events arrive', async () => {
  const project = join(folder, 'storefront')
  await cp(join(root, 'examples', 'npm-import'), project, {
    recursive: true,
    filter: (path) => !/(node_modules|test)$/.test(path),
  })
  const manifest = await readFile(join(project, 'package.json'), 'utf8')
  const packed = manifest.replaceAll(
    /"@footfall\/(\w+)": "\^0.1.0"/g,
    (_, name) => `"@footfall/${name}": "file:${tarball(name)}"`,
  )
  await writeFile(join(project, 'package.json'), JSON.stringify({ ...JSON.parse(packed), overrides: overrides() }))
  await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts'], project)
  await writeFile(join(project, '.env'), 'VITE_FOOTFALL_WRITE_KEY=wk_test\n')
  await npm(['run', 'build'], project)

  const wrong = join(project, 'src', 'wrong.ts')
  await writeFile(
    wrong,
    "import { tracker } from './tracker.ts'\ntracker.track('product_added', { product_id: 'A-1', quantity: 'one' })",
  )
  const check = await attempt('npx', ['tsc'], project)
  await rm(wrong)
  expect(check).toMatchObject({ code: 1, output: expect.stringContaining("'string' is not assignable to type 'number'") })

  const collector = createCollector({ dataDir: join(folder, 'data'), writeKey: 'wk_test', secretKey, logLevel: 'error' })
  await collector.ready
  const app = new Hono()
  app.route('/', collector)
  app.use('/*', serveStatic({ root: join(project, 'dist') }))
  const server = await listen(app, '127.0.0.1', 0)
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.goto(`${server.url}/`)
    await page.click('#agree')
    await page.click('#add')
    await vi.waitFor(async () => expect(await page.textContent('#state')).toBe('granted: 0 held, 5 delivered'), 20_000)
    const answer = await fetch(`${server.url}/v1/events`, { headers: { authorization: `Bearer ${secretKey}` } })
    const { events } = (await answer.json()) as { events: StoredEvent[] }
    expect(events.map(({ name, quality }) => [name, quality.flags])).toEqual([
      ['consent_updated', []],
      ['page_viewed', []],
      ['product_viewed', []],
      ['product_added', []],
      ['gift_wrap_chosen', ['unrecognized']],
    ])
  } finally {
    await browser.close()
    await server.close(0)
    await collector.close()
  }
}, 300_000)

test('the packed collector runs by itself: its command serves, stores and gives back', async () => {
  const project = join(folder, 'server')
  await cp(join(root, 'examples', 'npm-import', 'tsconfig.json'), join(project, 'tsconfig.json'))
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: { '@footfall/collector': `file:${tarball('collector')}` },
      overrides: overrides(),
    }),
  )
  await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts'], project)
  await writeFile(
    join(project, 'once.mjs'),
    `import { createCollector } from '@footfall/collector'
     const collector = createCollector({ dataDir: 'data', writeKey: 'wk_test', secretKey: '${secretKey}', logLevel: 'silent' })
     await collector.ready
     const event = { id: '0198f3a0-0000-7000-8000-000000000001', name: 'logged_in', consent: { analytics: 'granted' } }
     const receipt = await collector.request('/v1/events', { method: 'POST', body: JSON.stringify({ write_key: 'wk_test', events: [event] }) })
     const page = await collector.request('/reports/')
     const script = await collector.request('/footfall.js')
     console.log(JSON.stringify([(await receipt.json()).accepted, page.status, script.status]))
     await collector.close()`,
  )
  expect(await run('node', ['once.mjs'], project)).toContain('[1,200,200]')
  expect(await run('npx', ['footfall', '--version'], project)).toContain('0.1.0')
}, 300_000)
