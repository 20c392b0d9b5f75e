import type { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createLedger } from '../../src/consent/ledger.ts'
import { createDayOf } from '../../src/normalise/day.ts'
import { type Erasure, receiptOfErasure } from '../../src/privacy/erasure.ts'
import type { SubjectRow } from '../../src/privacy/subjects-export.ts'
import { createMemorySink } from '../../src/sinks/memory.ts'
import type { EventRecord, QuarantineRecord, SinkRecord, Store } from '../../src/sinks/sink.ts'
import { erase } from '../../src/sinks/sqlite/erase.ts'
import { createLedgerTables } from '../../src/sinks/sqlite/ledger-tables.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { rebuildDerived } from '../../src/sinks/sqlite/rebuild.ts'
import { runToEnd } from '../../src/sinks/sqlite/slices.ts'
import { writeDelivery } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { createReadSubject } from '../../src/sinks/sqlite/subjects-export.ts'
import { createWrite } from '../../src/sinks/sqlite/write.ts'
import { click, delivery, eventRecord, hashOf, noon, order, project, quarantineRecord, utcDays } from '../sinks/sink.contract.ts'
import { temporaryFolder } from '../start-collector.ts'

// One of them is a user's and a device's, and some are in others.
const devices = ['device-one', 'device-one-more', 'd\'%_\\"', 'both-kinds', '__proto__']
const users = ['user-1', 'user-11', 'both-kinds', '😀 + 1 = %F0']
const sessions = ['s1', 's2', 's3', '\u0000odd']

const maybe = <T>(values: readonly T[]): fc.Arbitrary<T | null> => fc.option(fc.constantFrom(...values), { nil: null, freq: 2 })

const anyIds = fc.record({ anonymousId: maybe(devices), userId: maybe(users) })

const anyEvent: fc.Arbitrary<EventRecord> = fc
  .record({
    ids: anyIds,
    key: maybe(['a1', 'a2']),
    amount: fc.constantFrom(100, 200),
    currency: fc.constantFrom('EUR', 'USD'),
    occurredAt: fc.integer({ min: noon - 2 * 86_400_000, max: noon }),
    /** Of a click: ms after one moment, so that clicks come close to each other. */
    clickedAt: fc.option(fc.integer({ min: 0, max: 6000 }), { nil: null }),
    session: maybe(sessions.map((id) => ({ id }))),
    bot: fc.boolean(),
    isServer: fc.boolean(),
    seq: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
  })
  .map(({ ids, key, amount, currency, clickedAt, ...fields }) => {
    if (clickedAt !== null) return click({ ...fields, ...ids, occurredAt: noon - 10_000 + clickedAt })
    return key === null ? eventRecord({ ...fields, ...ids }) : order(key, amount, { ...fields, ...ids }, currency)
  })

const anyQuarantined: fc.Arbitrary<QuarantineRecord> = fc
  .record({ ids: anyIds, mentioned: maybe([...devices, ...users]), place: fc.constantFrom('value', 'text', 'url') })
  .map(({ ids, mentioned, place }) => {
    const raw = {
      id: eventRecord().id,
      user_id: ids.userId,
      anonymous_id: ids.anonymousId,
      properties: mentioned === null ? {} : { note: written(mentioned, place) },
    }
    return quarantineRecord(raw, { rawHash: raw.id.replaceAll('-', '') })
  })

const written = (id: string, place: string): string =>
  place === 'value' ? id : place === 'text' ? `so (${id}) it is` : `https://shop.example/?who=${encodeURIComponent(id)}&x`

const anyDeliveries = fc.array(fc.array(fc.oneof({ weight: 5, arbitrary: anyEvent }, anyQuarantined), { maxLength: 8 }), {
  maxLength: 4,
})
const anySubject = fc.constantFrom(...devices, ...users, 'nobody-at-all')

