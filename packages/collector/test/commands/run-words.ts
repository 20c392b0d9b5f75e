import type { Terminal } from '../../src/commands/command.ts'
import { readWords } from '../../src/commands/read-words.ts'
import { commands } from '../../src/commands/table.ts'

/** What a process of Node needs of this one's surroundings: with what was compiled before it begins in half the time. */
export const nodeEnv = { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }

/** What a command said. */
export interface Said {
  readonly lines: readonly string[]
  readonly text: string
  readonly progress: readonly string[]
  /** `false` where it says so. */
  readonly isInOrder: boolean
}

/** Runs a command by its words, as `footfall` does, and gathers what it says; what it throws is thrown. */
export async function runWords(words: readonly string[], differs: Partial<Terminal> = {}): Promise<Said> {
  const lines: string[] = []
  const progress: string[] = []
  const read = readWords(words, commands)
  if (read.kind !== 'run') throw new Error(`${words.join(' ')} is no command`)
  const isInOrder = await read.command.run(read.given, {
    out: (line) => void lines.push(...line.split('\n')),
    progress: (line) => void progress.push(line),
    signal: new AbortController().signal,
    paint: (_, text) => text,
    ...differs,
  })
  return { lines, text: lines.join('\n'), progress, isInOrder: isInOrder !== false }
}
