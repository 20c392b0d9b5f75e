import { batch, envelope } from '@footfall/testkit/builders'
import { sayNotTested } from '@footfall/testkit/not-tested'
import { expect, test, vi } from 'vitest'
import { createSqliteSink } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { subjectSecret } from '../sinks/sink.contract.ts'
import { startCollector, temporaryFolder } from '../start-collector.ts'
import { inject, whyNoInjection } from './disks.ts'

vi.setConfig({ testTimeout: 120_000 })

sayNotTested('a disk that stands still', whyNoInjection)

test.skipIf(whyNoInjection !== null)(
  'while the disk stands still, what may not wait is refused at once, and stored when it is sent again',
  async () => {
    const folder = await temporaryFolder()
    const projects = [{ id: 'default', timeZone: 'UTC', baseCurrency: 'EUR' }]
    const store = createSqliteSink({ folder, projects, subjectSecret, maxWaitingEvents: 200 })
    const { post, get, events } = await startCollector({ dataDir: folder }, { store })
    const bodies = Array.from({ length: 30 }, () => JSON.stringify(batch(Array.from({ length: 10 }, () => envelope()))))
    const answered: { readonly status: number; readonly retryAfter: string | null }[] = []
    const send = async (body: string): Promise<void> => {
      const response = await post(body)
      answered.push({ status: response.status, retryAfter: response.headers.get('retry-after') })
      await response.text()
    }
    const end = await inject(process.pid, 'fsync,fdatasync:delay_enter=2s')
    const sent = Promise.all(bodies.map(send))
    // Ten of thirty have no room: they hear so before anything is durable.
    await expect.poll(() => answered.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(10)
    expect((await get('/livez')).status).toBe(200)
    await sent
    await end()
    const refused = answered.filter(({ status }) => status !== 200)
    expect(refused.length).toBeGreaterThan(0)
    for (const { status, retryAfter } of refused) expect([status, retryAfter]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)])
    answered.length = 0
    await Promise.all(bodies.slice(0, 15).map(send))
    await Promise.all(bodies.slice(15).map(send))
    expect(answered.map(({ status }) => status)).toEqual(Array(30).fill(200))
    expect(await events()).toHaveLength(300)
  },
)
