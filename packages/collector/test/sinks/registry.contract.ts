import { describe, expect, test } from 'vitest'
import { emptyRegistry, type RegistryChange } from '../../src/registry/registry.ts'
import type { Source } from '../../src/registry/source.ts'
import type { Store } from '../../src/sinks/sink.ts'
import { delivery, eventRecord, noon, project, quarantineRecord } from './sink.contract.ts'

const dayMs = 86_400_000

/** What every store knows about sources and aliases. */
export function registryContract(create: () => Promise<Store>): void {
  const till: Source = {
    id: 'till',
    channel: 'pos',
    transport: 'file',
    timeZone: 'Europe/Paris',
    dateOrder: 'DMY',
    timeUnit: 'excel',
    moneyUnit: 'minor',
    locale: 'fr-FR',
    currency: 'CHF',
    taxInclusive: false,
    sampling: 0.5,
    expectedPerDay: 0.25,
  }
  const set = (source: Source): RegistryChange => ({ kind: 'set source', source })
  const alias = (from: string, to: string, at = noon): RegistryChange => ({ kind: 'set alias', from, to, at })

  test('a registry is empty at first', async () => {
    expect(await (await create()).registry(project)).toEqual(emptyRegistry)
  })

  test('what is registered comes back as it was, and is replaced as a whole', async () => {
    const store = await create()
    expect(await store.register(project, set(till))).toBe('done')
    expect((await store.registry(project)).sources).toEqual(new Map([['till', till]]))
    expect(await store.register(project, set({ id: 'till', channel: 'web' }))).toBe('done')
    expect((await store.registry(project)).sources).toEqual(new Map([['till', { id: 'till', channel: 'web' }]]))
    expect(await store.register(project, { kind: 'remove source', id: 'till' })).toBe('done')
    expect(await store.register(project, { kind: 'remove source', id: 'till' })).toBe('absent')
    expect(await store.registry(project)).toEqual(emptyRegistry)
  })

  test('an alias comes back with its time, the newer one instead of the older', async () => {
    const store = await create()
    await store.register(project, alias('korb', 'product_added'))
    expect(await store.register(project, alias('korb', 'product_viewed', noon + 1))).toBe('done')
    const { aliases, aliasedAt } = await store.registry(project)
    expect([[...aliases], [...aliasedAt]]).toEqual([[['korb', 'product_viewed']], [['korb', noon + 1]]])
    expect(await store.register(project, { kind: 'remove alias', from: 'korb' })).toBe('done')
    expect(await store.register(project, { kind: 'remove alias', from: 'korb' })).toBe('absent')
    expect(await store.registry(project)).toEqual(emptyRegistry)
  })

  test.each(['__proto__', 'constructor', "'; DROP TABLE sources; --", '日本 <b>"x"</b>'])(
    '%s is an entry like any other',
    async (id) => {
      const store = await create()
      await store.register(project, set({ id, channel: 'web' }))
      await store.register(project, alias(id, 'product_added'))
      const { sources, aliases } = await store.registry(project)
      expect([[...sources.keys()], [...aliases.keys()]]).toEqual([[id], [id]])
    },
  )

  test('projects have registries of their own', async () => {
    const store = await create()
    await store.register(project, set(till))
    await store.register(project, alias('korb', 'product_added'))
    expect(await store.registry('other')).toEqual(emptyRegistry)
    expect(await store.register('other', { kind: 'remove source', id: 'till' })).toBe('absent')
    expect((await store.registry(project)).sources.size).toBe(1)
  })

  describe('what is heard of sources', () => {
    test('is when, and how much by day, whatever became of it', async () => {
      const store = await create()
      const heard = { project, from: '2026-11-20', limit: 10 }
      expect(await store.heardSources(heard)).toEqual([])
      const yesterday = { receivedAt: noon - dayMs, receivedDay: '2026-11-20' }
      const early = { receivedAt: noon - 5 * dayMs, receivedDay: '2026-11-16' }
      const known = eventRecord({ countedSource: 'till' })
      await store.commit(delivery([eventRecord({ countedSource: 'till' })], early))
      await store.commit(delivery([known, eventRecord()], yesterday))
      await store.commit(delivery([known, quarantineRecord({ a: 1 }, { countedSource: 'till' })]))
      expect(await store.heardSources(heard)).toEqual([
        {
          source: 'till',
          firstSeen: noon - 5 * dayMs,
          lastSeen: noon,
          days: [
            { day: '2026-11-20', received: 1, quarantined: 0 },
            { day: '2026-11-21', received: 2, quarantined: 1 },
          ],
        },
        {
          source: '',
          firstSeen: noon - dayMs,
          lastSeen: noon - dayMs,
          days: [{ day: '2026-11-20', received: 1, quarantined: 0 }],
        },
      ])
    })

    test('is of one project, of those that are registered and of those that were heard of last', async () => {
      const store = await create()
      for (const [index, countedSource] of ['a', 'b', 'c'].entries())
        await store.commit(delivery([eventRecord({ countedSource })], { receivedAt: noon + index }))
      await store.commit(delivery([eventRecord({ countedSource: 'd' })], { project: 'other' }))
      const heard = await store.heardSources({ project, from: '2026-11-01', limit: 2 })
      expect(heard.map(({ source }) => source)).toEqual(['c', 'b'])
      await store.register(project, set({ id: 'a', channel: 'web' }))
      const again = await store.heardSources({ project, from: '2026-11-01', limit: 2 })
      expect(again.map(({ source }) => source)).toEqual(['a', 'c'])
    })
  })
}
