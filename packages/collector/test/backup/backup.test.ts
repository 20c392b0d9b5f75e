import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { envelope, nextId } from '@footfall/testkit/builders'
import { sayNotTested } from '@footfall/testkit/not-tested'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { restoreBackup } from '../../src/backup/restore-backup.ts'
import { backup } from '../../src/commands/backup.ts'
import { restore } from '../../src/commands/restore.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { writeDelivery } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../src/sinks/sqlite/write.ts'
import { mountDisk, whyNoDisk } from '../faults/disks.ts'
import { delivery, eventRecord, hashOf, utcDays } from '../sinks/sink.contract.ts'
import { secretKey, startCollector, temporaryFolder } from '../start-collector.ts'
import { listening, serving } from './serving.ts'

const keys = '{ "$installation": { "subject_secret": "a-secret-of-this-place" } }'

const events = 300

/** Makes a data folder with a store of some events. */
async function fill(root: string): Promise<string> {
  const dataDir = join(root, 'data')
  await mkdir(dataDir, { mode: 0o700 })
  const { db, lock } = openForWriting(dataDir)
  createWrite(db, hashOf, utcDays)([writeDelivery(delivery(Array.from({ length: events }, () => eventRecord())))])
  db.close()
  lock.close()
  await writeFile(join(dataDir, 'keys.json'), keys, { mode: 0o600 })
  return dataDir
}

async function settingsOf(root: string): Promise<string> {
  const config = join(root, 'settings.json')
  await writeFile(config, JSON.stringify({ dataDir: join(root, 'data') }))
  return config
}

/** A data folder, and what takes backups of it. */
async function place() {
  const root = await temporaryFolder()
  const dataDir = await fill(root)
  const config = await settingsOf(root)
  const to = join(root, 'backup')
  const back = (folder = to, signal?: AbortSignal) => run(backup, { config, folder, json: true }, signal)
  return { root, dataDir, to, back }
}

/** Runs a command and answers what it printed. */
async function run<G>(
  command: (given: G, terminal: ReturnType<typeof listening>['terminal']) => Promise<void>,
  given: G,
  signal?: AbortSignal,
) {
  const { terminal, said } = listening(signal)
  await command(given, terminal)
  return JSON.parse(said.join('\n')) as Record<string, unknown>
}

const restored = (folder: string, dataDir: string, erasedIn?: string) =>
  run(restore, { config: undefined, folder, 'data-dir': dataDir, 'erased-in': erasedIn, json: true })

const countIn = (folder: string): number => {
  const db = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true })
  onTestFinished(() => db.close())
  return Number(db.prepare('SELECT count(*) AS n FROM events').get()?.n)
}

