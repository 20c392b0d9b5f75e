import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createCollector } from '../../../src/collector.ts'
import { createDayOf } from '../../../src/normalise/day.ts'
import { createMemorySink } from '../../../src/sinks/memory.ts'
import { openForWriting } from '../../../src/sinks/sqlite/open.ts'
import { rebuildDerived } from '../../../src/sinks/sqlite/rebuild.ts'
import type { StoredEvent } from '../../../src/sinks/stored-event.ts'
import { secretKey, startCollector, temporaryFolder, writeKey } from '../../start-collector.ts'
import { type Clock, idOf, rowsOf, secrets, tell } from './migrations/story.ts'

const numbered = (folder: string, pattern: RegExp): readonly { readonly version: number; readonly file: string }[] =>
  readdirSync(folder)
    .flatMap((name) => {
      const version = pattern.exec(name)?.[1]
      return version === undefined ? [] : [{ version: Number(version), file: join(folder, name) }]
    })
    .sort((one, other) => one.version - other.version)

const migrations = numbered(join(import.meta.dirname, '../../../src/sinks/sqlite/migrations'), /^(\d{4})-.+\.sql$/)
/** The story as collectors of those versions that were in use have written it. Between two of them no collector ever wrote. */
const written = numbered(join(import.meta.dirname, 'migrations'), /^rows-(\d{4})\.sql$/)
const newest = migrations.at(-1)?.version ?? 0
const timeZone = 'Europe/Berlin'

/** A store as a collector of an older version left it: its rows are of the newest one up to then that was in use. */
async function storeOf(version: number): Promise<string> {
  const folder = await temporaryFolder()
  const keys = { $installation: { subject_secret: secrets.subject } }
  await writeFile(join(folder, 'keys.json'), JSON.stringify(keys), { mode: 0o600 })
  const db = new DatabaseSync(join(folder, 'footfall.db'))
  db.exec('PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL')
  const dayOf = createDayOf(timeZone)
  db.function('day_in', (_zone, instant) => dayOf(Number(instant)))
  const rows = written.findLast((one) => one.version <= version)
  for (const migration of migrations) {
    if (migration.version > version) break
    db.exec(readFileSync(migration.file, 'utf8'))
    if (migration.version === rows?.version) db.exec(readFileSync(rows.file, 'utf8'))
  }
  db.exec(`PRAGMA application_id=${0x464f4f54}; PRAGMA user_version=${version}`)
  db.close()
  return folder
}

const versionOf = (folder: string): unknown => {
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  db.close()
  return user_version
}

async function upgraded(folder: string) {
  const clock: Clock = { now: Date.UTC(2026, 10, 22) }
  const started = await startCollector({ dataDir: folder, timezone: timeZone }, { now: () => clock.now })
  const ask = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = { authorization: `Bearer ${secretKey}` }
    const answer = await fetch(started.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    return { status: answer.status, ...(answer.status === 204 ? {} : ((await answer.json()) as object)) }
  }
  return { ...started, ask, clock }
}

/** What was read of an event since its first version; since then more is said about where it comes from. */
const essence = ({
  id,
  name,
  original_name,
  occurred_at,
  received_at,
  seq,
  anonymous_id,
  user_id,
  session,
  properties,
  money,
  bot,
  duplicate_of,
  quality,
}: StoredEvent) => ({
  ...{
    id,
    name,
    original_name,
    occurred_at,
    received_at,
    seq,
    anonymous_id,
    user_id,
    session,
    properties,
    money,
    bot,
    duplicate_of,
    quality,
  },
})

const period = 'from=2026-11-19&to=2026-11-22'

let today: readonly StoredEvent[] = []
beforeAll(async () => {
  const clock: Clock = { now: 0 }
  const dataDir = await mkdtemp(join(tmpdir(), 'footfall-today-'))
  const store = createMemorySink()
  const collector = createCollector(
    { dataDir, writeKey, secretKey, timezone: timeZone, logLevel: 'silent' },
    { now: () => clock.now, store },
  )
  await tell(collector, clock)
  const answer = await collector.request('/v1/events?limit=500', { headers: { authorization: `Bearer ${secretKey}` } })
  today = ((await answer.json()) as { events: StoredEvent[] }).events
  await collector.close()
  await rm(dataDir, { recursive: true })
})

