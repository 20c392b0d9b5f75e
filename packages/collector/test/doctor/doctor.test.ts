import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { envelope } from '@footfall/testkit/builders'
import { expect, onTestFinished, test } from 'vitest'
import { doctor } from '../../src/commands/doctor.ts'
import type { CollectorOptions } from '../../src/config.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { lookAt } from '../../src/doctor/settings.ts'
import { checkStore } from '../../src/doctor/store.ts'
import { openForWriting, storeFile } from '../../src/sinks/sqlite/open.ts'
import { quickCheck } from '../../src/sinks/sqlite/quick-check.ts'
import { listening } from '../backup/serving.ts'
import { secretKey, startCollector, temporaryFolder, writeKey } from '../start-collector.ts'

const keys = { writeKey, secretKey }

interface Told {
  readonly isFine: boolean
  readonly findings: readonly Finding[]
  of(check: string): Finding | undefined
}

/** Asks the doctor about settings, in a folder of their own. */
async function askDoctor(
  options: CollectorOptions,
  { url, probe = false }: { url?: string; probe?: boolean } = {},
): Promise<Told> {
  const config = join(await temporaryFolder(), 'settings.json')
  await writeFile(config, JSON.stringify({ port: 0, ...options }))
  const { terminal, said } = listening()
  const isFine = await doctor({ config, url, project: undefined, json: true, probe, full: false }, terminal)
  const { findings, is_fine } = JSON.parse(said.join('\n')) as { findings: Finding[]; is_fine: boolean }
  expect(is_fine).toBe(isFine)
  expect(said.join('\n')).not.toContain(secretKey)
  return { isFine, findings, of: (check) => findings.find((finding) => finding.check === check) }
}

/** A store that nobody has open. */
async function storeIn(dataDir: string, change: (db: DatabaseSync) => void = () => {}): Promise<void> {
  const { db, lock } = openForWriting(dataDir)
  change(db)
  db.close()
  lock.close()
}

test('before the first start nothing is wrong, and nothing is made', async () => {
  const folder = await temporaryFolder()
  const { isFine, findings } = await askDoctor({ dataDir: join(folder, 'data') })
  expect(isFine).toBe(true)
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['node', 'keys', 'origins', 'proxies', 'rates', 'data_dir', 'store', 'clock', 'reach', 'port']),
  )
  expect(await readdir(folder)).toEqual([])
})

test('beside a collector, an event goes the whole way and leaves nothing but its number', async () => {
  const { folder, url, deliver, events, get } = await startCollector()
  await deliver([envelope()])
  const day = new Date().toISOString().slice(0, 10)
  const report = async (question: string): Promise<Record<string, unknown>> =>
    (await (await get(`/v1/reports/${question}?from=${day}&to=${day}`)).json()) as Record<string, unknown>
  const questions = ['traffic', 'completeness', 'consent', 'quality']
  const before = await Promise.all(questions.map(report))
  await chmod(folder, 0o700)
  const { isFine, of } = await askDoctor({ dataDir: folder, ...keys }, { url, probe: true })
  for (const check of [
    'data_dir',
    'disk_room',
    'disk_sync',
    'store',
    'store_pages',
    'clock',
    'reach',
    'ready',
    'validate',
    'probe',
  ])
    expect([check, of(check)?.says, of(check)?.status === 'wrong']).toEqual([check, expect.any(String), false])
  expect(of('probe')).toMatchObject({ status: 'ok', says: expect.stringMatching(/stored in \d+ ms, read back and erased/) })
  expect(isFine).toBe(true)
  expect(await events()).toHaveLength(1)
  const after = await Promise.all(questions.map(report))
  // The accounting counts what was received, whatever became of it later. Nothing else has changed.
  expect(after[0]?.verdicts).toMatchObject({ received: 2, accepted: 2 })
  const others = ([traffic, completeness, consent, quality]: readonly Record<string, unknown>[]): unknown => [
    { ...traffic, verdicts: null },
    completeness,
    consent,
    [quality?.repairs, quality?.flags, quality?.duplicates, quality?.quarantine, quality?.unknown_names],
  ]
  expect(others(after)).toEqual(others(before))
  const db = new DatabaseSync(storeFile(folder), { readOnly: true })
  onTestFinished(() => db.close())
  expect(db.prepare('SELECT count(*) AS n FROM tombstones').get()?.n).toBe(2)
  // Nothing of it in the files: neither the id, nor the address.
  const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))))
  expect(Buffer.concat(files).includes('footfall-doctor-')).toBe(false)
})

