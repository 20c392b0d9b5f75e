#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { serve, type Terminal } from './commands/serve.ts'
import { settings } from './config.ts'
import { FootfallError } from './errors.ts'

const help = `footfall: collects what happens in a shop, with consent, exactly once.

  footfall serve [--config <file>]   run the collector until it is asked to end
  footfall --help                    this text
  footfall --version                 the version

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

const settingFaults: ReadonlySet<string> = new Set(['bad_setting', 'unknown_setting', 'bad_config_file'])

async function main(args: readonly string[]): Promise<number> {
  const command = readArgs(args)
  switch (command.kind) {
    case 'help':
      process.stdout.write(help)
      return 0
    case 'version':
      process.stdout.write(`${version()}\n`)
      return 0
    case 'wrong':
      process.stderr.write(`footfall: ${command.sentence} See footfall --help.\n`)
      return exitUsage
    case 'serve':
      return run(() => serve(command.config, terminal))
  }
}

type Command =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'serve'; readonly config: string | undefined }
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
      },
    })
    if (values.help === true) return { kind: 'help' }
    if (values.version === true) return { kind: 'version' }
    const [command, ...rest] = positionals
    if (command === undefined) return { kind: 'wrong', sentence: 'Say what to do, such as footfall serve.' }
    if (command === 'help') return { kind: 'help' }
    if (command !== 'serve' || rest.length > 0)
      return { kind: 'wrong', sentence: `There is no command "${positionals.join(' ')}".` }
    return { kind: 'serve', config: values.config }
  } catch (cause) {
    return { kind: 'wrong', sentence: cause instanceof Error ? cause.message : String(cause) }
  }
}

async function run(act: () => Promise<void>): Promise<number> {
  try {
    await act()
    return 0
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
