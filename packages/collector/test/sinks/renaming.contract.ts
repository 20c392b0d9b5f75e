import { describe, expect, test } from 'vitest'
import type { Revision, SentEvent } from '../../src/sinks/revision.ts'
import type { EventRecord, Store } from '../../src/sinks/sink.ts'
import { delivery, eventRecord, noon, order, project } from './sink.contract.ts'

const unknown = (name: string, differs: Partial<EventRecord> = {}): EventRecord =>
  eventRecord({ name, originalName: name, properties: { order_id: 'A1' }, flags: ['unrecognized'], ...differs })

/** What makes an order of an event. */
export function asOrder(sent: SentEvent, key: string, minor: number): Revision {
  const { naturalKey, money, valuePath, name } = order(key, minor)
  return {
    position: sent.position,
    id: sent.event.id,
    nameBefore: sent.event.name,
    meaning: { name, properties: { order_id: key }, money, valuePath, naturalKey, likeness: null, repairs: [], flags: [] },
    beforeAlias: { properties: { order_id: 'A1' }, repairs: [], flags: ['unrecognized'] },
    recount: { day: '2026-11-21', source: '', gone: [{ kind: 'flag', key: 'unrecognized' }], come: [] },
  }
}

export const asUnknown = (sent: SentEvent): Revision => ({
  ...asOrder(sent, 'A1', 0),
  meaning: {
    name: sent.event.original_name,
    properties: { order_id: 'A1' },
    money: {},
    valuePath: null,
    naturalKey: null,
    likeness: null,
    repairs: [],
    flags: ['unrecognized'],
  },
  beforeAlias: null,
})

