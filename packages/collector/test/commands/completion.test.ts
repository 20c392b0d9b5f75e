import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sayNotTested } from '@footfall/testkit/not-tested'
import { expect, test } from 'vitest'
import { completionOf } from '../../src/commands/completion.ts'
import { shells } from '../../src/commands/shells.ts'
import { commands } from '../../src/commands/table.ts'
import { temporaryFolder } from '../start-collector.ts'

type Shell = (typeof shells)[number]

const inShell = (shell: Shell, args: readonly string[], cwd: string) =>
  spawnSync(shell, args, { cwd, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: cwd } })
const hasShell = (shell: Shell): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0
for (const shell of shells) sayNotTested(`completion in ${shell}`, hasShell(shell) ? null : 'it is not installed')

const optionsOf = (name: string): readonly string[] => [
  ...Object.keys(commands.find((command) => command.name === name)?.options ?? {}).map((option) => `--${option}`),
  '--help',
]
const firstWords = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? '')), 'help']

/** What a line is completed to, its last word being the one that is typed. */
const cases: readonly { readonly line: readonly string[]; readonly expected: readonly string[] }[] = [
  { line: [''], expected: firstWords },
  { line: ['qua'], expected: ['quarantine'] },
  { line: ['quarantine', ''], expected: ['list', 'show', 'replay', 'purge'] },
  { line: ['quarantine', '--sou'], expected: ['--source'] },
  { line: ['quarantine', 'replay', '-'], expected: optionsOf('quarantine replay') },
  { line: ['quarantine', 'replay', 'a', 'b', '--p'], expected: ['--patch', '--project'] },
  { line: ['--url', 'serve', 'sources', 's'], expected: ['set'] },
  { line: ['sources', 'set', 'till', '--date-order', ''], expected: ['DMY', 'MDY', 'YMD', 'none'] },
  { line: ['sources', 'set', 'till', '--channel', 'p'], expected: ['pos'] },
  { line: ['completion', ''], expected: ['bash', 'zsh', 'fish'] },
  { line: ['help', 'quarantine', 'p'], expected: ['purge'] },
  { line: ['import', ''], expected: ['a folder', 'two words.csv'] },
  { line: ['import', 'x.csv', '--map', 'two'], expected: ['two words.csv'] },
  { line: ['serve', '-c', 'two'], expected: ['two words.csv'] },
  { line: ['sources', 'set', 'till', '--currency', ''], expected: [] },
  { line: ['aliases', 'set', 'x', ''], expected: [] },
]

/** A folder with the script, and beside it one with files. */
async function withScript(shell: Shell) {
  const folder = await temporaryFolder()
  const script = join(folder, 'script')
  await writeFile(script, completionOf(shell, commands))
  const files = await temporaryFolder()
  await writeFile(join(files, 'two words.csv'), '')
  await mkdir(join(files, 'a folder'))
  return { script, files }
}

test.skipIf(!hasShell('bash'))('bash completes by the script, which it has been told to use', async () => {
  const { script, files } = await withScript('bash')
  const asks = cases.map(({ line }) => `ask ${line.map((word) => `'${word}'`).join(' ')}`)
  const program = `source '${script}'
complete -p footfall
ask() { COMP_WORDS=(footfall "$@"); COMP_CWORD=$#; COMPREPLY=(); _footfall; printf '%s\\t' "\${COMPREPLY[@]}"; echo; }
${asks.join('\n')}`
  const { stdout, stderr } = inShell('bash', ['--norc', '-uc', program], files)
  expect(stderr).toBe('')
  const [told, ...answers] = stdout.trimEnd().split('\n')
  expect(told).toMatch(/^complete .*-F _footfall footfall$/)
  const found = cases.map(({ line }, index) => ({ line, expected: (answers[index] ?? '').split('\t').filter(Boolean).sort() }))
  expect(found).toEqual(cases.map(({ line, expected }) => ({ line, expected: [...expected].sort() })))
})

test.skipIf(!hasShell('fish'))('fish completes the same', async () => {
  const { script, files } = await withScript('fish')
  const quoted = ({ line }: (typeof cases)[number]): string => `'footfall ${line.join(' ')}'`
  const program = `source '${script}'; for line in ${cases.map(quoted).join(' ')}; complete -C $line | string join \\x1f; end`
  const { stdout, stderr } = inShell('fish', ['--no-config', '-c', program], files)
  expect(stderr).toBe('')
  const answers = stdout.split('\n')
  // Beside a description, and a folder with a slash.
  const word = (text: string): string => text.split('\t')[0]?.replace(/\/$/, '').replaceAll('\\ ', ' ') ?? ''
  const found = cases.map(({ line }, index) => ({
    line,
    expected: (answers[index] ?? '').split('\x1f').filter(Boolean).map(word).sort(),
  }))
  expect(found).toEqual(
    cases.map(({ line, expected }) => ({ line, expected: [...expected, ...(line.at(-1) === '-' ? ['-c'] : [])].sort() })),
  )
})

test.skipIf(!hasShell('zsh'))('zsh completes the same', async () => {
  const { script, files } = await withScript('zsh')
  const asks = cases.map(({ line }) => `ask ${line.map((word) => `'${word}'`).join(' ')}`)
  // What offers words to the terminal is replaced; which words are offered is the script's.
  const program = `compdef() { : }; compadd() { shift; print -rn -- "\${(pj:\\t:)@}" }; _files() { print -rn -- files }
_describe() { local -a all; all=("\${(@P)@[-1]}"); print -rn -- "\${(pj:\\t:)\${(@)all%%:*}}" }
source '${script}'
ask() { words=(footfall "$@"); CURRENT=$#words; _footfall; print }
${asks.join('\n')}`
  const { stdout, stderr } = inShell('zsh', ['-fc', program], files)
  expect(stderr).toBe('')
  const answers = stdout.split('\n')
  for (const [index, { line, expected }] of cases.entries()) {
    const typed = line.at(-1) ?? ''
    // zsh itself leaves out what does not begin with what was typed, and finds files.
    const found = (answers[index] ?? '').split('\t').filter((word) => word !== '' && (word.startsWith(typed) || word === 'files'))
    const isOfFiles = expected.includes('two words.csv')
    expect([line, found.sort()]).toEqual([line, isOfFiles ? ['files'] : [...expected].sort()])
  }
})

test.each(shells)('the script for %s knows every option of every command', (shell) => {
  const script = completionOf(shell, commands)
  for (const { name, options } of commands) {
    expect(script).toContain(name)
    for (const option of Object.keys(options)) expect(script).toContain(shell === 'fish' ? `-l ${option}` : `--${option}`)
  }
})