test('without --probe, nothing is sent', async () => {
  const { folder, url } = await startCollector()
  const { of } = await askDoctor({ dataDir: folder, ...keys }, { url })
  expect(of('validate')?.status).toBe('ok')
  expect(of('probe')).toBeUndefined()
  const db = new DatabaseSync(storeFile(folder), { readOnly: true })
  onTestFinished(() => db.close())
  expect(db.prepare('SELECT (SELECT count(*) FROM tombstones) + (SELECT count(*) FROM daily_quality) AS n').get()?.n).toBe(0)
})

test('with another secret key it says so', async () => {
  const { url } = await startCollector({ store: 'memory' })
  const { isFine, of } = await askDoctor({ store: 'memory', ...keys, secretKey: 'sk_of_another_collector' }, { url })
  expect([isFine, of('validate')]).toEqual([
    false,
    expect.objectContaining({ status: 'wrong', advice: expect.stringContaining('FOOTFALL_SECRET_KEY') }),
  ])
})

test('a page that is no collector is told from one', async () => {
  const stranger = createServer((_, response) => response.end('<html>It works!</html>')).listen(0, '127.0.0.1')
  onTestFinished(() => void stranger.close())
  await once(stranger, 'listening')
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  expect((await askDoctor({ store: 'memory', ...keys }, { url })).of('reach')?.status).toBe('wrong')
  const { port } = stranger.address() as AddressInfo
  expect((await askDoctor({ store: 'memory', ...keys, port })).of('reach')?.says).toContain('no collector')
})

const insertTomorrow = `INSERT INTO events (project, event_id, content_hash, name, original_name, occurred_at, received_at, device_type, bot,
  properties, money, repairs, flags) VALUES ('default', x'00', x'00', 'n', 'n', 0, ${Date.now() + 86_400_000}, 'unknown', 0, '{}', '{}', '[]', '[]')`

test('everything that is wrong is found, not only the first', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  await mkdir(dataDir, { mode: 0o700 })
  await storeIn(dataDir, (db) => db.exec(`INSERT INTO projects VALUES ('default', 'UTC', 'USD'); ${insertTomorrow}`))
  await writeFile(join(dataDir, 'keys.json'), '{}', { mode: 0o644 })
  await writeFile(join(dataDir, 'rates.csv'), 'nonsense')
  const { isFine, findings } = await askDoctor({ dataDir, ...keys, secretKey: 'secret' })
  expect(isFine).toBe(false)
  expect(findings.filter(({ status }) => status === 'wrong')).toMatchObject([
    { check: 'keys', says: expect.stringContaining('can be guessed') },
    { check: 'rates', says: expect.stringContaining('cannot be used') },
    { check: 'data_dir', says: expect.stringContaining('others than its owner may read it (0644)') },
    { check: 'base_currency', says: expect.stringMatching(/in USD.*set to EUR/) },
    { check: 'clock', says: expect.stringContaining('went back') },
  ])
})

test('who asks for a probe is not told that all is well without one', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const { isFine, of } = await askDoctor({ dataDir, ...keys }, { probe: true })
  expect(isFine).toBe(false)
  expect(of('probe')).toMatchObject({ status: 'wrong', says: 'No event was sent: no collector answers.' })
  const { url } = await startCollector()
  const stranger = await askDoctor({ dataDir }, { url, probe: true })
  expect(stranger.isFine).toBe(false)
  expect(stranger.of('probe')).toMatchObject({
    status: 'wrong',
    says: expect.stringContaining('the secret key is not known here'),
  })
})

test('a store whose secret is lost is wrong, as a start would end there', async () => {
  const dataDir = await temporaryFolder()
  await storeIn(dataDir, (db) => db.exec("INSERT INTO tombstones VALUES ('default', 'user', 'x', 1, 0)"))
  const { isFine, findings } = await askDoctor({ dataDir, ...keys })
  expect(isFine).toBe(false)
  expect(findings).toContainEqual(
    expect.objectContaining({ check: 'keys', status: 'wrong', says: expect.stringContaining('lacks the secret') }),
  )
})

test('keys that cannot be read end it, as they end a start', async () => {
  const dataDir = await temporaryFolder()
  await writeFile(join(dataDir, 'keys.json'), 'nonsense')
  await expect(askDoctor({ dataDir })).rejects.toMatchObject({ code: 'bad_keys_file' })
})

