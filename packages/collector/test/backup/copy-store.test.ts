import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { copyStore } from '../../src/backup/copy-store.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { temporaryFolder } from '../start-collector.ts'

const insertEvent = `INSERT INTO events (project, event_id, content_hash, name, original_name, occurred_at, received_at, device_type, bot,
  properties, money, repairs, flags) VALUES ('default', randomblob(16), x'00', 'n', 'n', 0, 0, 'unknown', 0, ?, '{}', '[]', '[]')`

/** A store of some megabytes, which somebody goes on writing to. */
async function busyStore() {
  const folder = await temporaryFolder()
  const { db, lock } = openForWriting(folder)
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const insert = db.prepare(insertEvent)
  const write = (): void => void insert.run(JSON.stringify({ text: 'x'.repeat(20_000) }))
  db.exec('BEGIN')
  for (let event = 0; event < 200; event += 1) write()
  db.exec('COMMIT')
  return { folder, write, to: join(folder, 'copy.db') }
}

const signal = new AbortController().signal

test('a copy is of one moment, whatever is written meanwhile, and never begins anew', async () => {
  const { folder, write, to } = await busyStore()
  const shares: number[] = []
  const facts = await copyStore(folder, to, {
    signal,
    onProgress(share) {
      shares.push(share)
      write()
    },
  })
  expect(facts.events).toBe(200)
  expect(shares.length).toBeGreaterThan(2)
  expect(shares).toEqual([...shares].sort((one, other) => one - other))
  const copy = new DatabaseSync(to, { readOnly: true })
  onTestFinished(() => copy.close())
  expect(copy.prepare('SELECT count(*) AS n FROM events').get()?.n).toBe(200)
  expect(copy.prepare('PRAGMA integrity_check').get()?.integrity_check).toBe('ok')
})

test('a copy that is stopped in the middle ends there', async () => {
  const { folder, to } = await busyStore()
  const asking = new AbortController()
  const shares: number[] = []
  const copying = copyStore(folder, to, {
    signal: asking.signal,
    onProgress(share) {
      shares.push(share)
      asking.abort()
    },
  })
  await expect(copying).rejects.toMatchObject({ code: 'interrupted' })
  expect(shares).toHaveLength(1)
})
