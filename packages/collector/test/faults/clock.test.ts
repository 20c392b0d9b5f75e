import { envelope, everythingGranted, nextId } from '@footfall/testkit/builders'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Project } from '../../src/config.ts'
import { createClockWatch } from '../../src/privacy/clock-watch.ts'
import { clockDoubtful, type RetentionAsk } from '../../src/privacy/retention.ts'
import { createRetentionJob } from '../../src/privacy/retention-job.ts'
import { createSqliteSink } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { delivery, eventRecord, project, subjectSecret } from '../sinks/sink.contract.ts'
import { startCollector, temporaryFolder } from '../start-collector.ts'

// Threads and processes take as long to start as the machine has other things to do.
vi.setConfig({ testTimeout: 120_000 })

const hour = 3_600_000
const day = 24 * hour
const year = 365 * day

describe('how far the clock is trusted', () => {
  test.each([
    { name: 'at the start', passed: 0, jump: 0, trust: 'new' },
    { name: 'an hour before a day is over', passed: day - hour, jump: 0, trust: 'new' },
    { name: 'after a day without a jump', passed: day, jump: 0, trust: 'steady' },
    { name: 'set an hour back', passed: day, jump: -hour, trust: 'steady' },
    { name: 'set a day forward', passed: day, jump: day, trust: 'jumped' },
    { name: 'set ten years forward', passed: day, jump: 10 * year, trust: 'jumped' },
    { name: 'set back to 1970', passed: day, jump: -56 * year, trust: 'jumped' },
  ])('$name', ({ passed, jump, trust }) => {
    let running = 0
    let shift = 0
    const look = createClockWatch(
      () => Date.UTC(2026, 10, 22) + running + shift,
      () => running,
    )
    running += passed
    shift += jump
    expect(look()).toBe(trust)
    // A day later, and nothing more has happened.
    running += day
    expect(look()).toBe('steady')
  })
})

describe('retention', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  /** @param refusal what its first run comes upon */
  function startJob(refusal?: Error) {
    let running = 0
    let shift = 0
    const removed: (readonly RetentionAsk[])[] = []
    const faults: unknown[] = []
    const projects = [{ id: 'default', timeZone: 'UTC', retentionDays: { analytics: 30 } }] as unknown as readonly Project[] // all it reads
    const now = () => Date.UTC(2026, 10, 22) + running + shift
    const job = createRetentionJob(
      projects,
      now,
      async (asks) => {
        removed.push(asks)
        if (refusal !== undefined && removed.length === 1) throw refusal
      },
      () => running,
    )
    job.start((cause) => faults.push(cause))
    return {
      removed,
      faults,
      stop: job.stop,
      jump: (ms: number) => {
        shift += ms
      },
      async pass(ms: number) {
        for (let passed = 0; passed < ms; passed += hour) {
          running += hour
          await vi.advanceTimersByTimeAsync(hour)
        }
      },
    }
  }

  test('is done at the start, and daily', async () => {
    const { removed, faults, pass } = startJob()
    await pass(3 * day)
    expect(removed).toHaveLength(4)
    expect(faults).toEqual([])
  })

  test('waits for a day when the clock jumps by years, and removes nothing that a clock put right would keep', async () => {
    const { removed, faults, jump, pass } = startJob()
    await pass(2 * hour)
    jump(10 * year)
    await pass(day)
    expect(removed).toHaveLength(1)
    expect(faults[0]).toMatchObject({ code: 'clock_doubtful' })
    jump(-10 * year)
    await pass(3 * day)
    const cutoffs = removed.map(([ask]) => ask?.cutoffs.analytics ?? 0)
    expect(cutoffs.length).toBeGreaterThan(2)
    for (const cutoff of cutoffs) expect(cutoff).toBeLessThan(Date.UTC(2026, 10, 28))
  })

  test('asks once within the first day whether the clock is right, and not again after a no', async () => {
    const refusal = clockDoubtful('no event came')
    const { removed, faults, pass } = startJob(refusal)
    await pass(23 * hour)
    expect(removed).toHaveLength(1)
    expect(faults).toEqual(Array.from({ length: 24 }, () => refusal))
    await pass(2 * hour)
    expect(removed.slice(1)).toMatchObject([[{ project: 'default' }]])
    expect(removed[1]?.[0]).not.toHaveProperty('provenSince')
  })

  test('believes the clock that has stayed where it jumped to for a day', async () => {
    const { removed, jump, pass } = startJob()
    jump(40 * day)
    await pass(3 * day)
    expect(removed.at(-1)?.[0]?.cutoffs.analytics).toBeGreaterThan(Date.UTC(2026, 10, 22))
  })

  test('tries again an hour after it failed', async () => {
    const projects = [{ id: 'default', timeZone: 'UTC', retentionDays: { analytics: 30 } }] as unknown as readonly Project[] // all it reads
    let tries = 0
    const job = createRetentionJob(projects, Date.now, async () => {
      tries += 1
      if (tries < 3) throw new Error('the disk is full')
    })
    job.start(() => {})
    await vi.advanceTimersByTimeAsync(3 * hour)
    job.stop()
    expect(tries).toBe(3)
  })
})

