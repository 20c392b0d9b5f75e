import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { envelope } from '@footfall/testkit/builders'
import { sayNotTested } from '@footfall/testkit/not-tested'
import { expect, onTestFinished, test } from 'vitest'
import { options } from '../src/config.ts'
import { eventCodes, faults, refusals } from '../src/errors.ts'
import { defaultListenLimits } from '../src/listen.ts'
import * as normalise from '../src/normalise/index.ts'
import { secretKey, startCollector, temporaryFolder, writeKey } from './start-collector.ts'

const root = join(import.meta.dirname, '..')
const readme = await readFile(join(root, 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '')
const blockWith = (words: string): string => blocks.find((code) => code.includes(words)) ?? ''

/** Runs code as a module of this package. */
function run(code: string, env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    cwd: root,
    env: { PATH: process.env.PATH, FOOTFALL_WRITE_KEY: writeKey, FOOTFALL_SECRET_KEY: secretKey, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

test('the event from a server is accepted', async () => {
  const { url } = await startCollector({ store: 'memory' })
  const child = run(blockWith('pos_purchase_completed').replace('http://127.0.0.1:8080', url), {})
  expect(await text(child.stdout ?? Readable.from([]))).toContain('accepted: 1')
}, 20_000)

test('the collector inside an app takes events under its path and ends when asked', async () => {
  const folder = await temporaryFolder()
  const code = blockWith('shop.route')
    .replace("'.data'", `${JSON.stringify(folder)}, writeKey: 'wk_test', logLevel: 'silent'`)
    .replace('8080', '0')
  const child = run(code, {})
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  const url = /http:\/\/\S+/.exec(line.toString())?.[0] ?? ''
  expect(await (await fetch(url)).text()).toBe('the shop')
  const body = JSON.stringify({ write_key: 'wk_test', events: [envelope()] })
  expect(await (await fetch(`${url}/tracking/e`, { method: 'POST', body })).json()).toMatchObject({ accepted: 1 })
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
}, 20_000)

test('the rules give what the comments say', () => {
  const pairs = [...blockWith('/normalise').matchAll(/^(\w+\(.+\)(?:\.\w+)?) \/\/ (.+)$/gm)]
  expect(pairs).toHaveLength(5)
  for (const [, expression, expected] of pairs) {
    const evaluate = (code: string): unknown =>
      new Function(...Object.keys(normalise), `return (${code})`)(...Object.values(normalise))
    expect(evaluate(expression ?? '')).toEqual(evaluate(expected ?? ''))
  }
})

test('every setting and every code is in the README', () => {
  for (const [name, { env }] of Object.entries(options)) expect(readme).toMatch(new RegExp(`\\| \`${name}\` +\\| \`${env}\``))
  for (const code of [...Object.keys(refusals), ...Object.keys(eventCodes), ...Object.keys(faults)])
    expect(readme).toContain(`\`${code}\``)
})

test('what an open port may cost is said as it is, in the table of limits and in the threat model', async () => {
  const { maxConnections, maxHeadBytes, headMs, requestMs, slownessCheckMs, unreadMs } = defaultListenLimits
  const seconds = (ms: number): string => `${ms / 1000} s`
  const said = (what: string): readonly string[] => {
    const row = readme.split('\n').find((line) => line.startsWith(`| ${what} `))
    return (row ?? '').split('|').map((cell) => cell.trim())
  }
  expect(said('Connections (`listen`)')[2]).toBe(maxConnections.toLocaleString('en'))
  const slow = [
    `${maxHeadBytes / 1024} KiB, ${seconds(headMs)}; ${seconds(requestMs)}`,
    `431; 408, at most ${seconds(slownessCheckMs)} later`,
  ]
  expect(said('A head; a body that comes slowly').slice(2, 4)).toEqual(slow)
  expect(said('An answer that nobody takes')[2]).toBe(seconds(unreadMs))

  const model = await readFile(join(root, 'THREAT-MODEL.md'), 'utf8')
  const row = model.split('\n').find((line) => line.startsWith('| Slow heads and bodies, answers they never take '))
  expect(row).toContain(`| ${[headMs, requestMs, unreadMs].map(seconds).join(', ')};`)
  expect(row).toContain(`; ${maxConnections.toLocaleString('en')} connections,`)
})

const shell =
  [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, code]) => code ?? '').find((code) => code.includes('curl ')) ?? ''
const hasCurl = spawnSync('curl', ['--version']).status === 0
sayNotTested('the purchase that a till sends with curl', hasCurl ? null : 'there is no curl')

test.skipIf(!hasCurl)(
  'the purchase that a till sends with curl is stored as its source says',
  async () => {
    const { url, events, folder } = await startCollector({ store: 'memory' })
    const main = join(root, 'src', 'main.ts')
    const commands = shell.replaceAll('http://127.0.0.1:8080', url).replace('footfall ', `"${process.execPath}" "${main}" `)
    const env = { PATH: process.env.PATH, FOOTFALL_URL: url, FOOTFALL_SECRET_KEY: secretKey, FOOTFALL_WRITE_KEY: writeKey }
    const child = spawn('sh', ['-ec', commands], { cwd: folder, env })
    onTestFinished(() => void child.kill('SIGKILL'))
    expect(await text(child.stdout)).toContain('"accepted":1')
    expect(await events()).toMatchObject([
      {
        occurred_at: '2026-03-14T09:15:00.000Z',
        source: 'till-paris',
        channel: 'pos',
        money: { total: { minor: 1250, currency: 'EUR' } },
      },
    ])
  },
  20_000,
)
