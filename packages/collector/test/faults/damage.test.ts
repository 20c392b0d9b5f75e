import { hash } from 'node:crypto'
import { copyFile, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { batch, envelope } from '@footfall/testkit/builders'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createCollector } from '../../src/collector.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { createServeProcess } from '../serve-process.ts'
import { secretKey, startCollector, temporaryFolder, writeKey } from '../start-collector.ts'

// Threads and processes take as long to start as the machine has other things to do.
vi.setConfig({ testTimeout: 120_000 })

const pageSize = 4096

/** A store of some hundred pages, and what stands where in it. */
let whole: {
  readonly store: Buffer
  readonly keys: Buffer
  readonly rootOf: (name: string) => number
  readonly leafOf: (name: string) => number
}

beforeAll(async () => {
  const folder = await temporaryFolderFor()
  const collector = createCollector({ dataDir: folder, logLevel: 'silent', writeKey, secretKey })
  await collector.ready
  for (let sent = 0; sent < 4; sent += 1) {
    const events = Array.from({ length: 250 }, (_, index) => envelope({ anonymous_id: `visitor-${sent}-${index}` }))
    const request = new Request('http://collector/v1/events', { method: 'POST', body: JSON.stringify(batch(events)) })
    expect((await collector.fetch(request)).status).toBe(200)
  }
  await collector.close()
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  const roots = new Map(
    db
      .prepare('SELECT name, rootpage FROM sqlite_schema')
      .all()
      .map(({ name, rootpage }) => [name, Number(rootpage)]),
  )
  db.close()
  const store = await readFile(join(folder, 'footfall.db'))
  const keys = await readFile(join(folder, 'keys.json'))
  await rm(folder, { recursive: true })
  const rootOf = (name: string): number => roots.get(name) ?? 0
  // The first child of the root: where a tree is deep enough, a page in the middle of it.
  const leafOf = (name: string): number => {
    const root = (rootOf(name) - 1) * pageSize
    const cell = store.readUInt16BE(root + 12)
    return store.readUInt32BE(root + cell)
  }
  whole = { store, keys, rootOf, leafOf }
}, 60_000)

async function temporaryFolderFor(): Promise<string> {
  const { mkdtemp } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  return mkdtemp(join(tmpdir(), 'footfall-damage-'))
}

const rubbish = Buffer.alloc(pageSize, 0xa5)

const damages: readonly { readonly name: string; readonly damage: (file: string) => Promise<void> }[] = [
  { name: 'a header of rubbish', damage: (file) => overwrite(file, 0, rubbish.subarray(0, 100)) },
  { name: 'a schema of rubbish', damage: (file) => overwrite(file, 100, rubbish.subarray(100)) },
  { name: 'rubbish in the middle of a table', damage: (file) => overwritePage(file, whole.leafOf('events')) },
  { name: 'rubbish in the middle of an index', damage: (file) => overwritePage(file, whole.leafOf('events_by_session')) },
  { name: 'a page of zeros', damage: (file) => overwrite(file, (whole.leafOf('events') - 1) * pageSize, Buffer.alloc(pageSize)) },
  {
    name: 'half of its length',
    damage: async (file) => truncate(file, Math.floor((await stat(file)).size / pageSize / 2) * pageSize),
  },
  { name: 'its last page cut off', damage: async (file) => truncate(file, (await stat(file)).size - pageSize) },
  { name: 'no content', damage: (file) => truncate(file, 0) },
  {
    name: 'no content, and a log beside it',
    damage: async (file) => {
      await truncate(file, 0)
      await writeFile(`${file}-wal`, rubbish)
    },
  },
  {
    name: 'nothing but a log',
    damage: async (file) => {
      await rm(file)
      await writeFile(`${file}-wal`, rubbish)
    },
  },
  { name: 'the content of another program', damage: (file) => writeFile(file, 'name,price\nshoe,19.99\n'.repeat(1000)) },
]

async function overwrite(file: string, at: number, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.write(bytes, 0, bytes.length, at)
  await handle.close()
}
const overwritePage = (file: string, page: number): Promise<void> => overwrite(file, (page - 1) * pageSize, rubbish)

/** Makes a store of so many pages, of which the last ones hold nothing and take no room on the disk. */
async function enlarge(file: string, pages: number): Promise<void> {
  await truncate(file, pages * pageSize)
  const count = Buffer.alloc(4)
  count.writeUInt32BE(pages)
  // https://www.sqlite.org/fileformat2.html#in_header_database_size
  await overwrite(file, 28, count)
}

async function damaged(damage: (file: string) => Promise<void>): Promise<string> {
  const folder = await temporaryFolder()
  const file = join(folder, 'footfall.db')
  await writeFile(file, whole.store)
  await writeFile(join(folder, 'keys.json'), whole.keys, { mode: 0o600 })
  await damage(file)
  return folder
}

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (fault) {
    return fault
  }
  return null
}

async function contentOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const files = (await readdir(folder)).filter((name) => name.startsWith('footfall.db') && !name.endsWith('-shm')).sort()
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, hash('sha256', await readFile(join(folder, name)), 'hex')])),
  )
}

