import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readWords } from '../../src/commands/read-words.ts'
import { commands } from '../../src/commands/table.ts'
import { FootfallError } from '../../src/errors.ts'

const read = (line: string) => readWords(line === '' ? [] : line.split(' '), commands)

describe('words name a command, with what it was given', () => {
  test.each([
    { line: 'serve', name: 'serve', given: { json: false } },
    { line: '--config a.json serve', name: 'serve', given: { config: 'a.json', json: false } },
    { line: 'serve -c a.json', name: 'serve', given: { config: 'a.json', json: false } },
    { line: 'serve --config=-', name: 'serve', given: { config: '-', json: false } },
    { line: 'sources', name: 'sources list', given: { json: false } },
    { line: 'sources --json --url http://a', name: 'sources list', given: { json: true, url: 'http://a' } },
    { line: 'quarantine list --source list', name: 'quarantine list', given: { json: false, source: 'list' } },
    {
      line: 'quarantine replay a b',
      name: 'quarantine replay',
      given: { key: ['a', 'b'], all: false, 'dry-run': false, json: false },
    },
    { line: 'quarantine purge --all', name: 'quarantine purge', given: { key: [], all: true, json: false } },
    { line: 'reprocess --name a --name=b', name: 'reprocess', given: { name: ['a', 'b'], 'dry-run': false, json: false } },
    { line: 'reprocess', name: 'reprocess', given: { name: [], 'dry-run': false, json: false } },
    { line: 'aliases set a b', name: 'aliases set', given: { from: 'a', to: 'b', json: false } },
    { line: 'aliases set -- --a b', name: 'aliases set', given: { from: '--a', to: 'b', json: false } },
    { line: 'completion zsh', name: 'completion', given: { shell: 'zsh' } },
    { line: 'sources remove help', name: 'sources remove', given: { id: 'help', json: false } },
  ])('$line', ({ line, name, given }) => {
    expect(read(line)).toEqual({ kind: 'run', command: expect.objectContaining({ name }), given })
  })
})

test.each([
  { line: '--help', topic: [] },
  { line: 'help', topic: [] },
  { line: '-h', topic: [] },
  { line: 'serve --help', topic: ['serve'] },
  { line: 'quarantine --help', topic: ['quarantine'] },
  { line: 'help quarantine replay', topic: ['quarantine', 'replay'] },
  { line: 'quarantine replay a --source b -h', topic: ['quarantine', 'replay'] },
  { line: 'import file.csv --help', topic: ['import'] },
])('$line asks for help about $topic', ({ line, topic }) => {
  expect(read(line)).toEqual({ kind: 'help', topic })
})

test.each(['--version', '-v'])('%s asks for the version', (line) => {
  expect(read(line)).toEqual({ kind: 'version' })
})

describe('what is not known is refused, with what was probably meant', () => {
  test.each([
    { line: '', says: 'Say what to do' },
    { line: 'sreve', says: 'There is no command "sreve". Did you mean footfall serve? See footfall --help.' },
    { line: 'frobnicate', says: 'There is no command "frobnicate". See footfall --help.' },
    { line: 'help frobnicate', says: 'There is no command "frobnicate".' },
    { line: 'rates', says: 'There is footfall rates import.' },
    { line: 'quarantine lsit', says: 'Did you mean footfall quarantine list? See footfall quarantine --help.' },
    { line: 'quarantine 7107c0fa3c5e7be53a2c6b694aa23065', says: 'footfall quarantine show' },
    { line: '--prot 1', says: 'There is no option --prot. See footfall --help.' },
    { line: '--jsn sources', says: 'There is no option --jsn. Did you mean --json? See footfall sources --help.' },
    { line: 'quarantine --sorce x', says: 'There is no option --sorce. Did you mean --source? See footfall quarantine --help.' },
    { line: 'quarantine list --sorce x', says: 'takes no --sorce. Did you mean --source?' },
    {
      line: 'quarantine purge --all --dry-run',
      says: 'footfall quarantine purge takes no --dry-run. See footfall quarantine purge --help.',
    },
    { line: 'serve -x', says: 'takes no -x' },
    { line: 'serve now', says: 'footfall serve does not take "now".' },
    { line: 'serve --config', says: '--config takes a value: --config <file>.' },
    { line: 'serve --config --json', says: '--config=--json' },
    { line: 'serve --json=yes', says: '--json takes no value' },
    { line: 'serve -c a -c b', says: '-c is there twice' },
    { line: 'sources set a --channel pso', says: 'and not "pso". Did you mean pos?' },
    { line: 'sources set a --tax-inclusive maybe', says: '--tax-inclusive takes yes, no, true, false or none' },
    { line: 'sources set', says: 'Say which id, as in footfall sources set till-paris' },
    { line: 'aliases set a', says: 'Say which to' },
    { line: 'completion', says: 'footfall completion bash' },
    { line: 'completion tcsh', says: 'takes bash, zsh or fish' },
    { line: 'serve __proto__', says: 'does not take "__proto__"' },
    { line: 'serve --__proto__', says: 'takes no --__proto__' },
    { line: 'constructor', says: 'There is no command "constructor"' },
  ])('$line', ({ line, says }) => {
    expect(() => read(line)).toThrow(expect.objectContaining({ code: 'bad_usage', message: expect.stringContaining(says) }))
  })

  test('an empty word is one that a script forgot to fill', () => {
    expect(() => readWords(['sources', 'remove', ''], commands)).toThrow('Say which id')
  })

  test('what was typed cannot move the cursor', () => {
    for (const words of [
      ['a\u001b[2J'],
      ['serve', '\u009b2J'],
      ['serve', '--\u001b[2J'],
      ['sources', 'set', 'a', '--channel', '\u202ex'],
    ])
      expect(() => readWords(words, commands)).toThrow(
        expect.objectContaining({ message: expect.not.stringMatching(/[\p{Cc}\p{Cf}]/u) }),
      )
  })
})

test('whatever is typed is understood, or refused in one line', () => {
  const known = commands.flatMap(({ name, options }) => [
    ...name.split(' '),
    ...Object.keys(options).map((option) => `--${option}`),
  ])
  const word = fc.oneof(fc.constantFrom(...known, '--', '-', '--=', '-c', ''), fc.string({ unit: 'binary', maxLength: 12 }))
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      try {
        readWords(words, commands)
      } catch (cause) {
        expect(cause).toBeInstanceOf(FootfallError)
        expect((cause as FootfallError).message).not.toMatch(/[\r\n]/)
      }
    }),
    { numRuns: 500 },
  )
})
