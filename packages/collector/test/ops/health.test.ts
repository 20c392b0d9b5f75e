import { DatabaseSync } from 'node:sqlite'
import { batch, envelope } from '@footfall/testkit/builders'
import { expect, onTestFinished, test } from 'vitest'
import { createCollector } from '../../src/collector.ts'
import { createMemorySink } from '../../src/sinks/memory.ts'
import { storeFile } from '../../src/sinks/sqlite/open.ts'
import { createSqliteSink, type SqliteOptions } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { startThread, type Thread } from '../../src/sinks/sqlite/thread.ts'
import { secretKey, startCollector, temporaryFolder, writeKey } from '../start-collector.ts'

const projects = [{ id: 'default', timeZone: 'UTC', baseCurrency: 'EUR' }]

async function startWith(options: Partial<SqliteOptions>) {
  const folder = await temporaryFolder()
  const store = createSqliteSink({ folder, projects, subjectSecret: 'a secret', ...options })
  const started = await startCollector({ dataDir: folder }, { store })
  const ready = async () => {
    const response = await fetch(`${started.url}/readyz`)
    return [response.status, ((await response.json()) as { code: string | null }).code]
  }
  const alive = async () => (await fetch(`${started.url}/livez`)).status
  return { ...started, ready, alive }
}

test('it is not ready while the disk has less room than the floor', async () => {
  const { ready, alive, post } = await startWith({ minFreeBytes: Number.MAX_SAFE_INTEGER })
  expect(await ready()).toEqual([503, 'disk_low'])
  expect((await post(JSON.stringify(batch([envelope()])))).status).toBe(503)
  expect(await alive()).toBe(200)
})

test('it is ready once it has written and read, not while another program holds the store, and not when it is closing', async () => {
  const { ready, alive, folder, collector } = await startWith({})
  await expect.poll(ready, { timeout: 15_000 }).toEqual([200, null])
  const other = new DatabaseSync(storeFile(folder))
  onTestFinished(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  // What was found a moment ago is still the answer.
  await expect.poll(ready, { timeout: 10_000 }).toEqual([503, 'query_timeout'])
  expect(await alive()).toBe(200)
  other.exec('ROLLBACK')
  await expect.poll(ready, { timeout: 10_000 }).toEqual([200, null])
  await collector.close()
  expect(await ready()).toEqual([503, 'closing'])
})

test('it is not ready while its writing thread is gone, and again when another one has taken over', async () => {
  const writers: Thread[] = []
  const restarted: string[] = []
  const { ready, alive, deliver } = await startWith({
    start(name, data, onMigration) {
      const thread = startThread(name, data, onMigration)
      if (name === 'writer') writers.push(thread)
      return thread
    },
    onRestart: (thread) => restarted.push(thread),
  })
  await deliver([envelope()])
  writers[0]?.kill(new Error('killed') as never)
  await writers[0]?.gone
  expect((await ready())[0]).toBe(503)
  expect(await alive()).toBe(200)
  await expect.poll(ready, { timeout: 15_000 }).toEqual([200, null])
  expect(restarted).toContain('writer')
  expect(await deliver([envelope()])).toMatchObject({ accepted: 1 })
})

test('it says why the store was not opened', async () => {
  const { folder } = await startCollector()
  const second = createCollector({ dataDir: folder, writeKey, secretKey, logLevel: 'silent' })
  onTestFinished(() => second.close())
  await second.ready.catch(() => {})
  const response = await second.request('/readyz')
  expect([response.status, await response.json()]).toMatchObject([503, { status: 'not_ready', code: 'store_in_use' }])
})

test('it is starting until the store is open', async () => {
  const opening = Promise.withResolvers<void>()
  const store = { ...createMemorySink(), ready: opening.promise }
  const collector = createCollector({ store: 'memory', writeKey, secretKey, logLevel: 'silent' }, { store })
  const code = async () => ((await (await collector.request('/readyz')).json()) as { code: string | null }).code
  expect(await code()).toBe('starting')
  opening.resolve()
  await expect.poll(code, { timeout: 5000 }).toBeNull()
})

test('it is not ready while what came waits for the disk for too long', async () => {
  let oldestMs = 10_001
  const store = { ...createMemorySink(), lag: () => ({ waitingEvents: 7, waitingBytes: 700, oldestMs }) }
  const { url } = await startCollector({ store: 'memory' }, { store })
  const ready = async () => (await fetch(`${url}/readyz`)).json()
  expect(await ready()).toMatchObject({ status: 'not_ready', code: 'overloaded', waiting_events: 7, lag_ms: 10_001 })
  oldestMs = 10_000
  expect(await ready()).toMatchObject({ status: 'ready', code: null })
})

test('however many ask, the disk is asked once at a time', async () => {
  let asked = 0
  const inner = createMemorySink()
  const store = {
    ...inner,
    probe: () => {
      asked += 1
      return inner.probe()
    },
  }
  const { url } = await startCollector({ store: 'memory' }, { store })
  await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/readyz`)))
  expect(asked).toBe(1)
})
