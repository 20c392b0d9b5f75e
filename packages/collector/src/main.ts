#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { aliases } from './commands/aliases.ts'
import type { ClientCommand } from './commands/client-command.ts'
import { type VerifyOptions, verifyConsent } from './commands/consent-verify.ts'
import { quarantine } from './commands/quarantine.ts'
import { importRates } from './commands/rates.ts'
import { reprocess } from './commands/reprocess.ts'
import { retention, type WorkTerminal } from './commands/retention.ts'
import { serve, type Terminal } from './commands/serve.ts'
import { sources } from './commands/sources.ts'
import { settings } from './config.ts'
import { FootfallError } from './errors.ts'

const help = `footfall: collects what happens in a shop, with consent, exactly once.

  footfall serve [--config <file>]   run the collector until it is asked to end
  footfall retention [--dry-run]     remove what has been kept for long enough; a running collector does it daily
  footfall consent verify [--head <hash>] [--json]
                                     look whether the consent ledger is whole; ends with 1 if it is not
  footfall rates import <file>       check a file of exchange rates (CSV or XML of the ECB) and put it in the data folder
  footfall sources [list]            where events come from, and whether a source is silent or collapsing; ends with 1 if one is
  footfall sources set <id> --channel pos [--transport …] [--time-zone …] [--date-order …] [--time-unit …] [--money-unit …]
                [--locale …] [--currency …] [--tax-inclusive yes|no] [--sampling …] [--expected-per-day …]
                                     say how a source writes what it leaves open; none takes a setting back
  footfall sources remove <id>
  footfall aliases [list]            what the shop's own event names mean
  footfall aliases set <name> <name of the catalogue> | remove <name>
  footfall quarantine [list] [--limit …]
                                     what was refused but kept, and why; by [--source …] [--code …] [--rule …] [--name …]
                                     [--from <day>] [--to <day>]
  footfall quarantine show <key>     one of them, as it was sent
  footfall quarantine replay <key>… | <filter as above> | --all [--patch <JSON or file>] [--dry-run]
                                     read them again, with what the registry says now; ends with 1 if any stays
  footfall quarantine purge <key>… | <filter as above> | --all
                                     remove them for good
  footfall reprocess [--name <name>]… [--from <day>] [--to <day>] [--dry-run]
                                     give stored events the meaning that their names have today, or take it back
  footfall import <file> --source <id> [--map <file>] [--name <event>] [--set <field>=<value>] [--dry-run] [--rejected <file>]
                [--encoding …] [--separator …] [--sheet …]
                                     send the rows of a file (.csv, .xlsx, .ndjson) as events, each once however often it is run;
                                     ends with 1 if any was not taken
  footfall --help                    this text
  footfall --version                 the version

The commands from sources to import ask a running collector: [--url <address>] [--project <id>] [--json]

Settings stand in footfall.config.ts or footfall.config.json, or in the environment, which wins:
${settings.map(({ name, env }) => `  ${env.padEnd(26)}${name}`).join('\n')}
`

/** Bad usage and bad settings, which a restart does not mend. */
const exitUsage = 2
/** Everything else that ends a start: a restart may help. */
const exitFault = 1

const terminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  untilAsked(onImpatience) {
    const { promise, resolve } = Promise.withResolvers<void>()
    let hasAsked = false
    const asked = (): void => {
      if (hasAsked) onImpatience()
      hasAsked = true
      resolve()
    }
    process.on('SIGINT', asked).on('SIGTERM', asked)
    return promise
  },
}

const workTerminal: WorkTerminal = {
  out: terminal.out,
  // Only for people: a log would be full of them.
  progress: (line) => void (process.stderr.isTTY && process.stderr.write(`\r${line.padEnd(60)}`)),
}

const settingFaults: ReadonlySet<string> = new Set([
  'bad_setting',
  'unknown_setting',
  'bad_config_file',
  'bad_rates',
  'bad_usage',
  'bad_import',
  'no_secret_key',
])

