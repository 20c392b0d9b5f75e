import { sayNotTested } from '@footfall/testkit/not-tested'
import { expect, test } from 'vitest'
import { createServeProcess } from '../serve-process.ts'
import { temporaryFolder } from '../start-collector.ts'
import { whyNoInjection } from './disks.ts'
import { playOverload } from './overload.ts'

sayNotTested('a disk that stands still', whyNoInjection)

test.skipIf(whyNoInjection !== null)(
  'a disk that stands still for half a minute, and 450 connections that offer what they can: bounded memory, refusals in time, recovery',
  async () => {
    const folder = await temporaryFolder()
    const collector = await createServeProcess(folder)
    await collector.start()
    const overload = await playOverload({ collector, folder }, { connections: 450, seconds: 30 })
    console.log(JSON.stringify(overload))
    expect(overload.refused).toBeGreaterThan(0)
    expect(overload.withRetryAfter).toBe(overload.refused)
    // What may wait for the disk, half as much for the bodies under way, and room for what V8 does not give back at once.
    expect(overload.rssHighestMb - overload.rssBeforeMb).toBeLessThan(192)
    expect(overload.recoveryMs).toBeLessThan(10_000)
  },
  900_000,
)
