import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { envelope, everythingGranted, nextId } from '@footfall/testkit/builders'
import { expect, onTestFinished, test, vi } from 'vitest'
import { loadRates } from '../../src/normalise/rates.ts'
import { openForWriting } from '../../src/sinks/sqlite/open.ts'
import { rebuildDerived } from '../../src/sinks/sqlite/rebuild.ts'
import { runWords } from '../commands/run-words.ts'
import { type Started, secretKey, startCollector, visitorAgent } from '../start-collector.ts'

const now = Date.UTC(2026, 10, 21, 12)
// A Saturday: Friday's rates count.
const rates = loadRates('Date,USD,JPY,\n2026-11-20,1.1600,180.00,\n')

const started = (): Promise<Started> => startCollector({}, { now: () => now, rates })

/** From a clock that is right. */
const deliver = (collector: Started, events: Parameters<Started['deliver']>[0]) => collector.deliver(events, { sent_at: now })

const analyticsOnly = { analytics: 'granted' as const }

const kauf = (orderId: string, total: unknown, differs: Parameters<typeof envelope>[0] = {}) =>
  envelope({
    name: 'kauf',
    occurred_at: now,
    consent: analyticsOnly,
    properties: { orderId, total, currency: 'USD', items: [{ item_id: 'P-1', price: 3, quantity: 2 }] },
    ...differs,
  })

interface Part {
  readonly looked_at: number
  readonly changed: number
  readonly still_unknown: number
  readonly unreadable: number
  readonly not_allowed: number
  readonly problems: readonly { readonly name: string; readonly code: string; readonly detail: string; readonly events: number }[]
  readonly next: string | null
}

function client({ url, events, get }: Started) {
  const send = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return {
    send,
    alias: async (from: string, to: string) => expect((await send('PUT', `/v1/aliases/${from}`, { to })).status).toBe(200),
    unalias: async (from: string) => expect((await send('DELETE', `/v1/aliases/${from}`)).status).toBe(204),
    async reprocess(order: object = {}): Promise<Part> {
      const response = await send('POST', '/v1/reprocess', order)
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
      return (await response.json()) as Part
    },
    traffic: async () => (await get('/v1/reports/traffic?from=2026-11-15&to=2026-11-21')).json(),
    quality: async () => (await get('/v1/reports/quality?from=2026-11-15&to=2026-11-21')).json(),
    rows: () => events(),
  }
}

const nothing = { looked_at: 0, changed: 0, still_unknown: 0, unreadable: 0, not_allowed: 0, problems: [], next: null }

test('an event that came before its alias counts like one that came after it, and is what it was when the alias is taken away', async () => {
  const [late, early] = [await started(), await started()]
  const [after, before] = [client(late), client(early)]
  const sent = [kauf('A-1', '19,99'), kauf('A-2', 50), kauf('A-1', '19,99'), envelope({ name: 'zeigt', occurred_at: now })]

  await before.alias('kauf', 'order_completed')
  await deliver(early, sent)
  await deliver(late, sent)
  const asItCame = [await after.rows(), await after.traffic(), await after.quality()]
  await after.alias('kauf', 'order_completed')
  expect(await after.reprocess()).toEqual({ ...nothing, looked_at: 4, changed: 3, still_unknown: 1 })

  expect(await after.rows()).toEqual(await before.rows())
  expect(await after.traffic()).toEqual(await before.traffic())
  expect(await after.traffic()).toMatchObject({ totals: { orders: 2, revenue: { minor: 1723 + 4310 } } })
  expect((await after.rows())[0]).toMatchObject({
    name: 'order_completed',
    original_name: 'kauf',
    properties: { order_id: 'A-1', products: [{ product_id: 'P-1' }] },
    money: { total: { minor: 1999, currency: 'USD', base_minor: 1723, base_currency: 'EUR', rate_date: '2026-11-20' } },
  })

  for (const one of [after, before]) {
    await one.unalias('kauf')
    expect(await one.reprocess()).toEqual({ ...nothing, looked_at: 4, changed: 3, still_unknown: 4 })
  }
  expect([await after.rows(), await after.traffic(), await after.quality()]).toEqual(asItCame)
  expect([await before.rows(), await before.traffic()]).toEqual(asItCame.slice(0, 2))
})

test('what is repeated does nothing, and what is only tried neither', async () => {
  const collector = await started()
  const { alias, unalias, reprocess, rows } = client(collector)
  await deliver(collector, [kauf('A-1', 10), kauf('A-2', 'free')])
  await alias('kauf', 'order_completed')
  const before = await rows()
  const expected = { ...nothing, looked_at: 2, changed: 1, unreadable: 1 }
  expect(await reprocess({ dry_run: true })).toMatchObject({
    ...expected,
    problems: [{ name: 'kauf', code: 'bad_money', events: 1 }],
  })
  expect(await rows()).toEqual(before)
  expect(await reprocess()).toMatchObject({ ...expected, problems: [{ code: 'bad_money' }] })
  expect(await reprocess()).toMatchObject({ looked_at: 1, changed: 0, unreadable: 1 })

  await alias('kauf', 'product_removed')
  const tried = await reprocess({ dry_run: true })
  expect(tried).toEqual(await reprocess())
  await unalias('kauf')
  expect(await reprocess({ dry_run: true })).toEqual(await reprocess())
})