/** What every store does with the names of events, beside `sinkContract`. */
export function renamingContract(create: () => Promise<Store>): void {
  const page = { limit: 100, after: null }
  const all = { limit: 500, after: 0 }
  const week = { project, from: '2026-11-15', to: '2026-11-21', timeZone: 'UTC', baseCurrency: 'EUR' }
  const kauf = { project, name: 'kauf' }
  const misnamed = { ...kauf, called: 'kauf' }

  describe('names that events came under', () => {
    test('are listed once each, in the order of their bytes, without those that the collector gives', async () => {
      const store = await create()
      const names = ['zebra', '😀', '\uffee', '__proto__', 'a', 'a', 'B', '日本']
      const reported = { ...unknown('Cart Abandoned'), name: 'cart_abandoned_reported' }
      await store.commit(delivery([...names.map((name) => unknown(name)), order('A1', 100), reported]))
      await store.commit(delivery([unknown('elsewhere')], { project: 'other' }))

      const sorted = ['B', '__proto__', 'a', 'zebra', '日本', '\uffee', '😀']
      expect(await store.sentNames(project, { after: '', limit: 10 })).toEqual(sorted)
      expect(await store.sentNames(project, { after: 'B', limit: 3 })).toEqual(sorted.slice(1, 4))
      expect(await store.sentNames(project, { after: '😀', limit: 10 })).toEqual([])
    })

    test('lead to their events, page by page: unknown ones from the first, renamed ones from the last', async () => {
      const store = await create()
      const records = [0, 1, 2, 3, 4].map((hours) => unknown('kauf', { occurredAt: noon - hours * 3_600_000 }))
      await store.commit(delivery([...records, unknown('other')]))
      const ids = records.map(({ id }) => id)
      const idsOf = (rows: readonly SentEvent[]) => rows.map(({ event }) => event.id)

      const first = await store.unknownEvents(kauf, { limit: 2, after: null })
      expect(idsOf(first.rows)).toEqual(ids.slice(0, 2))
      const rest = await store.unknownEvents(kauf, { limit: 3, after: first.next })
      expect([idsOf(rest.rows), rest.next]).toEqual([ids.slice(2), null])
      const inPeriod = await store.unknownEvents({ ...kauf, from: noon - 7_200_000, to: noon }, { limit: 100, after: null })
      expect(idsOf(inPeriod.rows)).toEqual(ids.slice(1, 3))
      expect(await store.countUnknown({ ...kauf, from: noon - 7_200_000, to: noon }, { limit: 2, after: null })).toMatchObject({
        events: 1,
      })
      expect(await store.countUnknown(kauf, page)).toEqual({ events: 5, next: null })

      const { rows } = await store.unknownEvents(kauf, page)
      expect(
        await store.revise(
          project,
          rows.map((row, index) => asOrder(row, `A${index}`, 100)),
        ),
      ).toBe(5)
      expect((await store.unknownEvents(kauf, page)).rows).toEqual([])
      expect(await store.countUnknown(kauf, page)).toEqual({ events: 0, next: null })
      expect(await store.sentNames(project, { after: '', limit: 10 })).toEqual(['kauf', 'other'])
      const last = await store.renamedEvents(misnamed, { limit: 2, after: null })
      expect(idsOf(last.rows)).toEqual([ids[4], ids[3]])
      expect(last.rows[0]?.beforeAlias).toEqual({ properties: { order_id: 'A1' }, repairs: [], flags: ['unrecognized'] })
      expect(idsOf((await store.renamedEvents(misnamed, { limit: 9, after: last.next })).rows)).toEqual([ids[2], ids[1], ids[0]])
      expect((await store.renamedEvents({ ...misnamed, called: 'order_completed' }, page)).rows).toEqual([])
    })
  })

  describe('an event that is revised', () => {
    test('counts as what it is from then on, before those that came after it, and is what it was when that is taken back', async () => {
      const store = await create()
      const early = unknown('kauf')
      await store.commit(delivery([early, order('A1', 4990), order('A1', 500)]))
      const before = [await store.events({ project }, all), await store.traffic(week)]

      const [sent] = (await store.unknownEvents(kauf, page)).rows
      if (sent === undefined) throw new Error('it is there')
      expect(await store.revise(project, [asOrder(sent, 'A1', 1000)])).toBe(1)
      const { rows } = await store.events({ project }, all)
      expect(rows.map(({ name, original_name, duplicate_of }) => [name, original_name, duplicate_of])).toEqual([
        ['order_completed', 'kauf', null],
        ['order_completed', 'purchase', early.id],
        ['order_completed', 'purchase', early.id],
      ])
      expect(rows.map(({ quality }) => quality.flags)).toEqual([[], ['order_conflict'], ['order_conflict']])
      const { totals, excluded } = await store.traffic(week)
      expect({ ...totals, ...excluded }).toMatchObject({ events: 1, orders: 1, revenue: { minor: 1000 }, duplicates: 2 })

      const [renamed] = (await store.renamedEvents(misnamed, page)).rows
      if (renamed === undefined) throw new Error('it is there')
      expect(await store.revise(project, [asUnknown(renamed)])).toBe(1)
      expect([await store.events({ project }, all), await store.traffic(week)]).toEqual(before)
    })

    test.each<{ name: string; differs: Partial<Revision>; ofProject?: string }>([
      { name: 'has another name by now', differs: { nameBefore: 'bestellung' } },
      { name: 'is another event by now', differs: { id: '0198f3a0-0000-7000-8000-ffffffffffff' } },
      { name: 'is gone', differs: { position: 4711 } },
      { name: 'is of another project', differs: {}, ofProject: 'other' },
    ])('is left alone if it $name', async ({ differs, ofProject = project }) => {
      const store = await create()
      await store.commit(delivery([unknown('kauf')]))
      const before = [await store.events({ project }, all), await store.traffic(week)]
      const [sent] = (await store.unknownEvents(kauf, page)).rows
      if (sent === undefined) throw new Error('it is there')
      expect(await store.revise(ofProject, [{ ...asOrder(sent, 'A1', 1000), ...differs }])).toBe(0)
      expect([await store.events({ project }, all), await store.traffic(week)]).toEqual(before)
    })

    test('is erased with what it was', async () => {
      const store = await create()
      await store.commit(delivery([unknown('kauf', { userId: 'customer-1' }), order('A1', 4990, { anonymousId: 'other-1' })]))
      const [sent] = (await store.unknownEvents(kauf, page)).rows
      if (sent === undefined) throw new Error('it is there')
      await store.revise(project, [asOrder(sent, 'A1', 1000)])
      expect(await store.erase({ project, id: 'customer-1', at: noon })).toMatchObject({ events: 1 })
      expect(await store.sentNames(project, { after: '', limit: 10 })).toEqual([])
      expect((await store.renamedEvents(misnamed, page)).rows).toEqual([])
      expect((await store.traffic(week)).totals).toMatchObject({ orders: 1, revenue: { minor: 4990 } })
    })

    test('repeats what it repeated before, though that has aged out: it was counted', async () => {
      const store = await create()
      const aged = order('A1', 4990, { originalName: 'kauf' })
      const beforeAlias = { properties: { order_id: 'A1' }, repairs: [], flags: ['unrecognized' as const] }
      const copy = order('A1', 4990, { originalName: 'kauf', isServer: true, beforeAlias })
      const yesterday = { receivedAt: noon - 86_400_000, receivedDay: '2026-11-20' }
      await store.commit(delivery([aged], yesterday))
      await store.commit(delivery([copy]))
      await store.retain([{ project, cutoffs: { necessary: noon, analytics: noon } }])
      const figures = async () => {
        const { totals } = await store.traffic(week)
        return { orders: totals.orders, revenue: totals.revenue.minor }
      }
      expect(await figures()).toEqual({ orders: 1, revenue: 4990 })

      const [renamed] = (await store.renamedEvents(misnamed, page)).rows
      if (renamed === undefined) throw new Error('it is there')
      expect(await store.revise(project, [asUnknown(renamed)])).toBe(1)
      expect(await figures()).toEqual({ orders: 1, revenue: 4990 })
      const [sent] = (await store.unknownEvents(kauf, page)).rows
      if (sent === undefined) throw new Error('it is there')
      expect(await store.revise(project, [asOrder(sent, 'A1', 4990)])).toBe(1)
      expect(await figures()).toEqual({ orders: 1, revenue: 4990 })
      const rows = async () => (await store.events({ project }, all)).rows
      expect((await rows()).find(({ id }) => id === copy.id)?.duplicate_of).toBe(aged.id)

      // Nor does whoever reports it once more count.
      expect(await store.commit(delivery([order('A1', 4990)]))).toEqual([{ kind: 'stored', duplicateOf: aged.id }])
      expect(await figures()).toEqual({ orders: 1, revenue: 4990 })

      const [turned] = (await store.renamedEvents(misnamed, page)).rows
      if (turned === undefined) throw new Error('it is there')
      // Read as another order it counts as that.
      await store.revise(project, [asOrder(turned, 'A2', 1000)])
      expect(await figures()).toEqual({ orders: 2, revenue: 5990 })
    })

    test('that an alias named when it came is what it would have been without', async () => {
      const store = await create()
      const beforeAlias = { properties: { order_id: 'A1' }, repairs: [], flags: ['unrecognized' as const] }
      await store.commit(delivery([order('A1', 1000, { originalName: 'kauf', beforeAlias })]))
      const { rows } = await store.renamedEvents(misnamed, page)
      expect(rows).toMatchObject([{ beforeAlias, event: { name: 'order_completed', original_name: 'kauf' } }])
      const known = await store.subject({ project, id: 'visitor-1', after: null, limit: 100 })
      expect(known.rows.filter(({ kind }) => kind === 'event')).toMatchObject([
        { name: 'order_completed', before_alias: beforeAlias },
      ])
    })
  })
}
