import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { batch, envelope, nextId } from '@footfall/testkit/builders'
import { sayNotTested } from '@footfall/testkit/not-tested'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Store } from '../../src/sinks/sink.ts'
import { createSqliteSink } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { delivery, eventRecord, noon, project, subjectSecret } from '../sinks/sink.contract.ts'
import { secretKey, startCollector, temporaryFolder } from '../start-collector.ts'
import { inject, mountDisk, whyNoDisk, whyNoFixing, whyNoInjection } from './disks.ts'

vi.setConfig({ testTimeout: 120_000 })

const projects = [{ id: project, timeZone: 'UTC', baseCurrency: 'EUR' }]
const all = { limit: 500, after: 0 }
const day = 86_400_000

sayNotTested('a full and a read-only disk', whyNoDisk)
sayNotTested('a failing and a slow disk', whyNoInjection)
sayNotTested('a file that must not be written', whyNoFixing)

async function open(folder: string): Promise<Store> {
  const store = createSqliteSink({ folder, projects, subjectSecret, minFreeBytes: 0 })
  onTestFinished(() => store.close())
  await store.ready
  return store
}

const of = (anonymousId: string) => delivery([eventRecord({ anonymousId, session: null })])
const idsOf = async (store: Store): Promise<readonly unknown[]> =>
  (await store.events({ project }, all)).rows.map(({ anonymous_id }) => anonymous_id)

async function expectWhole(store: Store, folder: string): Promise<void> {
  await store.close()
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  db.close()
}

