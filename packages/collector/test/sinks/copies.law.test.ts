import type { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createMemorySink } from '../../src/sinks/memory.ts'
import type { EventRecord } from '../../src/sinks/sink.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { rebuildDerived } from '../../src/sinks/sqlite/rebuild.ts'
import { selectEvents } from '../../src/sinks/sqlite/select-events.ts'
import { writeDelivery } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { type EventRowOut, toStoredEvent } from '../../src/sinks/sqlite/stored-rows.ts'
import { createWrite } from '../../src/sinks/sqlite/write.ts'
import { temporaryFolder } from '../start-collector.ts'
import { delivery, hashOf, noon, order, project, utcDays } from './sink.contract.ts'

const minute = 60_000

/** Few orders, told of by pages and by servers, in one or another amount, on one or another day. */
const anyReport = fc
  .record({
    key: fc.constantFrom('A1', 'A1', 'A2'),
    amount: fc.constantFrom<number | null>(4990, 4990, 5990, null),
    currency: fc.constantFrom('EUR', 'EUR', 'USD'),
    isServer: fc.boolean(),
    bot: fc.constantFrom(false, false, false, true),
    occurredAt: fc.constantFrom(noon, noon - 86_400_000),
    anonymousId: fc.constantFrom('visitor-1', 'visitor-2', null),
    source: fc.constantFrom('till', null),
  })
  .map(({ key, amount, currency, ...differs }) => {
    const record = order(key, amount ?? 0, differs, currency)
    return amount === null ? { ...record, money: {}, valuePath: null } : record
  })

/** Reports in the order of receipt, and in one in which they come to be stored: those that were kept aside come later. */
const anyReports = fc
  .array(anyReport, { minLength: 1, maxLength: 7 })
  .chain((reports) =>
    fc.record({ reports: fc.constant(reports), stored: fc.shuffledSubarray(reports, { minLength: reports.length }) }),
  )

const week = { project, from: '2026-11-15', to: '2026-11-21', timeZone: 'UTC', baseCurrency: 'EUR' }
const all = { limit: 500, after: 0 }
const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1)

test('of several reports of an order the first counts, with the amounts of the first server, in whatever order they come to be stored', async () => {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const write = createWrite(db, hashOf, utcDays)

  await fc.assert(
    fc.asyncProperty(anyReports, async ({ reports, stored }) => {
      empty(db)
      const [memory, inOrder] = [createMemorySink(), createMemorySink()]
      const receivedAt = (record: EventRecord): number => noon + reports.indexOf(record) * minute
      for (const record of reports) await inOrder.commit(delivery([record], { receivedAt: receivedAt(record) }))
      for (const record of stored) {
        const one = delivery([record], { receivedAt: receivedAt(record) })
        expect(write([writeDelivery(one)])).toEqual([await memory.commit(one)])
      }

      const { rows } = await memory.events({ project }, all)
      expect(eventsIn(db)).toEqual(rows)
      const expected = (await inOrder.events({ project }, all)).rows
      expect([...rows].sort(byId)).toEqual([...expected].sort(byId))
      const { verdicts: _, ...traffic } = await memory.traffic(week)
      const { verdicts: __, ...asExpected } = await inOrder.traffic(week)
      expect(traffic).toEqual(asExpected)
      for (const { money, amounts_of, duplicate_of, name } of rows) {
        if (duplicate_of !== null || amounts_of === null) continue
        expect(money).toEqual(rows.find(({ id }) => id === amounts_of)?.money)
        expect(name).toBe('order_completed')
      }

      const derived = derivedIn(db)
      const revenue = db.prepare('SELECT sum(base_value) AS revenue FROM daily_counts').get() as { revenue: number | null }
      expect(revenue.revenue ?? 0).toBe(traffic.totals.revenue.minor)
      db.exec('BEGIN')
      rebuildDerived(db, project, 'UTC')
      db.exec('COMMIT')
      expect(derived).toEqual(derivedIn(db))
    }),
    { numRuns: 60 },
  )
}, 120_000)

function empty(db: DatabaseSync): void {
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").all()
  for (const { name } of names) if (name !== 'projects') db.exec(`DELETE FROM ${name}`)
}

function eventsIn(db: DatabaseSync): readonly unknown[] {
  const { sql, values } = selectEvents({ project }, all, true)
  return (db.prepare(sql).all(values) as unknown as EventRowOut[]).map(toStoredEvent)
}

const derivedIn = (db: DatabaseSync): unknown =>
  ['daily_counts', 'daily_visitors'].map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`).all())
