import type { Latencies } from './latencies.ts'
import { type Process, startProcess } from './processes.ts'
import { createPlans, perSecond, runMeasured, startCollector } from './sweep.ts'

const perBatch = 50
const connections = 64

export interface HalfLoad {
  readonly offered: number
  readonly latencies: Latencies
  readonly maxRssBytes: number
}

/** How long receipts take when half of what the collector can take is offered, evenly and however fast it answers. */
export async function halfLoad(folder: string, knownVisitors: number, seconds: number): Promise<HalfLoad> {
  const load = startProcess('load')
  const collector = startCollector()
  const port = await collector.ask<number>('open', folder)
  const plans = createPlans(knownVisitors)
  const common = { port, connections, isRepeating: false }
  const most = await prepared(load, plans.next(perBatch, 30_000 * 4), () =>
    runMeasured(load, collector, { ...common, warmUpSeconds: 2, seconds: 2 }),
  )
  const offered = perSecond(most.ran) / 2
  const half = await prepared(load, plans.next(perBatch, Math.ceil(offered * (seconds + 2))), () =>
    runMeasured(load, collector, { ...common, warmUpSeconds: 1, seconds, eventsPerSecond: offered }),
  )
  await collector.ask('close')
  await Promise.all([collector.stop(), load.stop()])
  return { offered, latencies: half.ran.latencies, maxRssBytes: half.usage.maxRssBytes }
}

async function prepared<T>(load: Process, plan: object, act: () => Promise<T>): Promise<T> {
  await load.ask('prepare', { plan, isGzip: false })
  return act()
}