describe('a backup', () => {
  test('holds store, keys and rates, says what is in it, and is for its owner only', async () => {
    const { dataDir, to, back } = await place()
    await writeFile(join(dataDir, 'rates.csv'), 'Date,USD,\n2026-01-16,1.16,\n')
    expect(await back()).toMatchObject({ folder: to, format: 'footfall-backup/1', events, quarantined: 0 })
    const files = ['footfall.db', 'keys.json', 'manifest.json', 'rates.csv']
    expect((await readdir(to)).sort()).toEqual(files)
    expect((await stat(to)).mode & 0o777).toBe(0o700)
    for (const file of files) expect((await stat(join(to, file))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(to, 'keys.json'), 'utf8')).toBe(keys)
    const manifest = JSON.parse(await readFile(join(to, 'manifest.json'), 'utf8')) as {
      files: Record<string, { sha256: string }>
    }
    const sha256 = createHash('sha256')
      .update(await readFile(join(to, 'footfall.db')))
      .digest('hex')
    expect(manifest.files['footfall.db']?.sha256).toBe(sha256)
    expect(countIn(to)).toBe(events)
  })

  test('overwrites nothing', async () => {
    const { to, back } = await place()
    await mkdir(to)
    await expect(back()).rejects.toMatchObject({ code: 'backup_exists' })
    expect(await readdir(to)).toEqual([])
    await rm(to, { recursive: true })
    await writeFile(to, 'a file')
    await expect(back()).rejects.toMatchObject({ code: 'backup_exists' })
    expect(await readFile(to, 'utf8')).toBe('a file')
  })

  test.each<{ name: string; spoil: (dataDir: string) => Promise<void>; code: string }>([
    { name: 'is not there', spoil: (dataDir) => rm(join(dataDir, 'footfall.db')), code: 'store_unavailable' },
    {
      name: 'is no database',
      spoil: (dataDir) => writeFile(join(dataDir, 'footfall.db'), 'x'.repeat(9000)),
      code: 'store_corrupt',
    },
    { name: 'was cut short', spoil: (dataDir) => truncate(join(dataDir, 'footfall.db'), 40_960), code: 'store_corrupt' },
    {
      name: 'is damaged in the middle',
      async spoil(dataDir) {
        const file = join(dataDir, 'footfall.db')
        const bytes = await readFile(file)
        bytes.fill(0xa5, 4096 * 3, 4096 * 30)
        await writeFile(file, bytes)
      },
      code: 'bad_backup|store_corrupt',
    },
  ])('leaves nothing of a store that $name', async ({ spoil, code }) => {
    const { root, dataDir, back } = await place()
    await spoil(dataDir)
    await expect(back()).rejects.toMatchObject({ code: expect.stringMatching(new RegExp(`^(${code})$`)) })
    expect((await readdir(root)).sort()).toEqual(['data', 'settings.json'])
  })

  test('that is stopped leaves nothing', async () => {
    const { root, back } = await place()
    await expect(back(undefined, AbortSignal.abort())).rejects.toMatchObject({ code: 'interrupted' })
    expect((await readdir(root)).sort()).toEqual(['data', 'settings.json'])
  })

  test('needs a folder that it can be made in', async () => {
    const { root, back } = await place()
    await expect(back(join(root, 'nowhere', 'backup'))).rejects.toMatchObject({ code: 'backup_failed' })
  })
})

