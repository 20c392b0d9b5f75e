import { copyFile } from 'node:fs/promises'
import type { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { eraseAgain, gravesIn } from '../../src/backup/erase-again.ts'
import { createLedger } from '../../src/consent/ledger.ts'
import type { EventRecord, Fate } from '../../src/sinks/sink.ts'
import { erase } from '../../src/sinks/sqlite/erase.ts'
import { createLedgerTables } from '../../src/sinks/sqlite/ledger-tables.ts'
import { openForWriting, storeFile } from '../../src/sinks/sqlite/open.ts'
import { rebuildDerived } from '../../src/sinks/sqlite/rebuild.ts'
import { retain } from '../../src/sinks/sqlite/retention.ts'
import { runToEnd } from '../../src/sinks/sqlite/slices.ts'
import { writeDelivery } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../src/sinks/sqlite/write.ts'
import { delivery, eventRecord, hashOf, noon, project, subjectSecret, utcDays } from '../sinks/sink.contract.ts'
import { temporaryFolder } from '../start-collector.ts'

const dayMs = 86_400_000

/** A store on this thread. */
function inStore<T>(folder: string, act: (db: DatabaseSync, commit: (event: EventRecord) => Fate | undefined) => T): T {
  const { db, lock } = openForWriting(folder)
  const write = createWrite(db, hashOf, utcDays)
  const commit = (event: EventRecord): Fate | undefined =>
    write([writeDelivery(delivery([event], { receivedAt: event.occurredAt, receivedDay: event.day }))])[0]?.[0]
  try {
    return act(db, commit)
  } finally {
    db.close()
    lock.close()
  }
}

/** Somebody at the tablet, in a session of their own, so many days ago. */
const visit = (userId: string | null, daysAgo = 0): EventRecord =>
  eventRecord({
    anonymousId: 'tablet',
    userId,
    session: { id: `of ${userId}`, index: 1 },
    occurredAt: noon - daysAgo * dayMs,
  })

const derived = (db: DatabaseSync): unknown =>
  ['daily_counts', 'daily_visitors', 'sessions', 'subject_sessions', 'linked_ids'].map((table) =>
    db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`).all(),
  )

test.each<{
  name: string
  before: readonly EventRecord[]
  after: readonly EventRecord[]
  erased: string
  /** Is a visit of Bert's kept after it all? */
  isBertKept: boolean
}>([
  { name: 'was theirs alone', before: [visit('anna'), visit(null)], after: [], erased: 'anna', isBertKept: false },
  { name: 'was shared', before: [visit('anna'), visit('bert'), visit(null)], after: [], erased: 'anna', isBertKept: true },
  {
    name: 'came to be shared after the backup',
    ...{ before: [visit('anna'), visit(null)], after: [visit('bert')], erased: 'anna', isBertKept: true },
  },
  {
    name: 'came to be theirs alone after the backup',
    ...{ before: [visit('bert', 9), visit('anna'), visit(null)], after: [], erased: 'anna', isBertKept: false },
  },
  {
    name: 'was nobody’s, and others’ long before',
    ...{ before: [visit('bert', 9), visit(null)], after: [], erased: 'tablet', isBertKept: false },
  },
  {
    name: 'was nobody’s, and became several people’s after the backup',
    ...{ before: [visit(null)], after: [visit('bert'), visit('carl')], erased: 'tablet', isBertKept: true },
  },
])('of a device that $name, others lose as much as by the first erasure', async (given) => {
  const [lived, backup] = [await temporaryFolder(), await temporaryFolder()]
  inStore(lived, (_, commit) => given.before.map(commit))
  await copyFile(storeFile(lived), storeFile(backup))
  inStore(lived, (db, commit) => {
    runToEnd(retain(db, [{ project, cutoffs: { analytics: noon - 5 * dayMs } }], utcDays))
    given.after.map(commit)
    const ledger = createLedger(createLedgerTables(db), hashOf)
    runToEnd(erase(db, { project, id: given.erased, at: noon }, { subjectHash: hashOf, dayOf: utcDays, ledger }))
  })

  const graves = gravesIn(lived)
  eraseAgain(backup, graves, subjectSecret, { signal: new AbortController().signal, onErased: () => {} })
  expect(gravesIn(backup)).toEqual(graves)
  inStore(backup, (db, commit) => {
    const found = derived(db)
    db.exec('BEGIN')
    rebuildDerived(db, project, 'UTC')
    db.exec('COMMIT')
    expect(found).toEqual(derived(db))
    const left = db.prepare('SELECT user_id FROM events').all()
    expect(left.map(({ user_id }) => user_id)).toEqual(given.before.map(({ userId }) => userId).filter((id) => id === 'bert'))
    expect(commit(visit('bert'))).toMatchObject({ kind: given.isBertKept ? 'stored' : 'rejected' })
    expect(commit(visit(null))).toMatchObject({ kind: 'rejected', because: { code: 'erased' } })
  })
})
