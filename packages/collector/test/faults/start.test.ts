import { DatabaseSync } from 'node:sqlite'
import { batch, envelope } from '@footfall/testkit/builders'
import { expect, onTestFinished, test, vi } from 'vitest'
import { storeFile } from '../../src/sinks/sqlite/open.ts'
import { createServeProcess } from '../serve-process.ts'
import { temporaryFolder, visitorAgent } from '../start-collector.ts'

test('while the store is not open yet the process lives, is not ready, and sends events back until it is', async () => {
  const folder = await temporaryFolder()
  const collector = await createServeProcess(folder)
  await collector.start()
  await collector.stop()
  // As a migration does, which takes minutes where there are many events.
  const holder = new DatabaseSync(storeFile(folder))
  onTestFinished(() => holder.close())
  holder.exec('BEGIN EXCLUSIVE')

  const isOpen = collector.start()
  const alive = await vi.waitFor(() => fetch(`${collector.url}/livez`), 10_000)
  expect(alive.status).toBe(200)
  const ready = await fetch(`${collector.url}/readyz`)
  expect([ready.status, await ready.json()]).toMatchObject([503, { code: 'starting' }])
  const deliver = () =>
    fetch(`${collector.url}/v1/events`, {
      method: 'POST',
      body: JSON.stringify(batch([envelope({ name: 'page_viewed' })])),
      headers: { 'content-type': 'text/plain', 'user-agent': visitorAgent },
    })
  const early = await deliver()
  expect(early.status).toBe(503)
  expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0)

  holder.exec('ROLLBACK')
  await isOpen
  expect(await (await deliver()).json()).toMatchObject({ accepted: 1 })
  // Asked once a second, however often it is looked at.
  await expect.poll(async () => (await fetch(`${collector.url}/readyz`)).status, { timeout: 5000 }).toBe(200)
})

test('a store that cannot be opened ends the process, and frees its port', async () => {
  const folder = await temporaryFolder()
  const [first, second] = [await createServeProcess(folder), await createServeProcess(folder)]
  await first.start()
  await expect(second.start()).rejects.toThrow(/store_in_use|Another collector/)
  await expect(fetch(`${second.url}/livez`)).rejects.toThrow('fetch failed')
})