test('an event never becomes what its own consent does not cover', async () => {
  const collector = await started()
  const { alias, reprocess, rows, send } = client(collector)
  const withdrawn = { ...everythingGranted, record_id: nextId() }
  await deliver(collector, [
    envelope({ name: 'mail_auf', occurred_at: now, consent: analyticsOnly, properties: { campaign_id: 'c', click_id: 'x' } }),
    envelope({ name: 'mail_auf', occurred_at: now, properties: { campaign_id: 'c' } }),
    envelope({
      name: 'mail_auf',
      occurred_at: now,
      anonymous_id: 'visitor-2',
      consent: withdrawn,
      properties: { campaign_id: 'c' },
    }),
  ])
  const refusal = {
    write_key: 'wk_test',
    subject: 'visitor-2',
    purposes: { analytics: 'granted', marketing: 'denied' },
    decided_at: now,
  }
  expect(
    await (await fetch(`${collector.url}/v1/consent`, { method: 'POST', body: JSON.stringify(refusal) })).json(),
  ).toMatchObject({})
  await alias('mail_auf', 'email_opened')
  expect(await reprocess()).toMatchObject({ looked_at: 3, changed: 1, not_allowed: 2 })
  expect((await rows()).map(({ name }) => name)).toEqual(['mail_auf', 'email_opened', 'mail_auf'])
  expect((await send('GET', '/v1/events?name=email_opened')).status).toBe(200)
})

test('only the names and the period that are asked for', async () => {
  const collector = await started()
  const { alias, reprocess, rows } = client(collector)
  const yesterday = now - 86_400_000
  await deliver(collector, [
    kauf('A-1', 1, { occurred_at: yesterday }),
    kauf('A-2', 2),
    kauf('A-3', 3, { name: 'gekauft' }),
    kauf('A-4', 4, { name: 'nie_gehoert' }),
  ])
  await alias('kauf', 'order_completed')
  await alias('gekauft', 'order_completed')
  expect(await reprocess({ names: ['nie_gehoert', 'order_completed', '__proto__'] })).toEqual({
    ...nothing,
    looked_at: 1,
    still_unknown: 1,
  })
  expect(await reprocess({ names: ['kauf', 'kauf'], from: '2026-11-21', to: '2026-11-21' })).toEqual({
    ...nothing,
    looked_at: 1,
    changed: 1,
  })
  expect((await rows()).map(({ name }) => name)).toEqual(['kauf', 'order_completed', 'gekauft', 'nie_gehoert'])
  expect(await reprocess({ to: '2026-11-20T23:00:00Z' })).toEqual({ ...nothing, looked_at: 1, changed: 1 })
})

test('much of it goes part by part, while events come in, and goes on wherever it was cut off', async () => {
  const collector = await started()
  const { alias, unalias, reprocess, traffic } = client(collector)
  for (let at = 0; at < 3; at += 1) {
    await deliver(
      collector,
      Array.from({ length: 500 }, (_, index) => kauf(`A-${at * 500 + index}`, 1, { session: null })),
    )
  }
  await alias('kauf', 'order_completed')
  const first = await reprocess()
  expect(first).toMatchObject({ looked_at: 500, changed: 500 })
  const [second] = await Promise.all([reprocess({ cursor: first.next }), deliver(collector, [kauf('B-1', 1, { session: null })])])
  expect(second).toMatchObject({ changed: 500 })
  // As if the answer had been lost: begun anew.
  for (let next: string | null = null, part = await reprocess(); ; part = await reprocess({ cursor: next })) {
    next = part.next
    if (next === null) break
  }
  expect(await traffic()).toMatchObject({ totals: { orders: 1501 } })
  await unalias('kauf')
  let changed = 0
  for (let cursor: string | null = null; ; ) {
    const part: Part = await reprocess({ cursor })
    changed += part.changed
    cursor = part.next
    if (cursor === null) break
  }
  expect(changed).toBe(1501)
  expect(await traffic()).toMatchObject({ totals: { orders: 0 } })
})

