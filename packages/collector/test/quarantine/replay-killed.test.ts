import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { batch, everythingGranted, nextId } from '@footfall/testkit/builders'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../start-collector.ts'

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const headers = { authorization: 'Bearer sk_test_0123456789abcdef', 'content-type': 'application/json' }

async function start(folder: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const env = { PATH: process.env.PATH, PORT: '0', FOOTFALL_LOG_LEVEL: 'silent', FOOTFALL_WRITE_KEY: 'wk_test' }
  const child = spawn(process.execPath, [main, 'serve'], {
    env: { ...env, FOOTFALL_SECRET_KEY: 'sk_test_0123456789abcdef', FOOTFALL_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  for await (const line of createInterface(child.stdout)) {
    const found = /http:\/\/[\d.:]+(?=\/v1\/events)/.exec(line)
    if (found !== null) return { child, url: found[0] }
  }
  throw new Error('it did not start')
}

test('a replay that is killed in the middle loses and doubles nothing, and goes on where it was', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  const ask = async (url: string, method: string, path: string, body?: object) => {
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
    return response.json()
  }
  const sent = Array.from({ length: 2000 }, () => ({
    id: nextId(),
    name: 'product_viewed',
    source: 'till',
    occurred_at: '03/04/2026 10:15',
    user_id: 'customer-1',
    consent: everythingGranted,
    properties: { product_id: nextId() },
  }))
  for (let at = 0; at < sent.length; at += 500) {
    await ask(first.url, 'POST', '/v1/events', batch(sent.slice(at, at + 500)))
  }
  const settings = { channel: 'pos', time_zone: 'Europe/Paris', date_order: 'DMY' }
  await ask(first.url, 'PUT', '/v1/sources/till', settings)

  const replayAll = async (url: string): Promise<number> => {
    let accepted = 0
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const answer = await ask(url, 'POST', '/v1/quarantine/replay', { all: true, limit: 100, cursor })
      accepted += answer.accepted
      cursor = answer.next
    }
    return accepted
  }
  const replaying = replayAll(first.url).then(
    () => 'answered',
    () => 'cut',
  )
  const looking = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true, timeout: 5000 })
  const count = (table: string): number => Number(looking.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n)
  while (count('events') < 300) await new Promise(setImmediate)
  first.child.kill('SIGKILL')
  expect(await replaying).toBe('cut')
  const [stored, left] = [count('events'), count('quarantine')]
  expect(left).toBeGreaterThan(0)
  expect(stored + left).toBe(2000)
  looking.close()

  const second = await start(folder)
  expect(await replayAll(second.url)).toBe(left)
  expect(await replayAll(second.url)).toBe(0)
  const { totals } = await ask(second.url, 'GET', '/v1/reports/quality')
  expect(totals).toEqual({ received: 2000, accepted: 2000, duplicate: 0, quarantined: 0, rejected: 0, replayed: 2000 })
  // Whoever sends them once more finds them there.
  expect(await ask(second.url, 'POST', '/v1/events', batch(sent.slice(0, 500)))).toMatchObject({ duplicate: 500 })
  const after = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true, timeout: 5000 })
  expect(after.prepare('SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM events').get()).toEqual({ n: 2000, ids: 2000 })
  after.close()
}, 60_000)
