import { parseArgs } from 'node:util'
import { type Bench, printTable } from './bench/table.ts'

/** What all questions can be told; each takes what concerns it. */
interface Options {
  readonly rounds?: number
  readonly seconds?: number
  readonly rows?: number
  readonly folder?: string
  readonly profile?: string
  readonly batches?: readonly number[]
  readonly connections?: readonly number[]
}

/**
 * `pnpm bench <question> [--json] [--rounds n]`: measures on this machine, beside named references in the same run, and prints tables.
 * More rounds make steadier medians.
 *
 * `ingest` takes `--rows 10m` to measure again with a filled store (some 13 GB, minutes to fill; `--folder` keeps it for the next time),
 * `--seconds` for each combination, `--batches` and `--connections` to measure fewer of them, and `--profile` with a folder for a CPU profile
 * of the collector's main thread.
 */
const questions: Readonly<Record<string, (options: Options) => Promise<readonly Bench[]>>> = {
  size: async () => (await import('./bench/size.ts')).default(),
  track: async ({ rounds }) => (await import('./bench/track.ts')).default(rounds),
  ingest: async ({ rounds = 1, seconds = 2, rows = 0, folder = null, profile: profileFolder = null, ...combined }) => {
    const { batches = [1, 20, 50, 500], connections = [1, 16, 64, 256] } = combined
    return (await import('./bench/ingest.ts')).default({ rounds, seconds, rows, folder, profileFolder, batches, connections })
  },
  normalise: async ({ rounds }) => (await import('./bench/normalise.ts')).default(rounds),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    rows: { type: 'string' },
    folder: { type: 'string' },
    profile: { type: 'string' },
    batches: { type: 'string' },
    connections: { type: 'string' },
  },
})
const [name = ''] = positionals
const question = Object.hasOwn(questions, name) ? questions[name] : undefined
const numbers = { rounds: numberIn(values.rounds), seconds: numberIn(values.seconds), rows: numberIn(values.rows) }
const lists = { batches: numbersIn(values.batches), connections: numbersIn(values.connections) }
if (!question || [...Object.values(numbers), ...Object.values(lists).flat()].some(Number.isNaN)) {
  console.error(`pnpm bench ${Object.keys(questions).join(' | ')} [--json] [--rounds n]`)
  console.error(
    'pnpm bench ingest [--rows 10m] [--folder <of the filled store>] [--seconds n] [--batches 20,50] [--connections 64] [--profile <folder>]',
  )
  process.exit(2)
}
const { folder, profile } = values
const given = Object.entries({ ...numbers, ...lists, folder, profile }).filter(([, value]) => value !== undefined)
const benches = await question(Object.fromEntries(given))
if (values.json) console.log(JSON.stringify(benches, null, 2))
else for (const bench of benches) printTable(bench)
process.exit()

/** A whole number from 1 on, also as `300k` or `10m`; `NaN` for anything else. */
function numberIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const found = /^([1-9]\d{0,8})([km]?)$/i.exec(text)
  if (found === null) return Number.NaN
  return Number(found[1]) * { '': 1, k: 1_000, m: 1_000_000 }[found[2]?.toLowerCase() as '' | 'k' | 'm'] // as the pattern says
}

function numbersIn(list: string | undefined): readonly (number | undefined)[] | undefined {
  return list?.split(',').map(numberIn)
}
