import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { changed, emptyRegistry, maxAliases, maxSources, type RegistryChange } from '../../../src/registry/registry.ts'
import type { Source } from '../../../src/registry/source.ts'
import { createRegister, readRegistry } from '../../../src/sinks/sqlite/registry-tables.ts'

const migrations = join(import.meta.dirname, '..', '..', '..', 'src', 'sinks', 'sqlite', 'migrations')
const tables = readFileSync(join(migrations, '0006-registry.sql'), 'utf8')
const project = 'default'

function open(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  onTestFinished(() => db.close())
  db.exec(tables)
  return db
}

const ids = fc.constantFrom('a', 'b', 'c', '__proto__')
const source = fc.record(
  {
    id: ids,
    channel: fc.constantFrom('web', 'pos'),
    timeZone: fc.constantFrom('UTC', 'Europe/Paris'),
    sampling: fc.constantFrom(0.5, 1),
  },
  { requiredKeys: ['id', 'channel'] },
) as fc.Arbitrary<Source>
const change: fc.Arbitrary<RegistryChange> = fc.oneof(
  fc.record({ kind: fc.constant('set source' as const), source }),
  fc.record({ kind: fc.constant('remove source' as const), id: ids }),
  fc.record({ kind: fc.constant('set alias' as const), from: ids, to: ids, at: fc.nat() }),
  fc.record({ kind: fc.constant('remove alias' as const), from: ids }),
)

test('whatever is changed in whatever order, the tables say what the decision says', () => {
  const limits = { sources: 2, aliases: 2 }
  const db = open()
  const register = createRegister(db, limits)
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      db.exec('DELETE FROM sources; DELETE FROM aliases')
      let registry = emptyRegistry
      for (const one of changes) {
        const next = changed(registry, one, limits)
        expect(register({ project, change: one })).toBe(next.fate)
        registry = next.registry
      }
      const read = readRegistry(db, project)
      expect([read.sources, read.aliases, read.aliasedAt]).toEqual([registry.sources, registry.aliases, registry.aliasedAt])
    }),
  )
})

test('a project has so many sources and aliases, and not one more', () => {
  const db = open()
  const register = createRegister(db)
  const numbers = (count: number) => `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`
  db.exec(`INSERT INTO sources ${numbers(maxSources)} SELECT '${project}', 's' || i, '{"channel":"web"}' FROM n`)
  db.exec(`INSERT INTO aliases ${numbers(maxAliases)} SELECT '${project}', 'a' || i, 'product_added', 0 FROM n`)
  const set = (id: string, of = project) =>
    register({ project: of, change: { kind: 'set source', source: { id, channel: 'pos' } } })
  const alias = (from: string, of = project) =>
    register({ project: of, change: { kind: 'set alias', from, to: 'product_viewed', at: 1 } })
  expect([maxSources, maxAliases]).toEqual([1000, 10_000])
  expect([set('one more'), alias('one more')]).toEqual(['full', 'full'])
  expect([set('s1'), alias('a1'), set('s1', 'other'), alias('a1', 'other')]).toEqual(['done', 'done', 'done', 'done'])
  const full = readRegistry(db, project)
  const more: RegistryChange = { kind: 'set source', source: { id: 'one more', channel: 'web' } }
  expect(changed(full, more).fate).toBe('full')
  expect(changed(full, { kind: 'set alias', from: 'one more', to: 'product_added', at: 1 }).fate).toBe('full')
  expect(changed(full, { kind: 'set alias', from: 'a1', to: 'product_added', at: 1 }).fate).toBe('done')
})
