import { batch, everythingGranted, nextId } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { countIn, createServeProcess, killWhile, readStore } from '../serve-process.ts'
import { secretKey, temporaryFolder } from '../start-collector.ts'

const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }

test('a replay that is killed in the middle loses and doubles nothing, and goes on where it was', async () => {
  const folder = await temporaryFolder()
  const collector = await createServeProcess(folder)
  await collector.start()
  const ask = async (method: string, path: string, body?: object) => {
    const response = await fetch(collector.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
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
    await ask('POST', '/v1/events', batch(sent.slice(at, at + 500)))
  }
  const settings = { channel: 'pos', time_zone: 'Europe/Paris', date_order: 'DMY' }
  await ask('PUT', '/v1/sources/till', settings)

  const replayAll = async (): Promise<number> => {
    let accepted = 0
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const answer = await ask('POST', '/v1/quarantine/replay', { all: true, limit: 100, cursor })
      accepted += answer.accepted
      cursor = answer.next
    }
    return accepted
  }
  const cut = await killWhile(collector, folder, replayAll(), (store) => countIn(store, 'events') >= 300)
  const [stored, left] = [countIn(cut, 'events'), countIn(cut, 'quarantine')]
  cut.close()
  expect(left).toBeGreaterThan(0)
  expect(stored + left).toBe(2000)

  await collector.start()
  expect(await replayAll()).toBe(left)
  expect(await replayAll()).toBe(0)
  const { totals } = await ask('GET', '/v1/reports/quality')
  expect(totals).toEqual({ received: 2000, accepted: 2000, duplicate: 0, quarantined: 0, rejected: 0, replayed: 2000 })
  // Whoever sends them once more finds them there.
  expect(await ask('POST', '/v1/events', batch(sent.slice(0, 500)))).toMatchObject({ duplicate: 500 })
  expect(readStore(folder).prepare('SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM events').get()).toEqual({
    n: 2000,
    ids: 2000,
  })
}, 60_000)