/** The rule once more, in the words of the documentation, without any of the code. */
function theirsAmong(records: readonly (EventRecord | QuarantineRecord)[], asked: string) {
  const idsOf = (record: EventRecord | QuarantineRecord) => {
    if (record.kind === 'event') return { user: record.userId, device: record.anonymousId }
    const { user_id, anonymous_id } = JSON.parse(record.raw) as { user_id: string | null; anonymous_id: string | null }
    return { user: user_id, device: anonymous_id }
  }
  const pairs = records.map(idsOf).filter(({ user, device }) => user !== null && device !== null)
  const isUser =
    records.some((record) => record.kind === 'event' && record.userId === asked) || pairs.some(({ user }) => user === asked)
  const usersOfAsked = new Set(pairs.filter(({ device }) => device === asked).map(({ user }) => user))
  const own = new Set<string | null>([asked, ...(!isUser && usersOfAsked.size === 1 ? usersOfAsked : [])])
  const theirDevices = new Set<string | null>([asked, ...pairs.filter(({ user }) => own.has(user)).map(({ device }) => device)])
  const shared = new Set([...theirDevices].filter((one) => pairs.some(({ user, device }) => device === one && !own.has(user))))
  const exclusive = [...new Set([...own, ...theirDevices])].filter((one) => !shared.has(one)) as string[]
  const isNamed = (record: EventRecord): boolean => record.userId !== null || record.anonymousId !== null
  const isOwn = (record: EventRecord | QuarantineRecord): boolean => {
    const { user, device } = idsOf(record)
    if (user !== null) return own.has(user)
    return device !== null && theirDevices.has(device)
  }
  const isTheirs = (record: EventRecord | QuarantineRecord): boolean => {
    if (record.kind === 'quarantine') {
      const { note = '' } = (JSON.parse(record.raw) as { properties: { note?: string } }).properties
      const { user, device } = idsOf(record)
      const forms = (id: string): readonly (string | null)[] => [id, written(id, 'text'), written(id, 'url')]
      return isOwn(record) || exclusive.some((id) => [user, device, note].some((text) => forms(id).includes(text)))
    }
    if (isNamed(record)) return isOwn(record)
    if (record.session === null) return false
    const inSession = records.filter(
      (other): other is EventRecord => other.kind === 'event' && isNamed(other) && other.session?.id === record.session?.id,
    )
    return inSession.length > 0 && inSession.every(isOwn)
  }
  // A user's id can be somebody else's device: then it stays in their name.
  const isForeign = (id: string): boolean => !theirDevices.has(id) && records.some((record) => idsOf(record).device === id)
  return { isTheirs, isOwn, theirDevices, gone: exclusive.filter((id) => !isForeign(id)) }
}

const tables = {
  events: '*',
  natural_keys: '*',
  quarantine: '*',
  sessions: '*',
  subject_sessions: '*',
  daily_counts: '*',
  daily_visitors: '*',
  linked_ids: '*',
  own_amounts: '*',
}
const derivedTables = ['sessions', 'subject_sessions', 'daily_counts', 'daily_visitors', 'linked_ids']

const contentOf = (db: DatabaseSync, names: readonly string[]): unknown =>
  Object.fromEntries(
    names.map((table) => [
      table,
      db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map(({ position: _, ...row }) => JSON.stringify(row))
        .sort(),
    ]),
  )

function sqlite(db: DatabaseSync) {
  const write = createWrite(db, hashOf, utcDays)
  const readSubject = createReadSubject(db)
  const ledger = createLedger(createLedgerTables(db), hashOf)
  const dayOf = createDayOf('UTC')
  return {
    empty() {
      const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").all()
      for (const { name } of names) if (name !== 'projects') db.exec(`DELETE FROM ${name}`)
    },
    write: (records: readonly SinkRecord[]) => write([writeDelivery(delivery(records))]),
    erase: (id: string) => runToEnd(erase(db, { project, id, at: noon }, { subjectHash: hashOf, dayOf: () => dayOf, ledger })),
    export(id: string, limit = 500): readonly SubjectRow[] {
      const rows: SubjectRow[] = []
      for (let after: Parameters<typeof readSubject>[0]['after'] = null; ; ) {
        const page = readSubject({ project, id, after, limit, subjectHash: hashOf(project, id) })
        rows.push(...page.rows)
        if (page.next === null) return rows
        after = page.next
      }
    },
  }
}

async function openDb(): Promise<DatabaseSync> {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  return db
}

const linesOf = (rows: readonly unknown[]): readonly string[] => rows.map((row) => JSON.stringify(row)).sort()
const countsOf = ({ subjectHash: _, isOutOfFiles: __, ...counts }: Partial<Erasure>): unknown => counts

