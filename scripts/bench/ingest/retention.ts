import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { storeFile } from '../../../packages/collector/src/sinks/sqlite/open.ts'
import { isUntidy } from '../../../packages/collector/src/sinks/sqlite/tidy-files.ts'
import { dayMs } from './fill.ts'
import type { Latencies } from './latencies.ts'
import type { Ran } from './load.ts'
import { startProcess } from './processes.ts'
import { createPlans, startCollector } from './sweep.ts'

const perBatch = 20
const connections = 16

export interface Retained {
  /** What left, and in which time. */
  readonly events: number
  readonly seconds: number
  /** Until the files were tidy as well. */
  readonly tidySeconds: number
  readonly offered: number
  /** Of receipts before it, while the events leave, and while the files are tidied. */
  readonly before: Latencies
  readonly meanwhile: Latencies
  readonly tidying: Latencies
}

/**
 * Lets the oldest day of a filled store leave while events come in.
 *
 * @param patienceSeconds how long the tidying of the files is watched at most
 */
export async function retention(
  folder: string,
  knownVisitors: number,
  eventsPerSecond: number,
  patienceSeconds: number,
): Promise<Retained> {
  const oldest = oldestReceipt(folder)
  const load = startProcess('load')
  const collector = await startCollector()
  const port = await collector.ask<number>('open', folder)
  const plans = createPlans(knownVisitors)
  const runFor = async (seconds: number, warmUpSeconds: number): Promise<Ran> => {
    const plan = plans.next(perBatch, Math.ceil(eventsPerSecond * (seconds + warmUpSeconds + 1)))
    await load.ask('prepare', { plan, isGzip: false })
    return load.ask<Ran>('run', { port, connections, seconds, warmUpSeconds, eventsPerSecond, isRepeating: false })
  }
  const before = await runFor(5, 2)

  const started = performance.now()
  const retained = collector.ask<{ ms: number; events: number }>('retain', oldest + dayMs)
  const meanwhile = await whileWaiting(retained, () => runFor(3, 0))
  const { ms, events } = await retained
  const tidied = untilTidy(folder, patienceSeconds)
  const tidying = await whileWaiting(tidied, () => runFor(3, 0))
  await tidied
  const tidySeconds = (performance.now() - started - ms) / 1000

  await collector.ask('close')
  await Promise.all([collector.stop(), load.stop()])
  return {
    events,
    seconds: ms / 1000,
    tidySeconds,
    offered: eventsPerSecond,
    before: before.latencies,
    meanwhile: worst(meanwhile),
    tidying: worst(tidying),
  }
}

/** Runs again and again until what is waited for is there. */
async function whileWaiting(awaited: Promise<unknown>, run: () => Promise<Ran>): Promise<readonly Latencies[]> {
  let isOver = false
  const end = awaited.then(() => {
    isOver = true
  })
  const found: Latencies[] = []
  do found.push((await run()).latencies)
  while (!isOver)
  await end
  return found
}

/** Of several runs the one whose p99 was the highest, each of which had enough requests for one. */
const worst = (found: readonly Latencies[]): Latencies => found.reduce((one, other) => (other.p99 > one.p99 ? other : one))

async function untilTidy(folder: string, patienceSeconds: number): Promise<void> {
  const db = new DatabaseSync(storeFile(folder), { readOnly: true })
  const end = performance.now() + patienceSeconds * 1000
  while (isUntidy(db) && performance.now() < end) await sleep(500)
  db.close()
}

function oldestReceipt(folder: string): number {
  const db = new DatabaseSync(storeFile(folder), { readOnly: true })
  const { oldest } = db.prepare('SELECT min(received_at) AS oldest FROM events WHERE project = ?').get('default') as {
    oldest: number
  }
  db.close()
  return oldest
}
