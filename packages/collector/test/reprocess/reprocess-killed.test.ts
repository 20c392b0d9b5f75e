import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { batch, envelope } from '@footfall/testkit/builders'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { rebuildDerived } from '../../src/sinks/sqlite/rebuild.ts'
import { temporaryFolder, visitorAgent } from '../start-collector.ts'

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const products = [{ product_id: 'P-1', price: 1, quantity: 1 }]
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

test('what was killed in the middle goes on where it was: each event is renamed once, and the counts are those of the events', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  const ask = (url: string, method: string, path: string, body: object): Promise<Response> =>
    fetch(url + path, { method, body: JSON.stringify(body), headers: { authorization: `Bearer ${secretKey}` } })
  for (let at = 0; at < 4; at += 1) {
    const events = Array.from({ length: 500 }, (_, index) =>
      // Each order is told of twice.
      envelope({ name: 'kauf', properties: { order_id: `A-${(at * 500 + index) >> 1}`, total: 1, currency: 'EUR', products } }),
    )
    const headers = { 'user-agent': visitorAgent }
    const delivered = await fetch(`${first.url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(batch(events)) })
    expect(delivered.status).toBe(200)
  }
  expect((await ask(first.url, 'PUT', '/v1/aliases/kauf', { to: 'order_completed' })).status).toBe(200)
  const reprocessing = ask(first.url, 'POST', '/v1/reprocess', {}).then(
    () => 'answered',
    () => 'cut',
  )
  const looking = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true, timeout: 5000 })
  const renamed = looking.prepare('SELECT count(*) AS n FROM renamed_events')
  while (renamed.get()?.n === 0) await new Promise(setImmediate)
  first.child.kill('SIGKILL')
  expect(await reprocessing).toBe('cut')
  const done = Number(renamed.get()?.n)
  // Whole transactions.
  expect([done % 100, done < 2000]).toEqual([0, true])
  looking.close()

  const second = await start(folder)
  let changed = 0
  for (let cursor: string | null = null; ; ) {
    const part = (await (await ask(second.url, 'POST', '/v1/reprocess', { cursor })).json()) as {
      changed: number
      next: string | null
    }
    changed += part.changed
    cursor = part.next
    if (cursor === null) break
  }
  expect(changed).toBe(2000 - done)
  second.child.kill('SIGTERM')
  await new Promise((resolve) => second.child.once('close', resolve))

  const { db, lock } = openForWriting(folder)
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const counts = () =>
    db.prepare('SELECT name, sum(events) AS events, sum(duplicates) AS duplicates FROM daily_counts GROUP BY name').all()
  const kept = counts()
  expect(kept).toEqual([{ name: 'order_completed', events: 1000, duplicates: 1000 }])
  db.exec('BEGIN')
  rebuildDerived(db, 'default', 'UTC')
  db.exec('COMMIT')
  expect(counts()).toEqual(kept)
}, 60_000)
