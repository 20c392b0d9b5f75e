import { parseArgs } from 'node:util'
import { FootfallError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Argument, Command, Given, Option } from './command.ts'
import { shown } from './terminal-text.ts'

/** What was typed after `footfall`, understood. */
export type Read =
  | { readonly kind: 'run'; readonly command: Command; readonly given: Given }
  /** Help about everything that begins with these words: no word is all of it. */
  | { readonly kind: 'help'; readonly topic: readonly string[] }
  | { readonly kind: 'version' }

/**
 * Finds the command that words name, and reads its options and arguments. Options may stand anywhere; whatever is not known is refused,
 * with what was probably meant.
 *
 * @throws FootfallError `bad_usage`
 */
export function readWords(args: readonly string[], commands: readonly Command[]): Read {
  const { words, options } = cut(args, commands)
  if (options.some(({ name }) => name === 'help')) return { kind: 'help', topic: topicOf(words, commands) }
  if (words[0] === 'help') return { kind: 'help', topic: topicOf(words.slice(1), commands) }
  if (words.length === 0 && options.some(({ name }) => name === 'version')) return { kind: 'version' }
  refuseStranger(words, options, commands)
  const found = find(words, commands)
  const taken = read(options, found.command)
  return { kind: 'run', command: found.command, given: { ...taken, ...fill(found.rest, found.command) } }
}

/** An option as it was typed. */
interface Typed {
  readonly name: string
  /** With its hyphens. */
  readonly raw: string
  readonly value: string | undefined
  readonly isInline: boolean
  /** Does any command take it? */
  readonly isKnown: boolean
}

const ownOptions = {
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', short: 'v', help: '' },
} as const

/** Tells options from words. One that several commands take is of the same kind in all of them. */
function cut(args: readonly string[], commands: readonly Command[]): { words: readonly string[]; options: readonly Typed[] } {
  const all: Record<string, Option> = Object.assign({}, ...commands.map(({ options }) => options), ownOptions)
  // Not strict: its sentences could not say what was meant.
  const { tokens } = parseArgs({ args: [...args], options: all, strict: false, allowPositionals: true, tokens: true })
  return {
    words: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    options: tokens.flatMap((token) =>
      token.kind === 'option'
        ? [{ ...token, raw: token.rawName, isInline: token.inlineValue === true, isKnown: Object.hasOwn(all, token.name) }]
        : [],
    ),
  }
}

/** An option that no command takes: the word after it may be its value, and would be taken for one of a command. */
function refuseStranger(words: readonly string[], typed: readonly Typed[], commands: readonly Command[]): void {
  const stranger = typed.find(({ isKnown }) => !isKnown)
  if (stranger === undefined || commands.some(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))) return
  const family = commands.filter(({ name }) => name.split(' ')[0] === words[0])
  const meant = nearest(
    stranger.name,
    (family.length === 0 ? commands : family).flatMap(({ options }) => Object.keys(options)),
  )
  const advice = meant === null ? '' : ` Did you mean --${meant}?`
  throw badUsage(`There is no option ${shown(stranger.raw)}.${advice}`, family.length === 0 ? undefined : words[0])
}

/** The longest command that the words begin with, and what follows it. */
function find(words: readonly string[], commands: readonly Command[]): { command: Command; rest: readonly string[] } {
  if (words.length === 0) throw badUsage('Say what to do, such as footfall serve.')
  const named = commands.map((command) => ({ command, name: command.name.split(' ') }))
  const whole = named.find(({ name }) => name.every((word, index) => words[index] === word))
  if (whole !== undefined) return { command: whole.command, rest: words.slice(whole.name.length) }
  const first = words[0] ?? ''
  const family = named.filter(({ name }) => name[0] === first)
  if (words.length === 1) {
    const usual = family.find(({ command }) => command.isDefault)
    if (usual !== undefined) return { command: usual.command, rest: [] }
  }
  const typed = words.slice(0, family.length === 0 ? 1 : 2).join(' ')
  const names = [...(family.length === 0 ? named : family)].map(({ name }) => name)
  const meant = nearest(typed, family.length === 0 ? names.map(([word = '']) => word) : names.map((name) => name.join(' ')))
  const advice =
    meant !== null
      ? `Did you mean footfall ${meant}?`
      : family.length === 0
        ? ''
        : `There is ${names.map((name) => `footfall ${name.join(' ')}`).join(', ')}.`
  throw badUsage(`There is no command "${shown(typed)}". ${advice}`.trimEnd(), family.length === 0 ? undefined : first)
}

