import { expect, onTestFinished, test } from 'vitest'
import type { SentEvent } from '../../../src/sinks/revision.ts'
import { createSqliteSink } from '../../../src/sinks/sqlite/sqlite-sink.ts'
import { temporaryFolder } from '../../start-collector.ts'
import { asOrder, asUnknown } from '../renaming.contract.ts'
import { delivery, noon, order, project } from '../sink.contract.ts'

const beforeAlias = { properties: { order_id: 'A1' }, repairs: [], flags: ['unrecognized' as const] }

/** A store of an order whose first report has aged out, and a second one not. */
async function openAged() {
  const projects = [{ id: project, timeZone: 'UTC', baseCurrency: 'EUR' }]
  const store = createSqliteSink({ folder: await temporaryFolder(), projects, subjectSecret: 'a secret for tests' })
  onTestFinished(() => store.close())
  const first = order('A1', 4990)
  const copy = order('A1', 4990, { originalName: 'kauf', beforeAlias })
  await store.commit(delivery([first], { receivedAt: noon - 86_400_000, receivedDay: '2026-11-20' }))
  await store.commit(delivery([copy]))
  await store.retain([{ project, cutoffs: { necessary: noon, analytics: noon } }])
  const rows = async () => (await store.events({ project }, { limit: 100, after: 0 })).rows
  expect((await rows()).map(({ duplicate_of }) => duplicate_of)).toEqual([first.id])
  const orders = async () => {
    const days = { from: '2026-11-20', to: '2026-11-21', timeZone: 'UTC', baseCurrency: 'EUR' }
    return (await store.traffic({ project, ...days })).totals.orders
  }
  const only = async (kind: 'renamedEvents' | 'unknownEvents'): Promise<SentEvent> => {
    const { rows } = await store[kind]({ project, name: 'kauf', called: 'kauf' }, { limit: 10, after: null })
    return rows[0] ?? expect.fail('it is there')
  }
  return { store, first, copy, rows, orders, only }
}

test('what repeats an order that has aged out does so under another name as well, and whoever reports it so', async () => {
  const { store, first, rows, orders, only } = await openAged()
  await store.revise(project, [asUnknown(await only('renamedEvents'))])
  const asSale = asOrder(await only('unknownEvents'), 'A1', 4990)
  const name = 'pos_purchase_completed'
  await store.revise(project, [{ ...asSale, meaning: { ...asSale.meaning, name } }])
  expect(await rows()).toMatchObject([{ name, duplicate_of: first.id }])
  const others = [order('A1', 4990, { name }), order('A1', 4990)]
  const repeated = { kind: 'stored', duplicateOf: first.id }
  expect(await store.commit(delivery(others))).toEqual([repeated, repeated])
  expect(await orders()).toBe(1)
})

test('the first report, delivered once more after it has aged out, is the first again', async () => {
  const { store, first, copy, rows } = await openAged()
  const again = order('A1', 100, { id: first.id })
  expect(await store.commit(delivery([again]))).toEqual([{ kind: 'stored', duplicateOf: null }])
  const duplicates = async () => (await rows()).map(({ id, duplicate_of, quality }) => [id, duplicate_of, quality.flags])
  expect(await duplicates()).toEqual([
    [copy.id, first.id, ['order_conflict']],
    [first.id, null, []],
  ])
})

test.each<{ how: string; leave: (aged: Awaited<ReturnType<typeof openAged>>) => Promise<unknown> }>([
  { how: 'is erased', leave: ({ store }) => store.erase({ project, id: 'visitor-1', at: noon }) },
  { how: 'ages out', leave: ({ store }) => store.retain([{ project, cutoffs: { necessary: noon + 1, analytics: noon + 1 } }]) },
  {
    how: 'is read as another order',
    leave: async ({ store, only }) => {
      await store.revise(project, [asUnknown(await only('renamedEvents'))])
      await store.revise(project, [asOrder(await only('unknownEvents'), 'A2', 100)])
    },
  },
])('the order is forgotten when its last report $how', async ({ leave }) => {
  const aged = await openAged()
  await leave(aged)
  const again = order('A1', 4990, { anonymousId: 'visitor-2' })
  expect(await aged.store.commit(delivery([again]))).toEqual([{ kind: 'stored', duplicateOf: null }])
})
