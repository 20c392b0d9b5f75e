import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { askCollector } from '../../src/commands/ask-collector.ts'
import type { CollectorOptions } from '../../src/config.ts'
import { asServer } from '../registry/ask.ts'
import { secretKey, startCollector, temporaryFolder } from '../start-collector.ts'
import { nodeEnv, runWords } from './run-words.ts'

/** The file that a command is given with --config. */
async function configFile(options: CollectorOptions): Promise<string> {
  const file = join(await temporaryFolder(), 'config.json')
  await writeFile(file, JSON.stringify(options))
  return file
}

/** A running collector, and commands that find it. */
async function running() {
  const started = await startCollector({ store: 'memory' })
  const config = await configFile({ url: `${started.url}/`, secretKey })
  const run = (...words: readonly string[]) => runWords([...words, '--config', config])
  return { started, run }
}

test('sources are registered setting by setting: what is not named stays, none takes it back', async () => {
  const { run } = await running()
  await run('sources', 'set', 'till paris', '--channel', 'pos', '--time-zone', 'Europe/Paris', '--tax-inclusive', 'yes')
  await run('sources', 'set', 'till paris', '--expected-per-day', '1200', '--sampling', '0.5', '--time-zone', 'none')
  const { lines } = await run('sources', '--json')
  expect(JSON.parse(lines.join(''))).toMatchObject({
    sources: [{ id: 'till paris', channel: 'pos', time_zone: null, tax_inclusive: true, expected_per_day: 1200, sampling: 0.5 }],
  })
  for (const [word, value] of [
    ['no', false],
    ['true', true],
    ['false', false],
    ['none', null],
  ] as const) {
    const { text } = await run('sources', 'set', 'till paris', '--tax-inclusive', word, '--json')
    expect([word, JSON.parse(text).tax_inclusive]).toEqual([word, value])
  }
  const table = (await run('sources', 'list')).lines
  expect(table[0]).toMatch(/^SOURCE +CHANNEL +STATUS/)
  expect(table[1]).toMatch(/^till paris +pos +unseen +never +0 +- +yes$/)
  await run('sources', 'remove', 'till paris')
  expect((await run('sources')).lines).toEqual([
    'No source is registered, and none has been heard of.',
    expect.stringContaining('footfall sources set'),
  ])
})

