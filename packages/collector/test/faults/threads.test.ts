import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { batch, envelope } from '@footfall/testkit/builders'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FootfallError } from '../../src/errors.ts'
import { createSqliteSink } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { startThread, type Thread } from '../../src/sinks/sqlite/thread.ts'
import { subjectSecret } from '../sinks/sink.contract.ts'
import { startCollector, temporaryFolder } from '../start-collector.ts'
import { createNodeSender } from './senders.ts'

vi.setConfig({ testTimeout: 120_000 })

test('threads that are killed under load lose nothing: who waits hears 503 and when to come back, and all arrives once', async () => {
  const folder = await temporaryFolder()
  const threads = new Map<string, Thread>()
  const start: typeof startThread = (name, data, onMigration) => {
    const thread = startThread(name, data, onMigration)
    threads.set(name, thread)
    return thread
  }
  const store = createSqliteSink({
    folder,
    projects: [{ id: 'default', timeZone: 'UTC', baseCurrency: 'EUR' }],
    subjectSecret,
    start,
  })
  const { url, post, get } = await startCollector({ dataDir: folder }, { store })
  const killed = new FootfallError('store_unavailable', 'it was killed')
  const senders = Array.from({ length: 4 }, (_, index) => createNodeSender(`thread${index}`, url))
  onTestFinished(() => Promise.all(senders.map((sender) => sender.close())).then(() => {}))
  const refusals = new Set<string>()

  for (let kill = 0; kill < 6; kill += 1) {
    const answers = Array.from({ length: 10 }, () =>
      post(JSON.stringify(batch([envelope({ name: 'cart_viewed', properties: {} })]))),
    )
    for (const sender of senders) for (let event = 0; event < 5; event += 1) void sender.track()
    await wait(Math.random() * 100)
    threads.get(kill % 2 === 0 ? 'writer' : 'reader')?.kill(killed)
    expect([200, 503]).toContain((await get('/v1/reports/traffic')).status)
    for (const answer of await Promise.all(answers)) {
      if (answer.status === 200) continue
      const { code, retry_after_ms } = (await answer.json()) as { code: string; retry_after_ms: number }
      refusals.add(code)
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)])
      expect(retry_after_ms).toBeGreaterThan(0)
    }
    await wait(300)
  }
  for (const code of refusals) expect(code).toBe('store_unavailable')
  await vi.waitFor(
    async () => {
      await Promise.all(senders.map((sender) => sender.flush()))
      for (const sender of senders) expect(await sender.state()).toEqual({ captured: 30, receipted: 30, dropped: 0 })
    },
    { timeout: 60_000, interval: 200 },
  )
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  const stored = db.prepare("SELECT properties ->> '$.product_id' AS key FROM events WHERE name = 'product_viewed'").all()
  db.close()
  expect(new Set(stored.map(({ key }) => key)).size).toBe(120)
  expect(stored).toHaveLength(120)
})
