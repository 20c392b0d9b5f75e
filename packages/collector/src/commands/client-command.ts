import { type ParseArgsConfig, type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { FootfallError } from '../errors.ts'
import type { AskedCollector } from './ask-collector.ts'
import type { WorkTerminal } from './retention.ts'

/**
 * A command that works on a running collector. It reads its own words: those after its name.
 *
 * @returns `false`: it was done, and not all is in order; anything else: it is
 * @throws FootfallError `bad_usage`, and as `askCollector` and its requests do
 */
export type ClientCommand = (args: readonly string[], terminal: WorkTerminal) => Promise<unknown>

/** Options that every such command takes: see `Asked`. */
export const askedOptions = {
  config: { type: 'string', short: 'c' },
  url: { type: 'string' },
  project: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig

/** Reads the words of a command. */
export function readWords<const O extends ParseArgsOptionsConfig>(args: readonly string[], options: O) {
  const config = { args: [...args], allowPositionals: true, options } as const satisfies ParseArgsConfig
  try {
    return parseArgs(config)
  } catch (cause) {
    throw badUsage(cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause))
  }
}

export const badUsage = (sentence: string): FootfallError => new FootfallError('bad_usage', `${sentence} See footfall --help.`)

/** A part of a path. */
export const segment = (text: string): string => encodeURIComponent(text.toWellFormed())

/** Text of somebody else's on a terminal: nothing in it moves the cursor. */
export const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')

/** Columns beside each other, the last as long as it is. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

export type Request = AskedCollector['request']
