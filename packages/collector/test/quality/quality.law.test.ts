import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { QualityAnswer } from '../../src/reports/questions.ts'
import { createMemorySink } from '../../src/sinks/memory.ts'
import type { Delivery, EventRecord, Fate, SinkRecord } from '../../src/sinks/sink.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { createRead } from '../../src/sinks/sqlite/read.ts'
import { rebuildDerived } from '../../src/sinks/sqlite/rebuild.ts'
import { writeDelivery } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../src/sinks/sqlite/write.ts'
import { click, delivery, eventRecord, hashOf, noon, order, project, quarantineRecord, utcDays } from '../sinks/sink.contract.ts'
import { temporaryFolder } from '../start-collector.ts'

const dayMs = 86_400_000
const midnight = Date.UTC(2026, 10, 21)
const sources = ['', 'till', '__proto__', "o'hara; 日本 😀"]
const week = { project, from: '2026-11-15', to: '2026-11-22', timeZone: 'UTC', baseCurrency: 'EUR' }
const all = { limit: 500, after: 0 }

const repair = (rule: string) => ({ field: 'name', from: 'a', to: 'b', rule })

const anyEvent: fc.Arbitrary<EventRecord> = fc
  .record({
    what: fc.constantFrom('view', 'click', 'order', 'own'),
    which: fc.constantFrom('1', '2'),
    amount: fc.constantFrom(100, 200),
    // Around midnight, and close enough to be alike.
    occurredAt: fc.oneof(
      fc.integer({ min: midnight - 3000, max: midnight + 3000 }),
      fc.integer({ min: noon - 9 * dayMs, max: noon }),
    ),
    anonymousId: fc.option(fc.constantFrom('a', 'b'), { nil: null }),
    countedSource: fc.constantFrom(...sources),
    bot: fc.boolean(),
    isServer: fc.boolean(),
    repairs: fc.array(fc.constantFrom('EN-ALIAS', 'PN-FORM').map(repair), { maxLength: 3 }),
    flags: fc.uniqueArray(fc.constantFrom('bad_property', 'default_currency', 'missing_rate'), { maxLength: 2 }),
  })
  .map(({ what, which, amount, ...fields }) => {
    if (what === 'order') return order(which, amount, fields)
    if (what === 'own') return eventRecord({ ...fields, name: `own ${which}`, originalName: `own ${which}` })
    const name = what === 'view' ? 'product_viewed' : 'product_clicked'
    return click({ ...fields, name, properties: { product_id: which } })
  })

const anyRecord: fc.Arbitrary<SinkRecord> = fc.oneof(
  { weight: 6, arbitrary: anyEvent },
  fc
    .record({
      n: fc.integer({ min: 1, max: 4 }),
      rule: fc.constantFrom(null, 'DT-TWO'),
      countedSource: fc.constantFrom(...sources),
    })
    .map(({ n, ...differs }) => quarantineRecord({ n }, { ...differs, rawHash: String(n).repeat(32) })),
  fc
    .constantFrom(...sources)
    .map((countedSource) => ({ kind: 'rejected', code: 'gpc', arrival: null, bearer: null, countedSource }) as const),
)

/** Deliveries of two days, one after the other, in which some records come again, and some ids with other content. */
const anyDeliveries: fc.Arbitrary<readonly Delivery[]> = fc
  .record({
    deliveries: fc.array(fc.tuple(fc.array(anyRecord, { maxLength: 8 }), fc.boolean()), { maxLength: 5 }),
    again: fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 4 }),
  })
  .map(({ deliveries, again }) => {
    const records = deliveries.flatMap(([own]) => own)
    const repeated = again.flatMap(([index, isOther]): readonly SinkRecord[] => {
      const record = records[index % Math.max(1, records.length)]
      if (record === undefined) return []
      return [record.kind === 'event' && isOther ? { ...record, contentHash: 'f'.repeat(16) } : record]
    })
    // One after the other: what is received later is delivered later.
    const inOrder = deliveries.toSorted(([, one], [, other]) => Number(one) - Number(other))
    return [...inOrder, [repeated, true] as const].map(([own, isNextDay]) =>
      delivery(own, isNextDay ? { receivedAt: noon + dayMs, receivedDay: '2026-11-22' } : {}),
    )
  })

async function openSqlite() {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").all()
  return {
    db,
    write: createWrite(db, hashOf, utcDays),
    read: createRead(db),
    empty() {
      for (const { name } of tables) if (name !== 'projects') db.exec(`DELETE FROM ${name}`)
    },
  }
}

const sumOf = (counts: readonly { readonly events: number }[]): number => counts.reduce((sum, { events }) => sum + events, 0)