describe.each(written)('a store of version $version, as a collector of then left it', ({ version }) => {
  /** The last event of the story needs an alias, which collectors know since then. */
  const renamed = version >= 9 ? 1 : 0

  test('answers every question as a store of today, and goes on', async () => {
    const folder = await storeOf(version)
    const { ask, clock, collector, events, post, quarantined } = await upgraded(folder)
    const stored = [2, 1, 3, 4, 5, 8, 9, 10, ...(renamed === 1 ? [11] : [])].map(idOf)
    expect((await events()).map(({ id }) => id)).toEqual(stored)
    const known = today.filter(({ id }) => stored.includes(id))
    expect((await events()).map(essence)).toEqual(known.map(essence))
    expect(await quarantined()).toMatchObject([{ id: idOf(6), code: 'ambiguous_money', raw: { properties: { total: '1.299' } } }])

    expect(await ask('GET', `/v1/reports/traffic?${period}`)).toMatchObject({
      days: [
        { day: '2026-11-19', events: 0, visitors: 0 },
        { day: '2026-11-20', events: 4, visitors: 1 },
        { day: '2026-11-21', events: 2 + renamed, visitors: 1 },
        { day: '2026-11-22', events: 0, visitors: 0 },
      ],
      totals: { events: 6 + renamed, visitors: 2, sessions: 2, orders: 2, revenue: { minor: 2499, currency: 'EUR' } },
      verdicts: { received: 11 + renamed, accepted: 8 + renamed, duplicate: 1, quarantined: 1, rejected: 1 },
      excluded: { bots: 1, duplicates: 1, orders_without_rate: 0 },
    })
    expect(await ask('GET', `/v1/reports/completeness?${period}`)).toMatchObject({
      totals: { expected: 8 + renamed, received: 7 + renamed, missing: 1, reported: { expired: 2 } },
    })
    expect(await ask('GET', `/v1/reports/quality?${period}`)).toMatchObject({
      totals: { received: 11 + renamed, accepted: 8 + renamed, duplicate: 1, quarantined: 1, rejected: 1, replayed: 0 },
      quarantine: [{ code: 'ambiguous_money', events: 1 }],
      unknown_names: [{ name: 'Into The Basket', events: 1 }],
      // The first versions counted no flags.
      flags: version >= 7 ? expect.arrayContaining([{ flag: 'unrecognized', events: 1 }]) : [],
    })
    const { current } = (await ask('GET', '/v1/consent/a-1')) as { current: object }
    expect(current).toMatchObject({ as_anonymous_id: version >= 5 ? { analytics: { state: 'granted' } } : {} })

    // Told again: what it had is known, so that only the event with the alias is new.
    await tell(collector, clock)
    clock.now = Date.UTC(2026, 10, 22)
    expect((await events()).map(({ id }) => id)).toEqual([2, 1, 3, 4, 5, 8, 9, 10, 11].map(idOf))
    // The first version kept another text of it, so that it does not know it again.
    expect(new Set((await quarantined()).map(({ id }) => id))).toEqual(new Set([idOf(6)]))

    const items = [{ product_id: 'A-1', quantity: 1, price: 19.99 }]
    const again = { order_id: 'O-1', total: 19.99, currency: 'EUR', items }
    const fresh = {
      id: idOf(99),
      name: 'order_completed',
      occurred_at: clock.now,
      user_id: 'cust_42',
      consent: { analytics: 'granted' },
    }
    await post(JSON.stringify({ write_key: 'wk_test', sent_at: clock.now, events: [{ ...fresh, properties: again }] }))
    expect((await events()).at(-1)).toMatchObject({ id: idOf(99), duplicate_of: idOf(3) })

    const patch = { properties: { total: 1299 } }
    const keys = (await quarantined()).map(({ key }) => key).slice(-1)
    expect(await ask('POST', '/v1/quarantine/replay', { keys, patch })).toMatchObject({ looked_at: 1, accepted: 1, problems: [] })
    await ask('DELETE', '/v1/aliases/Basket%20Two')
    await ask('POST', '/v1/reprocess', {})
    expect((await events()).find(({ id }) => id === idOf(11))?.quality.flags).toEqual(['clock_went_back', 'unrecognized'])
    await ask('PUT', '/v1/aliases/Into%20The%20Basket', { to: 'product_viewed' })
    expect(await ask('POST', '/v1/reprocess', {})).toMatchObject({ changed: 1 })
    expect(await ask('GET', `/v1/reports/traffic?${period}`)).toMatchObject({
      totals: { orders: 3, revenue: { minor: 1999 + 500 + 129_900 } },
    })

    expect(await ask('DELETE', '/v1/subjects/cust_42')).toMatchObject({ user_ids: 1, anonymous_ids: 1, events: 7 })
    await collector.close()
    const { db, lock } = openForWriting(folder)
    onTestFinished(() => {
      db.close()
      lock.close()
    })
    const rows = rowsOf(db)
    expect(rows).toContain('cust_7')
    for (const id of ['cust_42', 'a-1', 's-1', 'O-1']) expect(rows).not.toContain(`'${id}'`)
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  })
})