describe('a store that has', () => {
  test.each(damages)('$name is not opened for writing, and stays as it is', async ({ damage }) => {
    const folder = await damaged(damage)
    const before = await contentOf(folder)
    const fault = thrownBy(() => openForWriting(folder))
    expect(fault).toMatchObject({
      code: 'store_corrupt',
      message: expect.stringMatching(/footfall\.db is damaged .*it was left as it is: restore it from a backup, or move it/),
    })
    expect(await contentOf(folder)).toEqual(before)
  })

  // Pages that belong to nothing are damage, too, and as many as one likes are quickly made.
  const lookedAtPages = (64 * 2 ** 20) / pageSize
  test.each([
    { name: 'of 64 MiB all pages are looked at', pages: lookedAtPages, cutOff: 0, code: 'store_corrupt' },
    { name: 'of a page more header and length alone are', pages: lookedAtPages + 1, cutOff: 0, code: null },
    { name: 'and they tell that its end is missing', pages: lookedAtPages + 2, cutOff: 1, code: 'store_corrupt' },
  ])('pages that belong to nothing: $name', async ({ pages, cutOff, code }) => {
    const folder = await damaged(async (file) => {
      await enlarge(file, pages)
      await truncate(file, (pages - cutOff) * pageSize)
    })
    const opened: { close(): void }[] = []
    const fault = thrownBy(() => opened.push(...Object.values(openForWriting(folder))))
    for (const each of opened) each.close()
    expect(fault).toEqual(code === null ? null : expect.objectContaining({ code }))
  })

  test('rubbish in the middle of a table promises nothing to anybody', async () => {
    const folder = await damaged((file) => overwritePage(file, whole.leafOf('events')))
    const collector = createCollector({ dataDir: folder, logLevel: 'silent', writeKey, secretKey })
    await expect(collector.ready).rejects.toMatchObject({ code: 'store_corrupt' })
    const request = new Request('http://collector/v1/events', { method: 'POST', body: JSON.stringify(batch([envelope()])) })
    expect((await collector.fetch(request)).status).toBe(503)
    await collector.close()
  })

  // Of a large store the pages are not looked at: there its length alone tells.
  test('its last page cut off is known by its length when a collector starts', async () => {
    const folder = await damaged(async (file) => truncate(file, (await stat(file)).size - pageSize))
    const collector = createCollector({ dataDir: folder, logLevel: 'silent', writeKey, secretKey })
    await expect(collector.ready).rejects.toThrow(/it ends after \d+ of \d+ bytes/)
    await collector.close()
  })

  test('no damage opens', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'footfall.db'), whole.store)
    await writeFile(join(folder, 'keys.json'), whole.keys)
    const { events } = await startCollector({ dataDir: folder })
    expect(await events()).toHaveLength(500)
  })
})

test('the command says what to do about a damaged store, and ends with 1', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'footfall.db'), whole.store.subarray(0, 20 * pageSize))
  await writeFile(join(folder, 'keys.json'), whole.keys)
  const collector = await createServeProcess(folder)
  await collector.launch()
  const { code, output } = await collector.ended()
  expect(code).toBe(1)
  expect(output).toMatch(/^footfall: .*footfall\.db is damaged .*: restore it from a backup, or move it/m)
  expect(output).not.toContain('    at ')
})

test('rubbish at the end of the log costs nothing that was receipted', async () => {
  const folder = await temporaryFolder()
  const collector = await createServeProcess(folder)
  await collector.start()
  const send = (): Promise<Response> =>
    fetch(`${collector.url}/v1/events`, {
      method: 'POST',
      body: JSON.stringify(batch(Array.from({ length: 20 }, () => envelope()))),
    })
  for (let sent = 0; sent < 5; sent += 1) expect((await send()).status).toBe(200)
  await collector.kill()
  const log = join(folder, 'footfall.db-wal')
  const { size } = await stat(log)
  expect(size).toBeGreaterThan(0)
  await overwrite(log, size, rubbish)
  await collector.start()
  expect((await send()).status).toBe(200)
  await collector.stop()
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  expect(db.prepare('SELECT count(*) AS events FROM events').get()).toEqual({ events: 120 })
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  db.close()
})

test('a collector that comes upon damage while it runs stores nothing more, and what it said before is kept', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'footfall.db'), whole.store)
  await writeFile(join(folder, 'keys.json'), whole.keys)
  const { collector, deliver, post, get, url } = await startCollector({ dataDir: folder })
  expect(await deliver([envelope()])).toMatchObject({ accepted: 1 })
  // An erasure ends with an empty log and without remembered pages: what is written next is read from the file.
  const erased = await fetch(`${url}/v1/subjects/visitor-0-0`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${secretKey}` },
  })
  expect(erased.status).toBe(200)
  for (const name of ['events', 'sessions', 'daily_counts']) await overwritePage(join(folder, 'footfall.db'), whole.rootOf(name))
  await expect.poll(async () => (await post(JSON.stringify(batch([envelope()])))).status, { timeout: 10_000 }).toBe(503)
  const refused = await post(JSON.stringify(batch([envelope()])))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.any(String)])
  const ready = await get('/readyz')
  expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'not_ready', code: 'store_corrupt' }])
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  await collector.close()
})

test('a lock that is damaged is told from a store that is', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'footfall.lock'), rubbish)
  expect(thrownBy(() => openForWriting(folder))).toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('remove it and start again'),
  })
})

test('a first start that was ended in the middle leaves nothing in the way of the next', async () => {
  const folder = await temporaryFolder()
  await copyFile(import.meta.filename, join(folder, 'footfall.db.new'))
  const { deliver } = await startCollector({ dataDir: folder })
  expect(await deliver([envelope()])).toMatchObject({ accepted: 1 })
  expect(await readdir(folder)).not.toContain('footfall.db.new')
})