/** Commands that work on a running collector, by their first word. */
const clientCommands: ReadonlyMap<string, ClientCommand> = new Map<string, ClientCommand>([
  ['aliases', aliases],
  ['quarantine', quarantine],
  ['reprocess', reprocess],
  ['sources', sources],
  // Reads files with libraries that no other command needs.
  ['import', async (args, to) => (await import('./commands/import.ts')).importFile(args, to)],
])

async function main(args: readonly string[]): Promise<number> {
  const [first = '', ...rest] = args
  const ofClient = clientCommands.get(first)
  const asksForHelp = rest.includes('--help') || rest.includes('-h')
  if (ofClient !== undefined && !asksForHelp) return run(() => ofClient(rest, workTerminal))
  if (ofClient !== undefined) return showHelp()
  const command = readArgs(args)
  switch (command.kind) {
    case 'help':
      return showHelp()
    case 'version':
      process.stdout.write(`${version()}\n`)
      return 0
    case 'wrong':
      process.stderr.write(`footfall: ${command.sentence} See footfall --help.\n`)
      return exitUsage
    case 'serve':
      return run(() => serve(command.config, terminal))
    case 'retention':
      return run(() => retention(command.config, command.isDryRun, workTerminal, Date.now()))
    case 'rates import':
      return run(() => importRates(command.config, command.file, terminal.out, Date.now()))
    case 'consent verify':
      return run(() => verifyConsent(command.options, terminal.out))
  }
}

function showHelp(): number {
  process.stdout.write(help)
  return 0
}

type Command =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'serve'; readonly config: string | undefined }
  | { readonly kind: 'retention'; readonly config: string | undefined; readonly isDryRun: boolean }
  | { readonly kind: 'rates import'; readonly config: string | undefined; readonly file: string }
  | { readonly kind: 'consent verify'; readonly options: VerifyOptions }
  | { readonly kind: 'wrong'; readonly sentence: string }

function readArgs(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
        config: { type: 'string', short: 'c' },
        'dry-run': { type: 'boolean' },
        head: { type: 'string' },
        json: { type: 'boolean' },
      },
    })
    if (values.help === true) return { kind: 'help' }
    if (values.version === true) return { kind: 'version' }
    const [command, ...rest] = positionals
    if (command === undefined) return { kind: 'wrong', sentence: 'Say what to do, such as footfall serve.' }
    if (command === 'help') return { kind: 'help' }
    const isDryRun = values['dry-run'] === true
    if (command === 'retention' && rest.length === 0) return { kind: 'retention', config: values.config, isDryRun }
    if (isDryRun) return { kind: 'wrong', sentence: 'Only footfall retention takes --dry-run.' }
    const { config, head, json: isJson = false } = values
    if (positionals.join(' ') === 'consent verify') return { kind: 'consent verify', options: { config, head, isJson } }
    if (head !== undefined || isJson) return { kind: 'wrong', sentence: 'Only footfall consent verify takes --head and --json.' }
    const [verb, file, ...more] = rest
    if (command === 'rates' && verb === 'import' && file !== undefined && more.length === 0)
      return { kind: 'rates import', config, file }
    if (command === 'rates') return { kind: 'wrong', sentence: 'Name one file, as in footfall rates import eurofxref-hist.csv.' }
    if (command !== 'serve' || rest.length > 0)
      return { kind: 'wrong', sentence: `There is no command "${positionals.join(' ')}".` }
    return { kind: 'serve', config: values.config }
  } catch (cause) {
    return { kind: 'wrong', sentence: cause instanceof Error ? cause.message : String(cause) }
  }
}

/** @param act a `false` says that what was looked at is not in order */
async function run(act: () => Promise<unknown>): Promise<number> {
  try {
    return (await act()) === false ? exitFault : 0
  } catch (cause) {
    if (!(cause instanceof FootfallError)) throw cause
    process.stderr.write(`footfall: ${cause.message}\n`)
    return settingFaults.has(cause.code) ? exitUsage : exitFault
  }
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }).version

process.exitCode = await main(process.argv.slice(2))
// Drained, or given up: what a library still holds open must not keep a server from ending.
process.exit()
