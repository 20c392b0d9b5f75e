import { spawn } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startCollector, temporaryFolder, writeKey } from '../start-collector.ts'
import { nodeEnv } from './run-words.ts'

// Each of these starts a process, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

async function verify(folder: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [main, 'consent', 'verify', ...args], {
    env: { ...nodeEnv, FOOTFALL_DATA_DIR: folder },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const { promise: code, resolve } = Promise.withResolvers<number | null>()
  child.on('close', resolve)
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, error }
}

/** A store with a ledger of five entries, whose collector has ended. */
async function ledger(): Promise<{ readonly folder: string; readonly heads: readonly string[] }> {
  const { collector, url, folder } = await startCollector()
  const heads: string[] = []
  for (const record_id of ['r-1', 'r-2', 'r-3', 'r-4', 'r-5']) {
    const body = JSON.stringify({ write_key: writeKey, record_id, subject: 'a-1', purposes: { analytics: 'granted' } })
    const { hash } = (await (await fetch(`${url}/v1/consent`, { method: 'POST', body })).json()) as { hash: string }
    heads.push(hash)
  }
  await collector.close()
  return { folder, heads }
}

function tamper(folder: string, sql: string): void {
  const db = new DatabaseSync(join(folder, 'footfall.db'))
  db.exec(sql)
  db.close()
}

test('a ledger that nobody touched is whole, and its head is the last receipt’s', async () => {
  const { folder, heads } = await ledger()
  const { code, out, error } = await verify(folder)
  expect([code, error]).toEqual([0, ''])
  expect(out).toContain(`default: 5 entries, all as entered. Head: ${heads[4]}`)
  const json = await verify(folder, '--json', '--head', heads[1] ?? '')
  expect([json.code, JSON.parse(json.out)]).toEqual([
    0,
    { is_whole: true, projects: [{ project: 'default', entries: 5, head: heads[4], broken: null }], has_noted_head: true },
  ])
})

describe('what somebody did to the file is found', () => {
  test.each([
    {
      name: 'changed',
      sql: `UPDATE consent_ledger SET entry = replace(entry, 'granted', 'denied') WHERE position = 3`,
      at: 3,
      fault: 'changed',
    },
    { name: 'removed', sql: 'DELETE FROM consent_ledger WHERE position = 2', at: 2, fault: 'missing' },
    {
      name: 'in another order',
      sql: `UPDATE consent_ledger SET position = 99 WHERE position = 2;
        UPDATE consent_ledger SET position = 2 WHERE position = 4; UPDATE consent_ledger SET position = 4 WHERE position = 99`,
      at: 2,
      fault: 'out of order',
    },
  ])('$name', async ({ sql, at, fault }) => {
    const { folder } = await ledger()
    tamper(folder, sql)
    const { code, out } = await verify(folder, '--json')
    expect([code, JSON.parse(out)]).toMatchObject([
      1,
      { is_whole: false, projects: [{ entries: at - 1, broken: { position: at, fault } }] },
    ])
    expect((await verify(folder)).out).toContain(`entry ${at}`)
  })

  test('its end was cut off: with the head that was noted', async () => {
    const { folder, heads } = await ledger()
    tamper(folder, 'DELETE FROM consent_ledger WHERE position = 5')
    expect((await verify(folder)).code).toBe(0)
    const { code, out } = await verify(folder, '--head', heads[4] ?? '')
    expect([code, out]).toEqual([1, expect.stringContaining('not in the ledger')])
  })
})

test('it reads while a collector writes', async () => {
  const { url, folder } = await startCollector()
  const body = JSON.stringify({ write_key: writeKey, subject: 'a-1', purposes: { analytics: 'granted' } })
  await fetch(`${url}/v1/consent`, { method: 'POST', body })
  expect((await verify(folder)).out).toContain('default: 1 entry, ')
})

test('where there is no ledger it says so in a sentence, and makes nothing', async () => {
  const folder = await temporaryFolder()
  const { code, error } = await verify(folder)
  expect([code, error]).toEqual([1, expect.stringMatching(/^footfall: [^\n]+[.]\n$/)])
  const other = await temporaryFolder()
  await copyFile(main, join(other, 'footfall.db'))
  expect((await verify(other)).error).toMatch(/^footfall: [^\n]+[.]\n$/)
})
