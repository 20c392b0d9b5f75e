import { connect } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { Receipt } from '@footfall/events'
import { batch, envelope } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { createServeProcess } from '../serve-process.ts'
import { secretKey, temporaryFolder } from '../start-collector.ts'

/** What the command grants itself, and what a busy machine takes. */
const boundMs = 10_000 + 5000

test('asked to end, it does so in time, whoever is slow, and what it receipted is there', async () => {
  const folder = await temporaryFolder()
  const collector = await createServeProcess(folder)
  await collector.start()
  const { port } = new URL(collector.url)
  // One who sends a head and no more, one who sends half a body, one who reads nothing of what is live, one who stays and asks nothing.
  const open = (text: string) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text))
    socket.on('error', () => {})
    return socket
  }
  const slow = [
    open('POST /v1/events HTTP/1.1\r\nhost: collector\r\n'),
    open(`POST /v1/events HTTP/1.1\r\nhost: collector\r\ncontent-length: 5000\r\n\r\n{"write_key":`),
    open(`GET /v1/live HTTP/1.1\r\nhost: collector\r\nauthorization: Bearer ${secretKey}\r\n\r\n`).pause(),
    open(''),
  ]
  let isOver = false
  let receipted = 0
  const load = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      try {
        const body = JSON.stringify(batch(Array.from({ length: 20 }, () => envelope({ id: crypto.randomUUID() }))))
        const response = await fetch(`${collector.url}/v1/events`, { method: 'POST', body })
        if (response.status === 200) receipted += ((await response.json()) as Receipt).accepted
        else await response.text()
      } catch {
        // The connection ended: nothing was promised.
        await wait(20)
      }
    }
  })
  await expect.poll(() => receipted, { timeout: 60_000 }).toBeGreaterThan(200)
  const askedAt = performance.now()
  const { code } = await collector.stop()
  const tookMs = performance.now() - askedAt
  isOver = true
  await Promise.all(load)
  for (const socket of slow) socket.destroy()
  expect([code, tookMs < boundMs]).toEqual([0, true])
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  const { events } = db.prepare('SELECT count(*) AS events FROM events').get() as { events: number }
  db.close()
  expect(events).toBeGreaterThanOrEqual(receipted)
}, 120_000)
