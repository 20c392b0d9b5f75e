import { type DatabaseSync, StatementSync } from 'node:sqlite'
import { envelope } from '@footfall/testkit/builders'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { resolveConfig } from '../../src/config.ts'
import { createDayOf } from '../../src/normalise/day.ts'
import { cutoffsOf, readRetention } from '../../src/privacy/retention.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { createRead } from '../../src/sinks/sqlite/read.ts'
import { rebuildDerived } from '../../src/sinks/sqlite/rebuild.ts'
import { retain } from '../../src/sinks/sqlite/retention.ts'
import { planRetention } from '../../src/sinks/sqlite/retention-plan.ts'
import { runToEnd } from '../../src/sinks/sqlite/slices.ts'
import { writeDelivery } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../src/sinks/sqlite/write.ts'
import { scrape } from '../ops/scrape.ts'
import { click, delivery, eventRecord, hashOf, noon, order, project, quarantineRecord, utcDays } from '../sinks/sink.contract.ts'
import { secretKey, startCollector, temporaryFolder, writeKey } from '../start-collector.ts'

vi.setConfig({ testTimeout: 30_000 })

const dayMs = 86_400_000
const dayOf = createDayOf('UTC')

describe('the setting', () => {
  test.each([
    { given: 400, days: { necessary: 400, analytics: 400, personalization: 400, marketing: 400, quarantine: 400 } },
    { given: ' 30 ', days: { necessary: 30, analytics: 30, personalization: 30, marketing: 30, quarantine: 30 } },
    { given: 'analytics=400, marketing=180,quarantine=30', days: { analytics: 400, marketing: 180, quarantine: 30 } },
    { given: { quarantine: 7 }, days: { quarantine: 7 } },
  ])('$given', ({ given, days }) => {
    expect(readRetention(given)).toEqual(days)
  })

  test.each([
    0,
    -1,
    1.5,
    '',
    'for ever',
    'analytics',
    'analytics=',
    'analytics=0',
    'orders=3',
    'analytics=1,analytics=2',
    'a=b=c',
    99_999,
    [],
    null,
    true,
  ])('%j stops the start', (given) => {
    expect(readRetention(given)).toBeNull()
    expect(() =>
      resolveConfig({ store: 'memory', writeKey: 'wk_test', secretKey: 'sk_test_0123456789', retentionDays: given as number }),
    ).toThrow(/retentionDays \(FOOTFALL_RETENTION_DAYS\)/)
  })

  test('counts whole days of the project', () => {
    const berlin = createDayOf('Europe/Berlin')
    expect(cutoffsOf({ analytics: 1 }, Date.parse('2026-11-21T23:30:00Z'), berlin)).toEqual({
      analytics: Date.parse('2026-11-20T23:00:00Z'),
    })
  })
})

async function openDb(): Promise<DatabaseSync> {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  return db
}

const derived = ['daily_counts', 'daily_visitors', 'sessions', 'subject_sessions', 'linked_ids']
const contentOf = (db: DatabaseSync): unknown =>
  derived.map((table) =>
    db
      .prepare(`SELECT * FROM ${table}`)
      .all()
      .map((row) => JSON.stringify(row))
      .sort(),
  )
const tenDays = { project, from: '2026-11-12', to: '2026-11-21', timeZone: 'UTC', baseCurrency: 'EUR' }

const anyEvent = fc
  .record({
    daysAgo: fc.integer({ min: 0, max: 8 }),
    name: fc.constantFrom('product_viewed', 'ad_viewed', 'consent_updated'),
    key: fc.option(fc.constantFrom('a1', 'a2'), { nil: null }),
    clickedAt: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: null, freq: 2 }),
    anonymousId: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null }),
    userId: fc.option(fc.constantFrom('u', 'v'), { nil: null }),
    session: fc.option(fc.constantFrom({ id: 's1' }, { id: 's2' }), { nil: null }),
    bot: fc.constantFrom(false, false, true),
    isServer: fc.boolean(),
  })
  .map(({ daysAgo, key, name, clickedAt, ...ids }) => {
    const occurredAt = noon - daysAgo * dayMs
    const fields = { ...ids, occurredAt, seq: null }
    if (clickedAt !== null) return { daysAgo, record: click({ ...fields, occurredAt: occurredAt + clickedAt }) }
    return { daysAgo, record: key === null ? eventRecord({ ...fields, name }) : order(key, 100, fields) }
  })