describe('a restore', () => {
  let made = ''
  beforeAll(async () => {
    made = await mkdtemp(join(tmpdir(), 'footfall-test-'))
    await fill(made)
    await run(backup, { config: await settingsOf(made), folder: join(made, 'backup'), json: true })
  })
  afterAll(() => rm(made, { recursive: true, force: true }))

  /** A backup, and a folder that nothing is in. */
  async function backedUp() {
    const root = await temporaryFolder()
    const from = join(root, 'backup')
    await cp(join(made, 'backup'), from, { recursive: true })
    return { from, target: join(root, 'new', 'data') }
  }

  test('brings everything back, for its owner only', async () => {
    const { from, target } = await backedUp()
    expect(await restored(from, target)).toMatchObject({ folder: target, events, kept: [] })
    expect((await readdir(target)).sort()).toEqual(['footfall.db', 'footfall.lock', 'keys.json'])
    expect((await stat(target)).mode & 0o777).toBe(0o700)
    for (const file of ['footfall.db', 'keys.json']) expect((await stat(join(target, file))).mode & 0o777).toBe(0o600)
    expect(countIn(target)).toBe(events)
  })

  test.each<{ name: string; spoil: (from: string) => Promise<void> }>([
    { name: 'has no manifest', spoil: (from) => rm(join(from, 'manifest.json')) },
    { name: 'has half a manifest', spoil: (from) => truncate(join(from, 'manifest.json'), 100) },
    { name: 'has no store', spoil: (from) => rm(join(from, 'footfall.db')) },
    { name: 'has a store that was cut short', spoil: (from) => truncate(join(from, 'footfall.db'), 4096) },
    { name: 'has a store of which one byte is another', spoil: (from) => changeByte(join(from, 'footfall.db')) },
    { name: 'has other keys', spoil: (from) => changeByte(join(from, 'keys.json')) },
    {
      name: 'is no store, and says so',
      async spoil(from) {
        await writeFile(join(from, 'footfall.db'), 'x'.repeat(8192))
        await seal(from, 'footfall.db')
      },
    },
    {
      name: 'has a damaged store, sealed anew',
      async spoil(from) {
        const file = join(from, 'footfall.db')
        const bytes = await readFile(file)
        bytes.fill(0xa5, 4096 * 3, 4096 * 30)
        await writeFile(file, bytes)
        await seal(from, 'footfall.db')
      },
    },
    {
      name: 'names a file elsewhere',
      spoil: (from) =>
        inManifest(from, ({ files, ...rest }) => ({ ...rest, files: { ...files, '../../evil': files['keys.json'] } })),
    },
    { name: 'says another version', spoil: (from) => inManifest(from, (manifest) => ({ ...manifest, schema_version: 1 })) },
  ])('refuses what $name, and leaves nothing behind', async ({ spoil }) => {
    const { from, target } = await backedUp()
    await spoil(from)
    await expect(restored(from, target)).rejects.toMatchObject({ code: 'bad_backup' })
    const left = await readdir(target).catch(() => [])
    expect(left.filter((file) => file !== 'footfall.lock')).toEqual([])
  })

  test('refuses a backup of a newer version', async () => {
    const { from, target } = await backedUp()
    await inManifest(from, (manifest) => ({ ...manifest, schema_version: 9999 }))
    await expect(restored(from, target)).rejects.toMatchObject({ code: 'store_too_new' })
  })

  test.each(['footfall.db', 'footfall.db-wal', 'footfall.db-shm'])('refuses a folder with %s', async (file) => {
    const { from, target } = await backedUp()
    await mkdir(target, { recursive: true })
    await writeFile(join(target, file), 'was here')
    await expect(restored(from, target)).rejects.toMatchObject({ code: 'store_exists' })
    expect(await readFile(join(target, file), 'utf8')).toBe('was here')
  })

  test('refuses to put a store beside the secret of another', async () => {
    const { from, target } = await backedUp()
    await mkdir(target, { recursive: true })
    await writeFile(join(target, 'keys.json'), keys.replace('this', 'another'))
    await expect(restored(from, target)).rejects.toMatchObject({ code: 'store_exists' })
    await writeFile(join(target, 'keys.json'), keys)
    expect(await restored(from, target)).toMatchObject({ events })
  })

  test('keeps keys that were changed since, beside the same secret', async () => {
    const { from, target } = await backedUp()
    await mkdir(target, { recursive: true })
    const changed = JSON.stringify({ ...JSON.parse(keys), shop: { write_key: 'wk_newer', secret_key: 'sk_newer' } })
    await writeFile(join(target, 'keys.json'), changed)
    expect(await restored(from, target)).toMatchObject({ events, kept: ['keys.json'] })
    expect(await readFile(join(target, 'keys.json'), 'utf8')).toBe(changed)
  })

  test('keeps the rates that are there', async () => {
    const { root, dataDir, back } = await place()
    await writeFile(join(dataDir, 'rates.csv'), 'old')
    await back()
    const target = join(root, 'new')
    await mkdir(target)
    await writeFile(join(target, 'rates.csv'), 'new')
    expect(await restored(join(root, 'backup'), target)).toMatchObject({ kept: ['rates.csv'] })
    expect(await readFile(join(target, 'rates.csv'), 'utf8')).toBe('new')
  })

  test('that was killed is done again, and what it left goes at the next start', async () => {
    const { from, target } = await backedUp()
    const leave = async (): Promise<void> => {
      await mkdir(join(target, '.footfall.restored'), { recursive: true })
      await writeFile(join(target, '.footfall.restored', 'footfall.db'), 'half of it')
    }
    const left = async () => (await readdir(target)).filter((file) => file.endsWith('.restored'))
    await leave()
    await restored(from, target)
    expect(countIn(target)).toBe(events)
    expect(await left()).toEqual([])
    await leave()
    const { db, lock } = openForWriting(target)
    expect(await left()).toEqual([])
    await leave()
    // A second start may not remove what the first one works at.
    expect(() => openForWriting(target)).toThrow(/Another collector/)
    expect(await left()).toEqual(['.footfall.restored'])
    db.close()
    lock.close()
  })

  test.skipIf(whyNoDisk !== null)('leaves no half of the keys on another disk that is full', async () => {
    const { from, target } = await backedUp()
    const disk = await mountDisk(1)
    const again = (): Promise<unknown> =>
      restoreBackup(
        { from, storeFolder: target, dataDir: disk.folder },
        { signal: new AbortController().signal, onProgress: () => {} },
      )
    await disk.fill(0)
    await expect(again()).rejects.toMatchObject({ code: 'data_dir_unusable' })
    expect(await readdir(disk.folder)).toEqual(['filler'])
    await disk.free()
    await writeFile(join(disk.folder, 'keys.json.new'), 'half of it')
    await again()
    expect(await readdir(disk.folder)).toEqual(['keys.json'])
    expect(await readFile(join(disk.folder, 'keys.json'), 'utf8')).toBe(keys)
    expect((await stat(join(disk.folder, 'keys.json'))).mode & 0o777).toBe(0o600)
  })
  sayNotTested('a restore onto another disk', whyNoDisk)

  test('needs nothing but to read the backup', async () => {
    const { from, target } = await backedUp()
    await chmod(from, 0o500)
    await restored(from, target)
    expect((await readdir(from)).sort()).toEqual(['footfall.db', 'keys.json', 'manifest.json'])
  })
})

