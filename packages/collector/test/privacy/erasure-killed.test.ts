import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { batch, envelope, nextId } from '@footfall/testkit/builders'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../start-collector.ts'

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const secretKey = 'sk_test_0123456789abcdef'

async function start(folder: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const env = { PATH: process.env.PATH, PORT: '0', FOOTFALL_LOG_LEVEL: 'silent', FOOTFALL_WRITE_KEY: 'wk_test' }
  const child = spawn(process.execPath, [main, 'serve'], {
    env: { ...env, FOOTFALL_SECRET_KEY: secretKey, FOOTFALL_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  for await (const line of createInterface(child.stdout)) {
    const found = /http:\/\/[\d.:]+(?=\/v1\/events)/.exec(line)
    if (found !== null) return { child, url: found[0] }
  }
  throw new Error('it did not start')
}

test('an erasure that is killed in the middle is finished at the next start, and nothing comes in between', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  const post = (url: string, events: readonly object[]): Promise<Response> =>
    fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(batch(events)) })
  for (let delivered = 0; delivered < 3000; delivered += 500) {
    const events = Array.from({ length: 500 }, (_, index) =>
      envelope({
        id: nextId(),
        anonymous_id: 'killed-visitor-9',
        user_id: 'killed-customer',
        session: { id: `killed-session-${index % 100}` },
      }),
    )
    expect((await post(first.url, [...events.slice(1), envelope({ anonymous_id: 'bystander', session: null })])).status).toBe(200)
  }
  const erasing = fetch(`${first.url}/v1/subjects/killed-customer`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${secretKey}` },
  }).then(
    () => 'answered',
    () => 'cut',
  )
  // As soon as the tombstones stand: the first slice has begun, and the last has not.
  const looking = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true, timeout: 5000 })
  const underWay = looking.prepare('SELECT count(*) AS n FROM erasures_under_way')
  while (underWay.get()?.n === 0) await new Promise(setImmediate)
  first.child.kill('SIGKILL')
  expect(await erasing).toBe('cut')
  expect(Number(looking.prepare("SELECT count(*) AS n FROM events WHERE user_id = 'killed-customer'").get()?.n)).toBeGreaterThan(
    0,
  )
  looking.close()

  const second = await start(folder)
  const replay = await post(second.url, [envelope({ anonymous_id: 'killed-visitor-9', user_id: 'killed-customer' })])
  expect(await replay.json()).toMatchObject({ rejected: 1, problems: [{ code: 'erased' }] })
  const filesHold = async (id: string): Promise<boolean> => {
    const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))))
    return Buffer.concat(files).includes(id)
  }
  await expect.poll(() => filesHold('killed-'), { timeout: 20_000, interval: 200 }).toBe(false)
  const read = await fetch(`${second.url}/v1/events?limit=500`, { headers: { authorization: `Bearer ${secretKey}` } })
  expect(await read.json()).toMatchObject({ events: Array(6).fill({ anonymous_id: 'bystander' }), next: null })
}, 60_000)