test('what is old enough goes, by purpose; reports keep their figures, and the derived tables stay what they can be made from', async () => {
  const db = await openDb()
  const write = createWrite(db, hashOf, utcDays)
  const { traffic, quality } = createRead(db)
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 25 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
      (events, analytics, marketing) => {
        for (const { name } of db
          .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
          .all()) {
          if (name !== 'projects') db.exec(`DELETE FROM ${name}`)
        }
        // In the order of receipt, as it is in life.
        const inOrder = events.toSorted((one, other) => other.daysAgo - one.daysAgo)
        for (const { record } of inOrder) {
          const at = { receivedAt: record.occurredAt, receivedDay: record.day }
          const refused = quarantineRecord(
            { user_id: record.userId, anonymous_id: record.anonymousId, at: record.id },
            { rawHash: record.id.replaceAll('-', '') },
          )
          write([writeDelivery(delivery([record, refused], at))])
        }
        const before = traffic(tenDays)
        const qualityBefore = quality({ ...tenDays, source: null })
        const ask = { project, cutoffs: cutoffsOf({ analytics, marketing, quarantine: 3 }, noon, dayOf) }
        const planned = planRetention(db, ask, dayOf)
        const [aged] = runToEnd(retain(db, [ask], () => dayOf))

        const keptFor = ({ name }: { readonly name: string }): number =>
          name === 'ad_viewed' ? marketing : name === 'consent_updated' ? Number.POSITIVE_INFINITY : analytics
        const isKept = ({ record, daysAgo }: (typeof events)[number]): boolean => daysAgo <= keptFor(record)
        expect(db.prepare('SELECT count(*) AS n FROM events').get()?.n).toBe(events.filter(isKept).length)
        expect(aged).toMatchObject({
          events: events.filter((event) => !isKept(event)).length,
          quarantined: events.filter(({ daysAgo }) => daysAgo > 3).length,
        })
        expect(planned.reduce((sum, { rows }) => sum + rows, 0)).toBe((aged?.events ?? 0) + (aged?.quarantined ?? 0))

        const after = traffic(tenDays)
        expect(after.days).toEqual(before.days)
        expect(after.excluded).toEqual(before.excluded)
        expect(after.totals).toMatchObject({
          events: before.totals.events,
          orders: before.totals.orders,
          revenue: before.totals.revenue,
          sessions: before.totals.sessions,
        })
        expect(after.verdicts).toEqual(before.verdicts)
        const { quarantine, ...qualityAfter } = quality({ ...tenDays, source: null })
        expect(qualityBefore).toMatchObject(qualityAfter)
        expect(quarantine.map(({ events }) => events)).toEqual(qualityBefore.quarantine.map(({ events }) => events))
        const kept = contentOf(db)
        db.exec('BEGIN')
        rebuildDerived(db, project, 'UTC')
        db.exec('COMMIT')
        expect(kept).toEqual(contentOf(db))
        expect(runToEnd(retain(db, [ask], () => dayOf))).toMatchObject([{ events: 0, quarantined: 0 }])

        // An order counts once for as long as a report of it is left, whichever that is; then its key is gone as well.
        const reportedBy = (isBot: boolean) =>
          new Set(
            events
              .filter((event) => isKept(event) && event.record.bot === isBot)
              .flatMap(({ record: { naturalKey } }) => naturalKey ?? []),
          )
        const reported = reportedBy(false)
        expect(db.prepare('SELECT count(*) AS n FROM natural_keys').get()?.n).toBe(reported.size + reportedBy(true).size)
        write([writeDelivery(delivery(['a1', 'a2'].map((key) => order(key, 100))))])
        expect(traffic(tenDays).totals.orders).toBe(before.totals.orders + 2 - reported.size)
      },
    ),
    { numRuns: 30 },
  )
}, 60_000)

test('a session over midnight stays counted on the day on which it began', async () => {
  const db = await openDb()
  const write = createWrite(db, hashOf, utcDays)
  const { traffic } = createRead(db)
  const midnight = Date.UTC(2026, 10, 18)
  for (const occurredAt of [midnight - 600_000, midnight + 600_000]) {
    write([writeDelivery(delivery([eventRecord({ occurredAt })], { receivedAt: occurredAt, receivedDay: dayOf(occurredAt) }))])
  }
  const sessionsOn = (day: string): number => traffic({ ...tenDays, from: day, to: day }).totals.sessions
  const counted = () => ['2026-11-17', '2026-11-18'].map(sessionsOn)
  expect(counted()).toEqual([1, 0])
  runToEnd(retain(db, [{ project, cutoffs: { analytics: midnight } }], () => dayOf))
  expect(db.prepare('SELECT count(*) AS n FROM events').get()?.n).toBe(1)
  expect(counted()).toEqual([1, 0])
  db.exec('BEGIN')
  rebuildDerived(db, project, 'UTC')
  db.exec('COMMIT')
  expect(counted()).toEqual([1, 0])
  runToEnd(retain(db, [{ project, cutoffs: { analytics: noon } }], () => dayOf))
  expect(db.prepare('SELECT count(*) AS n FROM sessions').get()?.n).toBe(0)
  expect(counted()).toEqual([1, 0])
})

