import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { Receipt } from '@footfall/events'
import { batch, envelope } from '@footfall/testkit/builders'
import { expect } from 'vitest'
import type { ServeProcess } from '../serve-process.ts'
import { inject } from './disks.ts'

export interface Overload {
  /** Answers while the disk stood still, by status. */
  readonly answers: Readonly<Record<number, number>>
  /** Of refusals, the ones that say when to come back. */
  readonly withRetryAfter: number
  readonly refused: number
  readonly rssBeforeMb: number
  readonly rssHighestMb: number
  /** From when the disk is back to the first receipt. */
  readonly recoveryMs: number
  readonly receipted: number
}

/** Lets the disk stand still for a while, offers as much as so many connections can, and looks what is left of it afterwards. */
export async function playOverload(
  { collector, folder }: { readonly collector: ServeProcess; readonly folder: string },
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Overload> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const answers: Record<number, number> = {}
  let [receipted, refused, withRetryAfter, lastReceiptAt, rssHighestMb] = [0, 0, 0, 0, 0]
  let isOver = false

  const post = async (): Promise<void> => {
    const body = JSON.stringify(batch(Array.from({ length: 50 }, () => envelope({ id: crypto.randomUUID() }))))
    const { status, retryAfter, text } = await send(agent, collector.url, body)
    answers[status] = (answers[status] ?? 0) + 1
    if (status === 200) {
      receipted += (JSON.parse(text) as Receipt).accepted
      lastReceiptAt = performance.now()
    } else {
      refused += 1
      withRetryAfter += Number(retryAfter) > 0 && JSON.parse(text).retry_after_ms > 0 ? 1 : 0
      // As a tracker would, but for how long.
      await wait(20)
    }
  }
  await post()
  const rssBeforeMb = await collector.rssMb()
  const end = await inject(collector.pid(), `fsync,fdatasync:delay_enter=${seconds}s`)
  const load = Array.from({ length: connections }, async () => {
    while (!isOver) await post()
  })
  for (let passed = 0; passed < seconds * 2; passed += 1) {
    await wait(500)
    rssHighestMb = Math.max(rssHighestMb, await collector.rssMb())
  }
  await end()
  const backAt = performance.now()
  await expect.poll(() => lastReceiptAt > backAt, { timeout: 300_000, interval: 20 }).toBe(true)
  const recoveryMs = lastReceiptAt - backAt
  isOver = true
  await Promise.all(load)
  agent.destroy()
  expect((await collector.stop()).code).toBe(0)
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  const { events } = db.prepare('SELECT count(*) AS events FROM events').get() as { events: number }
  db.close()
  expect(events).toBe(receipted)
  return {
    answers,
    withRetryAfter,
    refused,
    rssBeforeMb: Math.round(rssBeforeMb),
    rssHighestMb: Math.round(rssHighestMb),
    recoveryMs: Math.round(recoveryMs),
    receipted,
  }
}

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly text: string
}

function send(agent: Agent, url: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/v1/events`, { agent, method: 'POST' }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
