import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attempt } from '../run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A line of code, and whether the house refuses it. */
interface Line {
  readonly code: string
  readonly isRefused: boolean
}

const refused = (...codes: string[]): Line[] => codes.map((code) => ({ code, isRefused: true }))
const allowed = (...codes: string[]): Line[] => codes.map((code) => ({ code, isRefused: false }))

const guesses = [
  ...refused(
    "new Date('2026-02-30')",
    'new Date("2026-02-30")',
    'new Date(`${' + 'text}T00:00:00Z`)',
    "new Date(text + 'Z')",
    'Date.parse(text)',
    '[text].map(Date.parse)',
    'parseFloat(text)',
    'Number.parseFloat(text)',
    'globalThis.parseFloat(text)',
    '[text].map(parseFloat)',
  ),
  ...allowed('new Date()', 'new Date(at)', 'new Date(at - 1)', 'new Date(Date.UTC(2026, 1, 1))', 'Number(text)'),
]

const floats = [
  ...refused('at * 100', 'at / 100', 'at % 100', 'at.toFixed(2)', 'at.toPrecision()', 'Math.round(at)'),
  ...allowed('BigInt(at) * big', 'big * 10n ** 2n', 'at + 1', 'Math.abs(at)'),
]

const types = [
  ...refused('new Date(text).getTime()', 'new Date(either).getTime()', 'new Date(any).getTime()', 'Date.parse(text) + 1'),
  ...allowed('new Date().getTime()', 'new Date(at).getTime()', 'new Date(2026, 1, 1).getTime()', 'Date.UTC(2026, 1) + 1'),
]

const source = (lines: readonly Line[]): string =>
  [
    'export const found = (text: string, at: number, big: bigint, either: string | number, any: any) => [text, at, big, either, any,',
    ...lines.map(({ code }) => `${code},`),
    ']',
  ].join('\n')

// The rules are tried where they hold, in a folder that looks like this one.
const fixtures = [
  { path: 'packages/collector/src/import/cells.ts', lines: guesses },
  { path: 'packages/events/src/limits.ts', lines: guesses },
  { path: 'packages/browser/src/track.ts', lines: guesses },
  { path: 'packages/collector/src/normalise/money.ts', lines: floats },
  {
    path: 'packages/collector/test/money.test.ts',
    lines: [...guesses, ...floats].map(({ code }) => ({ code, isRefused: false })),
  },
]

let folder: string
let reported: readonly { readonly path: string; readonly line: number }[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'footfall-lint-'))
  for (const { path, lines } of fixtures) await write(path, source(lines))
  await cp(join(root, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true })
  await cp(join(root, 'scripts/biome-house.json'), join(folder, 'scripts/biome-house.json'))
  const args = ['lint', '--config-path=scripts/biome-house.json', '--vcs-enabled=false', '--max-diagnostics=none']
  const { output } = await attempt('biome', [...args, '--reporter=github', 'packages'], folder)
  reported = [...output.matchAll(/^::error title=plugin,file=([^,]+),line=(\d+),/gm)].map(([, path = '', line]) => ({
    path: path.replaceAll('\\', '/'),
    line: Number(line),
  }))
})
afterAll(() => rm(folder, { recursive: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}

test.each(fixtures)(
  'the linter finds in $path what guesses at a text or reckons amounts as floats, and nothing else',
  ({ path, lines }) => {
    const lineNumbers = new Set(reported.filter((diagnostic) => diagnostic.path.endsWith(path)).map(({ line }) => line))
    expect(lines.map(({ code }, index) => ({ code, isRefused: lineNumbers.has(index + 2) }))).toEqual(lines)
  },
)

test('the compiler finds a text that becomes a date, by whatever name it goes', async () => {
  await write('types.ts', source(types))
  const args = ['--noEmit', '--ignoreConfig', '--strict', '--target', 'es2024', '--lib', 'es2024', '--pretty', 'false']
  const wall = join(root, 'packages/collector/src/text-is-no-date.d.ts')
  const { output } = await attempt('tsc', [...args, 'types.ts', wall], folder)
  const lineNumbers = new Set([...output.matchAll(/^types\.ts\((\d+),/gm)].map(([, line]) => Number(line)))
  expect(types.map(({ code }, index) => ({ code, isRefused: lineNumbers.has(index + 2) }))).toEqual(types)
})
