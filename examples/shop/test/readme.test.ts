import { readFile } from 'node:fs/promises'
import { catalogue } from '@footfall/events'
import { expect, test } from 'vitest'

const beside = (path: string) => readFile(new URL(path, import.meta.url), 'utf8')
const readme = await beside('../README.md')
const [, events = ''] = readme.split('## Which event is told where')
const [told = '', untold = ''] = (events.split('\n## ')[0] ?? '').split('What a page cannot tell:')
const tracking = await beside('../src/tracking.ts')

/** The events in the first column of a table. */
const eventsOf = (table: string): string[] =>
  table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))

test('the README names every event of the catalogue once: told, or why not', () => {
  expect([...eventsOf(told), ...eventsOf(untold)].toSorted()).toEqual([...catalogue.keys()].toSorted())
})

test('what the README says is told, the shop tells, and nothing else', () => {
  // The tracker tells these two by methods of their own.
  const byMethod = ['page_viewed', 'consent_updated']
  const inCode = [...tracking.matchAll(/track\('(\w+)'/g)].map(([, name = '']) => name)
  expect([...inCode, ...byMethod].toSorted()).toEqual(eventsOf(told).toSorted())
})