test('events that are kept for less than most are found without going through all of them', async () => {
  const db = await openDb()
  const write = createWrite(db, hashOf, utcDays)
  const at = { receivedAt: noon - 9 * dayMs, receivedDay: '2026-11-12' }
  const events = Array.from({ length: 5000 }, (_, index) =>
    eventRecord({ name: index === 4000 ? 'ad_viewed' : 'product_viewed' }),
  )
  write([writeDelivery(delivery(events, at))])
  const get = vi.spyOn(StatementSync.prototype, 'get')
  onTestFinished(() => get.mockRestore())
  const ask = { project, cutoffs: { marketing: noon, necessary: noon } }
  expect(runToEnd(retain(db, [ask], () => dayOf))).toMatchObject([{ events: 1 }])
  const walks = (get.mock.contexts as readonly StatementSync[]).filter(({ sourceSQL }) =>
    sourceSQL.includes('FROM events WHERE position > ?'),
  )
  expect(walks).toHaveLength(0)
})

test('the numbers of a visitor go with the last event, and one who is still there keeps them', async () => {
  const db = await openDb()
  const write = createWrite(db, hashOf, utcDays)
  const old = { receivedAt: noon - 9 * dayMs, receivedDay: '2026-11-12' }
  const then = { occurredAt: noon - 9 * dayMs, session: null }
  write([
    writeDelivery(
      delivery(
        [eventRecord({ ...then, anonymousId: 'gone', seq: 1 }), eventRecord({ ...then, anonymousId: 'here', seq: 1 })],
        old,
      ),
    ),
  ])
  write([writeDelivery(delivery([eventRecord({ anonymousId: 'here', seq: 2 })]))])
  runToEnd(retain(db, [{ project, cutoffs: cutoffsOf({ analytics: 5 }, noon, dayOf) }], () => dayOf))
  expect(
    db
      .prepare('SELECT anonymous_id, first, last FROM number_runs')
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([{ anonymous_id: 'here', first: 1, last: 2 }])
})

test('a collector removes at its start what is old, and the day’s figures stay', async () => {
  const folder = await temporaryFolder()
  const first = await startCollector({ dataDir: folder }, { now: () => Date.now() - 40 * dayMs })
  await first.deliver([envelope({ occurred_at: Date.now() - 40 * dayMs })], { sent_at: Date.now() - 40 * dayMs })
  await first.collector.close()
  const { get, events } = await startCollector({ dataDir: folder, retentionDays: 'analytics=30' })
  await expect.poll(() => events(), { timeout: 10_000 }).toEqual([])
  const from = new Date(Date.now() - 50 * dayMs).toISOString().slice(0, 10)
  const { totals } = (await (await get(`/v1/reports/traffic?from=${from}`)).json()) as { totals: Record<string, unknown> }
  expect(totals).toMatchObject({ events: 1, visitors: 1, sessions: 1 })
})

test('what is old goes from the project that says so, and from no other', async () => {
  const folder = await temporaryFolder()
  const projects = {
    aged: { writeKey, secretKey, retentionDays: 30 },
    kept: { writeKey: 'wk_kept', secretKey: 'sk_kept_0123456789' },
  }
  const then = Date.now() - 40 * dayMs
  const first = await startCollector({ dataDir: folder, projects }, { now: () => then })
  for (const write_key of [writeKey, 'wk_kept']) {
    await first.deliver([envelope({ occurred_at: then })], { write_key, sent_at: then })
  }
  await first.collector.close()
  const { url, get } = await startCollector({ dataDir: folder, projects })
  const lastRun = async () => (await scrape(url)).get('footfall_retention_last_run_timestamp_seconds')
  await expect.poll(lastRun, { timeout: 10_000 }).toBeGreaterThan(0)
  const stored = async (key: string) => {
    const response = await get('/v1/events', { authorization: `Bearer ${key}` })
    return ((await response.json()) as { events: readonly unknown[] }).events.length
  }
  expect([await stored(secretKey), await stored('sk_kept_0123456789')]).toEqual([0, 1])
})
