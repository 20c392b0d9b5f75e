import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createMemorySink } from '../../../src/sinks/memory.ts'
import type { Delivery } from '../../../src/sinks/sink.ts'
import { openForWriting } from '../../../src/sinks/sqlite/open.ts'
import { createRead } from '../../../src/sinks/sqlite/read.ts'
import { rebuildDerived } from '../../../src/sinks/sqlite/rebuild.ts'
import { writeDelivery } from '../../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../../src/sinks/sqlite/write.ts'
import { temporaryFolder } from '../../start-collector.ts'
import { arrival, delivery, dropsOf, eventRecord, hashOf, noon, project, quarantineRecord, utcDays } from '../sink.contract.ts'

const tables = ['events', 'quarantine', 'daily_quality', 'tracker_drops', 'number_runs', 'daily_numbers', 'daily_counts']
const dayMs = 24 * 60 * 60 * 1000
const period = { project, from: '2026-11-01', to: '2026-11-30', timeZone: 'UTC', now: noon }

async function open(): Promise<DatabaseSync> {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  return db
}

const rowsOf = (db: DatabaseSync, sql: string): readonly unknown[] =>
  db
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }))

/** One number on its way: of whom, by which kind of record, when it happened, and how often and when it is delivered. */
const anyNumber = fc.record({
  visitor: fc.constantFrom('a', 'b', '\u0000odd'),
  seq: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 24 }) }, fc.constantFrom(500, 20_000, Number.MAX_SAFE_INTEGER)),
  by: fc.constantFrom('event', 'event', 'event', 'quarantine', 'rejected', 'numbered later'),
  daysAgo: fc.integer({ min: 0, max: 12 }),
  browser: fc.constantFrom('Firefox', 'Chrome', null),
  attempts: fc.array(fc.record({ batch: fc.nat(11), place: fc.nat(99) }), { minLength: 1, maxLength: 3 }),
})
type AnyNumber = typeof anyNumber extends fc.Arbitrary<infer T> ? T : never

const anyDrops = fc.record({
  batch: fc.nat(11),
  key: fc.constantFrom('k1', 'k2', 'k3'),
  visitor: fc.constantFrom('a', 'b', null),
  counts: fc.dictionary(
    fc.constantFrom('expired', 'queue_full', 'too_large', 'held_too_long', 'other'),
    fc.integer({ min: 1, max: 9 }),
  ),
})

/** Whatever is sent arrives in some batch, or in several: receipts get lost, tabs and attempts overtake each other. */
function deliveriesOf(sent: readonly AnyNumber[], drops: readonly (typeof anyDrops extends fc.Arbitrary<infer T> ? T : never)[]) {
  const batches = Array.from({ length: 12 }, () => [] as { place: number; record: Delivery['records'][number] }[])
  for (const [index, { visitor, seq, by, daysAgo, browser, attempts }] of sent.entries()) {
    const at = noon - daysAgo * dayMs
    const event = eventRecord({
      anonymousId: visitor,
      seq,
      occurredAt: at,
      device: { type: 'desktop', browser, os: null, inApp: null },
    })
    const number = arrival(visitor, seq, { at, browser })
    const inOrder = attempts.toSorted((one, other) => one.batch - other.batch)
    for (const [attempt, { batch, place }] of inOrder.entries()) {
      const records = {
        event,
        'numbered later': attempt === 0 ? { ...event, seq: null } : event,
        quarantine: quarantineRecord(
          { anonymous_id: visitor, seq, index },
          { arrival: number, rawHash: index.toString(16).padStart(32, '0'), context: { device: { browser } } },
        ),
        rejected: { kind: 'rejected', code: 'gpc', arrival: number, bearer: null, countedSource: '' } as const,
      }
      batches[batch]?.push({ place, record: records[by] })
    }
  }
  return batches.map((batch, index) => {
    const records = batch.toSorted((one, other) => one.place - other.place).map(({ record }) => record)
    const report = drops.find((one) => one.batch === index)
    return delivery(records, { drops: report === undefined ? null : dropsOf(report.key, report.counts, report.visitor) })
  })
}

/** The naive model: every visitor's numbers that arrived, in a set. */
function arrivedOf(sent: readonly AnyNumber[]): ReadonlyMap<string, ReadonlySet<number>> {
  const sets = new Map<string, Set<number>>()
  for (const { visitor, seq, by, attempts } of sent) {
    if (by === 'numbered later' && attempts.length === 1) continue
    sets.set(visitor, (sets.get(visitor) ?? new Set()).add(seq))
  }
  return sets
}

