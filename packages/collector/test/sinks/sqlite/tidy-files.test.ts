import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Chores, createChores } from '../../../src/sinks/sqlite/chores.ts'
import { emptyLog, whileLogIsEmpty } from '../../../src/sinks/sqlite/empty-log.ts'
import { openForWriting, storeFile } from '../../../src/sinks/sqlite/open.ts'
import type { Slices } from '../../../src/sinks/sqlite/slices.ts'
import { createTidying, isUntidy, leaveUntidy } from '../../../src/sinks/sqlite/tidy-files.ts'
import { clearUnused, createStoreBytes, firstPage } from '../../../src/sinks/sqlite/unused-bytes.ts'
import { temporaryFolder } from '../../start-collector.ts'

vi.setConfig({ testTimeout: 60_000 })

async function openStore() {
  const folder = await temporaryFolder()
  const { db, lock } = openForWriting(folder)
  const file = storeFile(folder)
  const bytes = createStoreBytes(file)
  onTestFinished(() => {
    db.close()
    bytes.close()
    lock.close()
  })
  const openOther = (): DatabaseSync => {
    const other = new DatabaseSync(file)
    onTestFinished(() => other.close())
    return other
  }
  return { db, file, bytes, openOther }
}

const addSubject = "INSERT INTO subject_sessions VALUES ('p', 'anonymous', ?, 's')"

/** As many rows as fill some hundred pages, in an order that splits pages in their middle. */
function fill(db: DatabaseSync, rows: number): void {
  const add = db.prepare(addSubject)
  db.exec('BEGIN')
  for (let index = 0; index < rows; index += 1) add.run(`${(index * 7919) % rows}-${'x'.repeat(index % 150)}`)
  db.exec('COMMIT')
}

/** Chores that go on only when they are told to. */
function createHeldChores(): Pick<Chores, 'add'> & {
  readonly isWaiting: () => boolean
  readonly step: () => boolean | undefined
} {
  let slices: Slices<unknown> | undefined
  let onEnd: (result: unknown) => void = () => {}
  return {
    add(_key, begin, end) {
      slices = begin()
      onEnd = (result) => end({ kind: 'done', result: result as never })
    },
    step() {
      const { done, value } = slices?.next() ?? {}
      if (done !== true) return done
      slices = undefined
      onEnd(value)
      return true
    },
    isWaiting: () => slices !== undefined,
  }
}

test('beside SQLite the file is touched only while nobody else can write', async () => {
  const { db, file, openOther } = await openStore()
  const other = openOther()
  const isRefused = whileLogIsEmpty(db, file, () => {
    try {
      other.prepare(addSubject).run('in between')
      return false
    } catch {
      return true
    }
  })
  expect(isRefused).toBe(true)
})

test('and not when another program has written since the log was emptied', async () => {
  const { db, file, openOther } = await openStore()
  const other = openOther()
  // The last moment at which it can.
  db.setAuthorizer((_code, deed) => {
    if (deed === 'BEGIN') other.prepare(addSubject).run('in between')
    return 0
  })
  expect(whileLogIsEmpty(db, file, () => 'acted')).toBeNull()
  db.setAuthorizer(null)
  expect(db.isTransaction).toBe(false)
  expect(whileLogIsEmpty(db, file, () => 'acted')).toBe('acted')
})

test('another program that writes all the while loses nothing to it', async () => {
  const { db, file, bytes } = await openStore()
  fill(db, 20_000)
  const writer = spawn(process.execPath, [
    '-e',
    `const db = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(file)}, { timeout: 20_000 })
    db.exec('PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=1')
    const add = db.prepare("INSERT INTO subject_sessions VALUES ('p', 'anonymous', ?, 's')")
    const end = Date.now() + 3000
    let rows = 0
    for (; Date.now() < end; rows += 1) add.run(rows * 7919 % 100003 + 'another program ' + 'y'.repeat(rows % 150))
    console.log(rows)`,
  ])
  onTestFinished(() => void writer.kill())
  let said = ''
  writer.stdout.on('data', (text) => {
    said += text
  })
  let isOver = false
  const closed = once(writer, 'close').then(() => {
    isOver = true
  })
  let cleared = 0
  for (let page = firstPage; !isOver; ) {
    const next = clearUnused(db, bytes, page)
    if (next !== null) cleared += 1
    page = next === null || next === Number.POSITIVE_INFINITY ? firstPage : next
    await new Promise(setImmediate)
  }
  await closed
  expect(cleared).toBeGreaterThan(0)
  expect(Number(said)).toBeGreaterThan(0)
  const { rows } = db.prepare("SELECT count(*) AS rows FROM subject_sessions WHERE subject LIKE '%another%'").get() ?? {}
  expect(rows).toBe(Number(said))
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
})

