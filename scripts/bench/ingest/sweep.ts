import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asServed } from '@footfall/testkit/as-served'
import { asBuilt, buildProgram } from './as-built.ts'
import type { Stored } from './bare-store.ts'
import type { Filled } from './fill.ts'
import type { Appended, Ran, Run } from './load.ts'
import { type Process, startProcess } from './processes.ts'
import type { Usage } from './usage.ts'
import { newVisitorsOf, type VisitsPlan } from './visits.ts'

const encodings = ['plain', 'gzip'] as const

/** One way to send, and what came of it beside the references. */
export interface Cell {
  readonly storedBefore: number
  readonly perBatch: number
  readonly connections: number
  readonly encoding: (typeof encodings)[number]
  readonly ran: Ran
  readonly usage: Usage
  /** Events a second. */
  readonly http: number
  readonly bareStore: number
  readonly appendAndSync: number
  readonly parseOnly: number
}

export interface SweepOptions {
  readonly batchSizes: readonly number[]
  readonly connectionCounts: readonly number[]
  readonly seconds: number
  /** The folder of a store that is filled; without it, each batch size begins with an empty one. */
  readonly filled: (Filled & { readonly folder: string }) | null
  /** Flags of Node for the collector's process. */
  readonly execArgv: readonly string[]
  readonly onProgress: (text: string) => void
}

/** What a run needs beforehand at most: nothing here has been faster. */
const mostEventsPerSecond = (perBatch: number): number => (perBatch < 10 ? 15_000 * perBatch : 50_000)

// A collector is measured when its code is hot: the first run after its start is longer before it counts.
const coldSeconds = 2
const warmUpSeconds = 0.4

/** Measures every batch size with every number of connections, plain and compressed. */
export async function sweep(options: SweepOptions): Promise<readonly Cell[]> {
  const { seconds, batchSizes, connectionCounts, filled, onProgress } = options
  const load = startProcess('load')
  const parse = startProcess('parse-only')
  const parsePort = await parse.ask<number>('open')
  const visits = createPlans(filled?.visitors ?? 0)
  const cells: Cell[] = []
  for (const perBatch of batchSizes) {
    const planOf = (runSeconds: number, connections: number): VisitsPlan => {
      const events = Math.max(runSeconds * mostEventsPerSecond(perBatch), Math.min(3 * connections * perBatch, 200_000))
      return visits.next(perBatch, Math.ceil(events))
    }
    await inFolder(filled?.folder ?? null, async (folder) => {
      const stored = new Map<number, number>()
      const bare = startProcess('bare-store')
      for (const connections of connectionCounts) {
        onProgress(`${perBatch} events a batch, ${connections} at once: the bare store`)
        await bare.ask('prepare', planOf(seconds, connections))
        const { eventsPerSecond } = await bare.ask<Stored>('run', { folder, inFlight: connections, seconds })
        stored.set(connections, eventsPerSecond)
      }
      await bare.stop()
      const collector = await startCollector(options.execArgv)
      const port = await collector.ask<number>('open', folder)
      let isCold = true
      for (const connections of connectionCounts) {
        for (const encoding of encodings) {
          onProgress(`${perBatch} events a batch, ${connections} connections, ${encoding}`)
          const before = isCold ? coldSeconds : warmUpSeconds
          isCold = false
          await load.ask('prepare', { plan: planOf(seconds + before, connections), isGzip: encoding === 'gzip' })
          const appended = await load.ask<Appended>('append', { folder, inFlight: connections, seconds: seconds / 2 })
          const common = { connections, warmUpSeconds: before, seconds }
          const parsed = await load.ask<Ran>('run', { ...common, port: parsePort, isRepeating: true } satisfies Run)
          const { ran, usage } = await runMeasured(load, collector, { ...common, port, isRepeating: false })
          cells.push({
            storedBefore: filled?.rows ?? 0,
            perBatch,
            connections,
            encoding,
            ran,
            usage,
            http: perSecond(ran),
            bareStore: stored.get(connections) ?? Number.NaN,
            appendAndSync: appended.eventsPerSecond,
            parseOnly: perSecond(parsed),
          })
        }
      }
      await collector.ask('close')
      await collector.stop()
    })
  }
  await Promise.all([load.stop(), parse.stop()])
  return cells
}

export async function startCollector(execArgv: readonly string[] = []): Promise<Process> {
  built ??= buildProgram('collector-process')
  return startProcess('collector-process', {
    file: await built,
    execArgv: [...asServed.execArgv, ...execArgv],
    env: { ...asBuilt, ...asServed.env },
  })
}

let built: Promise<string> | null = null

export const perSecond = ({ events, seconds }: Ran): number => events / seconds

/** A run against the collector, and what the collector needed while it counted. */
export async function runMeasured(
  load: Process,
  collector: Process,
  run: Run,
): Promise<{ readonly ran: Ran; readonly usage: Usage }> {
  const ran = await load.ask<Ran>('run', run)
  return { ran, usage: await collector.ask<Usage>('usage', ran.counted) }
}

/** Plans that never bring the same visitors twice. */
export function createPlans(known: number): { next(perBatch: number, events: number): VisitsPlan } {
  let knownVisitors = known
  return {
    next(perBatch, events) {
      const plan = { perBatch, events, knownVisitors, from: Date.now() - events }
      knownVisitors += newVisitorsOf(plan)
      return plan
    },
  }
}

/** Works in that folder; without one, in a new one that is removed afterwards. */
export async function inFolder<T>(given: string | null, work: (folder: string) => Promise<T>): Promise<T> {
  if (given !== null) return work(given)
  const folder = await mkdtemp(join(tmpdir(), 'footfall-bench-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
