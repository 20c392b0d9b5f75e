import type { DatabaseSync } from 'node:sqlite'
import { nextId } from '@footfall/testkit/builders'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createDayOf } from '../../src/normalise/day.ts'
import { loadRates } from '../../src/normalise/rates.ts'
import type { Registry } from '../../src/registry/registry.ts'
import { reprocess } from '../../src/reprocess/reprocess.ts'
import { createMemorySink } from '../../src/sinks/memory.ts'
import type { Renaming } from '../../src/sinks/revision.ts'
import type { SinkRecord, Store } from '../../src/sinks/sink.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { rebuildDerived } from '../../src/sinks/sqlite/rebuild.ts'
import { createRevise, revisionRow } from '../../src/sinks/sqlite/revise.ts'
import { createReadSent } from '../../src/sinks/sqlite/sent-names.ts'
import { writeDelivery } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../src/sinks/sqlite/write.ts'
import { delivery, hashOf, noon, project } from '../sinks/sink.contract.ts'
import { temporaryFolder } from '../start-collector.ts'
import { judgeAll, registryOf } from './judge-all.ts'

const rates = loadRates(`Date,USD,JPY,\n2026-11-20,1.1580,180.10,\n2026-11-19,1.1601,179.95,\n`)
const dayOf = createDayOf('Europe/Berlin')

const sources: Registry['sources'] = new Map([
  ['till', { id: 'till', channel: 'pos', moneyUnit: 'minor' }],
  ['app', { id: 'app', channel: 'app', currency: 'USD', locale: 'de-DE' }],
])
const aliased = {
  warenkorb: 'product_added',
  bestellung: 'order_completed',
  kauf: 'order_completed',
  klick: 'product_clicked',
  newsletter: 'email_opened',
}
const registries = [
  registryOf({}, sources),
  registryOf(aliased, sources),
  registryOf(
    { warenkorb: 'product_removed', kauf: 'order_completed', erstattung: 'order_refunded', klick: 'product_viewed' },
    sources,
  ),
]

const amounts = fc.constantFrom<unknown>(20, '19,99', '1.299,00', 'USD 5.005', null, 'free', '1.299', 0.1, '-3 EUR')
const maybe = <T>(values: readonly T[]): fc.Arbitrary<T | null> => fc.option(fc.constantFrom(...values), { nil: null, freq: 3 })

const anyProperties = fc.record(
  {
    order_id: fc.constantFrom<unknown>('A-1', 'A-2', 7),
    transaction_id: fc.constantFrom('A-1', 'A-3'),
    product_id: fc.constantFrom<unknown>('P-1', 4711),
    productid: fc.constant('P-2'),
    total: amounts,
    price: amounts,
    currency: fc.constantFrom('EUR', 'usd', 'JPY', 'XXX', '$'),
    quantity: fc.constantFrom<unknown>(1, '2', 0),
    products: fc.constantFrom<unknown>([{ product_id: 'P-1', price: '3,50', quantity: 2 }], [], 'none'),
    url: fc.constant('https://shop.example/?email=a@b.example&utm_source=x'),
    email: fc.constant('somebody@example.com'),
    __proto__: fc.constant('data'),
  },
  { requiredKeys: [] },
)

const names = ['warenkorb', 'bestellung', 'kauf', 'newsletter', 'erstattung', 'nie_gehoert', 'order_completed', 'product_added']

/** Few orders, told of many times, in other amounts and under other names. */
const anyOrder = fc.record({
  name: fc.constantFrom('bestellung', 'kauf', 'kauf', 'order_completed', 'erstattung'),
  properties: fc.record({
    order_id: fc.constantFrom('A-1', 'A-2'),
    total: fc.constantFrom<unknown>(20, '19,99'),
    amount: fc.constant(5),
    products: fc.constant([{ product_id: 'P-1', price: 5, quantity: 1 }]),
    currency: fc.constantFrom('EUR', 'USD', 'JPY'),
  }),
})

/** Few products, clicked on again and again. */
const anyClick = fc.record({
  name: fc.constantFrom('klick', 'klick', 'product_clicked'),
  properties: fc.record({ product_id: fc.constantFrom('P-1', 'P-2'), message_id: fc.constantFrom('m-1', 'm-2') }),
  occurred_at: fc.integer({ min: 0, max: 9 }).map((times) => noon - times * 700),
  anonymous_id: fc.constant('device-1'),
  user_id: fc.constant(null),
  consent: fc.constant({ analytics: 'granted' }),
  isBot: fc.constantFrom(false, false, false, true),
})

const anySaying = fc.oneof(
  { weight: 3, arbitrary: anyOrder },
  { weight: 3, arbitrary: anyClick },
  fc.record({ name: fc.constantFrom(...names), properties: anyProperties }),
)

const anyEvent = fc.record({
  saying: anySaying,
  occurred_at: fc.integer({ min: noon - 3 * 86_400_000, max: noon }),
  anonymous_id: maybe(['device-1', 'device-2']),
  user_id: maybe(['user-1', 'user-2']),
  session: maybe(['s1', 's2']).map((id) => (id === null ? null : { id })),
  consent: fc.constantFrom(
    { analytics: 'granted' },
    { analytics: 'granted' },
    { analytics: 'granted', marketing: 'granted' },
    { analytics: 'denied', marketing: 'granted' },
  ),
  isBot: fc.constantFrom(false, false, true),
  isServer: fc.boolean(),
  source: maybe(['till', 'app']),
})

const anyDeliveries = fc
  .array(fc.array(anyEvent, { minLength: 2, maxLength: 9 }), { minLength: 1, maxLength: 3 })
  .map((deliveries) => deliveries.map((events) => events.map(({ saying, ...event }) => ({ id: nextId(), ...event, ...saying }))))

