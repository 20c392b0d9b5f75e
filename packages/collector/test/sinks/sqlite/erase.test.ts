import type { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createLedger } from '../../../src/consent/ledger.ts'
import { createDayOf } from '../../../src/normalise/day.ts'
import type { SubjectRow } from '../../../src/privacy/subjects-export.ts'
import type { SinkRecord } from '../../../src/sinks/sink.ts'
import { erase, unfinishedErasures } from '../../../src/sinks/sqlite/erase.ts'
import { createLedgerTables } from '../../../src/sinks/sqlite/ledger-tables.ts'
import { openForWriting } from '../../../src/sinks/sqlite/open.ts'
import { runToEnd } from '../../../src/sinks/sqlite/slices.ts'
import { writeDelivery } from '../../../src/sinks/sqlite/sqlite-sink.ts'
import { createReadSubject } from '../../../src/sinks/sqlite/subjects-export.ts'
import { createWrite } from '../../../src/sinks/sqlite/write.ts'
import { temporaryFolder } from '../../start-collector.ts'
import { delivery, eventRecord, hashOf, noon, order, project, quarantineRecord, utcDays } from '../sink.contract.ts'

vi.setConfig({ testTimeout: 60_000 })

async function openStore() {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const write = createWrite(db, hashOf, utcDays)
  const dayOf = createDayOf('UTC')
  return {
    db,
    write: (records: readonly SinkRecord[]) => void write([writeDelivery(delivery(records))]),
    erase: (id: string) =>
      erase(
        db,
        { project, id, at: noon },
        { subjectHash: hashOf, dayOf: () => dayOf, ledger: createLedger(createLedgerTables(db), hashOf) },
      ),
  }
}

function exported(db: DatabaseSync, id: string): readonly SubjectRow[] {
  const read = createReadSubject(db)
  const rows: SubjectRow[] = []
  for (let after: Parameters<typeof read>[0]['after'] = null; ; ) {
    const page = read({ project, id, after, limit: 500, subjectHash: hashOf(project, id) })
    rows.push(...page.rows)
    if (page.next === null) return rows
    after = page.next
  }
}

const count = (db: DatabaseSync, what: string): number => Number(db.prepare(`SELECT count(*) AS n FROM ${what}`).get()?.n)

test('somebody with two thousand devices is exported and erased', async () => {
  const { db, write, erase } = await openStore()
  const devices = Array.from({ length: 2000 }, (_, index) => `device-of-many-${index}`)
  write(devices.map((anonymousId, index) => eventRecord({ anonymousId, userId: 'victim', session: { id: `s-${index}` } })))
  write([
    quarantineRecord({ anonymous_id: 'device-of-many-1999' }),
    quarantineRecord({ note: 'nobody' }),
    eventRecord({ anonymousId: 'bystander', session: null }),
  ])
  const rows = exported(db, 'victim')
  const kinds = Object.groupBy(rows, ({ kind }) => kind)
  expect(Object.fromEntries(Object.entries(kinds).map(([kind, of]) => [kind, of.length]))).toEqual({
    session: 2000,
    event: 2000,
    visitor_day: 2000,
    number_run: 2000,
    quarantined_event: 1,
  })
  expect(runToEnd(erase('victim'))).toMatchObject({ users: 1, devices: 2000, events: 2000, sessions: 2000, quarantined: 1 })
  expect([count(db, 'events'), count(db, 'subject_sessions'), count(db, 'quarantine')]).toEqual([1, 0, 1])
})

describe('one order, reported again and again', () => {
  /** Rows that an erasure changes. */
  async function changesOf(reports: number, userOf: (index: number) => string): Promise<number> {
    const { db, write, erase } = await openStore()
    write(
      Array.from({ length: reports }, (_, index) =>
        order('A1', 100, { anonymousId: null, userId: userOf(index), session: { id: `s-${index % 7}` } }),
      ),
    )
    const changes = (): number => Number(db.prepare('SELECT total_changes() AS n').get()?.n)
    const before = changes()
    runToEnd(erase('victim'))
    return changes() - before
  }

  test.each([
    { name: 'by one person', userOf: () => 'victim' },
    { name: 'by two in turn', userOf: (index: number) => (index % 2 === 0 ? 'victim' : 'bystander') },
  ])('$name: erasing them takes so much longer as they are more', async ({ userOf }) => {
    const [some, more] = [await changesOf(200, userOf), await changesOf(800, userOf)]
    expect(more / some).toBeLessThan(5)
  })
})

describe('killed in the middle, an erasure goes on at the next start, and ends as if it had not been', () => {
  /** What is left, and what the receipt says, when it was cut after so many slices. */
  async function cutAfter(slices: number) {
    const { db, write, erase } = await openStore()
    for (let index = 0; index < 5; index += 1) {
      write([
        eventRecord({ anonymousId: `phone-${index}`, userId: 'victim', session: { id: `s-${index}` } }),
        eventRecord({ anonymousId: null, userId: null, session: { id: `s-${index}` } }),
        order('A1', 100, { anonymousId: 'phone-1', userId: index < 4 ? 'victim' : 'bystander', session: { id: 'shared' } }),
        quarantineRecord({ index, user_id: 'victim' }),
      ])
    }
    // A slice is a step.
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 30
      return now
    })
    const cut = erase('victim')
    let isWhole = false
    for (let slice = 0; slice < slices && !isWhole; slice += 1) isWhole = cut.next().done === true
    clock.mockRestore()
    const [begun] = unfinishedErasures(db)
    const { subjectHash: _, ...receipt } = runToEnd(erase('victim'))
    const left = ['events', 'natural_keys', 'sessions', 'subject_sessions', 'daily_counts', 'daily_visitors', 'linked_ids']
    const rows = left.map((table) =>
      db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map(({ event_id, content_hash, page, seq, ...row }) => ({ ...row })),
    )
    return { begun, receipt, rows }
  }

  test.each([1, 2, 3, 5, 8, 13, 21, 34])('after %i slices', async (slices) => {
    const whole = await cutAfter(0)
    const cut = await cutAfter(slices)
    expect(cut.begun).toEqual({ project, id: 'victim', at: noon })
    expect(cut.receipt).toMatchObject({ users: 1, devices: 5, events: 14, quarantined: 5, sessions: 5 })
    expect(cut.receipt).toEqual(whole.receipt)
    expect(cut.rows).toEqual(whole.rows)
    expect(cut.rows[0]).toMatchObject([{ user_id: 'bystander', duplicate_of: null, flags: '[]' }])
  })
})
