import type { Latencies } from './latencies.ts'
import type { Ran } from './load.ts'
import { startProcess } from './processes.ts'
import { createPlans, perSecond, runMeasured, startCollector } from './sweep.ts'

const perBatch = 50
const connections = 64

export interface HalfLoad {
  readonly offered: number
  readonly latencies: Latencies
  /** Of a server that parses the JSON and answers, at the same rate: what the machine itself makes requests wait. */
  readonly parseOnly: Latencies
  readonly maxRssBytes: number
}

/** How long receipts take when half of what the collector can take is offered, evenly and however fast it answers. */
export async function halfLoad(folder: string, knownVisitors: number, seconds: number): Promise<HalfLoad> {
  const load = startProcess('load')
  const parse = startProcess('parse-only')
  const parsePort = await parse.ask<number>('open')
  const collector = await startCollector()
  const port = await collector.ask<number>('open', folder)
  const plans = createPlans(knownVisitors)
  const common = { port, connections, isRepeating: false }
  await load.ask('prepare', { plan: plans.next(perBatch, 30_000 * 4), isGzip: false })
  const most = await runMeasured(load, collector, { ...common, warmUpSeconds: 2, seconds: 2 })
  const offered = perSecond(most.ran) / 2
  const evenly = { ...common, warmUpSeconds: 1, seconds, eventsPerSecond: offered }
  await load.ask('prepare', { plan: plans.next(perBatch, Math.ceil(offered * (seconds + 2))), isGzip: false })
  const parsed = await load.ask<Ran>('run', { ...evenly, port: parsePort, isRepeating: true })
  const half = await runMeasured(load, collector, evenly)
  await collector.ask('close')
  await Promise.all([collector.stop(), parse.stop(), load.stop()])
  return { offered, latencies: half.ran.latencies, parseOnly: parsed.latencies, maxRssBytes: half.usage.maxRssBytes }
}