describe.skipIf(whyNoDisk !== null)('a disk', () => {
  test('that is full to its last byte: nothing is receipted, nothing is half done, and all of it is done once there is room', async () => {
    const disk = await mountDisk(32)
    const store = await open(disk.folder)
    await store.commit(of('anna'))
    await store.commit(of('berta'))
    await disk.fill(0)
    const large = delivery(
      Array.from({ length: 500 }, () => eventRecord({ anonymousId: 'carla', properties: { words: 'x'.repeat(20_000) } })),
    )
    await expect(store.commit(large)).rejects.toMatchObject({ code: 'disk_low' })
    // What needs little room may find it in the log; whatever is answered must be true.
    const chores = await Promise.allSettled([
      store.erase({ project, id: 'anna', at: noon }),
      store.retain([{ project, cutoffs: { analytics: noon - day } }]),
      store.commit(large),
    ])
    expect(chores.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
    for (const chore of chores)
      if (chore.status === 'rejected') expect(chore.reason.code).toMatch(/^(disk_low|store_unavailable)$/)
    expect((await idsOf(store)).filter((id) => id === 'berta')).toHaveLength(1)
    expect(await idsOf(store)).not.toContain('carla')

    await disk.free()
    expect(await store.commit(large)).toHaveLength(500)
    await store.erase({ project, id: 'anna', at: noon })
    expect(await store.retain([{ project, cutoffs: { analytics: noon + day } }])).toMatchObject([{ events: 501 }])
    expect(await store.commit(of('dora'))).toMatchObject([{ kind: 'stored' }])
    expect(await idsOf(store)).toEqual(['dora'])
    await expectWhole(store, disk.folder)
  })

  test('that is nearly full: batches are refused until there is room, people are still erased and reports still answered', async () => {
    const disk = await mountDisk(128)
    const { post, deliver, get, url } = await startCollector({ dataDir: disk.folder })
    await deliver([envelope({ anonymous_id: 'anna', session: null }), envelope({ anonymous_id: 'berta', session: null })])
    await disk.fill(20 * 2 ** 20)
    const send = () => post(JSON.stringify(batch([envelope()])))
    await expect.poll(async () => (await send()).status, { timeout: 20_000 }).toBe(503)
    const refused = await send()
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'disk_low', retry_after_ms: expect.any(Number) })
    expect(await (await get('/readyz')).json()).toMatchObject({ status: 'not_ready', code: 'disk_low' })
    const authorization = `Bearer ${secretKey}`
    expect((await fetch(`${url}/v1/subjects/anna`, { method: 'DELETE', headers: { authorization } })).status).toBe(200)
    expect((await get('/v1/reports/traffic')).status).toBe(200)
    await disk.free()
    await expect.poll(async () => (await send()).status, { timeout: 20_000 }).toBe(200)
  })

  test('that is full while the quarantine is replayed and events are given another meaning: no part is half done, none is lost, none doubled', async () => {
    const disk = await mountDisk(32)
    const started = await startCollector({ dataDir: await temporaryFolder() }, { store: await open(disk.folder) })
    const ask = async (method: string, path: string, body?: object) => {
      const headers = { authorization: `Bearer ${secretKey}` }
      const response = await fetch(started.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
      return { status: response.status, said: await response.json() }
    }
    const words = () => ({ note: 'x'.repeat(20_000) })
    const common = { session: null, user_id: null }
    const aside = Array.from({ length: 100 }, () =>
      envelope({
        ...common,
        anonymous_id: 'aside',
        occurred_at: '03/04/2026 10:15' as never,
        properties: { ...words(), product_id: 'A-1' } as never,
      }),
    )
    const unknown = Array.from({ length: 100 }, () =>
      envelope({
        ...common,
        anonymous_id: 'unknown',
        name: 'kauf',
        properties: { ...words(), order_id: nextId(), total: 10, currency: 'EUR', products: [] } as never,
      }),
    )
    // A few at a time, so that the log has no room for a whole page.
    for (let at = 0; at < 100; at += 10) {
      const body = batch([...aside.slice(at, at + 10), ...unknown.slice(at, at + 10)], { shared: { source: 'till' } as never })
      expect((await ask('POST', '/v1/events', body)).said).toMatchObject({ accepted: 10, quarantined: 10 })
    }
    const settings = { channel: 'pos', time_zone: 'Europe/Paris', date_order: 'DMY' }
    expect((await ask('PUT', '/v1/sources/till', settings)).status).toBe(200)
    expect((await ask('PUT', '/v1/aliases/kauf', { to: 'order_completed' })).status).toBe(200)

    const looking = new DatabaseSync(join(disk.folder, 'footfall.db'), { readOnly: true })
    onTestFinished(() => looking.close())
    const counts = () =>
      looking
        .prepare(`SELECT count(*) AS stored, count(DISTINCT event_id) AS ids, sum(name = 'order_completed') AS orders,
          sum(name = 'kauf') AS unknown, (SELECT count(*) FROM quarantine) AS "left" FROM events`)
        .get()
    const chores = [
      ['/v1/quarantine/replay', { all: true, limit: 100 }],
      ['/v1/reprocess', {}],
    ] as const
    await disk.fill(0)
    for (const [path, order] of chores) {
      const before = counts()
      for (let attempt = 0; attempt < 2; attempt += 1) {
        expect(await ask('POST', path, order), path).toMatchObject({ status: 503, said: { code: 'disk_low' } })
        expect(counts()).toEqual(before)
      }
    }

    await disk.free()
    for (const [path, order] of chores) {
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const { status, said } = await ask('POST', path, { ...order, ...(cursor && { cursor }) })
        expect(status).toBe(200)
        cursor = said.next
      }
    }
    expect({ ...counts() }).toEqual({ stored: 200, ids: 200, left: 0, orders: 100, unknown: 0 })
    const { said } = await ask('GET', '/v1/reports/quality')
    expect(said.totals).toEqual({ received: 200, accepted: 200, duplicate: 0, quarantined: 0, rejected: 0, replayed: 100 })
    expect(looking.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  })

  test('that is mounted read-only stops the start, with what to do', async () => {
    const disk = await mountDisk(32)
    const first = await open(disk.folder)
    await first.commit(of('anna'))
    await first.close()
    disk.become('ro')
    const stuck = createSqliteSink({ folder: disk.folder, projects, subjectSecret })
    await expect(stuck.ready).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('can be written'),
    })
    await stuck.close()
    disk.become('rw')
    const again = await open(disk.folder)
    expect(await again.commit(of('berta'))).toMatchObject([{ kind: 'stored' }])
    expect(await idsOf(again)).toEqual(['anna', 'berta'])
  })
})

