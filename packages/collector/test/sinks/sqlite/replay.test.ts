import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createDayOf } from '../../../src/normalise/day.ts'
import { createMemorySink } from '../../../src/sinks/memory.ts'
import type { Store } from '../../../src/sinks/sink.ts'
import { eventRow } from '../../../src/sinks/sqlite/columns.ts'
import { openForWriting, storeFile } from '../../../src/sinks/sqlite/open.ts'
import { rebuildDerived } from '../../../src/sinks/sqlite/rebuild.ts'
import { createReplay } from '../../../src/sinks/sqlite/replay.ts'
import { retain } from '../../../src/sinks/sqlite/retention.ts'
import { runToEnd } from '../../../src/sinks/sqlite/slices.ts'
import { createSqliteSink } from '../../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../../src/sinks/sqlite/write.ts'
import { temporaryFolder } from '../../start-collector.ts'
import {
  delivery,
  eventRecord,
  hashOf,
  noon,
  order,
  project,
  quarantineRecord,
  subjectSecret,
  utcDays,
} from '../sink.contract.ts'

const dayMs = 86_400_000

async function openStore(): Promise<Store> {
  const projects = [{ id: project, timeZone: 'UTC', baseCurrency: 'EUR' }]
  const store = createSqliteSink({ folder: await temporaryFolder(), projects, subjectSecret })
  onTestFinished(() => store.close())
  await store.ready
  return store
}

async function openFile() {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  return db
}

let made = 0
const rowOf = (raw: object = {}) => {
  made += 1
  return quarantineRecord(raw, { rawHash: made.toString(16).padStart(32, '0') })
}

/** What comes in on a day: an event that happened so many days before, kept aside until it is replayed another so many days later, or not. */
const anyStory = fc.array(
  fc.record({
    day: fc.integer({ min: 0, max: 30 }),
    age: fc.constantFrom(0, 0.5, 6, 20),
    replayedAfter: fc.option(fc.integer({ min: 0, max: 30 }), { nil: null }),
  }),
  { maxLength: 12 },
)
const anyPeriods = fc.array(fc.tuple(fc.integer({ min: -25, max: 40 }), fc.integer({ min: 0, max: 20 })), {
  minLength: 3,
  maxLength: 8,
})

