import { spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { envelope } from '@footfall/testkit/builders'
import { expect, test, vi } from 'vitest'
import { createCollector } from '../../src/collector.ts'
import { importRates } from '../../src/commands/rates.ts'
import type { CollectorOptions } from '../../src/config.ts'
import { startCollector, temporaryFolder } from '../start-collector.ts'
import { nodeEnv } from './run-words.ts'

// Some of these start a process or open a store, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const content = 'Date,USD,JPY,\n2026-01-16,1.1650,184.20,\n2026-01-15,1.1600,183.00,\n'
const soonAfter = Date.UTC(2026, 0, 19)

/** A data folder inside a folder with the configuration and the file. */
async function set(file: string, settings: object = {}) {
  const folder = await temporaryFolder()
  const dataDir = join(folder, 'data')
  await writeFile(join(folder, 'rates.txt'), file)
  await writeFile(join(folder, 'config.json'), JSON.stringify({ dataDir, ...settings }))
  const lines: string[] = []
  const run = (now: number, json = false) =>
    importRates(
      { config: join(folder, 'config.json'), file: join(folder, 'rates.txt'), json },
      { out: (line) => void lines.push(line) },
      now,
    )
  return { folder, dataDir, lines, run }
}

test('what was checked is in the data folder as it came, and what is in it is said', async () => {
  const { dataDir, lines, run } = await set(content)
  await run(soonAfter)
  expect(await readFile(join(dataDir, 'rates.csv'), 'utf8')).toBe(content)
  expect(await readdir(dataDir)).toEqual(['rates.csv'])
  expect(lines).toEqual([
    `Rates of 2 currencies, from 2026-01-15 to 2026-01-16: ${join(dataDir, 'rates.csv')}`,
    expect.stringContaining('within a minute'),
  ])
})

test('as JSON it says the same', async () => {
  const { dataDir, lines, run } = await set(content)
  await run(soonAfter, true)
  const file = join(dataDir, 'rates.csv')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { file, currencies: ['JPY', 'USD'], from: '2026-01-15', to: '2026-01-16', is_used: true },
  ])
})

test('rates that are too old for today, or that another setting passes over, are said to be', async () => {
  const old = await set(content)
  await old.run(Date.UTC(2026, 0, 23, 23))
  expect(old.lines.join()).not.toContain('days ago')
  await old.run(Date.UTC(2026, 0, 24))
  expect(old.lines.join()).toContain('more than 7 days ago')
  const other = await set(content, { fxRates: '/etc/own.csv' })
  await other.run(soonAfter)
  expect(other.lines.join()).toContain('/etc/own.csv')
})

test('a file that is none changes nothing', async () => {
  const { dataDir, folder, run } = await set(content)
  await run(soonAfter)
  await writeFile(join(folder, 'rates.txt'), content.slice(0, -12))
  await expect(run(soonAfter)).rejects.toMatchObject({
    code: 'bad_rates',
    message: expect.stringMatching(/^[^\n]+rates\.txt cannot be used \([^\n]+in line 3[^\n]+\); nothing was changed\.$/),
  })
  expect(await readFile(join(dataDir, 'rates.csv'), 'utf8')).toBe(content)
})

test('a file that is not there is one sentence', async () => {
  const { folder } = await set(content)
  await expect(
    importRates(
      { config: join(folder, 'config.json'), file: join(folder, 'none.csv'), json: false },
      { out: () => {} },
      soonAfter,
    ),
  ).rejects.toMatchObject({
    code: 'bad_rates',
    message: expect.stringMatching(/^[^\n]+none\.csv cannot be used[^\n]+\.$/),
  })
})

test('the command puts a file where the next collector finds it, and says with its end whether it could', async () => {
  const { folder, dataDir } = await set('Date,USD,\n2026-11-20,1.16,\n')
  const footfall = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '..', '..', 'src', 'main.ts'), ...args], {
      cwd: folder,
      env: { ...nodeEnv, FOOTFALL_DATA_DIR: dataDir },
      encoding: 'utf8',
    })
  const done = footfall('rates', 'import', 'rates.txt')
  expect([done.status, done.stderr, done.stdout.split(':')[0]]).toEqual([
    0,
    '',
    'Rates of 1 currency, from 2026-11-20 to 2026-11-20',
  ])
  const { status, stderr } = footfall('rates', 'import', 'config.json')
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^footfall: [^\n]+nothing was changed\.\n$/)])
  expect(footfall('rates', 'import').status).toBe(2)
  expect(await revenueOf({ dataDir })).toEqual({ minor: 1000, currency: 'EUR' })
})

test('the collector reads the file that FOOTFALL_FX_RATES names, and does not start with one it cannot read', async () => {
  const { folder, dataDir } = await set('Date,USD,\n2026-11-20,1.16,\n')
  const fxRates = join(folder, 'rates.txt')
  expect(await revenueOf({ dataDir, fxRates, store: 'memory' })).toEqual({ minor: 1000, currency: 'EUR' })
  expect(await revenueOf({ dataDir, store: 'memory' })).toEqual({ minor: 0, currency: 'EUR' })
  expect(() => createCollector({ dataDir, store: 'memory', logLevel: 'silent', fxRates: join(folder, 'config.json') })).toThrow(
    expect.objectContaining({ code: 'bad_setting', message: expect.stringContaining('FOOTFALL_FX_RATES') }),
  )
})

/** What an order over 11.60 dollars on a Sunday comes to. */
async function revenueOf(options: CollectorOptions): Promise<unknown> {
  const now = Date.UTC(2026, 10, 22, 18)
  const { deliver, get, collector } = await startCollector(options, { now: () => now })
  const properties = { order_id: 'O-1', total: '11.60', currency: 'USD', products: [{ product_id: 'A-1', quantity: 1 }] }
  await deliver([envelope({ name: 'order_completed', occurred_at: now - 1000, properties })], { sent_at: now })
  const { totals } = (await (await get('/v1/reports/traffic?from=2026-11-16&to=2026-11-22')).json()) as {
    totals: { revenue: unknown }
  }
  await collector.close()
  return totals.revenue
}