test('after a person is erased, the store is one into which that person’s events never came', async () => {
  const [dbErased, dbNever] = [await openDb(), await openDb()]
  const [erasing, never] = [sqlite(dbErased), sqlite(dbNever)]

  await fc.assert(
    fc.asyncProperty(anyDeliveries, anySubject, async (deliveries, id) => {
      erasing.empty()
      never.empty()
      const [memoryErased, memoryNever] = [createMemorySink(), createMemorySink()]
      const { isTheirs, isOwn, theirDevices, gone } = theirsAmong(deliveries.flat(), id)
      for (const records of deliveries) {
        const others = records.filter((record) => !isTheirs(record))
        erasing.write(records)
        never.write(others)
        await memoryErased.commit(delivery(records))
        await memoryNever.commit(delivery(others))
      }
      const runsOfOthers = (db: DatabaseSync): unknown =>
        db
          .prepare('SELECT * FROM number_runs')
          .all()
          .filter(({ anonymous_id }) => !theirDevices.has(String(anonymous_id)))
      const exported = erasing.export(id)
      expect(linesOf(erasing.export(id, 1))).toEqual(linesOf(exported))
      expect(exported.filter(({ kind }) => kind === 'event')).toHaveLength(
        deliveries.flat().filter((record) => record.kind === 'event' && isTheirs(record)).length,
      )
      const { rows } = await memoryErased.subject({ project, id, after: null, limit: 10_000 })
      expect(linesOf(exported)).toEqual(linesOf(rows))

      const erased = erasing.erase(id)
      expect(countsOf(erased)).toEqual(countsOf(await memoryErased.erase({ project, id, at: noon })))

      expect(contentOf(dbErased, Object.keys(tables))).toEqual(contentOf(dbNever, Object.keys(tables)))
      expect(runsOfOthers(dbErased)).toEqual(runsOfOthers(dbNever))
      expect(await answersOf(memoryErased)).toEqual(await answersOf(memoryNever))

      const left = JSON.stringify(contentOf(dbErased, ['number_runs', 'tracker_drops', 'erasures_under_way', 'daily_visitors']))
      for (const own of gone) expect(left).not.toContain(JSON.stringify(`"${own}"`).slice(1, -1))
      const kept = contentOf(dbErased, derivedTables)
      dbErased.exec('BEGIN')
      rebuildDerived(dbErased, project, 'UTC')
      dbErased.exec('COMMIT')
      expect(kept).toEqual(contentOf(dbErased, derivedTables))

      // Twice is once, and whatever comes again of them is refused.
      const { events, quarantined, sessions, links } = erasing.erase(id)
      expect({ events, quarantined, sessions, links }).toEqual({ events: 0, quarantined: 0, sessions: 0, links: 0 })
      const before = contentOf(dbErased, Object.keys(tables))
      const again = deliveries.flat().filter(isOwn)
      expect(erasing.write(again).flat()).toEqual(again.map(() => expect.objectContaining({ kind: 'rejected' })))
      expect(await memoryErased.commit(delivery(again))).toEqual(again.map(() => expect.objectContaining({ kind: 'rejected' })))
      expect(contentOf(dbErased, Object.keys(tables))).toEqual(before)
    }),
    { numRuns: 40 },
  )
}, 120_000)

const all = { limit: 500, after: 0 }
const week = { project, from: '2026-11-15', to: '2026-11-21', timeZone: 'UTC', baseCurrency: 'EUR' }

async function answersOf(store: Store): Promise<unknown> {
  const { verdicts: _, ...traffic } = await store.traffic(week)
  return { events: await store.events({ project }, all), quarantine: await store.quarantine({ project }, all), traffic }
}

test('a receipt names no id', async () => {
  const store = createMemorySink()
  await store.commit(delivery([eventRecord({ anonymousId: 'visitor-1', userId: 'customer-1' })]))
  const receipt = receiptOfErasure(await store.erase({ project, id: 'customer-1', at: noon }))
  expect(receipt).toMatchObject({ user_ids: 1, anonymous_ids: 1, events: 1, sessions: 1, visitor_days: 1, files: 'clean' })
  expect(JSON.stringify(receipt)).not.toMatch(/visitor-1|customer-1/)
})