test('whatever was replayed when, a period has the same events as in a store that looks at each', async () => {
  const embedded = await openStore()
  let runs = 0
  await fc.assert(
    fc.asyncProperty(anyStory, anyPeriods, async (story, periods) => {
      runs += 1
      const own = `project-${runs}`
      const plain = createMemorySink()
      const happenings = story.flatMap(({ day, age, replayedAfter }) => {
        const receivedAt = noon + day * dayMs
        const event = eventRecord({ occurredAt: receivedAt - age * dayMs, session: null })
        const at = { project: own, receivedAt, receivedDay: createDayOf('UTC')(receivedAt) }
        if (replayedAfter === null) return [{ at: receivedAt, act: (store: Store) => store.commit(delivery([event], at)) }]
        const row = rowOf()
        const replayedAt = receivedAt + replayedAfter * dayMs + 1
        const rows = [{ key: row.rawHash, receivedAt, record: event, isPatched: false }]
        return [
          { at: receivedAt, act: (store: Store) => store.commit(delivery([row], at)) },
          { at: replayedAt, act: (store: Store) => store.replay({ project: own, at: replayedAt, isDryRun: false, rows }) },
        ]
      })
      for (const { act } of happenings.sort((one, other) => one.at - other.at)) {
        await act(plain)
        await act(embedded)
      }
      for (const [start, length] of [...periods, [-100, 200] as const]) {
        for (const filter of [
          { from: noon + start * dayMs, to: noon + (start + length) * dayMs },
          { from: noon + start * dayMs },
          { to: noon + start * dayMs },
        ]) {
          const found = async (store: Store) =>
            (await store.events({ project: own, ...filter }, { limit: 100, after: 0 })).rows.map(({ id }) => id)
          expect(await found(embedded)).toEqual(await found(plain))
        }
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('a replayed event ages by its receipt, though it stands behind what came later', async () => {
  const db = await openFile()
  const write = createWrite(db, hashOf, utcDays)
  const at = (days: number) => ({ project, receivedAt: noon + days * dayMs, receivedDay: '2026-11-21', drops: null })
  const old = Array.from({ length: 150 }, () => ({ row: rowOf(), event: eventRecord({ session: null }) }))
  const young = eventRecord({ occurredAt: noon + 9 * dayMs })
  const youngRow = rowOf()
  const stored = (record: ReturnType<typeof eventRecord>, days: number) =>
    ({ kind: 'event', ...eventRow(record, project, noon + days * dayMs) }) as const
  const kept = ({ context, ...row }: ReturnType<typeof rowOf>) => ({ ...row, context: JSON.stringify(context) })
  write([{ ...at(0), records: old.map(({ row }) => kept(row)) }])
  write([{ ...at(9), records: [stored(young, 9), kept(youngRow)] }])
  createReplay(
    db,
    hashOf,
    utcDays,
  )({
    project,
    at: noon + 10 * dayMs,
    isDryRun: false,
    rows: [
      { key: youngRow.rawHash, record: stored(eventRecord({ occurredAt: noon + 9 * dayMs }), 9), isPatched: false },
      ...old.map(({ row, event }) => ({ key: row.rawHash, record: stored(event, 0), isPatched: false })),
    ],
  })
  expect(db.prepare('SELECT count(*) AS n FROM events').get()).toEqual({ n: 152 })
  const [aged] = runToEnd(retain(db, [{ project, cutoffs: { analytics: noon + dayMs } }], () => createDayOf('UTC')))
  expect(aged).toMatchObject({ events: 150 })
  expect(db.prepare('SELECT count(*) AS n FROM events').get()).toEqual({ n: 2 })
})

test('after replays and purges the derived tables are what the events say', async () => {
  const db = await openFile()
  const write = createWrite(db, hashOf, utcDays)
  const replay = createReplay(db, hashOf, utcDays)
  const kept = ({ context, ...row }: ReturnType<typeof rowOf>) => ({ ...row, context: JSON.stringify(context) })
  const ids = { anonymous_id: 'a', user_id: 'u' }
  const rows = [rowOf(ids), rowOf(ids), rowOf({ anonymous_id: 'b', user_id: 'u' }), rowOf()]
  const first = order('K1', 100, { anonymousId: 'a', userId: 'u' })
  write([{ project, receivedAt: noon, receivedDay: '2026-11-21', drops: null, records: rows.map(kept) }])
  const events = [
    first,
    order('K1', 200, { anonymousId: 'c', userId: 'u' }),
    eventRecord({ bot: true }),
    eventRecord({ occurredAt: noon - dayMs }),
  ]
  replay({
    project,
    at: noon + dayMs,
    isDryRun: false,
    rows: events.map((event, index) => ({
      key: rows[index]?.rawHash ?? '',
      record: { kind: 'event', ...eventRow(event, project, noon) },
      isPatched: false,
    })),
  })
  const tables = ['daily_counts', 'daily_visitors', 'sessions', 'subject_sessions', 'linked_ids']
  const content = (): unknown =>
    tables.map((table) =>
      db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    )
  const held = content()
  db.exec('BEGIN')
  rebuildDerived(db, project, 'UTC')
  db.exec('COMMIT')
  expect(held).toEqual(content())
  expect(db.prepare('SELECT count(*) AS n FROM quarantine').get()).toEqual({ n: 0 })
})

test('rows of an older store are found by their source, and counted on the day on which they came', async () => {
  const folder = await temporaryFolder()
  const migrations = join(import.meta.dirname, '..', '..', '..', 'src', 'sinks', 'sqlite', 'migrations')
  const before = new DatabaseSync(storeFile(folder))
  before.function('day_in', { deterministic: true, varargs: true }, () => '2026-11-22')
  const older = readdirSync(migrations).filter((file) => file < '0006')
  for (const file of older.sort()) before.exec(readFileSync(join(migrations, file), 'utf8'))
  before.exec(`PRAGMA application_id=${0x464f4f54}; PRAGMA user_version=5;
    INSERT INTO projects VALUES ('default', 'Asia/Tokyo', 'EUR');
    INSERT INTO daily_verdicts VALUES ('default', '2026-11-22', 'quarantined', 'bad_time', 2);`)
  const insert =
    before.prepare(`INSERT INTO quarantine (project, raw_hash, event_id, name, received_at, code, detail, raw, context)
    VALUES ('default', ?, NULL, 'x', ?, 'bad_time', 'd (DT-NUM-ORDER)', ?, '{}')`)
  // In Tokyo it is the 22nd already.
  const evening = Date.UTC(2026, 10, 21, 20)
  insert.run(Buffer.alloc(16, 1), evening, '{"source":"till"}')
  insert.run(Buffer.alloc(16, 2), evening, '{"source":7}')
  before.close()

  const { db, lock } = openForWriting(folder)
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const found = db.prepare('SELECT source, rule, counted_source, received_day FROM quarantine ORDER BY position').all()
  expect(found).toEqual([
    { source: 'till', rule: null, counted_source: '', received_day: '2026-11-22' },
    { source: null, rule: null, counted_source: '', received_day: '2026-11-22' },
  ])
  createReplay(
    db,
    hashOf,
    utcDays,
  )({
    project,
    at: evening + dayMs,
    isDryRun: false,
    rows: [{ key: '01'.repeat(16), record: { kind: 'event', ...eventRow(eventRecord(), project, evening) }, isPatched: false }],
  })
  const verdicts = db.prepare("SELECT day, key, events FROM daily_quality WHERE kind = 'verdict' ORDER BY key").all()
  expect(verdicts).toEqual([
    { day: '2026-11-22', key: 'accepted', events: 1 },
    { day: '2026-11-22', key: 'quarantined', events: 1 },
  ])
})
