import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAlike } from '../../../src/sinks/sqlite/alike.ts'
import { openForWriting } from '../../../src/sinks/sqlite/open.ts'
import { createRead } from '../../../src/sinks/sqlite/read.ts'
import { writeDelivery } from '../../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../../src/sinks/sqlite/write.ts'
import { temporaryFolder } from '../../start-collector.ts'
import { click, delivery, hashOf, noon, project, utcDays } from '../sink.contract.ts'

function open(folder: string): DatabaseSync {
  const { db, lock } = openForWriting(folder)
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  return db
}

describe('an event that is taken out of a row of clicks', () => {
  /** What the last one repeats (by its place) after the one in the middle has gone, and whether it counts from now on. */
  async function without(at: readonly [number, number, number], goes = false) {
    const db = open(await temporaryFolder())
    const clicks = at.map((instant) => click({ occurredAt: noon + instant }))
    createWrite(db, hashOf, utcDays)([writeDelivery(delivery(clicks))])
    const ids = clicks.map(({ id }) => Buffer.from(id.replaceAll('-', ''), 'hex'))
    const heir = createAlike(db).leave(project, ids[1] ?? Buffer.of(), () => goes)
    const last = db.prepare('SELECT duplicate_of, flags FROM events WHERE event_id = ?').get(ids[2] ?? null)
    const repeats = ids.findIndex((id) => last?.duplicate_of instanceof Uint8Array && id.equals(last.duplicate_of))
    return { repeats: repeats === -1 ? null : repeats, flags: last?.flags, counts: heir !== undefined }
  }

  const marked = '["probable_duplicate"]'

  test('leaves the next one to the one before', async () => {
    expect(await without([0, 1000, 2000])).toEqual({ repeats: 0, flags: marked, counts: false })
  })

  test('lets the next one count where nothing else is near', async () => {
    expect(await without([0, 1500, 3000])).toEqual({ repeats: null, flags: '[]', counts: true })
  })

  test('leaves the next one as it is where that goes, too', async () => {
    expect(await without([0, 1500, 3000], true)).toEqual({ repeats: 1, flags: marked, counts: false })
  })
})

test('whatever is alike, in however large a crowd, is found without looking at the crowd', async () => {
  const db = open(await temporaryFolder())
  const texts: string[] = []
  const prepare = db.prepare.bind(db)
  db.prepare = (sql) => {
    texts.push(sql)
    return prepare(sql)
  }
  createAlike(db)
  const steps = texts.flatMap((sql) =>
    prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail)),
  )
  const looks = steps.filter((step) => step.includes('alike_events'))
  expect(looks).toHaveLength(7)
  for (const look of looks) expect(look).toMatch(/<expr>=\? AND likeness=\? AND occurred_at/)
  expect(steps.filter((step) => /SCAN events|TEMP B-TREE/.test(step))).toEqual([])
})

test('what an older version counted is in the report on quality', async () => {
  const folder = await temporaryFolder()
  const migrations = join(import.meta.dirname, '../../../src/sinks/sqlite/migrations')
  const old = new DatabaseSync(join(folder, 'footfall.db'))
  old.function('day_in', (_timeZone, _instant) => '2026-11-20')
  for (const file of readdirSync(migrations).sort().slice(0, 5)) old.exec(readFileSync(join(migrations, file), 'utf8'))
  old.exec(`INSERT INTO projects VALUES ('default', 'UTC', 'EUR');
    INSERT INTO daily_verdicts VALUES ('default', '2026-11-20', 'accepted', '', 7), ('default', '2026-11-20', 'duplicate', 'duplicate', 2),
      ('default', '2026-11-20', 'quarantined', 'bad_time', 3), ('default', '2026-11-20', 'quarantined', 'bad_money', 1),
      ('default', '2026-11-20', 'rejected', 'gpc', 5);
    PRAGMA application_id=${0x464f4f54}; PRAGMA user_version=5`)
  old.close()

  const { quality, traffic } = createRead(open(folder))
  const week = { project, from: '2026-11-15', to: '2026-11-21', timeZone: 'UTC', baseCurrency: 'EUR' }
  expect(quality({ ...week, source: '' })).toMatchObject({
    totals: { received: 18, accepted: 7, duplicate: 2, quarantined: 4, rejected: 5, replayed: 0 },
    quarantine: [
      { code: 'bad_time', rule: '', events: 3 },
      { code: 'bad_money', rule: '', events: 1 },
    ],
    rejected: [{ code: 'gpc', events: 5 }],
    duplicates: [{ kind: 'same_id', events: 2 }],
  })
  expect(traffic(week).verdicts).toEqual({ received: 18, accepted: 7, duplicate: 2, quarantined: 4, rejected: 5 })
})
