import { execFileSync } from 'node:child_process'
import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { FootfallError } from '../../../src/errors.ts'
import type { Store } from '../../../src/sinks/sink.ts'
import { openForWriting } from '../../../src/sinks/sqlite/open.ts'
import { createSqliteSink, type SqliteOptions } from '../../../src/sinks/sqlite/sqlite-sink.ts'
import { startThread, type Thread } from '../../../src/sinks/sqlite/thread.ts'
import { temporaryFolder } from '../../start-collector.ts'
import { registryContract } from '../registry.contract.ts'
import { renamingContract } from '../renaming.contract.ts'
import { delivery, eventRecord, noon, order, project, quarantineRecord, sinkContract, subjectSecret } from '../sink.contract.ts'

const projects = ['default', 'other'].map((id) => ({ id, timeZone: 'UTC', baseCurrency: 'EUR' }))

async function open(options: Partial<SqliteOptions> = {}): Promise<Store> {
  const store = createSqliteSink({ folder: options.folder ?? (await temporaryFolder()), projects, subjectSecret, ...options })
  onTestFinished(() => store.close())
  await store.ready
  return store
}

sinkContract(() => open())
registryContract(() => open())
renamingContract(() => open())

const all = { limit: 500, after: 0 }

describe('the file', () => {
  test('what was committed is there after the store is opened again', async () => {
    const folder = await temporaryFolder()
    const first = await open({ folder })
    const record = order('A1', 4990)
    await first.commit(delivery([record, { kind: 'rejected', code: 'gpc', arrival: null, bearer: null, countedSource: '' }]))
    await first.close()

    const second = await open({ folder })
    expect(await second.commit(delivery([record]))).toEqual([{ kind: 'duplicate' }])
    expect((await second.events({ project }, all)).rows).toMatchObject([{ id: record.id }])
  })

  test('closing leaves one file, without a log beside it, readable by its owner only', async () => {
    const folder = await temporaryFolder()
    const store = await open({ folder })
    await store.commit(delivery([eventRecord()]))
    await store.close()
    await expect(stat(join(folder, 'footfall.db-wal'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect((await stat(join(folder, 'footfall.db'))).mode & 0o077).toBe(0)
  })

  test('it is durable by its settings: write-ahead log, synchronous full, secure delete', async () => {
    const { db, lock } = openForWriting(await temporaryFolder())
    onTestFinished(() => {
      db.close()
      lock.close()
    })
    const pragma = (name: string): unknown => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('synchronous')).toBe(2)
    expect(pragma('secure_delete')).toBe(1)
    expect(pragma('auto_vacuum')).toBe(2)
    expect(pragma('integrity_check')).toBe('ok')
  })

  test('a second writer is refused with what to do', async () => {
    const folder = await temporaryFolder()
    await open({ folder })
    const second = createSqliteSink({ folder, projects, subjectSecret })
    await expect(second.ready).rejects.toMatchObject({
      code: 'store_in_use',
      message: expect.stringContaining('FOOTFALL_DATA_DIR'),
    })
    await second.close()
  })

  test.each([
    { name: 'text', content: Buffer.from('this is no database, it only has its name\n'.repeat(200)) },
    {
      name: 'a header followed by rubbish',
      content: Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8192, 0xa5)]),
    },
  ])('a file that is $name is reported and left as it is', async ({ content }) => {
    const folder = await temporaryFolder()
    const file = join(folder, 'footfall.db')
    await writeFile(file, content)
    const store = createSqliteSink({ folder, projects, subjectSecret })
    await expect(store.ready).rejects.toMatchObject({ code: 'store_corrupt', message: expect.stringContaining(file) })
    await store.close()
    expect(await readFile(file)).toEqual(content)
  })

  test("another program's database is reported and left as it is", async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'footfall.db')
    const foreign = new DatabaseSync(file)
    foreign.exec('CREATE TABLE recipes (name TEXT)')
    foreign.close()
    const before = await readFile(file)
    const store = createSqliteSink({ folder, projects, subjectSecret })
    await expect(store.ready).rejects.toMatchObject({ code: 'store_corrupt' })
    await store.close()
    expect(await readFile(file)).toEqual(before)
  })

  test('a store of a newer version is refused', async () => {
    const folder = await temporaryFolder()
    await (await open({ folder })).close()
    const db = new DatabaseSync(join(folder, 'footfall.db'))
    db.exec('PRAGMA user_version = 9999')
    db.close()
    const store = createSqliteSink({ folder, projects, subjectSecret })
    await expect(store.ready).rejects.toMatchObject({ code: 'store_too_new' })
    await store.close()
  })

  test('migrations are applied once: to an empty file, and to what an older version left only what is new', async () => {
    const folder = await temporaryFolder()
    const version = (): unknown => {
      const { db, lock } = openForWriting(folder)
      const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
      db.close()
      lock.close()
      return user_version
    }
    const folderOfMigrations = join(import.meta.dirname, '../../../src/sinks/sqlite/migrations')
    const newest = Number((await readdir(folderOfMigrations)).sort().at(-1)?.slice(0, 4))
    expect(version()).toBe(newest)
    const store = await open({ folder })
    await store.commit(delivery([eventRecord()]))
    await store.close()
    expect(version()).toBe(newest)
    const again = await open({ folder })
    expect((await again.events({ project }, all)).rows).toHaveLength(1)
  })

  test('a changed base currency is refused: sums of two currencies would be wrong', async () => {
    const folder = await temporaryFolder()
    await (await open({ folder })).close()
    const store = createSqliteSink({ folder, subjectSecret, projects: [{ id: 'default', timeZone: 'UTC', baseCurrency: 'USD' }] })
    await expect(store.ready).rejects.toMatchObject({ code: 'base_currency_changed', message: expect.stringContaining('EUR') })
    await store.close()
  })

  test('a changed time zone moves every day', async () => {
    const folder = await temporaryFolder()
    const store = await open({ folder })
    await store.commit(delivery([eventRecord({ occurredAt: Date.UTC(2026, 10, 20, 23, 30) })]))
    await store.close()
    const moved = await open({ folder, projects: [{ id: 'default', timeZone: 'Europe/Berlin', baseCurrency: 'EUR' }] })
    const { days } = await moved.traffic({
      project,
      from: '2026-11-20',
      to: '2026-11-21',
      timeZone: 'Europe/Berlin',
      baseCurrency: 'EUR',
    })
    expect(days.map(({ events }) => events)).toEqual([0, 1])
  })

  test('a backup taken while it runs can be opened', async () => {
    const folder = await temporaryFolder()
    const store = await open({ folder })
    await store.commit(delivery([eventRecord(), eventRecord()]))
    const other = await temporaryFolder()
    const source = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
    source.exec(`VACUUM INTO '${join(other, 'copy.db')}'`)
    source.close()
    await copyFile(join(other, 'copy.db'), join(other, 'footfall.db'))
    const copy = await open({ folder: other })
    expect((await copy.events({ project }, all)).rows).toHaveLength(2)
  })
})

