import { describe, expect, test } from 'vitest'
import { groups } from '../../src/commands/command.ts'
import { helpOf } from '../../src/commands/help.ts'
import { readWords } from '../../src/commands/read-words.ts'
import { commands } from '../../src/commands/table.ts'
import { settings } from '../../src/config.ts'
import { sourceSettings } from '../../src/registry/read-source.ts'

const plain = (_: unknown, text: string): string => text
const words = (line: string): readonly string[] =>
  [...line.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) => word.replace(/^["']|["']$/g, ''))

describe('the table holds together', () => {
  test('a name is one or two words, and stands there once', () => {
    const names = commands.map(({ name }) => name)
    expect(names.filter((name) => !/^[a-z]+( [a-z]+)?$/.test(name))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  })

  test('an option that several commands take is of one kind, so that it can be told from words before the command is known', () => {
    const kinds = new Map<string, Set<string>>()
    for (const { options } of commands) {
      for (const [name, { type, multiple = false, short = '', choices = [] }] of Object.entries(options)) {
        // `reprocess --name` may be repeated: that is no matter for who tells options from words.
        const kind = JSON.stringify([type, name === 'name' ? 'either' : multiple, short, choices])
        kinds.set(name, (kinds.get(name) ?? new Set()).add(kind))
      }
    }
    expect([...kinds].filter(([, seen]) => seen.size > 1)).toEqual([])
  })

  test('arguments that may be left out come last', () => {
    for (const { name, arguments: args } of commands) {
      const flags = Object.values(args).map(({ isOptional = false, isRepeated = false }) => isOptional || isRepeated)
      expect([name, flags]).toEqual([name, [...flags].sort()])
    }
  })

  test('examples are understood as what they are examples of', () => {
    for (const { name, examples } of commands) {
      if (name === 'completion') continue
      for (const [line] of examples) {
        const typed = words(line)
        expect(readWords(typed.slice(typed.indexOf('footfall') + 1), commands)).toMatchObject({ kind: 'run', command: { name } })
      }
    }
  })

  test('footfall sources set takes every setting of a source, with the values that the registry takes', () => {
    const set = commands.find(({ name }) => name === 'sources set')
    for (const [name, { isGood, expected }] of sourceSettings) {
      const option = set?.options[name.replaceAll('_', '-')]
      expect([name, option?.type]).toEqual([name, 'string'])
      const { choices } = option ?? {}
      expect([name, choices !== undefined]).toEqual([name, expected.startsWith('one of ') || name === 'tax_inclusive'])
      if (name === 'tax_inclusive') continue
      expect((choices ?? []).filter((choice) => choice !== 'none' && !isGood(choice))).toEqual([])
      if (choices) expect(`one of ${choices.filter((choice) => choice !== 'none').join(', ')}`).toBe(expected)
    }
  })
})

describe('help', () => {
  test('names every command and every setting', () => {
    const help = helpOf([], commands, plain)
    for (const { name, summary } of commands) expect(help).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'))
    for (const { name, env } of settings) expect(help).toMatch(new RegExp(`^  ${env} +${name}$`, 'm'))
    for (const title of Object.values(groups)) expect(help).toContain(`\n${title}\n`)
  })

  test('about a command tells its options, arguments, exit codes and examples', () => {
    for (const command of commands) {
      const help = helpOf(command.name.split(' '), commands, plain)
      for (const name of Object.keys(command.options)) expect(help).toMatch(new RegExp(`^  (-\\w,|   ) --${name}\\b`, 'm'))
      for (const name of Object.keys(command.arguments)) expect(help).toContain(`<${name}>`)
      for (const code of ['0', '1', '2', '130']) expect(help).toMatch(new RegExp(`^  ${code} +\\S`, 'm'))
      for (const [line] of command.examples) expect(help).toContain(`  ${line}\n`)
    }
  })

  test('about a word lists what begins with it', () => {
    const help = helpOf(['quarantine'], commands, plain)
    expect(help.match(/^ {2}quarantine \w+/gm)).toEqual(['list', 'show', 'replay', 'purge'].map((verb) => `  quarantine ${verb}`))
    expect(help).toContain('footfall quarantine alone is footfall quarantine list.')
  })

  test('fits a terminal of 80 columns', () => {
    const topics = [[], ...commands.flatMap(({ name }) => [name.split(' '), name.split(' ').slice(0, 1)])]
    const long = topics.flatMap((topic) =>
      helpOf(topic, commands, plain)
        .split('\n')
        .filter((line) => line.length > 80),
    )
    expect(long).toEqual([])
  })
})
