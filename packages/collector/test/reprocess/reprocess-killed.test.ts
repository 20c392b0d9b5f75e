import { batch, envelope } from '@footfall/testkit/builders'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { rebuildDerived } from '../../src/sinks/sqlite/rebuild.ts'
import { countIn, createServeProcess, killWhile } from '../serve-process.ts'
import { secretKey, temporaryFolder, visitorAgent } from '../start-collector.ts'

const products = [{ product_id: 'P-1', price: 1, quantity: 1 }]

test('what was killed in the middle goes on where it was: each event is renamed once, and the counts are those of the events', async () => {
  const folder = await temporaryFolder()
  const collector = await createServeProcess(folder)
  await collector.start()
  const ask = (method: string, path: string, body: object): Promise<Response> =>
    fetch(collector.url + path, { method, body: JSON.stringify(body), headers: { authorization: `Bearer ${secretKey}` } })
  for (let at = 0; at < 4; at += 1) {
    const events = Array.from({ length: 500 }, (_, index) =>
      // Each order is told of twice.
      envelope({ name: 'kauf', properties: { order_id: `A-${(at * 500 + index) >> 1}`, total: 1, currency: 'EUR', products } }),
    )
    const headers = { 'user-agent': visitorAgent }
    const delivered = await fetch(`${collector.url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(batch(events)) })
    expect(delivered.status).toBe(200)
  }
  expect((await ask('PUT', '/v1/aliases/kauf', { to: 'order_completed' })).status).toBe(200)
  const reprocessing = ask('POST', '/v1/reprocess', {})
  const left = await killWhile(collector, folder, reprocessing, (store) => countIn(store, 'renamed_events') > 0)
  const done = countIn(left, 'renamed_events')
  left.close()
  // Whole transactions.
  expect([done % 100, done < 2000]).toEqual([0, true])

  await collector.start()
  let changed = 0
  for (let cursor: string | null = null; ; ) {
    const part = (await (await ask('POST', '/v1/reprocess', { cursor })).json()) as {
      changed: number
      next: string | null
    }
    changed += part.changed
    cursor = part.next
    if (cursor === null) break
  }
  expect(changed).toBe(2000 - done)
  await collector.stop()

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
