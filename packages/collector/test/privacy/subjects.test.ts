import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchInput } from '@footfall/events'
import { envelope, nextId } from '@footfall/testkit/builders'
import { pino } from 'pino'
import { describe, expect, test, vi } from 'vitest'
import { type Started, secretKey, startCollector, temporaryFolder } from '../start-collector.ts'

vi.setConfig({ testTimeout: 20_000 })

type Line = Readonly<Record<string, unknown>> & { readonly kind: string }

const path = (id: string): string => `/v1/subjects/${encodeURIComponent(id)}`

async function exported({ get }: Started, id: string): Promise<readonly Line[]> {
  const response = await get(path(id))
  expect(response.status).toBe(200)
  return (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

async function erased({ url }: Started, id: string): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url + path(id), { method: 'DELETE', headers: { authorization: `Bearer ${secretKey}` } })
  expect(response.status).toBe(200)
  return (await response.json()) as Record<string, unknown>
}

/** All bytes of all files of a store. */
async function bytesOf(folder: string): Promise<Buffer> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  return Buffer.concat(await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name)))))
}

const kinds = (lines: readonly Line[]): readonly string[] => lines.map(({ kind }) => kind)

/** Somebody with two browsers, of whom one was used before signing in, and a refused event. */
const ada = (): BatchInput['events'] => [
  envelope({ anonymous_id: 'ada-phone-8841', session: { id: 's-ada-1' }, seq: 1 }),
  envelope({ anonymous_id: 'ada-phone-8841', user_id: 'customer-ada', session: { id: 's-ada-1' }, seq: 2 }),
  envelope({ anonymous_id: 'ada-laptop-2207', user_id: 'customer-ada', session: null, seq: 1 }),
  envelope({ anonymous_id: 'ada-laptop-2207', session: null, seq: 2, name: 'order_completed', properties: {} }),
]
const bob = (): BatchInput['events'] => [
  envelope({ anonymous_id: 'bob-phone-1', user_id: 'customer-ada-2', session: { id: 's-bob-1' }, seq: 1 }),
]

describe('export', () => {
  test('gives everything under any of the person’s ids, and nobody else’s', async () => {
    const started = await startCollector()
    await started.deliver([...ada(), ...bob()])
    for (const id of ['customer-ada', 'ada-phone-8841', 'ada-laptop-2207']) {
      const lines = await exported(started, id)
      expect(lines[0]).toMatchObject({
        kind: 'subject',
        id,
        user_ids: ['customer-ada'],
        anonymous_ids: expect.arrayContaining(['ada-phone-8841', 'ada-laptop-2207']),
        shared_anonymous_ids: [],
        erased_at: null,
      })
      expect(lines.at(-1)).toMatchObject({
        kind: 'end',
        counts: { session: 1, event: 3, quarantined_event: 1, visitor_day: 2, number_run: 2 },
      })
      expect(kinds(lines).filter((kind) => kind === 'consent').length).toBeGreaterThan(0)
      expect(JSON.stringify(lines)).not.toMatch(/bob-phone|customer-ada-2/)
    }
  })

  test('of somebody who is not known, it says so', async () => {
    const lines = await exported(await startCollector(), 'nobody')
    expect(lines).toEqual([
      {
        kind: 'subject',
        id: 'nobody',
        user_ids: [],
        anonymous_ids: [],
        shared_anonymous_ids: [],
        erased_at: null,
        exported_at: expect.any(String),
      },
      { kind: 'end', counts: {} },
    ])
  })

  test('on a shared device, each customer has their own events, and what came before signing in is whose device it is', async () => {
    const started = await startCollector()
    const at = { anonymous_id: 'family-tablet', session: null }
    await started.deliver([
      envelope({ ...at, properties: { product_id: 'anonymous' } }),
      envelope({ ...at, user_id: 'mother', properties: { product_id: 'hers' } }),
      envelope({ ...at, user_id: 'father', properties: { product_id: 'his' } }),
    ])
    const products = async (id: string): Promise<readonly unknown[]> =>
      (await exported(started, id))
        .filter(({ kind }) => kind === 'event')
        .map(({ properties }) => (properties as { product_id: string }).product_id)
    expect(await products('mother')).toEqual(['hers', 'anonymous'])
    expect(await products('father')).toEqual(['his', 'anonymous'])
    expect(await products('family-tablet')).toEqual(['anonymous'])
    expect((await exported(started, 'mother'))[0]).toMatchObject({ shared_anonymous_ids: ['family-tablet'], anonymous_ids: [] })
  })

  test('as CSV, no cell is a formula', async () => {
    const started = await startCollector()
    const id = '=HYPERLINK("https://evil.example")'
    await started.deliver([envelope({ user_id: id, name: '+1+1', properties: {} })])
    const response = await started.get(`${path(id)}?format=csv`)
    expect(response.headers.get('content-type')).toContain('text/csv')
    const text = await response.text()
    expect(text.split('\r\n')[0]).toBe('kind,id,at,name,user_id,anonymous_id,session_id,content')
    expect(text).toContain(`"'=HYPERLINK(""https://evil.example"")"`)
    expect(text).not.toMatch(/(^|,)"?[=+@]/m)
  })

  test('is for the holder of the key, erasing not even for a signed-in page', async () => {
    const { url } = await startCollector()
    expect((await fetch(url + path('x'))).status).toBe(401)
    const session = await fetch(`${url}/reports/session`, { method: 'POST', body: JSON.stringify({ secret_key: secretKey }) })
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await fetch(url + path('x'), { headers: { cookie } })).status).toBe(200)
    expect((await fetch(url + path('x'), { method: 'DELETE', headers: { cookie } })).status).toBe(401)
  })

  test.each(['?format=xml'])('refuses %s', async (query) => {
    const { get } = await startCollector({ store: 'memory' })
    expect((await get(path('x') + query)).status).toBe(400)
    expect((await get(path('x'.repeat(257)))).status).toBe(400)
  })
})

