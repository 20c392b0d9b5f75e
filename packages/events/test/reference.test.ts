import { readFile } from 'node:fs/promises'
import { catalogue } from '@footfall/events'
import { expect, test } from 'vitest'
import { reference } from '../../../scripts/reference.ts'

const page = await readFile(new URL('../REFERENCE.md', import.meta.url), 'utf8')

test('the reference is that of the catalogue', () => {
  expect(page === reference(catalogue), 'packages/events/REFERENCE.md is stale: `pnpm reference` mends it').toBe(true)
})

test('every link within the reference leads somewhere', () => {
  const headings = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title?.toLowerCase().replaceAll(' ', '-')))
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target)
  expect(links.length).toBeGreaterThan(34)
  expect(links.filter((target) => !headings.has(target))).toEqual([])
})

test('no cell of a table breaks it', () => {
  for (const block of page.split('\n\n').filter((text) => text.startsWith('|'))) {
    const widths = new Set(
      block
        .trim()
        .split('\n')
        .map((row) => row.split('|').length),
    )
    expect(widths.size, block).toBe(1)
  }
})
