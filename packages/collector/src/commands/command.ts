import type { styleText } from 'node:util'

/** A command of `footfall`: all that its help, its completions and the reading of its words come from. */
export interface Command {
  /** Its words: `serve`, `quarantine replay`. */
  readonly name: string
  /** May its last word be left out? `footfall sources` is `footfall sources list`. */
  readonly isDefault: boolean
  readonly group: Group
  /** A few words for the list of all: one line of at most 57 characters, without a full stop. */
  readonly summary: string
  /** What the list has no room for: paragraphs for its own help. */
  readonly more: readonly string[]
  /** What follows its words, in order. */
  readonly arguments: Arguments
  readonly options: Options
  /** What it means where it ends with 1; the others mean the same everywhere. */
  readonly endsWith1: string
  /** Two, each with what it does. */
  readonly examples: readonly [Example, Example]
  /** @returns `false`: it was done, and not all is in order */
  readonly run: (given: Given, terminal: Terminal) => Promise<unknown>
}

/** What belongs together in the list of all commands, in the order in which it is shown. */
export const groups = {
  run: 'Run it',
  care: 'Look after it, on its own machine',
  ask: 'Ask a running collector',
  words: 'About this command',
} as const
export type Group = keyof typeof groups

/** As `parseArgs` of `node:util` knows it, with what people read. */
export interface Option {
  /** `boolean`: it is there or it is not. */
  readonly type: 'boolean' | 'string'
  readonly short?: string
  /** May it be given several times? */
  readonly multiple?: true
  /** Stands for its value in help. Shells complete `file` and `folder`. */
  readonly value?: string
  /** One sentence, without a full stop. */
  readonly help: string
  /** All values that it takes. */
  readonly choices?: readonly string[]
}
export type Options = Readonly<Record<string, Option>>

/** Shells complete those that are called `file` and `folder`. */
export interface Argument {
  readonly help: string
  readonly isOptional?: true
  /** Takes all that follow, also none. */
  readonly isRepeated?: true
  readonly choices?: readonly string[]
}
export type Arguments = Readonly<Record<string, Argument>>

/** A line as it is typed, and what it does. */
export type Example = readonly [line: string, does: string]

/** Values of options and arguments by their names. */
export type Given = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

/** Where a command writes, and how it hears that it is to stop. */
export interface Terminal {
  /** A line of what was asked for. Goes to stdout. */
  readonly out: (line: string) => void
  /** A line that the next one replaces, for people who wait; an empty one takes it away. Goes to stderr, if that is a terminal. */
  readonly progress: (line: string) => void
  /**
   * Aborted when the process is asked to end: whoever works for long stops at the next place where nothing is half done. A command that
   * never looks at it is ended at once, as any program is.
   */
  readonly signal: AbortSignal
  /** Colours text where stdout is a terminal and nobody said NO_COLOR. */
  readonly paint: (style: Parameters<typeof styleText>[0], text: string) => string
}

/** One row of the table, checked against what its command takes. */
export function command<const O extends Options, const A extends Arguments>(row: Row<O, A>): Command {
  const { name, group, summary, examples } = row
  return {
    ...{ name, group, summary, examples },
    isDefault: row.isDefault ?? false,
    more: row.more ?? [],
    arguments: row.arguments,
    options: row.options,
    endsWith1: row.endsWith1 ?? 'it could not be done',
    // What was read by these options and arguments has their types.
    run: row.run as Command['run'],
  }
}

interface Row<O extends Options, A extends Arguments>
  extends Pick<Command, 'name' | 'group' | 'summary' | 'examples'>,
    Partial<Pick<Command, 'isDefault' | 'more' | 'endsWith1'>> {
  readonly arguments: A
  readonly options: O
  readonly run: (given: Values<O> & Words<A>, terminal: Terminal) => Promise<unknown>
}

/** What was given, by option: `false` and `[]` where it was not. */
export type Values<O extends Options> = {
  readonly [name in keyof O]: O[name] extends { readonly type: 'boolean' }
    ? boolean
    : O[name] extends { readonly multiple: true }
      ? readonly string[]
      : ValueOf<O[name]> | undefined
}

/** What was given, by argument. */
export type Words<A extends Arguments> = {
  readonly [name in keyof A]: A[name] extends { readonly isRepeated: true }
    ? readonly string[]
    : A[name] extends { readonly isOptional: true }
      ? ValueOf<A[name]> | undefined
      : ValueOf<A[name]>
}

type ValueOf<T> = T extends { readonly choices: readonly (infer C extends string)[] } ? C : string