test('whoever was erased after the backup was made is erased again', async () => {
  const root = await temporaryFolder()
  const first = await startCollector({ dataDir: join(root, 'data') })
  const visit = (visitor: string, user: string | null = null) =>
    envelope({ id: nextId(), anonymous_id: visitor, user_id: user, session: { id: `session of ${visitor}`, index: 1 } })
  const { accepted } = await first.deliver([
    ...[visit('phone', 'anna-of-old'), visit('tablet', 'anna-of-old'), visit('tablet', 'bert'), visit('tablet')],
    ...[visit('desk', 'carl'), visit('nobody-1'), visit('nobody-2'), visit('early')],
    ...[visit('till', 'dora'), visit('till', 'emil'), visit('till')],
    visit('carl'),
  ])
  expect(accepted).toBe(12)
  expect(await first.deliver([{ ...visit('nobody-2'), occurred_at: 'no time' }])).toMatchObject({ quarantined: 1 })
  const erase = (id: string) =>
    fetch(`${first.url}/v1/subjects/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${secretKey}` } })
  await erase('early')
  await run(backup, { config: await settingsOf(root), folder: join(root, 'backup'), json: true })
  // Whoever may choose a device's id may choose a customer's.
  await first.deliver([visit('carl', 'mallory')])
  for (const id of ['anna-of-old', 'nobody-1', 'never-seen', 'till', 'mallory']) expect((await erase(id)).status).toBe(200)
  const expected = await first.events()
  expect(expected.map(({ user_id }) => user_id).sort()).toEqual(['bert', 'carl', 'dora', 'emil', null])

  const target = join(root, 'new')
  expect(await restored(join(root, 'backup'), target, join(root, 'data'))).toMatchObject({ erased: 4, events: 11 })
  const { terminal, said } = listening()
  const from = { folder: join(root, 'backup'), 'data-dir': join(root, 'told'), 'erased-in': join(root, 'data') }
  await restore({ config: undefined, ...from, json: false }, terminal)
  expect(said.join('\n')).toMatch(/Ids erased again, .*: 4\.\n.*quarantine.* are not found/)
  const second = await startCollector({ dataDir: target })
  const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id).sort()
  expect(idsOf(await second.events())).toEqual(idsOf(expected))
  const late = await second.deliver([
    ...[visit('phone'), visit('never-seen'), visit('early'), visit('till')],
    ...[visit('nobody-2'), visit('till', 'dora'), visit('desk', 'carl')],
  ])
  expect(late).toMatchObject({ accepted: 3, rejected: 4 })
  expect(late.problems.map(({ code }) => code)).toEqual(['erased', 'erased', 'erased', 'erased'])
  const filesHold = async (id: string): Promise<boolean> => {
    const files = await Promise.all((await readdir(target)).map((file) => readFile(join(target, file))))
    return Buffer.concat(files).includes(id)
  }
  await expect.poll(() => filesHold('anna-of-old'), { timeout: 20_000, interval: 200 }).toBe(false)
}, 60_000)