describe('under load', () => {
  test('deliveries that wait together are each answered with their own fates', async () => {
    const store = await open()
    const records = Array.from({ length: 200 }, (_, index) => eventRecord({ properties: { index } }))
    const fates = await Promise.all(
      records.map((record, index) => store.commit(delivery(index % 2 === 0 ? [record] : [record, record]))),
    )
    for (const [index, fate] of fates.entries()) {
      const stored = { kind: 'stored', duplicateOf: null }
      expect(fate).toEqual(index % 2 === 0 ? [stored] : [stored, { kind: 'duplicate' }])
    }
    expect((await store.events({ project }, all)).rows.map(({ id }) => id)).toEqual(records.map(({ id }) => id))
  })

  test('beyond its bound it refuses, and takes again when the disk has caught up', async () => {
    const store = await open({ maxWaitingEvents: 10 })
    const tenEvents = () => delivery(Array.from({ length: 10 }, () => eventRecord()))
    const first = store.commit(tenEvents())
    expect(store.lag().waitingEvents).toBe(10)
    await expect(store.commit(tenEvents())).rejects.toMatchObject({ code: 'overloaded' })
    await first
    await expect(store.commit(tenEvents())).resolves.toHaveLength(10)
  })

  test('what small groups bring is copied from the log into the store every few hundred events', async () => {
    const folder = await temporaryFolder()
    const store = await open({ folder })
    const storeBytes = async (): Promise<number> => (await stat(join(folder, 'footfall.db'))).size
    const before = await storeBytes()
    for (let group = 0; group < 12; group += 1) await store.commit(delivery(Array.from({ length: 50 }, () => eventRecord())))
    await expect.poll(storeBytes).toBeGreaterThan(before + 100_000)
    // Left to itself SQLite would not have begun.
    expect((await stat(join(folder, 'footfall.db-wal'))).size).toBeLessThan(4000 * 4096)
  })

  test('the bound holds for bytes as well', async () => {
    const store = await open({ maxWaitingBytes: 100_000 })
    const large = () => delivery([quarantineRecord({ text: 'x'.repeat(40_000), n: Math.random() })])
    const first = store.commit(large())
    await expect(store.commit(large())).rejects.toMatchObject({ code: 'overloaded' })
    await first
  })

  test('on a disk that is nearly full nothing is stored', async () => {
    const store = await open({ minFreeBytes: Number.MAX_SAFE_INTEGER })
    await expect(store.commit(delivery([eventRecord()]))).rejects.toMatchObject({ code: 'disk_low' })
    expect((await store.events({ project }, all)).rows).toEqual([])
  })

  test('a delivery that cannot be stored fails alone and leaves no trace', async () => {
    const store = await open()
    const impossible = { ...eventRecord(), clockSkewMs: 1e300 }
    const commits = await Promise.allSettled([
      store.commit(delivery([eventRecord()])),
      store.commit(delivery([eventRecord(), impossible])),
      store.commit(delivery([eventRecord()])),
    ])
    expect(commits.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await store.events({ project }, all)).rows).toHaveLength(2)
    expect(
      (await store.traffic({ project, from: '2026-11-21', to: '2026-11-21', timeZone: 'UTC', baseCurrency: 'EUR' })).totals
        .events,
    ).toBe(2)
  })

  test('a question that takes too long is given up, and the next one is answered', async () => {
    let readers = 0
    // The first reading thread never answers; the one after it is as it should be.
    const start: typeof startThread = (name, data) => {
      const thread = startThread(name, data)
      if (name === 'reader') readers += 1
      return name === 'reader' && readers === 1 ? { ...thread, ask: () => new Promise(() => {}) } : thread
    }
    const store = await open({ start, queryTimeoutMs: 1000 })
    await expect(store.events({ project }, all)).rejects.toMatchObject({ code: 'query_timeout' })
    await expect(store.events({ project }, all)).resolves.toEqual({ rows: [], next: null })
  })
})