describe('erasure', () => {
  test('leaves no byte of the ids in any file, while the collector runs and after it', async () => {
    const folder = await temporaryFolder()
    const started = await startCollector({ dataDir: folder })
    await started.deliver([...ada(), ...bob()], { dropped: { expired: 2 } })
    const receipt = await erased(started, 'customer-ada')
    expect(receipt).toMatchObject({
      user_ids: 1,
      anonymous_ids: 2,
      events: 3,
      quarantined: 1,
      sessions: 1,
      tracker_drops: 1,
      files: 'clean',
    })
    const ids = ['customer-ada', 'ada-phone-8841', 'ada-laptop-2207', 's-ada-1']
    // Another's id begins with one of them.
    const isIn = (bytes: Buffer, id: string): boolean => bytes.toString('latin1').replaceAll('customer-ada-2', '').includes(id)
    const running = await bytesOf(folder)
    for (const id of ids) expect([id, isIn(running, id)]).toEqual([id, false])
    expect(isIn(running, 'bob-phone-1')).toBe(true)
    await started.collector.close()
    const closed = await bytesOf(folder)
    for (const id of ids) expect([id, isIn(closed, id)]).toEqual([id, false])
    expect(isIn(closed, 'bob-phone-1')).toBe(true)
  })

  test('is for good: replays and late arrivals are refused, and the person may come back as a user on another device', async () => {
    const started = await startCollector()
    const events = ada()
    await started.deliver(events)
    await erased(started, 'customer-ada')

    const replay = await started.deliver(events)
    expect(replay).toMatchObject({
      accepted: 0,
      rejected: 4,
      problems: Array(4).fill(expect.objectContaining({ code: 'erased' })),
    })
    const now = Date.now()
    const { problems } = await started.deliver([
      envelope({ anonymous_id: 'ada-phone-8841', occurred_at: now }),
      envelope({ anonymous_id: 'new-device', user_id: 'customer-ada', occurred_at: now - 3_600_000, age_ms: 3_600_000 }),
    ])
    expect(problems.map(({ code }) => code)).toEqual(['erased', 'erased'])
    const back = await started.deliver([
      envelope({ anonymous_id: 'new-device', user_id: 'customer-ada', occurred_at: Date.now(), session: null }),
    ])
    expect(back).toMatchObject({ accepted: 1 })
    expect((await exported(started, 'customer-ada'))[0]).toMatchObject({
      anonymous_ids: ['new-device'],
      erased_at: expect.stringMatching(/^20/),
    })
  })

  test('of one customer of a shared device leaves the other in peace', async () => {
    const started = await startCollector()
    const at = { anonymous_id: 'family-tablet', session: { id: 's-family' } }
    await started.deliver([envelope(at), envelope({ ...at, user_id: 'mother' }), envelope({ ...at, user_id: 'father' })])
    expect(await erased(started, 'mother')).toMatchObject({ events: 2, sessions: 0 })
    expect(await started.events()).toMatchObject([{ user_id: 'father', anonymous_id: 'family-tablet' }])
    const now = { ...at, occurred_at: Date.now() }
    const { problems } = await started.deliver([
      envelope(now),
      envelope({ ...now, user_id: 'mother' }),
      envelope({ ...now, user_id: 'father' }),
    ])
    expect(problems.map(({ index, code }) => [index, code])).toEqual([
      [0, 'erased'],
      [1, 'erased'],
    ])
    // The tablet now looks as if it were the father's alone: whoever erases it once more must not meet him.
    await erased(started, 'family-tablet')
    expect(await started.events()).toHaveLength(2)
  })

  test('takes the events out of the reports, and out of what is shown live', async () => {
    const started = await startCollector()
    await started.deliver([...ada(), ...bob()])
    await erased(started, 'customer-ada')
    const { totals } = (await (await started.get('/v1/reports/traffic')).json()) as { totals: Record<string, unknown> }
    expect(totals).toMatchObject({ events: 1, visitors: 1, sessions: 1 })
    const last = (await started.events()).map(({ id }) => id)
    await started.deliver([envelope({ session: null })])
    const live = (await started.get('/v1/live')).body?.pipeThrough(new TextDecoderStream()).getReader()
    let shown = ''
    while (!shown.includes('verdicts')) shown += (await live?.read())?.value ?? ''
    await live?.cancel()
    // Of all that came before the erasure, not even others' are shown again.
    for (const id of last) expect(shown).not.toContain(id)
  })

  test.each([
    "o'hara -- ; DROP TABLE events",
    '100%_sure',
    '😀/?#&+ ../',
    'nul\u0000inside',
    '"quoted"\\back',
    '__proto__',
    'constructor',
    'x'.repeat(256),
    '7',
  ])('works for the id %j', async (id) => {
    const folder = await temporaryFolder()
    const started = await startCollector({ dataDir: folder })
    await started.deliver([
      envelope({ user_id: id, anonymous_id: 'their-device', session: null }),
      envelope({ user_id: `${id.slice(0, 250)}1`, anonymous_id: 'other-device', session: null }),
      envelope({ user_id: id, name: 'order_completed', properties: { note: `about ${id}` } }),
    ])
    expect(await exported(started, id)).toMatchObject([
      { user_ids: [id] },
      { kind: 'event' },
      { kind: 'quarantined_event' },
      { kind: 'visitor_day' },
      ...Array((await exported(started, id)).length - 5).fill({ kind: expect.stringMatching(/consent|visitor_day|number_run/) }),
      { kind: 'end' },
    ])
    expect(await erased(started, id)).toMatchObject({ events: 1, quarantined: 1, files: 'clean' })
    expect(await started.events()).toMatchObject([{ anonymous_id: 'other-device' }])
    expect((await exported(started, id))[0]).toMatchObject({ user_ids: [], anonymous_ids: [] })
  })

  test('asked for twice at once, both hear the same', async () => {
    const started = await startCollector()
    await started.deliver(ada())
    const [one, other] = await Promise.all([erased(started, 'customer-ada'), erased(started, 'customer-ada')])
    expect(one).toEqual(other)
    expect(one).toMatchObject({ events: 3 })
    expect(await erased(started, 'customer-ada')).toMatchObject({ events: 0, quarantined: 0, sessions: 0 })
  })

  test('while their events keep arriving, none is left', async () => {
    const folder = await temporaryFolder()
    const started = await startCollector({ dataDir: folder })
    const some = (count: number): BatchInput['events'] =>
      Array.from({ length: count }, () =>
        envelope({ id: nextId(), anonymous_id: 'busy-visitor-77', user_id: 'customer-busy', session: { id: 's-busy' } }),
      )
    await started.deliver(some(400))
    let isOver = false
    const arriving = (async () => {
      while (!isOver) await started.deliver([...some(20), envelope({ anonymous_id: 'bystander', session: { id: 's-by' } })])
    })()
    const receipt = await erased(started, 'busy-visitor-77')
    isOver = true
    await arriving
    expect(Number(receipt.events)).toBeGreaterThanOrEqual(400)
    expect((await started.events()).filter(({ anonymous_id }) => anonymous_id !== 'bystander')).toEqual([])
    expect((await bytesOf(folder)).includes('busy-visitor-77')).toBe(false)
  })

  test('is counted, and its log names no id', async () => {
    const lines: string[] = []
    const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
    const started = await startCollector({ store: 'memory' }, { log })
    await started.deliver(ada())
    await exported(started, 'customer-ada')
    await erased(started, 'customer-ada')
    const metrics = await (await started.get('/metrics')).text()
    expect(metrics).toContain('footfall_subject_requests_total{project="default",action="export"} 1')
    expect(metrics).toContain('footfall_subject_requests_total{project="default",action="erasure"} 1')
    expect(metrics).toContain('footfall_removed_rows_total{project="default",why="erasure",what="events"} 3')
    const logged = lines.join('')
    expect(logged).toContain('a person was erased')
    expect(logged).not.toMatch(/customer-ada|ada-phone|ada-laptop/)
    expect(metrics).not.toMatch(/customer-ada|ada-phone|ada-laptop/)
  })
})
