import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Terminal } from '../../src/commands/command.ts'
import { retention } from '../../src/commands/retention.ts'
import { openForWriting, storeFile } from '../../src/sinks/sqlite/open.ts'
import { writeDelivery } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { createWrite } from '../../src/sinks/sqlite/write.ts'
import { delivery, eventRecord, hashOf, noon, utcDays } from '../sinks/sink.contract.ts'
import { temporaryFolder } from '../start-collector.ts'

/** A store with an old event, its settings, and the command. */
async function storeWithCommand() {
  const dataDir = await temporaryFolder()
  const { db, lock } = openForWriting(dataDir)
  createWrite(db, hashOf, utcDays)([writeDelivery(delivery([eventRecord({ anonymousId: 'somebody-of-old' })]))])
  db.close()
  lock.close()
  const configFile = join(dataDir, 'settings.json')
  await writeFile(configFile, JSON.stringify({ dataDir, retentionDays: 30 }))
  const said: string[] = []
  const run = (differs: Partial<Terminal> = {}, json = false) =>
    retention(
      { config: configFile, 'dry-run': false, json },
      {
        out: (line) => void said.push(line),
        progress: () => {},
        signal: new AbortController().signal,
        paint: (_, text) => text,
        ...differs,
      },
      noon + 40 * 86_400_000,
    )
  return { file: storeFile(dataDir), run, said }
}

test('removes what is old, and says how much', async () => {
  const { run, said } = await storeWithCommand()
  await run()
  expect(said).toEqual(['default: 1 events and 0 quarantined events were removed.'])
})

test('while another program reads, it says what it could not do, and does it when it is run again', async () => {
  const { file, run, said } = await storeWithCommand()
  const other = new DatabaseSync(file, { readOnly: true })
  onTestFinished(() => other.close())
  other.exec('BEGIN')
  other.prepare('SELECT count(*) FROM events').get()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  // The patience of many seconds passes in one.
  const patience = setInterval(() => vi.advanceTimersByTime(100), 1)
  const running = run().finally(() => clearInterval(patience))
  await running
  expect(said.join(' ')).toMatch(/1 events .* were removed\. Another program reads .*footfall\.db: what was removed still stands/)

  vi.useRealTimers()
  other.exec('COMMIT')
  said.length = 0
  await run()
  expect(said).toEqual(['default: 0 events and 0 quarantined events were removed.'])
  const db = new DatabaseSync(file, { readOnly: true })
  onTestFinished(() => db.close())
  expect(db.prepare('SELECT count(*) AS n FROM erasures_under_way').get()?.n).toBe(0)
})

test('asked to stop, it ends between two steps and says so; the next run does the rest', async () => {
  const { run, said } = await storeWithCommand()
  const stopping = run({ signal: AbortSignal.abort() })
  await expect(stopping).rejects.toMatchObject({
    code: 'interrupted',
    message: expect.stringContaining('when this is run again'),
  })
  await run({}, true)
  expect(said.map((line) => JSON.parse(line))).toEqual([
    { removed: [{ project: 'default', events: expect.any(Number), quarantined: 0 }], files: 'clean' },
  ])
})