function expectToAddUp(answer: QualityAnswer, fates: readonly Fate[]): void {
  const { days, totals, quarantine, rejected, duplicates, late } = answer
  for (const row of [...days, totals]) expect(row.received).toBe(row.accepted + row.duplicate + row.quarantined + row.rejected)
  for (const figure of ['received', 'accepted', 'duplicate', 'quarantined', 'rejected'] as const) {
    expect(days.reduce((sum, row) => sum + row[figure], 0)).toBe(totals[figure])
  }
  expect(totals.received).toBe(fates.filter(({ kind }) => kind !== 'conflict').length)
  expect(sumOf(quarantine)).toBe(totals.quarantined)
  expect(sumOf(rejected)).toBe(totals.rejected)
  expect(sumOf(duplicates.filter(({ kind }) => kind === 'same_id'))).toBe(totals.duplicate)
  expect(late.live + late.day + late.week + late.too_late).toBe(totals.accepted)
}

test('whatever is delivered adds up, by day and source, and two stores that have nothing in common say the same', async () => {
  const { db, write, read, empty } = await openSqlite()
  await fc.assert(
    fc.asyncProperty(anyDeliveries, fc.constantFrom(null, ...sources), async (deliveries, source) => {
      empty()
      const memory = createMemorySink()
      const fates: Fate[] = []
      for (const one of deliveries) {
        const [written] = write([writeDelivery(one)])
        expect(written).toEqual(await memory.commit(one))
        fates.push(...(written ?? []))
      }
      const question = { ...week, source: null }
      const answer = read.quality(question)
      expectToAddUp(answer, fates)
      expect(answer).toEqual(await memory.quality(question))
      const ofSource = read.quality({ ...week, source })
      expect(ofSource).toEqual(await memory.quality({ ...week, source }))
      if (source !== null) expect(ofSource.days).toEqual(answer.days.filter((row) => row.source === source))

      const { rows } = read.events({ filter: { project }, page: all })
      expect(rows).toEqual((await memory.events({ project }, all)).rows)
      const traffic = read.traffic(week)
      expect(traffic).toEqual(await memory.traffic(week))
      for (const { flag, events } of answer.flags) {
        expect(events).toBe(rows.filter(({ quality }) => quality.flags.includes(flag)).length)
      }
      const marked = answer.duplicates.filter(({ kind }) => kind !== 'same_id')
      expect(sumOf(marked)).toBe(rows.filter(({ duplicate_of }) => duplicate_of !== null).length)

      db.exec('BEGIN')
      rebuildDerived(db, project, 'UTC')
      db.exec('COMMIT')
      expect(read.traffic(week)).toEqual(traffic)
      expect(read.quality(question)).toEqual(answer)
    }),
    { numRuns: 60 },
  )
}, 120_000)

const anyClicks = fc
  .array(fc.record({ at: fc.integer({ min: 0, max: 12_000 }), product: fc.constantFrom('A', 'B') }), { maxLength: 12 })
  .chain((clicks) => {
    const records = clicks.map(({ at, product }) => click({ occurredAt: noon + at, properties: { product_id: product } }))
    return fc.record({
      records: fc.constant(records),
      shuffled: fc.shuffledSubarray(records, { minLength: records.length, maxLength: records.length }),
      groups: fc.integer({ min: 1, max: 4 }),
    })
  })

test('clicks are told from double clicks alike in whatever order and in what groups they arrive', async () => {
  const { write, read, empty } = await openSqlite()
  const answers = (groups: readonly (readonly SinkRecord[])[]) => {
    empty()
    for (const records of groups) write([writeDelivery(delivery(records))])
    const { flags, duplicates, totals } = read.quality({ ...week, source: null })
    const { rows } = read.events({ filter: { project }, page: all })
    // Of two at one instant the one that came first counts.
    const marks = rows.map((row) => `${row.occurred_at} ${JSON.stringify(row.properties)} ${row.duplicate_of !== null}`).sort()
    return { traffic: read.traffic(week), flags, duplicates, totals, marks }
  }
  fc.assert(
    fc.property(anyClicks, ({ records, shuffled, groups }) => {
      const size = Math.ceil(records.length / groups) || 1
      const inGroups = Array.from({ length: groups }, (_, index) => shuffled.slice(index * size, (index + 1) * size))
      expect(answers(inGroups)).toEqual(answers([records]))

      // The rule in its own words: counted is what nothing alike happened before within 2 s.
      const sorted = records.toSorted((one, other) => one.occurredAt - other.occurredAt)
      const counted = sorted.filter((record, index) => {
        const before = sorted.slice(0, index).findLast(({ likeness }) => likeness === record.likeness)
        return before === undefined || record.occurredAt - before.occurredAt > 2000
      })
      expect(answers([shuffled]).traffic.totals.events).toBe(counted.length)
    }),
    { numRuns: 60 },
  )
}, 60_000)
