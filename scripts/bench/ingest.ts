import { existsSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { storeFile } from '../../packages/collector/src/sinks/sqlite/open.ts'
import { fsyncLatencies } from './ingest/disk.ts'
import { type Filled, fill } from './ingest/fill.ts'
import { halfLoad } from './ingest/half-load.ts'
import type { Latencies } from './ingest/latencies.ts'
import { retention } from './ingest/retention.ts'
import { type Cell, inFolder, type SweepOptions, sweep } from './ingest/sweep.ts'
import { eventsPerVisit, newVisitorsOf } from './ingest/visits.ts'
import { type Bench, median, rounded } from './table.ts'

/** What `pnpm bench ingest` can be told. */
export interface IngestOptions {
  readonly rounds: number
  /** Events of a batch, and connections: every combination is measured. */
  readonly batches: readonly number[]
  readonly connections: readonly number[]
  /** Each combination is measured for so long. */
  readonly seconds: number
  /** Measures again with so many events in the store, retention included. */
  readonly rows: number
  /** Where the filled store is kept, and found the next time; without it, it is removed. */
  readonly folder: string | null
  /** Where the collector leaves a profile of its main thread. */
  readonly profileFolder: string | null
}

export default async function ingest(options: IngestOptions): Promise<readonly Bench[]> {
  const { rounds, seconds, rows, profileFolder, batches: batchSizes, connections: connectionCounts } = options
  const execArgv = profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  const common: Omit<SweepOptions, 'filled'> = { batchSizes, connectionCounts, seconds, execArgv, onProgress }
  const disk = await inFolder(null, fsyncLatencies)
  const empty = await inRounds(rounds, () => sweep({ ...common, filled: null }))
  const emptyHalf = await inFolder(null, async (folder) => ({
    disk: await fsyncLatencies(folder),
    half: await halfLoad(folder, 0, 10),
    bytesPerEvent: bytesPerEvent(folder),
  }))
  const benches = [cellsTable('an empty store', empty, disk, seconds, rounds)]
  const goals = goalsOf(empty, emptyHalf.half, emptyHalf.disk)
  if (rows > 0) {
    await inFolder(options.folder, async (folder) => {
      const filled = { folder, ...(await filledStore(folder, rows)) }
      const full = await inRounds(rounds, () => sweep({ ...common, filled }))
      onProgress('half load on the filled store')
      const visitors = filled.visitors + 2_000_000
      const fullDisk = await fsyncLatencies(folder)
      const fullHalf = await halfLoad(folder, visitors, 10)
      onProgress('retention')
      const aged = await retention(folder, visitors + 1_000_000, fullHalf.offered / 2, 600)
      benches.push(cellsTable(`a store of ${count(filled.rows)} events`, full, fullDisk, seconds, rounds))
      goals.push(...goalsOf(full, fullHalf, fullDisk))
      goals.push({
        goal: `fall of throughput, empty to full, at ${nameOf(at50(full))}`,
        wanted: 'at most a third',
        measured: percent(1 - at50(full).http / at50(empty).http),
        met: yes(at50(full).http >= (2 / 3) * at50(empty).http),
      })
      goals.push({
        goal: `p99 while ${count(aged.events)} events leave in ${rounded(aged.seconds)} s, at ${count(rounded(aged.offered))} events/s`,
        wanted: '< 100 ms',
        measured: `${ms(aged.meanwhile.p99)} (before ${ms(aged.before.p99)})`,
        met: yes(aged.meanwhile.p99 < 100),
      })
      goals.push({
        goal: `p99 while the files are tidied after it, ${rounded(aged.tidySeconds)} s`,
        wanted: '< 100 ms',
        measured: ms(aged.tidying.p99),
        met: yes(aged.tidying.p99 < 100),
      })
    })
  }
  const sizes = `Bytes per stored event, indexes and derived tables included: ${rounded(emptyHalf.bytesPerEvent)}.`
  return [...benches, { title: 'Goals', rows: goals, notes: [sizes] }]
}

const onProgress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

/** Repeats everything, so that what disturbs the machine for a while disturbs no combination in all of its rounds. */
async function inRounds(rounds: number, measure: () => Promise<readonly Cell[]>): Promise<readonly Cell[]> {
  const found: (readonly Cell[])[] = []
  for (let round = 0; round < rounds; round++) found.push(await measure())
  return (found[0] ?? []).map((_, place) => {
    const cells = found.flatMap((cellsOfRound) => cellsOfRound[place] ?? [])
    const http = median(cells.map((cell) => cell.http))
    const middle = cells.find((cell) => cell.http === http) ?? cells[0]
    if (middle === undefined) throw new Error('no round was measured')
    const medianOf = (what: 'bareStore' | 'appendAndSync' | 'parseOnly'): number => median(cells.map((cell) => cell[what]))
    return {
      ...middle,
      bareStore: medianOf('bareStore'),
      appendAndSync: medianOf('appendAndSync'),
      parseOnly: medianOf('parseOnly'),
    }
  })
}

async function filledStore(folder: string, rows: number): Promise<Filled> {
  if (existsSync(storeFile(folder))) {
    const db = new DatabaseSync(storeFile(folder), { readOnly: true })
    const { stored } = db.prepare('SELECT max(position) AS stored FROM events').get() as { stored: number }
    db.close()
    return { rows: stored, visitors: newVisitorsOf({ events: stored, perBatch: eventsPerVisit }) }
  }
  await mkdir(folder, { recursive: true })
  return fill(folder, rows, Date.now(), (done) => onProgress(`${count(done)} of ${count(rows)} events are in the store`))
}

function bytesPerEvent(folder: string): number {
  const db = new DatabaseSync(storeFile(folder), { readOnly: true })
  const { stored } = db.prepare('SELECT count(*) AS stored FROM events').get() as { stored: number }
  db.close()
  return statSync(storeFile(folder)).size / stored
}

function cellsTable(what: string, cells: readonly Cell[], disk: Latencies, seconds: number, rounds: number): Bench {
  return {
    title: `Events into ${what}, to their receipt`,
    rows: cells.map(({ perBatch, connections, encoding, ran, usage, http, bareStore, appendAndSync, parseOnly }) => ({
      batch: perBatch,
      conns: connections,
      body: encoding,
      'events/s': rounded(http),
      'p50 ms': rounded(ran.latencies.p50),
      'p99 ms': rounded(ran.latencies.p99),
      'p99.9 ms': rounded(ran.latencies.p999),
      'CPU µs/event': rounded(usage.cpuUs / ran.events),
      'RSS MB': Math.round(usage.maxRssBytes / 2 ** 20),
      'sent again': ran.refused,
      'bare store': rounded(bareStore),
      'append + fsync': rounded(appendAndSync),
      'parse only': rounded(parseOnly),
      'of bare store': rounded(http / bareStore, 2),
    })),
    notes: [
      `Each combination for ${seconds} s${rounds > 1 ? `, medians of ${rounds} rounds` : ''}; the load is made by a process of its own on the same processors.`,
      `References in events/s, in the same run: the same rows into the store without HTTP; the same bodies appended to a file and flushed, whoever waits sharing the flush; a node:http server that parses the JSON and answers.`,
      `This disk makes 4 KB durable in ${ms(disk.p50)} (p50), ${ms(disk.p99)} (p99).`,
      'Sent again: requests that were refused with 503 or 429 and Retry-After; their wait is in the latency.',
    ],
  }
}

type Goal = Readonly<Record<'goal' | 'wanted' | 'measured' | 'met', string>>

function goalsOf(cells: readonly Cell[], half: Awaited<ReturnType<typeof halfLoad>>, disk: Latencies): Goal[] {
  const { storedBefore } = at50(cells)
  const where = storedBefore === 0 ? 'empty store' : `${count(storedBefore)} events`
  const limit = 3 * disk.p99 + 10
  const rss = Math.max(half.maxRssBytes, ...cells.map(({ usage }) => usage.maxRssBytes)) / 2 ** 20
  const ratio = at50(cells).http / at50(cells).bareStore
  return [
    {
      goal: `${where}: of the bare store, at ${nameOf(at50(cells))}`,
      wanted: '>= 0.6',
      measured: String(rounded(ratio, 2)),
      met: yes(ratio >= 0.6),
    },
    {
      goal: `${where}: p99 at half load, ${count(rounded(half.offered))} events/s`,
      wanted: `<= 3 x fsync p99 + 10 ms = ${ms(limit)}`,
      measured: `${ms(half.latencies.p99)} (parse only at this rate: ${ms(half.parseOnly.p99)})`,
      met: yes(half.latencies.p99 <= limit),
    },
    { goal: `${where}: RSS at any load`, wanted: '< 250 MB', measured: `${Math.round(rss)} MB`, met: yes(rss < 250) },
  ]
}

/** What the goals are about: batches of 50; where they were not measured, whatever was. */
function at50(cells: readonly Cell[]): Cell {
  const plain = cells.filter(({ encoding }) => encoding === 'plain')
  const found = plain.find(({ perBatch, connections }) => perBatch === 50 && connections === 64) ?? plain.at(-1)
  if (found === undefined) throw new Error('nothing was measured')
  return found
}

const nameOf = ({ perBatch, connections }: Cell): string => `batches of ${perBatch}, ${connections} connections, plain`

const yes = (isMet: boolean): string => (isMet ? 'yes' : 'NO')
const ms = (value: number): string => `${rounded(value)} ms`
const percent = (share: number): string => `${Math.round(share * 100)} %`
const count = (value: number): string => value.toLocaleString('en-US')
