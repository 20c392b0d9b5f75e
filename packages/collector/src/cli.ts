import { styleText } from 'node:util'
import type { Terminal } from './commands/command.ts'
import { readWords } from './commands/read-words.ts'
import { commands } from './commands/table.ts'
import { type FaultCode, FootfallError } from './errors.ts'
import { version } from './version.ts'

/** How a command ends, beside 0. */
const exits = {
  /** Not everything is in order, or it could not be done: trying again may help. */
  fault: 1,
  /** Used wrongly, or a bad setting: trying again does not help. */
  usage: 2,
  /** Stopped by Ctrl-C or SIGTERM: what shells expect. */
  interrupted: 130,
} as const

const exitCodes: Partial<Record<FaultCode, number>> = {
  bad_setting: exits.usage,
  unknown_setting: exits.usage,
  bad_config_file: exits.usage,
  bad_rates: exits.usage,
  bad_usage: exits.usage,
  bad_import: exits.usage,
  no_secret_key: exits.usage,
  interrupted: exits.interrupted,
}

/**
 * Runs what was typed after `footfall`.
 *
 * @returns the exit code
 */
export async function runFootfall(args: readonly string[]): Promise<number> {
  const terminal = createTerminal()
  try {
    const read = readWords(args, commands)
    switch (read.kind) {
      case 'help': {
        const { helpOf } = await import('./commands/help.ts')
        terminal.out(helpOf(read.topic, commands, terminal.paint))
        return 0
      }
      case 'version':
        terminal.out(version())
        return 0
      case 'run':
        return (await read.command.run(read.given, terminal)) === false ? exits.fault : 0
    }
  } catch (cause) {
    terminal.progress('')
    if (!(cause instanceof FootfallError)) throw cause
    process.stderr.write(`footfall: ${cause.message}\n`)
    return exitCodes[cause.code] ?? exits.fault
  }
}

function createTerminal(): Terminal {
  // Whoever reads may go away, as `head` does. The work goes on all the same: no half of it is left because nobody looks.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreGone)
  let signal: AbortSignal | null = null
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    // Only for people: a log would be full of them.
    progress: (line) => void (process.stderr.isTTY && process.stderr.write(`\r${cutTo(line, process.stderr.columns)}\x1b[K`)),
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
    get signal() {
      signal ??= untilAsked()
      return signal
    },
  }
}

/** A line that breaks could not be written over. */
const cutTo = (line: string, columns = 80): string => line.slice(0, columns - 1)

function ignoreGone(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'EPIPE') throw cause
}

/** Listens from now on: until somebody wants to know, Ctrl-C ends the process as it ends any other. */
function untilAsked(): AbortSignal {
  const asked = new AbortController()
  const ask = (): void => {
    // Twice is impatience.
    if (asked.signal.aborted) process.exit(exits.interrupted)
    if (process.stderr.isTTY) process.stderr.write('\nIt stops as soon as nothing is half done; again, and it ends at once.\n')
    asked.abort()
  }
  process.on('SIGINT', ask).on('SIGTERM', ask)
  return asked.signal
}
