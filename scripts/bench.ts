import { parseArgs } from 'node:util'
import { type Bench, printTable } from './bench/table.ts'

/**
 * `pnpm bench <question> [--json] [--rounds n]`: measures on this machine, beside named references in the same run, and prints tables.
 * More rounds make steadier medians.
 */
const questions: Readonly<Record<string, (rounds?: number) => Promise<readonly Bench[]>>> = {
  size: async () => (await import('./bench/size.ts')).default(),
  track: async (rounds) => (await import('./bench/track.ts')).default(rounds),
  ingest: async (rounds) => (await import('./bench/ingest.ts')).default(rounds),
  normalise: async (rounds) => (await import('./bench/normalise.ts')).default(rounds),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, rounds: { type: 'string' } },
})
const [name = ''] = positionals
const question = Object.hasOwn(questions, name) ? questions[name] : undefined
const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
if (!question || (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))) {
  console.error(`pnpm bench ${Object.keys(questions).join(' | ')} [--json] [--rounds n]`)
  process.exit(2)
}
const benches = await question(rounds)
if (values.json) console.log(JSON.stringify(benches, null, 2))
else for (const bench of benches) printTable(bench)
process.exit()