test.each<{ name: string; spoil: (dataDir: string) => Promise<void>; check: string; says: RegExp }>([
  {
    name: 'a newer version',
    spoil: (dataDir) => storeIn(dataDir, (db) => db.exec('PRAGMA user_version=9999')),
    check: 'store',
    says: /version 9999/,
  },
  {
    name: 'something else',
    async spoil(dataDir) {
      const db = new DatabaseSync(storeFile(dataDir))
      db.exec('CREATE TABLE t (x)')
      db.close()
    },
    check: 'store',
    says: /no store of Footfall/,
  },
  {
    name: 'no database',
    spoil: (dataDir) => writeFile(storeFile(dataDir), 'x'.repeat(9000)),
    check: 'store',
    says: /cannot be read/,
  },
  {
    name: 'gone, and its log is not',
    spoil: (dataDir) => writeFile(`${storeFile(dataDir)}-wal`, ''),
    check: 'store',
    says: /is gone/,
  },
  {
    name: 'damaged in the middle',
    async spoil(dataDir) {
      await storeIn(dataDir, (db) => {
        const enter = db.prepare('INSERT INTO daily_visitors VALUES (?, ?, ?)')
        db.exec('BEGIN')
        for (let visitor = 0; visitor < 2000; visitor += 1) enter.run('default', '2026-11-22', `visitor-${visitor}`)
        db.exec('COMMIT')
      })
      const bytes = await readFile(storeFile(dataDir))
      const at = bytes.indexOf('visitor-1500') - (bytes.indexOf('visitor-1500') % 4096)
      bytes.fill(0xa5, at, at + 2048)
      await writeFile(storeFile(dataDir), bytes)
    },
    check: 'store_pages',
    says: /is damaged/,
  },
])('a store that is $name', async ({ spoil, check, says }) => {
  const folder = await temporaryFolder()
  await spoil(folder)
  const { config } = lookAt({ dataDir: folder, ...keys })
  const signal = new AbortController().signal
  const findings = await checkStore({ config, folder, now: Date.now(), patienceMs: null, signal })
  expect(findings.filter(({ status }) => status === 'wrong')).toMatchObject([{ check, says: expect.stringMatching(says) }])
})

test('what was to go days ago is noticed', async () => {
  const folder = await temporaryFolder()
  await storeIn(folder, (db) => db.exec(insertTomorrow))
  const { config } = lookAt({ dataDir: folder, ...keys, retentionDays: 30 })
  const signal = new AbortController().signal
  const retention = async (days: number): Promise<Finding | undefined> => {
    const now = Date.now() + days * 86_400_000
    const findings = await checkStore({ config, folder, now, patienceMs: null, signal })
    return findings.find(({ check }) => check === 'retention')
  }
  expect((await retention(30))?.status).toBe('ok')
  expect((await retention(36))?.status).toBe('warning')
})

test('a collector that has the store open and does not answer is found', async () => {
  const { folder } = await startCollector()
  // What it is asked for here is another port.
  const { of } = await askDoctor({ dataDir: folder, ...keys, port: 0 })
  expect(of('reach')).toMatchObject({ status: 'wrong', says: expect.stringContaining('a collector has the store open') })
})

test('a bad setting is told, and then thrown', async () => {
  const config = join(await temporaryFolder(), 'settings.json')
  await writeFile(config, JSON.stringify({ port: 'eighty' }))
  const { terminal, said } = listening()
  const asked = doctor({ config, url: undefined, project: undefined, json: false, probe: false, full: false }, terminal)
  await expect(asked).rejects.toMatchObject({ code: 'bad_setting' })
  expect(said.join('\n')).toMatch(/✗ settings: port \(PORT\) has a value that cannot be used/)
})

test('looking through a store ends when nobody waits any more', async () => {
  const dataDir = await temporaryFolder()
  await storeIn(dataDir)
  const file = storeFile(dataDir)
  expect(await quickCheck({ file, isAlone: false })).toEqual({ kind: 'whole' })
  expect(await quickCheck({ file, isAlone: false, patienceMs: 1 })).toEqual({ kind: 'not finished' })
  const asking = new AbortController()
  const checking = quickCheck({ file, isAlone: false, signal: asking.signal })
  asking.abort()
  expect(await checking).toEqual({ kind: 'not finished' })
  expect(await quickCheck({ file, isAlone: true })).toEqual({ kind: 'whole' })
})