describe('an erasure', () => {
  test('waits for another program that reads; neither others’ nor their events wait with it', async () => {
    const folder = await temporaryFolder()
    const store = await open({ folder })
    const loose = (anonymousId: string) => eventRecord({ anonymousId, userId: null, session: null })
    await store.commit(delivery([loose('anna'), loose('berta'), loose('carla')]))
    const other = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
    onTestFinished(() => other.close())
    other.exec('BEGIN')
    other.prepare('SELECT count(*) FROM events').get()

    const both = Promise.all(['anna', 'berta'].map((id) => store.erase({ project, id, at: noon })))
    await expect
      .poll(async () => (await store.events({ project }, all)).rows.map(({ anonymous_id }) => anonymous_id), { timeout: 8000 })
      .toEqual(['carla'])
    expect(await store.commit(delivery([loose('berta')]))).toMatchObject([{ kind: 'rejected' }])
    const retained = await store.retain([{ project, cutoffs: { analytics: noon - 1000 } }])
    expect(retained).toMatchObject([{ events: 0 }])
    other.exec('COMMIT')
    expect(await both).toMatchObject([{ isOutOfFiles: true }, { isOutOfFiles: true }])
  })
})

describe('a thread that dies', () => {
  /** Starts real threads and keeps hold of them. */
  async function openWithThreads(folder?: string) {
    const threads: { readonly name: string; readonly thread: Thread }[] = []
    const start: typeof startThread = (name, data) => {
      const thread = startThread(name, data)
      threads.push({ name, thread })
      return thread
    }
    const died = new FootfallError('store_unavailable', 'it was killed')
    const kill = async (wanted: string) => {
      const last = threads.findLast(({ name }) => name === wanted)?.thread
      last?.kill(died)
      await last?.gone
    }
    return { store: await open({ start, ...(folder === undefined ? {} : { folder }) }), kill }
  }

  test('takes what it was writing with it, and another one goes on', async () => {
    const { store, kill } = await openWithThreads()
    await store.commit(delivery([eventRecord()]))
    const underWay = store.commit(delivery([eventRecord()]))
    const killed = kill('writer')
    await expect(underWay).rejects.toMatchObject({ code: 'store_unavailable' })
    await killed
    const record = eventRecord()
    await vi.waitFor(() => store.commit(delivery([record])), { timeout: 10_000, interval: 50 })
    await store.probe()
    expect((await store.events({ project }, all)).rows.map(({ id }) => id)).toContain(record.id)
    expect(store.lag().waitingEvents).toBe(0)
  }, 20_000)

  // Without them an older SQLite, which looks at the store and is the last to close it as far as it can see, takes the log away from under
  // the writer, and with it what was acknowledged.
  test.runIf(process.platform === 'linux').each([
    { name: 'something', isEmpty: false },
    { name: 'nothing', isEmpty: true },
  ])(
    'leaves the locks of the store as they were, as does the next one, when $name is in the log',
    async ({ isEmpty }) => {
      const folder = await temporaryFolder()
      const { store, kill } = await openWithThreads(folder)
      const { ino } = await stat(join(folder, 'footfall.db'))
      const locks = async (): Promise<number> =>
        (await readFile('/proc/locks', 'utf8')).split('\n').filter((line) => line.includes(`:${ino} `)).length
      await store.commit(delivery([eventRecord({ anonymousId: 'erased', session: null })]))
      // The reader keeps its locks for as long as it lives.
      await store.probe()
      // Reads and writes the file itself.
      await store.erase({ project, id: 'erased', at: noon })
      if (isEmpty) {
        const db = new DatabaseSync(join(folder, 'footfall.db'))
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
        db.close()
      }
      expect((await stat(join(folder, 'footfall.db-wal'))).size === 0).toBe(isEmpty)
      expect(await locks()).toBeGreaterThan(0)
      await kill('writer')
      expect(await locks()).toBeGreaterThan(0)
      await vi.waitFor(() => store.commit(delivery([eventRecord()])), { timeout: 10_000, interval: 50 })
      expect(await locks()).toBeGreaterThan(0)
    },
    20_000,
  )

  test('and another program in between lose nothing that was acknowledged', async () => {
    const folder = await temporaryFolder()
    const { store, kill } = await openWithThreads(folder)
    const other = (script: string): string => {
      const open = `const db = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(join(folder, 'footfall.db'))})`
      return execFileSync(process.execPath, ['-e', `${open}\n${script}`], { encoding: 'utf8' }).trim()
    }
    const seen = (anonymousId: string) => delivery([eventRecord({ anonymousId, session: null })])
    await store.commit(seen('before'))
    await store.probe()
    await kill('writer')
    await vi.waitFor(() => store.probe(), { timeout: 10_000, interval: 50 })
    other("db.exec('INSERT INTO probe VALUES (7, 7)'); db.close()")
    await store.commit(seen('after'))
    other("db.exec('SELECT count(*) FROM events'); db.close()")
    const read = "console.log(db.prepare('SELECT anonymous_id FROM events').all().map((row) => row.anonymous_id).join())"
    expect(other(read)).toBe('before,after')
    expect((await store.events({ project }, all)).rows).toHaveLength(2)
  }, 20_000)

  test('while reading costs that answer only', async () => {
    const { store, kill } = await openWithThreads()
    await store.commit(delivery([eventRecord()]))
    await store.events({ project }, all)
    await kill('reader')
    expect((await store.events({ project }, all)).rows).toHaveLength(1)
  })
})
