import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Receipt } from '@footfall/events'
import { batch, envelope } from '@footfall/testkit/builders'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { nodeEnv } from './commands/run-words.ts'
import { startCollector, temporaryFolder } from './start-collector.ts'

const main = join(import.meta.dirname, '..', 'src', 'main.ts')
const secretKey = 'sk_test_0123456789abcdef'

interface Running {
  readonly child: ChildProcess
  readonly url: Promise<string>
  /** Exit code, and all that was said. */
  readonly end: Promise<{ readonly code: number | null; readonly out: string; readonly error: string }>
}

function footfall(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd?: string): Running {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: {
      ...nodeEnv,
      PORT: '0',
      FOOTFALL_LOG_LEVEL: 'silent',
      FOOTFALL_WRITE_KEY: 'wk_test',
      FOOTFALL_SECRET_KEY: secretKey,
      ...env,
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const url = Promise.withResolvers<string>()
  url.promise.catch(() => {})
  const lines: string[] = []
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    const found = /http:\/\/[\d.:]+(?=\/v1\/events)/.exec(line)
    if (found !== null) url.resolve(found[0])
  })
  const error = text(child.stderr)
  const { promise: code, resolve } = Promise.withResolvers<number | null>()
  child.on('close', resolve)
  const end = code.then(async (exit) => {
    url.reject(new Error(`ended with ${exit}: ${await error}`))
    return { code: exit, out: lines.join('\n'), error: await error }
  })
  return { child, url: url.promise, end }
}

const post = (url: string, events: readonly object[]): Promise<Response> =>
  fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(batch(events)) })

// Each of these starts a process, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

describe('words', () => {
  test('--help names every setting and its variable', async () => {
    const { code, out } = await footfall(['--help']).end
    expect(code).toBe(0)
    for (const word of ['serve', 'PORT', 'FOOTFALL_DATA_DIR', 'FOOTFALL_ORIGINS', 'baseCurrency']) expect(out).toContain(word)
    expect(out).not.toContain('\u001b')
  })

  test('--version', async () => {
    const { version } = JSON.parse(await readFile(join(main, '..', '..', 'package.json'), 'utf8')) as { version: string }
    expect(await footfall(['--version']).end).toEqual({ code: 0, out: version, error: '' })
  })

  // What is no command is in test/commands/read-words.test.ts: a process for each takes long.
  test('what is no command ends with 2 and one sentence', async () => {
    const { code, error } = await footfall(['serve', '--prot', '1']).end
    expect([code, error]).toEqual([2, 'footfall: footfall serve takes no --prot. See footfall serve --help.\n'])
  })
})

test.each(['20.20.2', '22.18.0', '24.14.9'])(
  'under Node %s it says which Node it needs, and loads nothing that Node lacks',
  async (version) => {
    // As far as it can tell it runs there; what that Node does not have is taken away where it can be.
    const before = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } }); delete Promise.withResolvers`
    const { code, out, error } = await footfall(['--version'], { NODE_OPTIONS: `--import "${before}"` }).end
    expect([code, out]).toEqual([2, ''])
    expect(error).toBe(`footfall: This is Node ${version}; Footfall needs Node 24.15 or newer: https://nodejs.org\n`)
  },
)

test('a collector goes on when nobody reads what it says any more', async () => {
  const { child, url, end } = footfall(['serve'], { FOOTFALL_DATA_DIR: await temporaryFolder(), FOOTFALL_LOG_LEVEL: 'info' })
  const at = await url
  child.stdout?.destroy()
  for (let n = 0; n < 3; n++) expect((await post(at, [envelope()])).status).toBe(200)
  // Refused, which is worth a line of the log that nobody reads.
  expect((await fetch(`${at}/v1/events`, { method: 'POST', body: '{' })).status).toBe(400)
  expect((await post(at, [envelope()])).status).toBe(200)
  child.kill('SIGTERM')
  const { code, error } = await end
  expect([code, error]).toEqual([0, ''])
})

test('asked for JSON, it says all of its start as lines of the log, and no secret', async () => {
  const folder = await temporaryFolder()
  const env = { FOOTFALL_DATA_DIR: folder, FOOTFALL_WRITE_KEY: '', FOOTFALL_SECRET_KEY: '' }
  const { child, url, end } = footfall(['serve', '--json'], env)
  const at = await url
  child.kill('SIGTERM')
  const { out } = await end
  const lines = out.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toMatchObject([
    { msg: 'keys were made', projects: ['default'], file: join(folder, 'keys.json') },
    { msg: 'it collects', url: at, events: `${at}/v1/events`, reports: `${at}/reports/` },
  ])
  const { default: keys } = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as { default: Record<string, string[]> }
  for (const key of Object.values(keys).flat()) expect(out).not.toContain(key)
})