test('what others named a source cannot move the cursor of whoever looks at the list', async () => {
  const { run, started } = await running()
  await asServer(started, [{ name: 'x', id: crypto.randomUUID(), source: '\u001b[2Jtill\u202e' }])
  for (const line of (await run('sources')).lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

test('aliases are made, listed and taken back', async () => {
  const { run } = await running()
  await run('aliases', 'set', 'im korb', 'product_added')
  expect((await run('aliases')).lines).toEqual([expect.stringMatching(/^im korb {2}product_added {2}\d{4}-/)])
  expect(JSON.parse((await run('aliases', 'list', '--json')).lines.join(''))).toMatchObject({
    aliases: [{ from: 'im korb', to: 'product_added' }],
  })
  await run('aliases', 'remove', 'im korb')
  expect((await run('aliases')).lines).toEqual([expect.stringMatching(/^There are no aliases\..+footfall aliases set/)])
})

test("the collector's own sentence is what the command says, with its code", async () => {
  const { run } = await running()
  const refused = run('sources', 'set', 'till', '--channel', 'pos', '--time-zone', 'Mars')
  await expect(refused).rejects.toMatchObject({
    code: 'collector_refused',
    status: 400,
    problem: 'bad_source',
    message: expect.stringMatching(/^time_zone takes .+\(bad_source\)$/),
  })
  await expect(run('aliases', 'remove', 'none')).rejects.toMatchObject({ problem: 'not_found', retryAfterMs: null })
})

test('an address with a path is asked below it', async () => {
  const { started } = await running()
  const { url } = await askCollector({ file: await configFile({ url: `${started.url}/tracking/`, secretKey }) })
  expect(url).toBe(`${started.url}/tracking`)
})

test.each([
  { options: {}, url: 'http://127.0.0.1:8080' },
  { options: { port: 81, host: '0.0.0.0' }, url: 'http://127.0.0.1:81' },
  { options: { port: 81, host: '::' }, url: 'http://[::1]:81' },
  { options: { port: 81, host: 'fd00::1' }, url: 'http://[fd00::1]:81' },
  { options: { port: 81, host: 'shop.internal' }, url: 'http://shop.internal:81' },
  { options: { port: 81, url: 'https://collect.example' }, url: 'https://collect.example' },
])('without an address it is where the settings say: $options', async ({ options, url }) => {
  const asked = await askCollector({ env: {}, file: await configFile({ ...options, secretKey }) })
  expect(asked.url).toBe(url)
})

test.each(['ftp://a', 'https://user:pw@a', 'https://a?x=1', 'https://a#x', 'a:80', 'http://', 'http://a b'])(
  '%s is no address',
  async (url) => {
    await expect(askCollector({ env: { FOOTFALL_SECRET_KEY: secretKey }, url })).rejects.toMatchObject({ code: 'bad_setting' })
  },
)

test('keys are those that are set, else those that the collector made; nothing is made for a command', async () => {
  const dataDir = await temporaryFolder()
  const file = await configFile({ dataDir })
  await expect(askCollector({ env: {}, file })).rejects.toMatchObject({ code: 'no_secret_key' })
  const kept = { default: { write_key: 'wk_kept', secret_key: 'sk_kept' }, tea: { write_key: 'wk_tea', secret_key: 'sk_tea' } }
  await writeFile(join(dataDir, 'keys.json'), JSON.stringify({ ...kept, $installation: { subject_secret: 'x'.repeat(20) } }))
  const keyShown = async (asked: Parameters<typeof askCollector>[0]) => {
    const { url, seen } = await listener((_, respond) => respond(200, '{}'))
    const collector = await askCollector({ ...asked, url })
    await collector.request('GET', '/v1/sources')
    return [seen[0], collector.writeKey]
  }
  expect(await keyShown({ env: {}, file })).toEqual(['Bearer sk_kept', 'wk_kept'])
  expect(await keyShown({ env: {}, file, project: 'tea' })).toEqual(['Bearer sk_tea', 'wk_tea'])
  expect(await keyShown({ env: { FOOTFALL_SECRET_KEY: 'sk_from_env' }, file })).toEqual(['Bearer sk_from_env', 'wk_kept'])
  for (const project of ['none', '$installation', '__proto__', 'constructor'])
    await expect(askCollector({ env: {}, file, project })).rejects.toMatchObject({ code: 'no_secret_key' })
})

test('a collector that is not there, or is none, is one sentence', async () => {
  const nobody = await askCollector({ env: { FOOTFALL_SECRET_KEY: secretKey }, url: 'http://127.0.0.1:1' })
  await expect(nobody.request('GET', '/v1/sources')).rejects.toMatchObject({
    code: 'collector_unreachable',
    message: expect.stringMatching(/^No collector can be asked at http:\/\/127\.0\.0\.1:1 \([^\n]+\); [^\n]+FOOTFALL_URL\.$/),
  })
  for (const [status, body] of [
    [200, '<html>'],
    [502, 'Bad Gateway'],
    [404, '{"message":"no"}'],
  ] as const) {
    const { url } = await listener((_, respond) => respond(status, body))
    const other = await askCollector({ env: { FOOTFALL_SECRET_KEY: secretKey }, url })
    await expect(other.request('GET', '/v1/sources')).rejects.toMatchObject({ code: 'collector_unreachable' })
  }
})

test('the key goes nowhere else: who sends on is not followed', async () => {
  const target = await listener((_, respond) => respond(200, '{}'))
  const { url } = await listener((_, respond) => respond(307, '', { location: target.url }))
  const collector = await askCollector({ env: { FOOTFALL_SECRET_KEY: secretKey }, url })
  await expect(collector.request('POST', '/v1/quarantine/replay', {})).rejects.toMatchObject({
    code: 'collector_unreachable',
    message: expect.stringContaining(target.url),
  })
  expect(target.seen).toEqual([])
})

test('the end of a command says what it was: 0 done, 1 nobody to ask, 2 wrong words', async () => {
  const footfall = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '..', '..', 'src', 'main.ts'), ...args], {
      env: { ...nodeEnv, FOOTFALL_SECRET_KEY: secretKey, FOOTFALL_URL: 'http://127.0.0.1:1' },
      encoding: 'utf8',
    })
  const help = footfall('sources', 'set', '--help')
  expect([help.status, help.stdout]).toEqual([0, expect.stringContaining('footfall sources set')])
  const nobody = footfall('aliases')
  expect([nobody.status, nobody.stderr]).toEqual([1, expect.stringMatching(/^footfall: No collector can be asked[^\n]+\n$/)])
  const wrong = footfall('sources', 'forget', 'till')
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    expect.stringMatching(/^footfall: There is no command [^\n]+footfall sources set[^\n]+\n$/),
  ])
}, 60_000)

type Respond = (status: number, body: string, headers?: Readonly<Record<string, string>>) => void

/** Somebody on a port; keeps the authorizations that were shown. */
async function listener(act: (path: string, respond: Respond) => void) {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    act(request.url ?? '', (status, body, headers = {}) => response.writeHead(status, headers).end(body))
  })
  onTestFinished(() => void server.close().closeAllConnections())
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', () => resolve())
  await promise
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}
