import { batch, envelope } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { createUnregistered, maxUnregistered } from '../../src/registry/unregistered.ts'
import { type Started, secretKey, startCollector, temporaryFolder } from '../start-collector.ts'
import { askAs } from './ask.ts'

const asServer = { authorization: `Bearer ${secretKey}` }

async function send(started: Started, sources: readonly string[]): Promise<void> {
  const events = sources.map((source) => envelope({ source }))
  expect((await started.post(JSON.stringify(batch(events)), asServer)).status).toBe(200)
}

interface Row {
  readonly id: string
  readonly received_7d: number
}

async function rows(started: Started): Promise<ReadonlyMap<string, number>> {
  const { sources } = (await (await started.get('/v1/sources')).json()) as { sources: readonly Row[] }
  return new Map(sources.map(({ id, received_7d }) => [id, received_7d]))
}

const named = (from: number, count: number) => Array.from({ length: count }, (_, index) => `till-${from + index}`)

test.each(['memory', 'sqlite'])(
  'in %s, sources that nobody registered have counts of their own up to a number, all others together',
  async (kind) => {
    const folder = await temporaryFolder()
    const options = { dataDir: folder, store: kind === 'memory' ? 'memory' : `sqlite:${folder}` }
    const started = await startCollector(options)
    // A rehearsal takes no room away.
    const rehearsed = JSON.stringify(batch(named(5000, 500).map((source) => envelope({ source }))))
    expect((await fetch(`${started.url}/v1/validate`, { method: 'POST', body: rehearsed, headers: asServer })).status).toBe(200)
    for (let sent = 0; sent < maxUnregistered; sent += 500) await send(started, named(sent, 500))
    expect((await rows(started)).size).toBe(maxUnregistered)
    await send(started, ['late-1', 'late-2', 'till-7'])
    const after = await rows(started)
    expect([after.size, after.get(''), after.get('late-1'), after.get('till-7')]).toEqual([maxUnregistered + 1, 2, undefined, 2])
    // What the event says of itself stays.
    expect(await started.events('&limit=500').then((events) => events.length)).toBe(500)

    // Who registers a source gives it a place.
    expect((await askAs(started, 'PUT', '/v1/sources/late-1', { channel: 'pos' })).status).toBe(200)
    await send(started, ['late-1', 'late-2'])
    expect([(await rows(started)).get('late-1'), (await rows(started)).get('')]).toEqual([1, 3])

    if (kind === 'memory') return
    await started.collector.close()
    const again = await startCollector(options)
    await send(again, ['late-1', 'late-3', 'till-7'])
    const later = await rows(again)
    expect([later.get('late-1'), later.get('late-3'), later.get('till-7'), later.get('')]).toEqual([2, undefined, 3, 4])
  },
)

test('what had counts before keeps them, and what is registered or unnamed takes no room', () => {
  const heard = ['', 'old', 'registered'].map((source) => ({ source, firstSeen: 0, lastSeen: 0, days: [] }))
  const unregistered = createUnregistered(heard, { sources: new Map([['registered', {} as never]]) }, 2)
  for (const id of ['new', 'newer', 'old']) unregistered.admit(id)
  expect(['old', 'new', 'newer'].map((id) => unregistered.has(id))).toEqual([true, true, false])
})