test('whatever else happens at the same time, nothing is refused, and the counts are those of the events', async () => {
  const collector = await started()
  const { alias, unalias, send } = client(collector)
  const some = (visitor: number) =>
    Array.from({ length: 100 }, (_, index) => kauf(`A-${index % 7}`, 1, { anonymous_id: `visitor-${visitor}`, session: null }))
  for (const visitor of [0, 1, 2, 3, 4, 5]) await deliver(collector, some(visitor))
  const all = async () => {
    for (let cursor: string | null = null; ; ) {
      const response = await send('POST', '/v1/reprocess', { cursor })
      expect(response.status).toBe(200)
      cursor = ((await response.json()) as Part).next
      if (cursor === null) return
    }
  }
  await alias('kauf', 'order_completed')
  await Promise.all([
    all(),
    send('DELETE', '/v1/subjects/visitor-0'),
    all(),
    deliver(collector, some(6)),
    send('DELETE', '/v1/subjects/visitor-1'),
  ])
  await unalias('kauf')
  await Promise.all([
    all(),
    send('DELETE', '/v1/subjects/visitor-2'),
    alias('kauf', 'order_completed'),
    all(),
    send('DELETE', '/v1/subjects/visitor-3'),
  ])
  await all()
  await collector.collector.close()

  const { db, lock } = openForWriting(collector.folder)
  onTestFinished(() => {
    db.close()
    lock.close()
  })
  const counts = () => db.prepare('SELECT * FROM daily_counts').all()
  const kept = counts()
  expect(kept).toMatchObject([{ name: 'order_completed', events: 7, duplicates: 293 }])
  db.exec('BEGIN')
  rebuildDerived(db, 'default', 'UTC')
  db.exec('COMMIT')
  expect(counts()).toEqual(kept)
  const rightly = db.prepare('SELECT count(*) AS n FROM renamed_events JOIN events USING (position, name)')
  expect(rightly.get()).toEqual({ n: 300 })
})

test('what stood in an event goes with it when its person is erased, and when it is old enough', async () => {
  const day = 86_400_000
  let today = now
  const collector = await startCollector({ retentionDays: 30 }, { now: () => today, rates })
  const { alias, reprocess, send } = client(collector)
  await deliver(collector, [
    kauf('A-1', 1, { user_id: 'customer-1', anonymous_id: 'secret-visitor' }),
    kauf('A-2', 2, { anonymous_id: 'other-visitor' }),
  ])
  await alias('kauf', 'order_completed')
  await reprocess()
  const db = new DatabaseSync(join(collector.folder, 'footfall.db'), { readOnly: true })
  onTestFinished(() => db.close())
  const kept = () =>
    db
      .prepare('SELECT properties FROM renamed_events')
      .all()
      .map(({ properties }) => String(properties))
  expect(kept()).toHaveLength(2)
  expect((await send('DELETE', '/v1/subjects/customer-1')).status).toBe(200)
  expect(kept()).toEqual([expect.stringContaining('A-2')])

  today += 40 * day
  await collector.collector.close()
  const again = await startCollector({ dataDir: collector.folder, retentionDays: 30 }, { now: () => today, rates })
  await again.collector.ready
  await expect.poll(() => kept()).toEqual([])
})

test('a cursor from before an alias was taken away begins the name anew', async () => {
  const collector = await started()
  const { alias, unalias, reprocess } = client(collector)
  await deliver(collector, [kauf('A-1', 1), kauf('A-2', 2)])
  await alias('kauf', 'order_completed')
  await reprocess()
  await unalias('kauf')
  const cursor = Buffer.from(JSON.stringify(['r1', 'kauf', 'rename', 1])).toString('base64url')
  expect(await reprocess({ cursor })).toEqual({ ...nothing, looked_at: 2, changed: 2, still_unknown: 2 })
})

test('needs the secret key', async () => {
  const { url } = await started()
  const response = await fetch(`${url}/v1/reprocess`, { method: 'POST', body: '{}', headers: { 'user-agent': visitorAgent } })
  expect([response.status, await response.json()]).toMatchObject([401, { code: 'wrong_secret_key' }])
})

test('the command goes on until all is done, and says why something stays', async () => {
  const collector = await started()
  const { alias } = client(collector)
  await deliver(
    collector,
    Array.from({ length: 500 }, (_, index) => kauf(`A-${index}`, 1)),
  )
  await deliver(collector, [...Array.from({ length: 100 }, (_, index) => kauf(`B-${index}`, 1)), kauf('C-1', 'free\u001b[2J')])
  await alias('kauf', 'order_completed')
  const run = async (...words: string[]) => {
    const env = { FOOTFALL_SECRET_KEY: secretKey }
    vi.stubEnv('FOOTFALL_SECRET_KEY', env.FOOTFALL_SECRET_KEY)
    const { lines: said, progress } = await runWords(['reprocess', '--url', collector.url, ...words])
    return { said, progress }
  }
  expect((await run('--dry-run', '--name', 'kauf')).said[0]).toBe('601 events looked at, 600 would change, 0 still unknown.')
  const stopped = runWords(['reprocess', '--url', collector.url, '--dry-run'], { signal: AbortSignal.abort() })
  await expect(stopped).rejects.toMatchObject({
    code: 'interrupted',
    message: 'Stopped after 500 events, of which 500 would change.',
  })
  const { said, progress } = await run()
  expect(progress[0]).toMatch(/^500 events looked at, 500 changed/)
  expect(said).toEqual([
    '601 events looked at, 600 changed, 0 still unknown.',
    '1 cannot be read under the name that was given to them, and stay as they are:',
    expect.stringMatching(/^ {2}kauf: properties\.total: .*\(1\)$/),
  ])
  expect(JSON.parse((await run('--json')).said[0] ?? '')).toMatchObject({ looked_at: 1, changed: 0, unreadable: 1 })
  await expect(run('kauf')).rejects.toMatchObject({ code: 'bad_usage' })
})