test('starts with a wrong year remove nothing, say so, and a start with the right one does its work', async () => {
  const folder = await temporaryFolder()
  const first = await startCollector({ dataDir: folder, retentionDays: 30 })
  await first.deliver([envelope()])
  await first.collector.close()

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const said: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => void said.push(line) })
  const future = await startCollector({ dataDir: folder, retentionDays: 30 }, { now: () => Date.now() + 10 * year, log })
  await expect.poll(() => said, { timeout: 10_000 }).toEqual([expect.stringContaining('"code":"clock_doubtful"')])
  // What comes under the wrong clock does not speak for it.
  const decidedAnew = { ...everythingGranted, record_id: nextId() }
  expect(await future.deliver([envelope({ age_ms: 0, consent: decidedAnew })])).toMatchObject({ accepted: 1 })
  await vi.advanceTimersByTimeAsync(hour)
  await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(2)
  expect(said[1]).toContain('"code":"clock_doubtful"')
  expect(await future.events()).toHaveLength(2)
  await future.collector.close()
  vi.useRealTimers()

  // Nor for the next start under it.
  const secondYear = { now: () => Date.now() + 10 * year + 3 * day, log }
  const again = await startCollector({ dataDir: folder, retentionDays: 30 }, secondYear)
  await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(3)
  expect(said[2]).toContain('"code":"clock_doubtful"')
  expect(await again.events()).toHaveLength(2)
  await again.collector.close()

  const later = await startCollector({ dataDir: folder, retentionDays: 30 }, { now: () => Date.now() + 40 * day })
  await expect.poll(() => later.events(), { timeout: 10_000 }).toHaveLength(1)
})

test('what waited for the store to open, under a wrong year, does not speak for it', async () => {
  const folder = await temporaryFolder()
  const projects = [{ id: project, timeZone: 'UTC', baseCurrency: 'EUR' }]
  const open = () => {
    const store = createSqliteSink({ folder, projects, subjectSecret })
    onTestFinished(() => store.close())
    return store
  }
  const first = open()
  await first.commit(delivery([eventRecord()]))
  await first.close()
  const future = Date.now() + 10 * year
  const second = open()
  const early = second.commit({ ...delivery([eventRecord()]), receivedAt: future })
  const ask = { project, cutoffs: { analytics: future - 30 * day }, provenSince: future - 2 * year }
  await expect(second.retain([ask])).rejects.toMatchObject({ code: 'clock_doubtful' })
  await early
  expect((await second.events({ project }, { limit: 10, after: 0 })).rows).toHaveLength(2)
})

test.each([
  { name: 'an hour back', jump: -hour },
  { name: 'a day forward', jump: day },
])('while the clock is set $name, what comes is stored, found and known again', async ({ jump }) => {
  let shift = 0
  const collector = await startCollector({}, { now: () => Date.now() + shift })
  const [before, after] = [envelope({ age_ms: 0 }), envelope({ age_ms: 0 })]
  expect(await collector.deliver([before])).toMatchObject({ accepted: 1 })
  shift = jump
  expect(await collector.deliver([after])).toMatchObject({ accepted: 1 })
  expect(await collector.deliver([before, after])).toMatchObject({ duplicate: 2 })
  expect((await collector.get('/readyz')).status).toBe(200)
  shift = 0
  expect((await collector.get('/readyz')).status).toBe(200)
  expect((await collector.events()).map(({ id }) => id)).toEqual([before.id, after.id])
})
