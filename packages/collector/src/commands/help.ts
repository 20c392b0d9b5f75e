import { settings } from '../config.ts'
import type { Argument, Command, Group, Option, Terminal } from './command.ts'
import { groups } from './command.ts'

/** A terminal as it was for forty years, and still is in windows side by side. */
const width = 80

type Paint = Terminal['paint']

/**
 * Help about a command, about those that begin with a word, or about all.
 *
 * @param topic words of a command, or those that it begins with; none for all
 */
export function helpOf(topic: readonly string[], commands: readonly Command[], paint: Paint): string {
  const [first] = topic
  if (first === undefined) return generalHelp(commands, paint)
  const one = commands.find(({ name }) => name === topic.join(' '))
  if (one !== undefined) return commandHelp(one, paint)
  return familyHelp(
    first,
    commands.filter(({ name }) => name.startsWith(`${first} `)),
    paint,
  )
}

function generalHelp(commands: readonly Command[], paint: Paint): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const sections = (Object.entries(groups) as [Group, string][]).map(([group, title]) => [
    paint('bold', title),
    ...rows(
      [
        ...commands.filter((command) => command.group === group).map(({ name, summary }): Row => [name, summary]),
        ...(group === 'words' ? ownRows : []),
      ],
      width,
    ),
  ])
  return lines([
    'footfall: collects what happens in a shop, with consent, exactly once.',
    ...sections.flatMap((section) => ['', ...section]),
    '',
    paint('bold', 'Settings'),
    ...wrapped('In the environment, which wins, or by the name on the right in footfall.config.ts, .js or .json:', 2),
    ...rows(settings.map(({ name, env }) => [env, name])),
    '',
    ...wrapped(
      'Commands end with 0 when it is done, 1 when something is not in order, 2 when they were used wrongly or a setting is bad, 130 when they were stopped.',
    ),
  ])
}

function familyHelp(word: string, commands: readonly Command[], paint: Paint): string {
  const usual = commands.find(({ isDefault }) => isDefault)
  return lines([
    paint('bold', `footfall ${word}`),
    ...rows(commands.map(({ name, summary }) => [name, summary])),
    '',
    ...(usual === undefined ? [] : wrapped(`footfall ${word} alone is footfall ${usual.name}.`)),
    ...wrapped(`footfall help ${usual?.name ?? commands[0]?.name} says all about one of them.`),
  ])
}

function commandHelp(command: Command, paint: Paint): string {
  const { name, summary, more, examples, endsWith1 } = command
  const args = Object.entries(command.arguments)
  const options = Object.entries(command.options)
  const usage = ['footfall', name, ...args.map(usageOf), ...(options.length > 0 ? ['[options]'] : [])]
  return lines([
    `${paint('bold', `footfall ${name}`)}: ${summary}`,
    '',
    `  ${usage.join(' ')}`,
    ...more.flatMap((paragraph) => ['', ...wrapped(paragraph)]),
    ...section('Arguments', rows(args.map(([arg, argument]) => [`<${arg}>`, withChoices(argument)]))),
    ...section(
      'Options',
      rows([...options.map(([option, spec]): Row => [optionText(option, spec), withChoices(spec)]), helpRow]),
    ),
    ...section(
      'Ends with',
      rows([
        ['0', 'it is done'],
        ['1', endsWith1],
        ['2', 'it was used wrongly, or a setting is bad'],
        ['130', 'it was stopped'],
      ]),
    ),
    ...section(
      'Examples',
      examples.flatMap(([line, does]) => [`  ${line}`, ...wrapped(does, 6)]),
    ),
  ])

  function section(title: string, content: readonly string[]): readonly string[] {
    return content.length === 0 ? [] : ['', paint('bold', title), ...content]
  }
}

const ownRows: readonly Row[] = [
  ['help <command>', 'all about one of these'],
  ['--version', 'the version'],
]

const helpRow: Row = ['-h, --help', 'This text']

const usageOf = ([name, { isOptional, isRepeated }]: readonly [string, Argument]): string =>
  isRepeated ? `[<${name}> …]` : isOptional ? `[<${name}>]` : `<${name}>`

const optionText = (name: string, { short, value }: Option): string =>
  `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`

const withChoices = ({ help, choices }: Pick<Option, 'help' | 'choices'>): string =>
  choices === undefined ? help : `${help}${help.endsWith('?') ? '' : ':'} ${choices.join(', ')}`

type Row = readonly [left: string, right: string]

/** Two columns, the right one broken where the line ends. */
function rows(cells: readonly Row[], leftWidth = 0): readonly string[] {
  const left = Math.max(leftWidth, ...cells.map(([cell]) => cell.length))
  return cells.flatMap(([cell, text]) => {
    const [first = '', ...others] = wrapped(text, left + 4)
    return [`  ${cell.padEnd(left)}  ${first.trimStart()}`, ...others]
  })
}

function wrapped(text: string, indent = 0): readonly string[] {
  const space = ' '.repeat(indent)
  const broken: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      broken.push(space + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...broken, space + line]
}

const lines = (all: readonly string[]): string => all.join('\n')
