import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { style } from '../../src/banner/style.ts'
import { wordsFor } from '../../src/banner/words.ts'

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
const section = readme.split('\n## The banner\n')[1]?.split('\n## ')[0] ?? ''

test('the example of the README is the one that is run', async () => {
  const example = await readFile(new URL('./example.ts', import.meta.url), 'utf8')
  expect(section).toContain(`\`\`\`ts\n${example}\`\`\``)
})

test('the README names every variable with its default, and no other', () => {
  const inStyle = [...style.matchAll(/var\((--footfall-[\w-]+), ([^)]+)\)/g)].map(([, name, value]) => `${name}: ${value}`)
  const inReadme = [...section.matchAll(/^\| `(--[\w-]+)` +\| `([^`]+)`/gm)].map(([, name, value]) => `${name}: ${value}`)
  expect(inReadme.toSorted()).toEqual([...new Set(inStyle)].toSorted())
})

test('the README names every word', () => {
  const [, listed = ''] = /The words: ([^.]+)\./.exec(section) ?? []
  const names = [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  expect(names.toSorted()).toEqual(Object.keys(wordsFor('en')[1]).toSorted())
})
