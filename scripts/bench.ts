import { type Bench, printTable } from './bench/table.ts'

/** `pnpm bench <question> [--json]`: measures on this machine, beside named references in the same run, and prints one table. */
const questions: Readonly<Record<string, () => Promise<Bench>>> = {
  size: async () => (await import('./bench/size.ts')).default(),
  track: async () => (await import('./bench/track.ts')).default(),
  ingest: async () => (await import('./bench/ingest.ts')).default(),
}

const [name = '', ...flags] = process.argv.slice(2)
const question = Object.hasOwn(questions, name) ? questions[name] : undefined
if (!question) {
  console.error(`pnpm bench ${Object.keys(questions).join(' | ')} [--json]`)
  process.exit(2)
}
const bench = await question()
if (flags.includes('--json')) console.log(JSON.stringify(bench, null, 2))
else printTable(bench)
process.exit()