test.each(migrations.slice(0, -1))(
  'a store of version $version gets derived tables that are those of its events',
  async ({ version }) => {
    const folder = await storeOf(version)
    const { db, lock } = openForWriting(folder)
    onTestFinished(() => {
      db.close()
      lock.close()
    })
    const derived = ['daily_counts', 'daily_visitors', 'sessions', 'subject_sessions', 'linked_ids', 'number_runs']
    const content = () => derived.map((table) => ({ table, rows: db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`).all() }))
    const kept = content()
    expect(kept.map(({ rows }) => rows.length > 0)).toEqual(derived.map(() => true))
    db.exec('BEGIN')
    rebuildDerived(db, 'default', timeZone)
    db.exec('COMMIT')
    expect(content()).toEqual(kept)
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    // On the way from one version that was in use to the next it does not matter where the migration begins.
    const base = written.findLast((one) => one.version <= version)?.version ?? 0
    if (base === version) return
    const whole = openForWriting(await storeOf(base))
    expect(rowsOf(db)).toBe(rowsOf(whole.db))
    whole.db.close()
    whole.lock.close()
  },
)

test.each(['events', 'quarantine'])('ids that only %s have seen together are linked', async (table) => {
  const folder = await storeOf(1)
  const old = new DatabaseSync(join(folder, 'footfall.db'))
  old.exec(`DELETE FROM ${table === 'events' ? 'quarantine' : 'events'}`)
  old.close()
  const { db, lock } = openForWriting(folder)
  expect(db.prepare('SELECT anonymous_id, user_id FROM linked_ids').all()).toEqual([{ anonymous_id: 'a-1', user_id: 'cust_42' }])
  db.close()
  lock.close()
})

test('migrations are numbered without a hole, and rows are kept of what was in use', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
  expect(written.map(({ version }) => version)).toEqual([1, 3, 5, 9, 11])
})

test('a store of a newer version is refused with what to do, and left as it is', async () => {
  const folder = await storeOf(newest)
  const db = new DatabaseSync(join(folder, 'footfall.db'))
  db.exec(`PRAGMA user_version=${newest + 1}`)
  const before = rowsOf(db)
  db.close()
  const opening = () => openForWriting(folder)
  expect(opening).toThrow(
    `The store has version ${newest + 1}, this collector knows ${newest}; start a collector that is at least as new`,
  )
  const after = new DatabaseSync(join(folder, 'footfall.db'))
  expect(rowsOf(after)).toBe(before)
  after.close()
})

test('a migration tells what it does before it begins, and how far it has come', async () => {
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  await startCollector({ dataDir: await storeOf(1), timezone: timeZone }, { log })
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  const ofIt = said.filter(({ reached }) => reached !== undefined)
  expect(ofIt[0]).toMatchObject({ from: 1, to: newest, reached: 1, msg: expect.stringContaining('a large one takes minutes') })
  expect(ofIt.map(({ reached }) => reached)).toEqual(migrations.map(({ version }) => version))
  const again: string[] = []
  await startCollector({}, { log: pino({}, { write: (line: string) => void again.push(line) }) })
  expect(again.join('')).not.toContain('newer version')
})

const open = join(import.meta.dirname, '../../../src/sinks/sqlite/open.ts')

/** Migrates as a collector does, says how far it has come, and stays where it is told to. */
const migrating = `
const { openForWriting } = await import(${JSON.stringify(open)})
const { writeSync } = await import('node:fs')
const [, folder, stay] = process.argv
openForWriting(folder, ({ reached }) => {
  writeSync(1, reached + '\\n')
  if (String(reached) === stay) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000)
})
writeSync(1, 'done\\n')
`

test.each([
  { when: 'while rows are read', at: 2, stays: false },
  { when: 'between two versions', at: 6, stays: true },
  { when: 'with all but the last word written', at: newest, stays: true },
])('a migration that is killed $when leaves the old version whole, and the next start migrates', async ({ at, stays }) => {
  const folder = await storeOf(1)
  const old = new DatabaseSync(join(folder, 'footfall.db'))
  const copied =
    "SELECT group_concat(name) AS names FROM pragma_table_info('events') WHERE name NOT IN ('position', 'event_id', 'seq')"
  const { names } = old.prepare(copied).get() as { names: string }
  // Enough to be met in the middle.
  old.exec(`
    WITH RECURSIVE more (number) AS (SELECT 100 UNION ALL SELECT number + 1 FROM more WHERE number < 3099)
    INSERT INTO events (event_id, seq, ${names}) SELECT randomblob(16), number, ${names} FROM events, more WHERE position = 1`)
  const before = rowsOf(old)
  old.close()

  const args = ['--input-type=module-typescript', '-e', migrating, folder, stays ? String(at) : '']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const { promise: gone, resolve } = Promise.withResolvers<void>()
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (said.split('\n').includes(String(at))) child.kill('SIGKILL')
  })
  child.once('close', () => resolve())
  await gone
  expect(said).toContain(`${at}\n`)
  expect(said).not.toContain('done')

  const after = new DatabaseSync(join(folder, 'footfall.db'))
  expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
  expect(after.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  expect(rowsOf(after) === before).toBe(true)
  after.close()
  const { db, lock } = openForWriting(folder)
  expect(db.prepare('SELECT count(*) AS events FROM events').get()).toEqual({ events: 3008 })
  db.close()
  lock.close()
  expect(versionOf(folder)).toBe(newest)
})
