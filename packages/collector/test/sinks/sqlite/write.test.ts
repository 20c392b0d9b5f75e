import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { EventRecord } from '../../../src/sinks/sink.ts'
import { eventRow } from '../../../src/sinks/sqlite/columns.ts'
import { openForWriting } from '../../../src/sinks/sqlite/open.ts'
import type { WriteDelivery } from '../../../src/sinks/sqlite/protocol.ts'
import { rebuildDerived } from '../../../src/sinks/sqlite/rebuild.ts'
import { createWrite } from '../../../src/sinks/sqlite/write.ts'
import { temporaryFolder } from '../../start-collector.ts'
import { click, eventRecord, hashOf, noon, order, project, utcDays } from '../sink.contract.ts'

const derivedTables = ['daily_counts', 'daily_visitors', 'sessions', 'subject_sessions']
const tables = ['events', 'natural_keys', 'daily_quality', ...derivedTables]

const anyEvent: fc.Arbitrary<EventRecord> = fc
  .record({
    key: fc.option(fc.constantFrom('K1', 'K2', 'K3'), { nil: null }),
    occurredAt: fc.integer({ min: noon - 3 * 86_400_000, max: noon }),
    clickedAt: fc.option(fc.integer({ min: 0, max: 6000 }), { nil: null }),
    anonymousId: fc.option(fc.constantFrom('a', 'b'), { nil: null }),
    userId: fc.option(fc.constantFrom('u', 'a'), { nil: null }),
    session: fc.option(fc.constantFrom({ id: 's1' }, { id: 's2' }, { id: '\u0000odd' }), { nil: null }),
    bot: fc.boolean(),
    currency: fc.constantFrom('EUR', 'USD'),
  })
  .map(({ key, currency, clickedAt, ...fields }) => {
    // Around midnight, where what is alike has two days.
    if (clickedAt !== null) return click({ ...fields, occurredAt: Date.UTC(2026, 10, 20, 23, 59, 57) + clickedAt })
    return key === null ? eventRecord(fields) : order(key, 100, fields, currency)
  })

const write = (records: readonly EventRecord[]): WriteDelivery => ({
  project,
  receivedAt: noon,
  receivedDay: '2026-11-21',
  records: records.map((record) => ({ kind: 'event', ...eventRow(record, project, noon) })),
  drops: null,
})

test('the derived tables are what the events say, whatever arrived in whatever order, how often and in what groups', async () => {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const store = createWrite(db, hashOf, utcDays)
  const content = (): unknown =>
    derivedTables.map((table) =>
      db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    )

  fc.assert(
    fc.property(fc.array(fc.array(fc.array(anyEvent, { maxLength: 6 }), { maxLength: 3 }), { maxLength: 3 }), (groups) => {
      for (const table of tables) db.exec(`DELETE FROM ${table}`)
      for (const group of groups) {
        store(group.map(write))
        store(group.map(write))
      }
      const kept = content()
      db.exec('BEGIN')
      rebuildDerived(db, project, 'UTC')
      db.exec('COMMIT')
      expect(kept).toEqual(content())

      const events = groups.flat(2).length
      const verdicts = db
        .prepare("SELECT key AS verdict, events FROM daily_quality WHERE kind = 'verdict' ORDER BY key")
        .all()
        .map((row) => ({ ...row }))
      const expected = [
        { verdict: 'accepted', events },
        { verdict: 'duplicate', events },
      ]
      expect(verdicts).toEqual(events === 0 ? [] : expected)
    }),
    { numRuns: 40 },
  )
})