describe('a start that cannot be ends with one sentence that says what to do', () => {
  const oneSentence = /^footfall: [^\n]+[.]\n$/

  test('a bad setting', async () => {
    const { code, error } = await footfall(['serve'], { PORT: 'eighty', FOOTFALL_DATA_DIR: await temporaryFolder() }).end
    expect([code, error]).toEqual([2, expect.stringMatching(oneSentence)])
    expect(error).toContain('PORT')
  })

  test('a configuration file that is not there', async () => {
    const { code, error } = await footfall(['serve', '--config', 'nowhere.json']).end
    expect([code, error]).toEqual([2, expect.stringMatching(oneSentence)])
  })

  test('a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { code, error } = await footfall(['serve'], { PORT: String(port), FOOTFALL_DATA_DIR: await temporaryFolder() }).end
    expect([code, error]).toEqual([1, expect.stringMatching(oneSentence)])
    expect(error).toContain('set PORT')
  })

  test('an address that this machine does not have', async () => {
    const { code, error } = await footfall(['serve'], { HOST: '192.0.2.1', FOOTFALL_DATA_DIR: await temporaryFolder() }).end
    expect([code, error]).toEqual([1, expect.stringMatching(oneSentence)])
  })

  test('a data folder that cannot be written', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    const { code, error } = await footfall(['serve'], { FOOTFALL_DATA_DIR: join(folder, 'file', 'x'), FOOTFALL_WRITE_KEY: '' })
      .end
    expect([code, error]).toEqual([1, expect.stringMatching(oneSentence)])
  })

  test('a store that another collector writes to', async () => {
    const { folder } = await startCollector()
    const { code, error } = await footfall(['serve'], { FOOTFALL_DATA_DIR: folder }).end
    expect([code, error]).toEqual([1, expect.stringMatching(oneSentence)])
    expect(error).toContain('Another collector')
  })

  test('a damaged store', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'footfall.db'), 'no database'.repeat(1000))
    const { code, error } = await footfall(['serve'], { FOOTFALL_DATA_DIR: folder }).end
    expect([code, error]).toEqual([1, expect.stringMatching(oneSentence)])
  })
})

test('new keys are shown once', async () => {
  const folder = await temporaryFolder()
  const env = { FOOTFALL_DATA_DIR: folder, FOOTFALL_WRITE_KEY: '', FOOTFALL_SECRET_KEY: '' }
  for (const isFirst of [true, false]) {
    const { child, url, end } = footfall(['serve'], env)
    await url
    child.kill('SIGTERM')
    const { code, out } = await end
    expect(code).toBe(0)
    const { default: keys } = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as { default: { secret_key: string } }
    expect(out.includes(keys.secret_key)).toBe(isFirst)
  }
})

test('the configuration file in the working folder is used', async () => {
  const cwd = await temporaryFolder()
  await mkdir(join(cwd, 'store'))
  await writeFile(join(cwd, 'footfall.config.ts'), "export default { path: '/e', store: 'sqlite:store' }\n")
  const { child, url, end } = footfall(['serve'], { FOOTFALL_DATA_DIR: join(cwd, 'data') }, cwd)
  const response = await fetch(`${await url}/e`, { method: 'POST', body: JSON.stringify(batch([envelope()])) })
  expect(await response.json()).toMatchObject({ accepted: 1 })
  child.kill('SIGINT')
  expect((await end).code).toBe(0)
  expect((await readFile(join(cwd, 'store', 'footfall.db'))).length).toBeGreaterThan(0)
})

test('asked to end, it answers what it was sent, keeps it, and ends', async () => {
  const folder = await temporaryFolder()
  const { child, url, end } = footfall(['serve'], { FOOTFALL_DATA_DIR: folder })
  const at = await url
  const responses = Array.from({ length: 20 }, () =>
    post(at, [envelope()]).then(
      (response) => response.status,
      () => 'refused',
    ),
  )
  // Somebody watches, who would never hang up.
  const watching = await fetch(`${at}/v1/live`, { headers: { authorization: `Bearer ${secretKey}` } })
  child.kill('SIGTERM')
  const { code, error } = await end
  expect([code, error]).toEqual([0, ''])
  await watching.body?.cancel().catch(() => {})
  const stored = (await Promise.all(responses)).filter((status) => status === 200).length
  const { events } = await startCollector({ dataDir: folder })
  expect((await events()).length).toBeGreaterThanOrEqual(stored)
})

test('killed at any moment, it has every event that it gave a receipt for, exactly once', async () => {
  const folder = await temporaryFolder()
  const sent = new Map<string, object>()
  const receipted = new Set<string>()

  // By receipts, not by the clock: a machine that is busy would otherwise give none.
  for (const moreReceipts of [1, 30, 100, 200]) {
    const { promise: over, resolve } = Promise.withResolvers<void>()
    const enough = receipted.size + moreReceipts
    const { child, url, end } = footfall(['serve'], { FOOTFALL_DATA_DIR: folder })
    const at = await url
    let isAlive = true
    const sender = async (): Promise<void> => {
      while (isAlive) {
        // What got no receipt is sent again, as a tracker does.
        const unanswered = [...sent.values()].filter((event) => !receipted.has((event as { id: string }).id)).slice(0, 10)
        const fresh = Array.from({ length: 10 }, () => envelope())
        for (const event of fresh) sent.set(String(event.id), event)
        const events = [...unanswered, ...fresh]
        try {
          const receipt = (await (await post(at, events)).json()) as Receipt
          expect(receipt.accepted + receipt.duplicate).toBe(events.length)
          for (const event of events) receipted.add((event as { id: string }).id)
          if (receipted.size >= enough) resolve()
        } catch (error) {
          if (isAlive && !(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error
        }
      }
    }
    const senders = Promise.all([sender(), sender(), sender()])
    await over
    child.kill('SIGKILL')
    await end
    isAlive = false
    await senders
  }

  expect(receipted.size).toBeGreaterThan(50)
  const { get } = await startCollector({ dataDir: folder })
  const stored: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page = (await (await get(`/v1/events?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`)).json()) as {
      events: { id: string }[]
      next: string | null
    }
    stored.push(...page.events.map(({ id }) => id))
    cursor = page.next
  }
  expect(new Set(stored).size).toBe(stored.length)
  expect([...receipted].filter((id) => !stored.includes(id))).toEqual([])
  const { totals, excluded } = (await (await get('/v1/reports/traffic')).json()) as Record<string, Record<string, number>>
  expect((totals?.events ?? 0) + (excluded?.bots ?? 0)).toBe(stored.length)
}, 120_000)