test('nobody is erased by the pseudonyms of another installation, and nothing is restored', async () => {
  const { to, back } = await place()
  await back()
  const other = await place()
  await writeFile(join(other.dataDir, 'keys.json'), keys.replace('this', 'another'))
  const db = new DatabaseSync(join(other.dataDir, 'footfall.db'))
  db.exec("INSERT INTO tombstones VALUES ('default', 'user', 'x', 1, 0)")
  db.close()
  const target = join(other.root, 'new')
  await expect(restored(to, target, other.dataDir)).rejects.toMatchObject({ code: 'bad_backup' })
  await expect(restored(to, target, join(other.root, 'nowhere'))).rejects.toMatchObject({ code: 'store_unavailable' })
  expect((await readdir(target)).filter((file) => file !== 'footfall.lock')).toEqual([])
})

test('under load: every event with a receipt from before is in it, and the next start goes on from there', async () => {
  const root = await temporaryFolder()
  const dataDir = join(root, 'data')
  await mkdir(dataDir)
  const first = await serving(dataDir)
  const receipted = new Set<string>()
  let isLoading = true
  const deliverMore = async (): Promise<void> => {
    for (const id of await first.deliver(Array.from({ length: 20 }, () => envelope({ id: nextId() })))) receipted.add(id)
  }
  const load = async (): Promise<void> => {
    while (isLoading) await deliverMore()
  }
  while (receipted.size < 200) await deliverMore()
  const loading = Promise.all([load(), load()])

  const config = join(root, 'settings.json')
  await writeFile(config, JSON.stringify({ dataDir }))
  const before = new Set(receipted)
  const manifest = await run(backup, { config, folder: join(root, 'backup'), json: true })
  // The collector went on meanwhile, or nothing was shown.
  const after = receipted.size
  expect(after).toBeGreaterThan(before.size)
  // While it runs, nothing can be restored under its feet.
  await expect(restored(join(root, 'backup'), dataDir)).rejects.toMatchObject({ code: 'store_in_use' })
  isLoading = false
  await loading
  await first.end()

  await rename(dataDir, join(root, 'lost'))
  await restored(join(root, 'backup'), dataDir)
  const second = await serving(dataDir)
  const ids = await second.ids()
  expect(ids.size).toBe(manifest.events)
  for (const id of before) expect(ids).toContain(id)
  const [id = ''] = before
  const again = await fetch(`${second.url}/v1/events`, {
    method: 'POST',
    body: JSON.stringify({ write_key: 'wk_test', events: [envelope({ id })] }),
  })
  expect(again.status).toBe(200)
  expect(await second.deliver([envelope({ id: nextId() })])).toHaveLength(1)
  expect((await second.ids()).size).toBe(ids.size + 1)
  await second.end()
}, 60_000)

async function changeByte(file: string): Promise<void> {
  const bytes = await readFile(file)
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  await writeFile(file, bytes)
}

interface Sealed {
  readonly schema_version: number
  readonly files: Readonly<Record<string, unknown>>
}

async function inManifest(from: string, change: (manifest: Sealed) => Sealed): Promise<void> {
  const file = join(from, 'manifest.json')
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Sealed
  await writeFile(file, JSON.stringify(change(manifest)))
}

/** As somebody does who wants a changed file to be believed. */
async function seal(from: string, name: string): Promise<void> {
  const bytes = await readFile(join(from, name))
  const sealed = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  await inManifest(from, (manifest) => ({ ...manifest, files: { ...manifest.files, [name]: sealed } }))
}