test.skipIf(whyNoFixing !== null)('a file that must not be written stops the start, with what to do', async () => {
  const folder = await temporaryFolder()
  const first = await open(folder)
  await first.commit(of('anna'))
  await first.close()
  const file = join(folder, 'footfall.db')
  execFileSync('chattr', ['+i', file])
  try {
    const store = createSqliteSink({ folder, projects, subjectSecret })
    await expect(store.ready).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('can be written'),
    })
    await store.close()
  } finally {
    execFileSync('chattr', ['-i', file])
  }
  expect(await idsOf(await open(folder))).toEqual(['anna'])
})

describe.skipIf(whyNoInjection !== null)('a disk', () => {
  test.each([
    { name: 'cannot make anything durable', fault: 'fsync,fdatasync:error=EIO' },
    { name: 'cannot write', fault: 'pwrite64:error=EIO' },
    { name: 'has become read-only', fault: 'pwrite64:error=EROFS' },
    { name: 'is full', fault: 'pwrite64:error=ENOSPC' },
  ])('that $name: nothing is receipted, and once it can what is sent again is stored once', async ({ fault }) => {
    const folder = await temporaryFolder()
    const store = await open(folder)
    await store.commit(of('anna'))
    const end = await inject(process.pid, fault)
    const record = eventRecord({ anonymousId: 'berta', session: null })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(store.commit(delivery([record]))).rejects.toMatchObject({
        code: expect.stringMatching(/^(store_unavailable|disk_low)$/),
        message: expect.stringMatching(/room/),
      })
    }
    await end()
    expect(await store.commit(delivery([record, record]))).toMatchObject([{ kind: 'stored' }, { kind: 'duplicate' }])
    expect(await idsOf(store)).toEqual(['anna', 'berta'])
    await expectWhole(store, folder)
  })

  test('that is slow: what waits shares the next commit, and reports are answered meanwhile', async () => {
    const folder = await temporaryFolder()
    const store = await open(folder)
    await store.commit(of('anna'))
    await store.events({ project }, all)
    const end = await inject(process.pid, 'fsync,fdatasync:delay_enter=400ms')
    const startedAt = performance.now()
    const commits = Array.from({ length: 50 }, (_, index) => store.commit(of(`visitor-${index}`)))
    const readAt = store.events({ project }, all).then(() => performance.now() - startedAt)
    await Promise.all(commits)
    const tookMs = performance.now() - startedAt
    await end()
    expect(await readAt).toBeLessThan(tookMs)
    // Fifty commits by themselves would be twenty seconds.
    expect(tookMs).toBeGreaterThan(400)
    expect(tookMs).toBeLessThan(10_000)
    expect(store.lag()).toMatchObject({ waitingEvents: 0 })
  })
})

test('another program that holds the store: what waits is refused together, and then taken', async () => {
  const folder = await temporaryFolder()
  const store = await open(folder)
  await store.commit(of('anna'))
  const other = new DatabaseSync(join(folder, 'footfall.db'))
  other.exec('BEGIN IMMEDIATE')
  const startedAt = performance.now()
  const refused = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => store.commit(of(`visitor-${index}`))))
  // Two groups of five seconds’ patience at most, not one for each delivery.
  expect(performance.now() - startedAt).toBeLessThan(20_000)
  for (const one of refused) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } })
  other.exec('ROLLBACK')
  other.close()
  expect(await store.commit(of('berta'))).toMatchObject([{ kind: 'stored' }])
  expect(await idsOf(store)).toEqual(['anna', 'berta'])
})