const tables = [
  'events',
  'natural_keys',
  'sessions',
  'subject_sessions',
  'daily_counts',
  'daily_visitors',
  'linked_ids',
  'renamed_events',
  'own_amounts',
]
const derivedTables = ['sessions', 'subject_sessions', 'daily_counts', 'daily_visitors', 'linked_ids']

const contentOf = (db: DatabaseSync, names: readonly string[]): unknown =>
  Object.fromEntries(
    names.map((table) => [
      table,
      db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  )

/** The parts of the embedded store that reprocessing needs, on this thread. */
async function openSqlite() {
  const { db, lock } = openForWriting(await temporaryFolder())
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const write = createWrite(db, hashOf, () => dayOf)
  const read = createReadSent(db)
  const revise = createRevise(db, () => dayOf)
  const { consentOf } = createMemorySink()
  return {
    db,
    store: {
      consentOf,
      sentNames: async (ofProject: string, page: { after: string; limit: number }) => read.sentNames(ofProject, page),
      unknownEvents: async (ask, page) => read.unknownEvents(ask, page),
      renamedEvents: async (ask, page) => read.renamedEvents(ask, page),
      countUnknown: async (ask, page) => read.countUnknown(ask, page),
      revise: async (ofProject, revisions) => revise({ project: ofProject, revisions: revisions.map(revisionRow) }),
    } satisfies Reprocessing,
    empty() {
      const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").all()
      for (const { name } of names) if (name !== 'projects') db.exec(`DELETE FROM ${name}`)
    },
    write: (records: readonly SinkRecord[]) => write([writeDelivery(delivery(records))]),
  }
}

type Reprocessing = Pick<Store, 'consentOf' | keyof Renaming>

/** Everything, call after call, as a client does it. */
async function reprocessAll(store: Reprocessing, registry: Registry) {
  const sums = { looked: 0, changed: 0, unknown: 0, unreadable: 0, notAllowed: 0 }
  const ports = { store, project: { id: project, baseCurrency: 'EUR' }, registry, rates, dayOf }
  for (let cursor = null; ; ) {
    const done = await reprocess({ names: null, from: undefined, to: undefined, isDryRun: false, cursor }, ports)
    sums.looked += done.lookedAt
    sums.changed += done.changed
    sums.unknown += done.stillUnknown
    sums.unreadable += done.unreadable
    sums.notAllowed += done.notAllowed
    if (done.next === null) return sums
    cursor = done.next
  }
}

async function answersOf(store: Store): Promise<unknown> {
  const week = { project, from: '2026-11-15', to: '2026-11-21', timeZone: 'Europe/Berlin', baseCurrency: 'EUR' }
  const { verdicts: _, ...traffic } = await store.traffic(week)
  const { repairs, flags, currency } = await store.quality({ ...week, source: null })
  const own = flags.filter(({ flag }) => flag !== 'order_conflict' && flag !== 'probable_duplicate')
  return { events: await store.events({ project }, { limit: 500, after: 0 }), traffic, repairs, own, currency }
}

/** What was noticed about the events themselves: repetitions are noticed when they come. */
const noticedIn = (db: DatabaseSync): unknown =>
  db
    .prepare(`SELECT * FROM daily_quality WHERE kind IN ('repair', 'currency')
      OR (kind = 'flag' AND key NOT IN ('order_conflict', 'probable_duplicate')) ORDER BY day, source, kind, key`)
    .all()

test('events that are reprocessed under aliases, and others, and none, are as if they had come so', async () => {
  const changing = await openSqlite()
  const fresh = await openSqlite()

  await fc.assert(
    fc.asyncProperty(
      anyDeliveries,
      fc.array(fc.constantFrom(...registries), { minLength: 2, maxLength: 4 }),
      async (deliveries, path) => {
        const [first = registryOf({}), ...others] = path
        const changingMemory = createMemorySink()
        changing.empty()
        // What an alias would keep out, or let in, is not stored again: it comes or stays for another reason than its name.
        const judgedBy = (registry: Registry) => deliveries.map((events) => judgeAll(events, { registry, rates, dayOf }))
        const isEverStored = new Set(
          registries.map(
            (registry) =>
              new Set(
                judgedBy(registry).flatMap((records) =>
                  records.flatMap((record) => (record.kind === 'event' ? [record.id] : [])),
                ),
              ),
          ),
        )
        const stored = (records: readonly SinkRecord[]) =>
          records.filter((record) => record.kind === 'event' && [...isEverStored].every((ids) => ids.has(record.id)))

        for (const records of judgedBy(first).map(stored)) {
          changing.write(records)
          await changingMemory.commit(delivery(records))
        }
        for (const registry of [...others, first]) {
          fresh.empty()
          const counts = await reprocessAll(changing.store, registry)
          expect(await reprocessAll(changingMemory, registry)).toEqual(counts)
          expect(counts).toMatchObject({ unreadable: 0, notAllowed: 0 })
          const freshest = createMemorySink()
          for (const records of judgedBy(registry).map(stored)) {
            fresh.write(records)
            await freshest.commit(delivery(records))
          }
          expect(contentOf(changing.db, tables)).toEqual(contentOf(fresh.db, tables))
          expect(noticedIn(changing.db)).toEqual(noticedIn(fresh.db))
          expect(await answersOf(changingMemory)).toEqual(await answersOf(freshest))
          expect((await reprocessAll(changing.store, registry)).changed).toBe(0)
          const kept = contentOf(changing.db, derivedTables)
          changing.db.exec('BEGIN')
          rebuildDerived(changing.db, project, 'Europe/Berlin')
          changing.db.exec('COMMIT')
          expect(kept).toEqual(contentOf(changing.db, derivedTables))
        }
      },
    ),
    { numRuns: 30 },
  )
}, 120_000)
