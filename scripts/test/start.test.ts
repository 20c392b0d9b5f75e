import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

// Each start builds the pages, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 180_000 })

const script = fileURLToPath(new URL('../start.ts', import.meta.url))

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'footfall-start-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs `start` in a folder of its own until it ends, or until `isEnough` of what it printed; then asks it to end. */
function start(env: Record<string, string>, isEnough: (printed: string) => boolean | Promise<boolean> = () => false) {
  return new Promise<{ readonly printed: string; readonly code: number | null }>((resolve) => {
    const child = spawn(process.execPath, [script], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        PORT: '0',
        FOOTFALL_DATA_DIR: join(folder, 'data'),
        ...env,
      },
    })
    let printed = ''
    let isAsked = false
    const hear = async (chunk: Buffer) => {
      printed += chunk
      if (isAsked || !(await isEnough(printed)) || isAsked) return
      isAsked = true
      child.kill('SIGINT')
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('exit', (code) => resolve({ printed, code }))
  })
}

const urlIn = (printed: string, what: string) => new RegExp(`${what}\\s+(http\\S+)`).exec(printed)?.[1] ?? ''

test('it says where the shop, the reports and the API are, and the keys; all of them work, and Ctrl-C stops it', async () => {
  const answers: Record<string, number> = {}
  let secretKey = ''
  const { printed, code } = await start({}, async (text) => {
    if (!text.includes('Ctrl-C')) return false
    secretKey = /Secret key\s+(\S+)/.exec(text)?.[1] ?? ''
    for (const what of ['Shop', 'Reports', 'API']) {
      const answer = await fetch(urlIn(text, what), { headers: { authorization: `Bearer ${secretKey}` } })
      answers[what] = answer.status
    }
    const shop = await (await fetch(urlIn(text, 'Shop'))).text()
    const tag =
      /<script async src="([^"]+)" integrity="sha384-([^"]+)" crossorigin data-write-key="([^"]+)" data-endpoint="([^"]+)">/.exec(
        text,
      )
    const tracker = await (await fetch(tag?.[1] ?? '')).text()
    answers.tracker = hash('sha384', tracker, 'base64') === tag?.[2] ? 200 : 500
    answers.tag = text.includes(`Write key   ${tag?.[3]}`) && text.includes(`API       ${tag?.[4]} `) ? 200 : 500
    answers.keyInShop = shop.includes(/Write key\s+(\S+)/.exec(text)?.[1] ?? 'no key printed') ? 200 : 500
    return true
  })
  expect(answers).toEqual({ Shop: 200, Reports: 200, API: 200, tracker: 200, tag: 200, keyInShop: 200 })
  expect(code).toBe(0)
  expect(JSON.parse(await readFile(join(folder, 'data', 'keys.json'), 'utf8')).default.secret_key).toBe(secretKey)
  expect(printed).not.toMatch(/^\s+at /m)

  const second = await start({}, (text) => text.includes('Ctrl-C'))
  expect(second.printed).not.toContain(secretKey)
  expect(second.printed).toContain(join(folder, 'data', 'keys.json'))
})

test('a key that was set is used and not shown', async () => {
  const { printed } = await start({ FOOTFALL_SECRET_KEY: 'sk_known_0123456789', FOOTFALL_WRITE_KEY: 'wk_shop' }, (text) =>
    text.includes('Ctrl-C'),
  )
  expect(printed).toContain('wk_shop')
  expect(printed).not.toContain('sk_known_0123456789')
})

test('a port that is taken is one sentence', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve)
  })
  const { port } = other.address() as { port: number } // listening on a port
  const { printed, code } = await start({ PORT: String(port) })
  other.close()
  expect(printed).toMatch(new RegExp(`Port ${port} on 127.0.0.1 is taken; .+\\.`))
  expect(printed).not.toMatch(/^\s+at /m)
  expect(code).toBe(1)
})

test.each([
  { name: 'on the first start', env: {} },
  { name: 'with keys of its own', env: { FOOTFALL_SECRET_KEY: 'sk_known_0123456789', FOOTFALL_WRITE_KEY: 'wk_shop' } },
])('a folder that cannot be written is one sentence, $name', async ({ env }) => {
  await writeFile(join(folder, 'file'), '')
  const { printed, code } = await start({ ...env, FOOTFALL_DATA_DIR: join(folder, 'file', 'data') })
  expect(printed.trim()).toMatch(/^The (data folder|store in) .+ cannot be .+\.$/)
  expect(printed).not.toMatch(/^\s+at /m)
  expect(code).toBe(1)
})

test('a bad setting is one sentence that says what the setting takes', async () => {
  const { printed, code } = await start({ PORT: 'eighty' })
  expect(printed).toMatch(/PORT.+a port number from 0 to 65535/)
  expect(printed).not.toMatch(/^\s+at /m)
  expect(code).toBe(1)
})