test('runs are the numbers that arrived, whatever way they took, and every store gives the same complete answer', async () => {
  const db = await open()
  const write = createWrite(db, hashOf, utcDays)
  const read = createRead(db)
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyNumber, { maxLength: 40 }),
      fc.array(anyDrops, { maxLength: 4 }),
      fc.integer({ min: 1, max: 12 }),
      async (sent, drops, groupSize) => {
        for (const table of tables) db.exec(`DELETE FROM ${table}`)
        const memory = createMemorySink()
        const deliveries = deliveriesOf(sent, drops)
        for (const one of deliveries) await memory.commit(one)
        for (let start = 0; start < deliveries.length; start += groupSize) {
          write(deliveries.slice(start, start + groupSize).map(writeDelivery))
        }

        const sets = arrivedOf(sent)
        const stored = rowsOf(db, 'SELECT anonymous_id, first, last, hole FROM number_runs ORDER BY anonymous_id, first') as {
          anonymous_id: string
          first: number
          last: number
          hole: number
        }[]
        let before = { anonymous_id: '', last: 0 }
        for (const run of stored) {
          const last = run.anonymous_id === before.anonymous_id ? before.last : 0
          expect(run.hole).toBe(run.first - last - 1)
          if (last > 0) expect(run.hole).toBeGreaterThan(0)
          before = run
        }
        const numbers = (visitor: string) =>
          stored
            .filter(({ anonymous_id }) => anonymous_id === visitor)
            .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
        for (const visitor of ['a', 'b', '\u0000odd']) {
          expect(numbers(visitor)).toEqual([...(sets.get(visitor) ?? [])].sort((one, other) => one - other))
        }

        const answer = read.completeness(period)
        expect(answer).toEqual(await memory.completeness(period))
        const sizes = [...sets.values()].map(({ size }) => size)
        const holes = stored.map(({ hole }) => hole)
        expect(answer.totals.received).toBe(sizes.reduce((sum, size) => sum + size, 0))
        expect(answer.totals.missing).toBe(holes.filter((hole) => hole <= 10_000).reduce((sum, hole) => sum + hole, 0))
        expect(answer.excluded.jumps).toBe(holes.filter((hole) => hole > 10_000).length)
        for (const figures of [answer.totals, ...answer.rows]) {
          expect(figures.expected).toBe(figures.received + figures.late + figures.lost)
          const parts = [figures.received, figures.late, figures.lost, ...Object.values(figures.lost_by_reason)]
          expect(parts.filter((part) => part < 0)).toEqual([])
        }
        const days = ['2026-11-10', '2026-11-15', '2026-11-20', '2026-11-21'].map((from) => ({ ...period, from }))
        for (const question of days) expect(read.completeness(question)).toEqual(await memory.completeness(question))
      },
    ),
    { numRuns: 150 },
  )
}, 60_000)

test('numbers of a store from before they were kept are made from its events and its quarantine', async () => {
  const db = await open()
  const write = createWrite(db, hashOf, utcDays)
  db.function('day_in', { deterministic: true, varargs: true }, (_zone, at) => utcDays()(Number(at)))
  const sql = readFileSync(
    join(import.meta.dirname, '../../../src/sinks/sqlite/migrations/0003-numbers-of-stored-events.sql'),
    'utf8',
  )
  db.exec("INSERT INTO projects VALUES ('default', 'UTC', 'EUR')")
  const content = () => [
    rowsOf(db, 'SELECT * FROM number_runs ORDER BY anonymous_id, first'),
    rowsOf(db, 'SELECT * FROM daily_numbers ORDER BY day, browser'),
  ]
  fc.assert(
    fc.property(fc.uniqueArray(anyNumber, { maxLength: 30, selector: ({ visitor, seq }) => `${visitor} ${seq}` }), (sent) => {
      for (const table of tables) db.exec(`DELETE FROM ${table}`)
      const kept = sent.filter(({ by }) => by !== 'rejected')
      // An event that is kept aside is dated by its receipt.
      const dated = kept.map((one) => (one.by === 'quarantine' ? { ...one, daysAgo: 0 } : one))
      for (const one of deliveriesOf(dated, [])) write([writeDelivery(one)])
      const before = content()
      db.exec('DELETE FROM number_runs; DELETE FROM daily_numbers')
      db.exec(sql)
      expect(content()).toEqual(before)
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('holes move with the days of another time zone', async () => {
  const db = await open()
  createWrite(
    db,
    hashOf,
    utcDays,
  )([writeDelivery(delivery([eventRecord({ seq: 4, occurredAt: Date.UTC(2026, 10, 20, 23, 30) })]))])
  db.exec('BEGIN')
  rebuildDerived(db, project, 'Europe/Berlin')
  db.exec('COMMIT')
  expect(rowsOf(db, 'SELECT first, hole, day FROM number_runs')).toEqual([{ first: 4, hole: 3, day: '2026-11-21' }])
})

test('a visitor of whom nothing is missing takes one row, however many events there are', async () => {
  const db = await open()
  const write = createWrite(db, hashOf, utcDays)
  for (let batch = 0; batch < 20; batch += 1) {
    const seqs = Array.from({ length: 50 }, (_, index) => batch * 50 + index + 1)
    write([writeDelivery(delivery(seqs.map((seq) => eventRecord({ seq }))))])
  }
  expect(rowsOf(db, 'SELECT first, last FROM number_runs')).toEqual([{ first: 1, last: 1000 }])
})