function read(typed: readonly Typed[], command: Command): Given {
  const values = new Map<string, string | boolean | readonly string[]>(
    Object.entries(command.options).flatMap(([name, option]) => {
      const absent = option.type === 'boolean' ? false : option.multiple ? [] : undefined
      return absent === undefined ? [] : [[name, absent] as const]
    }),
  )
  const seen = new Set<string>()
  for (const one of typed) {
    const option = Object.hasOwn(command.options, one.name) ? command.options[one.name] : undefined
    if (option === undefined) throw badUsage(unknownOption(one, command), command.name)
    if (seen.has(one.name) && option.multiple !== true) throw badUsage(`${one.raw} is there twice.`, command.name)
    seen.add(one.name)
    const value = option.type === 'boolean' ? flag(one, command) : text(one, option, command)
    const before = values.get(one.name)
    values.set(one.name, option.multiple === true && Array.isArray(before) ? [...before, String(value)] : value)
  }
  return Object.fromEntries(values)
}

function unknownOption({ raw, name }: Typed, command: Command): string {
  const meant = nearest(name, [...Object.keys(command.options), 'help'])
  const advice = meant === null ? '' : ` Did you mean --${meant}?`
  return `footfall ${command.name} takes no ${shown(raw)}.${advice}`
}

function flag({ raw, value }: Typed, command: Command): boolean {
  if (value !== undefined) throw badUsage(`${raw} takes no value.`, command.name)
  return true
}

function text({ raw, value, isInline }: Typed, { value: what = 'value', choices }: Option, command: Command): string {
  if (value === undefined) throw badUsage(`${raw} takes a value: ${raw} <${what}>.`, command.name)
  // More often a value that was forgotten than one that begins like this.
  if (!isInline && value.startsWith('-') && value !== '-') {
    throw badUsage(`${raw} takes a value; one that begins with "-" is written ${raw}=${shown(value)}.`, command.name)
  }
  refuseOthers(value, choices, raw, command)
  return value
}

function refuseOthers(value: string, choices: readonly string[] | undefined, what: string, command: Command): void {
  if (choices === undefined || choices.includes(value)) return
  const meant = nearest(value, choices)
  const advice = meant === null ? '' : ` Did you mean ${meant}?`
  throw badUsage(`${what} takes ${listed(choices)}, and not "${shown(value)}".${advice}`, command.name)
}

const listed = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

/** Gives each argument its words. */
function fill(words: readonly string[], command: Command): Given {
  const rest = [...words]
  const filled = Object.entries(command.arguments).map(([name, argument]) => {
    if (argument.isRepeated) return [name, rest.splice(0)] as const
    const word = rest.shift()
    // An empty word is one that a script forgot to fill.
    if ((word === undefined || word === '') && !argument.isOptional)
      throw badUsage(missing(name, argument, command), command.name)
    if (word !== undefined) refuseOthers(word, argument.choices, `<${name}>`, command)
    return [name, word] as const
  })
  const [extra] = rest
  if (extra !== undefined) throw badUsage(`footfall ${command.name} does not take "${shown(extra)}".`, command.name)
  return Object.fromEntries(filled)
}

const missing = (name: string, { choices }: Argument, command: Command): string =>
  `Say which ${name}, as in ${choices === undefined ? command.examples[0][0] : `footfall ${command.name} ${choices[0]}`}.`

/** As much of the words as begins some command. */
function topicOf(words: readonly string[], commands: readonly Command[]): readonly string[] {
  const isTopic = (topic: readonly string[]): boolean =>
    commands.some(({ name }) => `${name} `.startsWith(topic.map((word) => `${word} `).join('')))
  for (let length = Math.min(2, words.length); length > 0; length -= 1) {
    const topic = words.slice(0, length)
    if (isTopic(topic)) return topic
  }
  if (words.length > 0) find(words, commands)
  return []
}

/** @param name the command whose help says more; without it, help about all */
const badUsage = (sentence: string, name?: string): FootfallError =>
  new FootfallError('bad_usage', `${sentence} See footfall ${name === undefined ? '' : `${name} `}--help.`)
