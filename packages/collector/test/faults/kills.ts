import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import type { ServeProcess } from '../serve-process.ts'
import { keyOf, type Sender } from './senders.ts'

export interface Kills {
  readonly captured: number
  readonly stored: number
  readonly slowestStartMs: number
}

/**
 * Kills a collector again and again while everybody captures, then lets it live and looks: every event that was captured is there exactly
 * once, and with them every one that a receipt has settled; the file is whole.
 *
 * @param perSecond events that each sender captures
 */
export async function playKills(
  kills: number,
  {
    collector,
    folder,
    senders,
    perSecond,
  }: {
    readonly collector: ServeProcess
    readonly folder: string
    readonly senders: readonly Sender[]
    readonly perSecond: number
  },
  onKill: (done: number) => void = () => {},
): Promise<Kills> {
  let isOver = false
  const capturing = senders.map(async (sender) => {
    while (!isOver) {
      await sender.track()
      await wait((2 * Math.random() * 1000) / perSecond)
    }
  })
  let slowestStartMs = 0
  for (let done = 1; done <= kills; done += 1) {
    // Now and then in the middle of its start, when it takes up what the last one left.
    if (done % 5 === 0) {
      await collector.kill()
      await collector.launch()
      await wait(Math.random() * 800)
    } else await wait(50 + Math.random() * 600)
    await collector.kill()
    onKill(done)
    const startedAt = performance.now()
    await collector.start()
    slowestStartMs = Math.max(slowestStartMs, performance.now() - startedAt)
    await delivers(senders)
  }
  isOver = true
  await Promise.all(capturing)
  const states = await settled(senders)
  const { ended } = collector
  await collector.stop()
  expect((await ended()).code).toBe(0)
  return { ...look(folder, senders, states), slowestStartMs: Math.round(slowestStartMs) }
}

/** Visitors come back to the page, which asks at once; the next kill then meets traffic, however long the start took. */
async function delivers(senders: readonly Sender[]): Promise<void> {
  const before = await receiptedBy(senders)
  for (const sender of senders) void sender.flush()
  await expect.poll(() => receiptedBy(senders), { timeout: 60_000, interval: 10 }).toBeGreaterThan(before)
}

async function receiptedBy(senders: readonly Sender[]): Promise<number> {
  const states = await Promise.all(senders.map((sender) => sender.state()))
  return states.reduce((sum, { receipted }) => sum + receipted, 0)
}

type States = readonly Awaited<ReturnType<Sender['state']>>[]

/** Everything that was captured has been receipted. */
async function settled(senders: readonly Sender[]): Promise<States> {
  const until = performance.now() + 120_000
  for (;;) {
    await Promise.all(senders.map((sender) => sender.flush()))
    const states = await Promise.all(senders.map((sender) => sender.state()))
    expect(states.map(({ dropped }) => dropped)).toEqual(states.map(() => 0))
    if (states.every(({ captured, receipted }) => receipted >= captured)) return states
    if (performance.now() > until) throw new Error(`not everything was receipted: ${JSON.stringify(states)}`)
    await wait(200)
  }
}

function look(folder: string, senders: readonly Sender[], states: States): Pick<Kills, 'captured' | 'stored'> {
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  try {
    const rows = db.prepare("SELECT properties ->> '$.product_id' AS key FROM events WHERE name = 'product_viewed'").all()
    const stored = rows.map(({ key }) => String(key)).sort()
    const captured = senders
      .flatMap(({ name }, index) => Array.from({ length: states[index]?.captured ?? 0 }, (_, number) => keyOf(name, number + 1)))
      .sort()
    expect(stored.length).toBe(captured.length)
    expect(stored).toEqual(captured)
    expect(db.prepare('SELECT count(*) AS rows FROM quarantine').get()).toEqual({ rows: 0 })
    const { events } = db
      .prepare("SELECT sum(events + bots) AS events FROM daily_counts WHERE name = 'product_viewed'")
      .get() as {
      events: number
    }
    expect(events).toBe(stored.length)
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    return { captured: captured.length, stored: stored.length }
  } finally {
    db.close()
  }
}