test('a file whose pages an extension of SQLite has set room aside in is left alone', async () => {
  const { db, bytes } = await openStore()
  emptyLog(db)
  const header = await readFile(bytes.file)
  expect(header[20]).toBe(0)
  expect(clearUnused(db, bytes, firstPage)).toBe(Number.POSITIVE_INFINITY)
  const { writeSync } = await import('node:fs')
  writeSync(bytes.fd, Buffer.of(8), 0, 1, 20)
  expect(clearUnused(db, bytes, firstPage)).toBeNull()
  writeSync(bytes.fd, Buffer.of(0), 0, 1, 20)
})

test('while another program reads, whoever waits hears that it is not done yet, and it is done afterwards', async () => {
  const { db, bytes, openOther } = await openStore()
  fill(db, 100)
  const other = openOther()
  other.exec('BEGIN')
  other.prepare('SELECT count(*) FROM subject_sessions').get()
  leaveUntidy(db)
  const chores = createChores()
  const tidying = createTidying(db, bytes, chores, 200)
  onTestFinished(() => {
    tidying.stop()
    chores.stop()
  })
  const first = new Promise((resolve) => tidying.begin(resolve))
  let isOtherDone = false
  chores.add(
    'other',
    function* (): Slices<void> {
      yield
    },
    () => {
      isOtherDone = true
    },
  )
  expect(await first).toBe(false)
  expect(isOtherDone).toBe(true)
  expect(isUntidy(db)).toBe(true)
  const second = new Promise((resolve) => tidying.begin(resolve))
  other.exec('COMMIT')
  expect(await second).toBe(true)
  expect(isUntidy(db)).toBe(false)
})

test('what nobody waits for any more is tidied all the same', async () => {
  const { db, bytes, openOther } = await openStore()
  const other = openOther()
  other.exec('BEGIN')
  other.prepare('SELECT count(*) FROM subject_sessions').get()
  leaveUntidy(db)
  const chores = createChores()
  const tidying = createTidying(db, bytes, chores, 0)
  onTestFinished(() => {
    tidying.stop()
    chores.stop()
  })
  expect(await new Promise((resolve) => tidying.begin(resolve))).toBe(false)
  other.exec('COMMIT')
  await expect.poll(() => isUntidy(db), { timeout: 20_000 }).toBe(false)
})

/** Each slice is over after its first read. */
function slowClock() {
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 15
    return now
  })
  onTestFinished(() => clock.mockRestore())
  return clock
}

/** Slices of the tidying of the same store, when another program comes in between after so many. */
async function slicesWith(act: (tidying: ReturnType<typeof createTidying>) => void): Promise<readonly [number, number]> {
  const { db, bytes, openOther } = await openStore()
  fill(db, 40_000)
  const clock = slowClock()
  const chores = createHeldChores()
  const tidying = createTidying(db, bytes, chores)
  onTestFinished(() => tidying.stop())
  leaveUntidy(db)
  tidying.begin()
  let before = 0
  for (; before < 10; before += 1) expect(chores.step()).toBe(false)
  const other = openOther()
  other.exec('BEGIN')
  other.prepare('SELECT count(*) FROM subject_sessions').get()
  db.prepare(addSubject).run('what the other does not see')
  expect(chores.step()).toBe(true)
  other.exec('COMMIT')
  act(tidying)
  clock.mockRestore()
  await vi.waitFor(() => expect(chores.isWaiting()).toBe(true))
  slowClock()
  let after = 1
  for (; chores.step() === false; ) after += 1
  expect(isUntidy(db)).toBe(false)
  return [before, after]
}

test('an attempt goes on where the one before was interrupted', async () => {
  const [before, after] = await slicesWith(() => {})
  const [, all] = await slicesWith((tidying) => tidying.begin())
  expect(after).toBeGreaterThan(0)
  expect(before + after).toBe(all)
})
