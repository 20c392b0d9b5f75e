import { hash } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import type { Claim, Decision } from '../../src/consent/decision.ts'
import { createDayOf } from '../../src/normalise/day.ts'
import { likenessOf } from '../../src/normalise/likeness.ts'
import { createSubjectHash } from '../../src/privacy/subject-hash.ts'
import type { CompletenessQuestion, QualityQuestion } from '../../src/reports/questions.ts'
import type { Arrival } from '../../src/sinks/arrival.ts'
import type {
  Delivery,
  EventFilter,
  EventRecord,
  QuarantineRecord,
  RejectedRecord,
  ReportedDrops,
  SinkRecord,
  Store,
} from '../../src/sinks/sink.ts'

// Opening a store on disk takes a while on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

export const project = 'default'
/** A secret for pseudonyms. */
export const subjectSecret = 'a secret for tests'
export const hashOf = createSubjectHash(subjectSecret)
const dayOf = createDayOf('UTC')
/** Days of every project. */
export const utcDays = () => dayOf
export const noon = Date.UTC(2026, 10, 21, 12)

let made = 0

/** What an event says about consent: everything granted, under no decision in particular. */
export const claimOf = (differs: Partial<Claim>): Claim => ({
  recordId: null,
  states: { analytics: 'granted', personalization: 'granted', marketing: 'granted' },
  decidedAt: null,
  version: null,
  source: null,
  voice: 'device',
  region: null,
  ...differs,
})

/** A stored event; say only what matters to the test. */
export function eventRecord(differs: Partial<EventRecord> = {}): EventRecord {
  made += 1
  const occurredAt = differs.occurredAt ?? noon
  return {
    kind: 'event',
    id: `0198f3a0-0000-7000-8000-${made.toString(16).padStart(12, '0')}`,
    contentHash: made.toString(16).padStart(16, '0'),
    name: 'product_viewed',
    originalName: 'product_viewed',
    occurredAt,
    day: dayOf(occurredAt),
    occurredAtDevice: occurredAt,
    timeCorrection: null,
    clockSkewMs: 12,
    seq: made,
    anonymousId: 'visitor-1',
    userId: null,
    traits: null,
    session: { id: 'session-1', index: 1 },
    page: { url: 'https://shop.example/p/1' },
    consent: { analytics: 'granted' },
    claim: claimOf({}),
    decision: null,
    properties: { product_id: 'A-1' },
    money: {},
    valuePath: null,
    channel: 'web',
    source: null,
    isServer: false,
    ip: '203.0.113.0',
    device: { type: 'desktop', browser: 'Firefox', os: 'Linux', inApp: null },
    bot: false,
    naturalKey: null,
    likeness: null,
    repairs: [],
    flags: [],
    countedSource: '',
    ...differs,
  }
}

const amount = (minor: number, currency = 'EUR') => ({
  minor,
  currency,
  baseMinor: currency === 'EUR' ? minor : null,
  baseCurrency: currency === 'EUR' ? 'EUR' : null,
  rateDate: null,
})

/** A completed order with its natural key. */
export const order = (key: string, minor: number, differs: Partial<EventRecord> = {}, currency = 'EUR'): EventRecord =>
  eventRecord({
    name: 'order_completed',
    originalName: 'purchase',
    properties: { order_id: key },
    money: { total: amount(minor, currency) },
    valuePath: 'total',
    naturalKey: hash('sha256', key, 'hex').slice(0, 32),
    ...differs,
  })

/** A click that other clicks may repeat. */
export function click(differs: Partial<EventRecord> = {}): EventRecord {
  const record = eventRecord({ name: 'product_clicked', properties: { product_id: 'A-1' }, ...differs })
  return { ...record, likeness: likenessOf({ ...record, properties: { ...record.properties } }) }
}

export const quarantineRecord = (raw: object, differs: Partial<QuarantineRecord> = {}): QuarantineRecord => ({
  kind: 'quarantine',
  code: 'missing_required',
  rule: null,
  detail: 'properties.order_id is missing',
  id: null,
  name: 'order_completed',
  source: null,
  raw: JSON.stringify(raw),
  rawHash: Buffer.from(JSON.stringify(raw)).toString('hex').padEnd(32, '0').slice(0, 32),
  context: { received_at: '2026-11-21T12:00:00.000Z' },
  arrival: null,
  bearer: { anonymousId: null, userId: null, claim: claimOf({}), purpose: 'analytics' },
  decision: null,
  countedSource: '',
  ...differs,
})

const rejected = (code: RejectedRecord['code'], differs: Partial<RejectedRecord> = {}): RejectedRecord => ({
  kind: 'rejected',
  code,
  arrival: null,
  bearer: null,
  countedSource: '',
  ...differs,
})

/** A numbered event of a visitor. */
const numbered = (anonymousId: string, seq: number | null, differs: Partial<EventRecord> = {}): EventRecord =>
  eventRecord({ anonymousId, seq, ...differs })

/** The number alone, as it comes with an event that is not stored. */
export const arrival = (anonymousId: string, seq: number, differs: Partial<Arrival> = {}): Arrival => {
  const at = differs.at ?? noon
  return { anonymousId, seq, at, day: dayOf(at), browser: 'Firefox', ...differs }
}

/** What the tracker of one visitor gave up. */
export const dropsOf = (key: string, counts: ReportedDrops['counts'], anonymousId: string | null = 'a'): ReportedDrops => ({
  key: Buffer.from(key).toString('hex').padEnd(32, '0'),
  counts,
  anonymousId,
  browser: 'Firefox',
})

export const delivery = (records: readonly SinkRecord[], differs: Partial<Delivery> = {}): Delivery => ({
  project,
  receivedAt: noon,
  receivedDay: '2026-11-21',
  records,
  drops: null,
  ...differs,
})

/** What every store does, whatever it is made of. `create` gives an open, empty one and sees to its end. */
export function sinkContract(create: () => Promise<Store>): void {
  const all = { limit: 500, after: 0 }
  const week = { project, from: '2026-11-15', to: '2026-11-21', timeZone: 'UTC', baseCurrency: 'EUR' }

  describe('storing', () => {
    test('an event comes back as it was stored', async () => {
      const store = await create()
      const record = order('A1', 4990, {
        userId: 'customer-1',
        traits: { plan: 'gold' },
        properties: { order_id: 'A1', note: '日本 <b>"quoted"</b> \u0000', deep: [{ x: null }] },
        repairs: [{ field: 'name', from: 'purchase', to: 'order_completed', rule: 'EN-ALIAS' }],
        flags: ['default_currency'],
        occurredAtDevice: '2026-11-21T12:00:00Z',
        timeCorrection: 'clock_skew',
      })
      expect(await store.commit(delivery([record]))).toEqual([{ kind: 'stored', duplicateOf: null }])

      const { rows, next } = await store.events({ project }, all)
      expect(next).toBeNull()
      expect(rows).toEqual([
        {
          id: record.id,
          name: 'order_completed',
          original_name: 'purchase',
          occurred_at: '2026-11-21T12:00:00.000Z',
          received_at: '2026-11-21T12:00:00.000Z',
          occurred_at_device: '2026-11-21T12:00:00Z',
          time_correction: 'clock_skew',
          clock_skew_ms: 12,
          seq: record.seq,
          anonymous_id: 'visitor-1',
          user_id: 'customer-1',
          traits: { plan: 'gold' },
          session: { id: 'session-1', index: 1 },
          page: { url: 'https://shop.example/p/1' },
          consent: { analytics: 'granted' },
          properties: record.properties,
          money: { total: { minor: 4990, currency: 'EUR', base_minor: 4990, base_currency: 'EUR', rate_date: null } },
          channel: 'web',
          source: null,
          ip: '203.0.113.0',
          device: { type: 'desktop', browser: 'Firefox', os: 'Linux', in_app: null },
          bot: false,
          duplicate_of: null,
          sources: ['web'],
          amounts_of: null,
          visit_of: null,
          quality: {
            status: 'flagged',
            repairs: [{ field: 'name', from: 'purchase', to: 'order_completed', rule: 'EN-ALIAS' }],
            flags: ['default_currency'],
          },
        },
      ])
    })

    test('an event without a visitor, a session, a page or a consent can be stored', async () => {
      const store = await create()
      const bare = eventRecord({
        anonymousId: null,
        session: null,
        page: null,
        consent: null,
        ip: null,
        seq: null,
        clockSkewMs: null,
        channel: null,
      })
      await store.commit(delivery([bare]))
      const { rows } = await store.events({ project }, all)
      expect(rows).toMatchObject([{ id: bare.id, anonymous_id: null, session: null, page: null, consent: null, ip: null }])
    })

    test('the same event delivered again is a duplicate and changes nothing', async () => {
      const store = await create()
      const record = eventRecord()
      await store.commit(delivery([record]))
      expect(await store.commit(delivery([record, record]))).toEqual([{ kind: 'duplicate' }, { kind: 'duplicate' }])
      expect((await store.events({ project }, all)).rows).toHaveLength(1)
      const { totals, verdicts } = await store.traffic(week)
      expect(totals.events).toBe(1)
      expect(verdicts).toEqual({ received: 3, accepted: 1, duplicate: 2, quarantined: 0, rejected: 0 })
    })

    test('the same id with other content is a conflict: the first stays, nothing is counted', async () => {
      const store = await create()
      const record = eventRecord({ properties: { product_id: 'first' } })
      await store.commit(delivery([record]))
      const other = { ...record, contentHash: 'ffffffffffffffff', properties: { product_id: 'second' } }
      expect(await store.commit(delivery([other]))).toEqual([{ kind: 'conflict' }])
      expect((await store.events({ project }, all)).rows).toMatchObject([{ properties: { product_id: 'first' } }])
      expect((await store.traffic(week)).verdicts.received).toBe(1)
    })

    test('two projects may use the same id', async () => {
      const store = await create()
      const record = eventRecord()
      await store.commit(delivery([record]))
      expect(await store.commit(delivery([record], { project: 'other' }))).toEqual([{ kind: 'stored', duplicateOf: null }])
      expect((await store.events({ project }, all)).rows).toHaveLength(1)
    })

    test('an order reported again under another id is kept, marked and counted once', async () => {
      const store = await create()
      const first = order('A1', 4990)
      const again = order('A1', 4990)
      const [fate, second] = await store.commit(delivery([first, again]))
      expect(fate).toEqual({ kind: 'stored', duplicateOf: null })
      expect(second).toEqual({ kind: 'stored', duplicateOf: first.id })
      const { rows } = await store.events({ project }, all)
      expect(rows.map(({ duplicate_of }) => duplicate_of)).toEqual([null, first.id])
      const { totals, excluded } = await store.traffic(week)
      expect(totals).toMatchObject({ orders: 1, revenue: { minor: 4990, currency: 'EUR' } })
      expect(excluded.duplicates).toBe(1)
    })

    test('an order reported again with another total is flagged', async () => {
      const store = await create()
      await store.commit(delivery([order('A1', 4990), order('A1', 9990, { flags: ['default_currency'] })]))
      const { rows } = await store.events({ project }, all)
      expect(rows.map(({ quality }) => quality.flags)).toEqual([[], ['default_currency', 'order_conflict']])
    })

    test('what the store itself flags is found as flagged', async () => {
      const store = await create()
      const [first, second] = [order('A1', 4990), order('A1', 9990)]
      await store.commit(delivery([first, second]))
      const found = async (quality: 'clean' | 'flagged') =>
        (await store.events({ project, quality }, all)).rows.map(({ id }) => id)
      expect([await found('clean'), await found('flagged')]).toEqual([[first.id], [second.id]])
    })

    test.each([
      [true, false],
      [false, true],
    ])("a bot's order is no other than the customer's, which counts", async (...bots) => {
      const store = await create()
      const reports = bots.map((bot) => order('A1', 4990, { bot }))
      const fates = await store.commit(delivery(reports))
      expect(fates).toEqual(bots.map(() => ({ kind: 'stored', duplicateOf: null })))
      const { totals, excluded } = await store.traffic(week)
      expect(totals).toMatchObject({ orders: 1, revenue: { minor: 4990 } })
      expect(excluded).toMatchObject({ bots: 1, duplicates: 0 })
    })

    test("a bot's order that comes again is marked, and counted as a bot's alone; the next is the first once that is erased", async () => {
      const store = await create()
      const bot = { bot: true }
      const [first, second] = [order('A1', 4990, { ...bot, anonymousId: 'b-1' }), order('A1', 9990, bot)]
      await store.commit(delivery([first, second, order('A1', 4990)]))
      const rows = async () =>
        (await store.events({ project }, all)).rows.map(({ duplicate_of, quality }) => [duplicate_of, quality.flags])
      expect(await rows()).toEqual([
        [null, []],
        [first.id, ['order_conflict']],
        [null, []],
      ])
      const { totals, excluded } = await store.traffic(week)
      expect(totals).toMatchObject({ orders: 1, revenue: { minor: 4990 } })
      expect(excluded).toMatchObject({ bots: 2, duplicates: 0 })
      await store.erase({ project, id: 'b-1', at: noon })
      expect(await rows()).toEqual([
        [null, []],
        [null, []],
      ])
      expect((await store.traffic(week)).excluded).toMatchObject({ bots: 1, duplicates: 0 })
    })

    test('an id conflict does not claim the order it names', async () => {
      const store = await create()
      const first = eventRecord()
      await store.commit(delivery([first]))
      await store.commit(delivery([{ ...order('A1', 4990), id: first.id }]))
      expect(await store.commit(delivery([order('A1', 4990)]))).toEqual([{ kind: 'stored', duplicateOf: null }])
    })

    const total = (minor: number) => ({ money: { total: amount(minor) }, valuePath: 'total' })
    const naming = (name: string, minor: number) => eventRecord({ name, naturalKey: 'ab'.repeat(16), ...total(minor) })

    test.each([
      { name: 'order_completed', expect: ['order_conflict'] },
      { name: 'order_refunded', expect: ['order_conflict'] },
      { name: 'pos_purchase_completed', expect: ['order_conflict'] },
      { name: 'checkout_started', expect: [] },
    ])('of two $name of one key with different totals the second is flagged $expect', async ({ name, expect: expected }) => {
      const store = await create()
      const first = naming(name, 100)
      await store.commit(delivery([first, naming(name, 200)]))
      const { rows } = await store.events({ project }, all)
      expect(rows.map(({ duplicate_of }) => duplicate_of)).toEqual([null, first.id])
      expect(rows[1]?.quality.flags).toEqual(expected)
    })

    describe('what says the same', () => {
      /** A view or a click; those with equal texts say the same. */
      const saying = (likeness: string, at: number, differs: Partial<EventRecord> = {}) =>
        eventRecord({
          name: 'product_clicked',
          likeness: Buffer.from(likeness).toString('hex').padEnd(16, '0').slice(0, 16),
          occurredAt: noon + at,
          ...differs,
        })
      const marks = async (store: Store) => {
        const { rows } = await store.events({ project }, all)
        const at = new Map(rows.map((row) => [row.id, Date.parse(row.occurred_at) - noon]))
        return Object.fromEntries(
          rows.map((row) => {
            expect(row.quality.flags).toEqual(row.duplicate_of === null ? [] : ['probable_duplicate'])
            return [at.get(row.id), row.duplicate_of === null ? null : at.get(row.duplicate_of)]
          }),
        )
      }

      test.each([
        { name: 'a double click', at: [0, 300], expect: { 0: null, 300: 0 } },
        { name: 'two clicks 2 s apart', at: [0, 2000], expect: { 0: null, 2000: 0 } },
        { name: 'two clicks more than 2 s apart', at: [0, 2001], expect: { 0: null, 2001: null } },
        { name: 'a row of clicks', at: [0, 1500, 3000], expect: { 0: null, 1500: 0, 3000: 1500 } },
        { name: 'the later one first', at: [300, 0], expect: { 0: null, 300: 0 } },
        { name: 'the one in between last', at: [0, 3000, 1500], expect: { 0: null, 1500: 0, 3000: 1500 } },
        { name: 'one that comes nearer', at: [0, 1500, 1000], expect: { 0: null, 1000: 0, 1500: 1000 } },
        { name: 'from one stretch of 10 s to the next', at: [-1, 1], expect: { [-1]: null, 1: -1 } },
        { name: 'the same, the later one first', at: [1, -1], expect: { [-1]: null, 1: -1 } },
      ])('$name', async ({ at, expect: expected }) => {
        const store = await create()
        for (const instant of at) await store.commit(delivery([saying('a', instant)]))
        expect(await marks(store)).toEqual(expected)
        const counted = Object.values(expected).filter((mark) => mark === null).length
        const { totals, excluded } = await store.traffic(week)
        expect({ events: totals.events, duplicates: excluded.duplicates }).toEqual({
          events: counted,
          duplicates: at.length - counted,
        })
        const { duplicates, flags } = await store.quality({ ...week, source: null })
        const probable = at.length - counted
        expect(duplicates).toEqual(probable === 0 ? [] : [{ kind: 'probable', events: probable }])
        expect(flags).toEqual(probable === 0 ? [] : [{ flag: 'probable_duplicate', events: probable }])
      })

      test('at one instant the first to come counts', async () => {
        const store = await create()
        const clicks = [saying('a', 0), saying('a', 0), saying('a', 0)]
        expect(await store.commit(delivery(clicks))).toEqual([
          { kind: 'stored', duplicateOf: null },
          { kind: 'stored', duplicateOf: clicks[0]?.id },
          { kind: 'stored', duplicateOf: clicks[1]?.id },
        ])
        expect((await store.traffic(week)).totals.events).toBe(1)
      })

      test('a view is repeated within 1 s', async () => {
        const store = await create()
        const view = (at: number, likeness: string) => saying(likeness, at, { name: 'product_viewed' })
        await store.commit(delivery([view(0, 'a'), view(1000, 'a'), view(0, 'b'), view(1001, 'b')]))
        expect((await store.traffic(week)).excluded.duplicates).toBe(1)
      })

      test('what says something else, what says nothing of the kind and other projects are left alone', async () => {
        const store = await create()
        await store.commit(delivery([saying('a', 0), saying('b', 1), eventRecord({ occurredAt: noon + 2 }), eventRecord()]))
        await store.commit(delivery([saying('a', 1)], { project: 'other' }))
        expect((await store.traffic(week)).excluded.duplicates).toBe(0)
      })

      test('what the ledger takes something from is compared no more: that would be a trace of it', async () => {
        const store = await create()
        const decision: Decision = {
          key: 'withdrawn',
          recordId: 'r-1',
          previousRecordId: null,
          subject: null,
          isBinding: false,
          voice: 'device',
          states: { analytics: 'denied', marketing: 'granted' },
          decidedAt: noon - 1,
          validUntil: null,
          version: null,
          region: null,
          device: 'mobile',
          about: {},
        }
        await store.commit(delivery([{ kind: 'decision', decision }]))
        const claim = claimOf({ recordId: 'r-1' })
        await store.commit(delivery([0, 1].map((at) => saying('a', at, { name: 'ad_viewed', claim }))))
        const { rows } = await store.events({ project }, all)
        expect(rows.map(({ duplicate_of }) => duplicate_of)).toEqual([null, null])
        await store.commit(delivery([0, 1].map((at) => saying('a', at, { name: 'ad_viewed' }))))
        expect((await store.traffic(week)).excluded.duplicates).toBe(1)
      })

      test('who is erased takes them along, and what is left stands as if they had never come', async () => {
        const store = await create()
        const own = { anonymousId: 'own', session: { id: 's-own' } }
        await store.commit(delivery([saying('a', 0, own), saying('a', 1, own), saying('b', 0), saying('b', 1)]))
        await store.erase({ project, id: 'own', at: noon + 5000 })
        expect(await marks(store)).toEqual({ 0: null, 1: 0 })
        const { totals, excluded } = await store.traffic(week)
        expect({ events: totals.events, duplicates: excluded.duplicates }).toEqual({ events: 1, duplicates: 1 })
      })
    })

    test('the tombstone of an id says when, and whether others use the device', async () => {
      const store = await create()
      const event = (id: string, anonymousId: string, userId: string) => eventRecord({ id, anonymousId, userId })
      await store.commit(
        delivery([
          event('00000000-0000-7000-8000-000000000001', 'shared', 'one'),
          event('00000000-0000-7000-8000-000000000002', 'shared', 'other'),
          event('00000000-0000-7000-8000-000000000003', 'own', 'one'),
        ]),
      )
      expect(await store.tombstoneOf(project, 'own')).toBeNull()
      await store.erase({ project, id: 'one', at: noon + 5000 })
      expect(await store.tombstoneOf(project, 'own')).toEqual({ erasedAt: noon + 5000, isShared: false })
      expect(await store.tombstoneOf(project, 'shared')).toEqual({ erasedAt: noon + 5000, isShared: true })
      expect(await store.tombstoneOf('another', 'own')).toBeNull()
    })

    test('quarantined events are found by the person that they name', async () => {
      const store = await create()
      const named = quarantineRecord({ user_id: 'u1', anonymous_id: 'a1' }, { rawHash: '1'.repeat(32) })
      const others = [
        quarantineRecord({ user_id: 'u2', anonymous_id: 'a2' }, { rawHash: '2'.repeat(32) }),
        quarantineRecord({ user_id: 7, properties: { user_id: 'u1' } }, { rawHash: '3'.repeat(32) }),
      ]
      await store.commit(delivery([named, ...others]))
      const found = async (filter: object) => (await store.quarantine({ project, ...filter }, all)).rows.map(({ raw }) => raw)
      expect(await found({ userId: 'u1' })).toEqual([{ user_id: 'u1', anonymous_id: 'a1' }])
      expect(await found({ anonymousId: 'a2' })).toEqual([{ user_id: 'u2', anonymous_id: 'a2' }])
      expect(await found({ userId: 'u1', anonymousId: 'a2' })).toEqual([])
      expect(await found({ userId: '7' })).toEqual([])
    })

    test('a quarantined event is kept once, however often it is delivered', async () => {
      const store = await create()
      const record = quarantineRecord({ name: 'order_completed', total: '?' }, { id: 'not-a-uuid' })
      expect(await store.commit(delivery([record]))).toEqual([{ kind: 'quarantined' }])
      expect(await store.commit(delivery([record]))).toEqual([{ kind: 'duplicate' }])
      expect(await store.quarantine({ project }, all)).toEqual({
        rows: [
          {
            key: record.rawHash,
            id: 'not-a-uuid',
            name: 'order_completed',
            received_at: '2026-11-21T12:00:00.000Z',
            status: 'quarantined',
            code: 'missing_required',
            rule: null,
            detail: 'properties.order_id is missing',
            source: null,
            raw: { name: 'order_completed', total: '?' },
            context: { received_at: '2026-11-21T12:00:00.000Z' },
            quality: { status: 'quarantined', repairs: [], flags: [] },
          },
        ],
        next: null,
      })
      expect((await store.events({ project }, all)).rows).toEqual([])
    })

    test('of a rejected event nothing is kept but a count', async () => {
      const store = await create()
      expect(await store.commit(delivery([rejected('consent_missing')]))).toEqual([{ kind: 'rejected' }])
      expect((await store.events({ project }, all)).rows).toEqual([])
      expect((await store.quarantine({ project }, all)).rows).toEqual([])
      expect((await store.traffic(week)).verdicts).toEqual({
        received: 1,
        accepted: 0,
        duplicate: 0,
        quarantined: 0,
        rejected: 1,
      })
    })

    test('an empty delivery is stored, too', async () => {
      const store = await create()
      expect(await store.commit(delivery([]))).toEqual([])
    })
  })

  describe('reading', () => {
    test('rows come oldest received first, page by page, each once', async () => {
      const store = await create()
      const records = Array.from({ length: 7 }, (_, index) => eventRecord({ occurredAt: noon - index * 1000 }))
      for (const record of records) await store.commit(delivery([record]))
      const seen: string[] = []
      let after: number | null = 0
      while (after !== null) {
        const page: Awaited<ReturnType<Store['events']>> = await store.events({ project }, { limit: 3, after })
        expect(page.rows.length).toBeLessThanOrEqual(3)
        seen.push(...page.rows.map(({ id }) => id))
        after = page.next
      }
      expect(seen).toEqual(records.map(({ id }) => id))
    })

    test('a full last page has nothing after it', async () => {
      const store = await create()
      await store.commit(delivery([eventRecord(), eventRecord()]))
      expect((await store.events({ project }, { limit: 2, after: 0 })).next).toBeNull()
    })

    test.each<{ by: string; filter: Partial<EventFilter>; expect: readonly string[] }>([
      { by: 'name', filter: { name: 'order_completed' }, expect: ['order'] },
      { by: 'user', filter: { userId: 'customer-1' }, expect: ['order', 'till'] },
      { by: 'visitor', filter: { anonymousId: 'visitor-1' }, expect: ['view', 'order', 'no session'] },
      { by: 'user and name', filter: { userId: 'customer-1', name: 'order_completed' }, expect: ['order'] },
      { by: 'start, inclusive', filter: { from: noon }, expect: ['order', 'till'] },
      { by: 'end, exclusive', filter: { to: noon }, expect: ['view', 'no session'] },
      { by: 'both', filter: { from: noon - 2000, to: noon }, expect: ['view'] },
      { by: 'another project', filter: { project: 'other' }, expect: [] },
      { by: 'a stranger', filter: { userId: 'visitor-1' }, expect: [] },
      { by: 'being clean', filter: { quality: 'clean' }, expect: ['view'] },
      { by: 'being repaired', filter: { quality: 'repaired' }, expect: ['order'] },
      { by: 'being flagged', filter: { quality: 'flagged' }, expect: ['till', 'no session'] },
      { by: 'being flagged, and time', filter: { quality: 'flagged', from: noon }, expect: ['till'] },
    ])('rows are found by $by', async ({ filter, expect: expected }) => {
      const store = await create()
      const repair = { field: 'name', from: 'pageview', to: 'page_viewed', rule: 'EN-ALIAS' }
      const records = {
        view: eventRecord({ occurredAt: noon - 1000 }),
        order: order('A1', 100, { userId: 'customer-1', repairs: [repair] }),
        till: eventRecord({
          anonymousId: null,
          userId: 'customer-1',
          session: null,
          occurredAt: noon + 1000,
          repairs: [repair],
          flags: ['rounded'],
        }),
        'no session': eventRecord({ session: null, occurredAt: noon - 60_000, flags: ['too_late'] }),
        stranger: eventRecord({ anonymousId: 'visitor-2', session: { id: 'session-2' }, occurredAt: noon - 100_000 }),
      }
      await store.commit(delivery(Object.values(records)))
      const { rows } = await store.events({ project, ...filter }, all)
      const names = new Map(Object.entries(records).map(([name, { id }]) => [id, name]))
      const found = rows.map(({ id }) => names.get(id)).filter((name) => name !== 'stranger')
      expect(found).toEqual(expected)
    })
  })

  describe('the traffic report', () => {
    test('an empty store answers zeros for every day', async () => {
      const store = await create()
      const answer = await store.traffic(week)
      expect(answer.days).toHaveLength(7)
      expect(answer.days.at(0)).toEqual({ day: '2026-11-15', events: 0, visitors: 0 })
      expect(answer.totals).toEqual({
        events: 0,
        visitors: 0,
        sessions: 0,
        orders: 0,
        revenue: { minor: 0, currency: 'EUR' },
        first_received_at: null,
        last_received_at: null,
      })
      expect(answer.verdicts).toEqual({ received: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 })
    })

    test('days, visitors, sessions, orders and what is left out add up', async () => {
      const store = await create()
      const day = 24 * 60 * 60 * 1000
      await store.commit(
        delivery([
          eventRecord({ anonymousId: 'a', session: { id: 's1' } }),
          eventRecord({ anonymousId: 'a', session: { id: 's1' }, occurredAt: noon - day }),
          eventRecord({ anonymousId: 'b', session: { id: 's2' } }),
          eventRecord({ anonymousId: null, session: null, userId: 'till-customer' }),
          eventRecord({ anonymousId: 'bot', session: { id: 's3' }, bot: true }),
          eventRecord({ anonymousId: 'old', session: { id: 's4' }, occurredAt: noon - 30 * day }),
          order('A1', 1000, { anonymousId: 'a', session: { id: 's1' } }),
          order('A2', 500, { anonymousId: 'b', session: { id: 's2' } }, 'USD'),
          rejected('gpc'),
        ]),
      )
      const answer = await store.traffic(week)
      expect(answer.days.slice(-2)).toEqual([
        { day: '2026-11-20', events: 1, visitors: 1 },
        { day: '2026-11-21', events: 5, visitors: 2 },
      ])
      expect(answer.totals).toEqual({
        events: 6,
        visitors: 2,
        sessions: 2,
        orders: 2,
        revenue: { minor: 1000, currency: 'EUR' },
        first_received_at: '2026-11-21T12:00:00.000Z',
        last_received_at: '2026-11-21T12:00:00.000Z',
      })
      expect(answer.excluded).toEqual({ bots: 1, duplicates: 0, orders_without_rate: 1 })
      expect(answer.verdicts).toEqual({ received: 9, accepted: 8, duplicate: 0, quarantined: 0, rejected: 1 })
    })

    test.each([
      { name: 'a bot', hidden: () => eventRecord({ anonymousId: 'b', session: { id: 's2' }, bot: true }) },
      { name: 'a repetition', hidden: () => order('A1', 1000, { anonymousId: 'b', session: { id: 's2' } }) },
    ])('a visitor whose first event of a visit is taken for $name counts with the next one', async ({ hidden }) => {
      const store = await create()
      await store.commit(delivery([order('A1', 1000, { anonymousId: 'a', session: { id: 's1' } })]))
      await store.commit(delivery([hidden(), eventRecord({ anonymousId: 'b', session: { id: 's2' } })]))
      expect((await store.traffic(week)).totals.visitors).toBe(2)
    })

    test('orders of impossible amounts neither keep the next order out nor the report from answering', async () => {
      const store = await create()
      const impossible = (sign: 1 | -1) =>
        Array.from({ length: 1100 }, (_, index) => order(`${sign === 1 ? 'a' : 'b'}${index}`, sign * Number.MAX_SAFE_INTEGER))
      for (const sign of [1, -1] as const) {
        for (let part = 0; part < 2; part += 1) await store.commit(delivery(impossible(sign).slice(part * 550, part * 550 + 550)))
        expect(await store.commit(delivery([order(sign === 1 ? 'c1' : 'c2', 4990)]))).toMatchObject([{ kind: 'stored' }])
        const { totals } = await store.traffic(week)
        expect(Number.isFinite(totals.revenue.minor)).toBe(true)
      }
      expect((await store.traffic(week)).totals.orders).toBe(2202)
    })

    test('a session that began before the period is not counted again', async () => {
      const store = await create()
      await store.commit(delivery([eventRecord({ occurredAt: noon })]))
      await store.commit(delivery([eventRecord({ occurredAt: Date.UTC(2026, 10, 14, 23, 59) })]))
      expect((await store.traffic(week)).totals.sessions).toBe(0)
    })
  })

  describe('the completeness report', () => {
    const day = 24 * 60 * 60 * 1000
    const ask = async (store: Store, differs: Partial<CompletenessQuestion> = {}) => {
      const answer = await store.completeness({ ...week, now: noon, ...differs })
      for (const { expected, received, missing, late, lost, lost_by_reason } of [answer.totals, ...answer.rows]) {
        expect(expected).toBe(received + missing)
        expect(missing).toBe(late + lost)
        expect(Object.values(lost_by_reason).reduce((sum, events) => sum + events, 0)).toBe(lost)
      }
      return answer
    }
    const visits = (seqs: readonly number[], differs: Partial<EventRecord> = {}, anonymousId = 'a') =>
      delivery(seqs.map((seq) => numbered(anonymousId, seq, differs)))

    test('an empty store expects nothing', async () => {
      const { totals, rows, excluded } = await ask(await create())
      const nothing = { expected: 0, received: 0, missing: 0, late: 0, lost: 0, lost_by_reason: {}, reported: {} }
      expect({ totals, rows, excluded }).toEqual({ totals: nothing, rows: [], excluded: { jumps: 0 } })
    })

    test.each([
      { name: 'nothing is missing', seqs: [[1, 2, 3]], received: 3, missing: 0 },
      { name: 'in any order', seqs: [[3], [1], [2]], received: 3, missing: 0 },
      { name: 'across batches', seqs: [[1, 2], [3, 4], [5]], received: 5, missing: 0 },
      {
        name: 'a number counts once',
        seqs: [
          [1, 2, 2],
          [2, 1],
        ],
        received: 2,
        missing: 0,
      },
      { name: 'a hole', seqs: [[1, 2, 5]], received: 3, missing: 2 },
      { name: 'a hole at the beginning', seqs: [[4]], received: 1, missing: 3 },
      { name: 'a hole that is filled', seqs: [[1, 5], [3], [2, 4]], received: 5, missing: 0 },
      {
        name: 'a hole that is partly filled',
        seqs: [
          [1, 9],
          [4, 5],
        ],
        received: 4,
        missing: 5,
      },
      { name: 'runs that grow together from both sides', seqs: [[2], [6], [3, 5], [4, 1]], received: 6, missing: 0 },
      {
        name: 'one batch over many runs',
        seqs: [
          [2, 4, 6, 8, 12],
          [3, 4, 5, 6, 7],
        ],
        received: 8,
        missing: 4,
      },
    ])('$name', async ({ seqs, received, missing }) => {
      const store = await create()
      for (const batch of seqs) await store.commit(visits(batch))
      expect((await ask(store)).totals).toMatchObject({ received, missing, expected: received + missing })
    })

    test('visitors and projects are counted apart, days and browsers have rows of their own', async () => {
      const store = await create()
      const chrome = { device: { type: 'desktop', browser: 'Chrome', os: null, inApp: null } }
      await store.commit(visits([1, 3], chrome))
      await store.commit(visits([1], { occurredAt: noon - day }, 'b'))
      await store.commit(visits([2], { device: { type: 'unknown', browser: null, os: null, inApp: null } }, 'c'))
      await store.commit(delivery([numbered('a', 7)], { project: 'other' }))
      const { rows, totals } = await ask(store)
      expect(rows).toMatchObject([
        { day: '2026-11-20', browser: 'Firefox', received: 1, missing: 0 },
        { day: '2026-11-21', browser: null, received: 1, missing: 1 },
        { day: '2026-11-21', browser: 'Chrome', received: 2, missing: 1 },
      ])
      expect(totals).toMatchObject({ received: 4, missing: 2 })
      expect((await ask(store, { project: 'other' })).totals).toMatchObject({ received: 1, missing: 6 })
    })

    test('a hole counts on the day of the next event that arrived, and moves when a nearer one comes', async () => {
      const store = await create()
      await store.commit(visits([1], { occurredAt: noon - 3 * day }))
      await store.commit(visits([5]))
      const yesterday = { to: '2026-11-20' }
      expect((await ask(store, yesterday)).totals.missing).toBe(0)
      await store.commit(visits([3], { occurredAt: noon - 2 * day }))
      expect((await ask(store, yesterday)).totals.missing).toBe(1)
      expect((await ask(store)).totals.missing).toBe(2)
    })

    test('what is missing is late for as long as a tracker may hold it, and lost afterwards', async () => {
      const store = await create()
      await store.commit(visits([2]))
      const hour = 60 * 60 * 1000
      expect((await ask(store, { now: noon + 7 * day + hour })).totals).toMatchObject({ late: 1, lost: 0, lost_by_reason: {} })
      expect((await ask(store, { now: noon + 7 * day + hour + 1 })).totals).toMatchObject({
        late: 0,
        lost: 1,
        lost_by_reason: { unknown: 1 },
      })
    })

    test("a tracker's report makes holes of its visitor lost at once, and gives the reason", async () => {
      const store = await create()
      await store.commit({ ...visits([5]), drops: dropsOf('1', { queue_full: 1, expired: 2, held_too_long: 7 }) })
      await store.commit(visits([3], {}, 'b'))
      const { totals } = await ask(store)
      expect(totals).toMatchObject({ late: 3, lost: 3, lost_by_reason: { expired: 2, queue_full: 1 } })
      expect(totals.reported).toEqual({ expired: 2, queue_full: 1, held_too_long: 7 })
    })

    test('a report explains no more than is missing', async () => {
      const store = await create()
      await store.commit({ ...visits([1, 3]), drops: dropsOf('1', { refused: 10 }) })
      expect((await ask(store)).totals).toMatchObject({ expected: 3, late: 0, lost: 1, lost_by_reason: { refused: 1 } })
    })

    test('what may have been given up before it was numbered names a reason, but not before the hole is old', async () => {
      const store = await create()
      await store.commit({ ...visits([3]), drops: dropsOf('1', { too_large: 1, other: 5 }) })
      expect((await ask(store)).totals).toMatchObject({ late: 2, lost: 0 })
      const later = await ask(store, { now: noon + 8 * day })
      expect(later.totals).toMatchObject({ late: 0, lost: 2, lost_by_reason: { too_large: 1, other: 1 } })
    })

    test('the oldest holes are explained first, whatever the period', async () => {
      const store = await create()
      await store.commit(visits([3], { occurredAt: noon - 6 * day }))
      await store.commit({ ...visits([5]), drops: dropsOf('1', { expired: 2 }) })
      expect((await ask(store, { from: '2026-11-21' })).totals).toMatchObject({ late: 1, lost: 0, reported: { expired: 2 } })
      expect((await ask(store)).totals).toMatchObject({ late: 1, lost: 2 })
    })

    test('each attempt of a batch reports the same drops: they count once, at their largest', async () => {
      const store = await create()
      const attempt = visits([1])
      for (const counts of [{ expired: 2 }, { expired: 2 }, { expired: 5, queue_full: 1 }]) {
        await store.commit({ ...attempt, drops: dropsOf('1', counts) })
      }
      await store.commit({ ...visits([2]), drops: dropsOf('2', { expired: 1 }, null) })
      const { totals, rows } = await ask(store)
      expect(totals.reported).toEqual({ expired: 6, queue_full: 1 })
      expect(rows).toMatchObject([{ browser: 'Firefox', received: 2 }])
    })

    test('an event that comes again with its number has arrived with it, and has it from then on', async () => {
      const store = await create()
      const first = numbered('a', null)
      await store.commit(delivery([first, numbered('a', 3)]))
      expect((await ask(store)).totals).toMatchObject({ received: 1, missing: 2 })
      expect(await store.commit(delivery([{ ...first, seq: 2 }]))).toEqual([{ kind: 'duplicate' }])
      expect((await ask(store)).totals).toMatchObject({ received: 2, missing: 1 })
      expect((await store.events({ project }, all)).rows[0]).toMatchObject({ id: first.id, seq: 2 })
      // Numbered anew from the spool after the queue had delivered it: both numbers were given, both have arrived.
      await store.commit(delivery([{ ...first, seq: 1 }]))
      expect((await ask(store)).totals).toMatchObject({ received: 3, missing: 0 })
      expect((await store.events({ project }, all)).rows[0]).toMatchObject({ id: first.id, seq: 2 })
    })

    test('the number of an event that is not stored has arrived', async () => {
      const store = await create()
      await store.commit(
        delivery([
          numbered('a', 4),
          quarantineRecord({ n: 1 }, { arrival: arrival('a', 1) }),
          quarantineRecord({ n: 1 }, { arrival: arrival('a', 2) }),
          rejected('gpc', { arrival: arrival('a', 3) }),
        ]),
      )
      expect((await ask(store)).totals).toMatchObject({ received: 4, missing: 0 })
    })

    test('an event without a visitor or a number is not expected', async () => {
      const store = await create()
      await store.commit(delivery([numbered('a', null), eventRecord({ anonymousId: null })]))
      expect((await ask(store)).totals.expected).toBe(0)
    })

    test('a number that nobody can have reached is no reason to miss the others', async () => {
      const store = await create()
      await store.commit(visits([1, 2, Number.MAX_SAFE_INTEGER]))
      await store.commit(visits([10_001], {}, 'b'))
      await store.commit(visits([10_002], {}, 'c'))
      const { totals, excluded } = await ask(store)
      expect(totals).toMatchObject({ received: 5, missing: 10_000 })
      expect(excluded).toEqual({ jumps: 2 })
    })
  })

  describe('the quality report', () => {
    const day = 24 * 60 * 60 * 1000
    const nothing = { received: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0, replayed: 0 }
    const ask = async (store: Store, differs: Partial<QualityQuestion> = {}) => {
      const answer = await store.quality({ ...week, source: null, ...differs })
      for (const figures of [answer.totals, ...answer.days]) {
        expect(figures.received).toBe(figures.accepted + figures.duplicate + figures.quarantined + figures.rejected)
      }
      return answer
    }

    test('an empty store has nothing to report', async () => {
      expect(await ask(await create())).toEqual({
        question: 'quality',
        from: week.from,
        to: week.to,
        time_zone: 'UTC',
        source: null,
        days: [],
        totals: nothing,
        repairs: [],
        flags: [],
        quarantine: [],
        rejected: [],
        duplicates: [],
        late: { live: 0, day: 0, week: 0, too_late: 0 },
        missing_rates: 0,
        currency: { own: 0, default: 0 },
        unknown_names: [],
        sources: [],
      })
    })

    test('everything that was received has one verdict, by day of receipt and source', async () => {
      const store = await create()
      const known = eventRecord({ countedSource: 'till' })
      await store.commit(delivery([known, eventRecord(), rejected('gpc')]))
      await store.commit(
        delivery([known, quarantineRecord({ n: 1 }, { countedSource: 'till' })], {
          receivedAt: noon + day,
          receivedDay: '2026-11-22',
        }),
      )
      const to = { to: '2026-11-22' }
      const { days, totals, sources } = await ask(store, to)
      expect(days).toEqual([
        { ...nothing, day: '2026-11-21', source: '', received: 2, accepted: 1, rejected: 1 },
        { ...nothing, day: '2026-11-21', source: 'till', received: 1, accepted: 1 },
        { ...nothing, day: '2026-11-22', source: 'till', received: 2, duplicate: 1, quarantined: 1 },
      ])
      expect(totals).toEqual({ ...nothing, received: 5, accepted: 2, duplicate: 1, quarantined: 1, rejected: 1 })
      expect(sources).toEqual([
        { source: '', received: 2, quarantined: 0, last_seen: '2026-11-21T12:00:00.000Z' },
        { source: 'till', received: 3, quarantined: 1, last_seen: '2026-11-22T12:00:00.000Z' },
      ])
      const till = await ask(store, { ...to, source: 'till' })
      expect(till.days.map((row) => row.source)).toEqual(['till', 'till'])
      expect(till.sources.map((row) => row.source)).toEqual(['till'])
      expect((await ask(store, { ...to, source: '' })).totals.received).toBe(2)
      // A silent source stays in sight.
      expect((await ask(store, { from: '2026-11-22', ...to })).sources.map(({ received }) => received)).toEqual([0, 2])
      expect((await ask(store, { project: 'other' })).sources).toEqual([])
    })

    test('repairs, flags, lateness and currencies are those of stored events, each event once', async () => {
      const store = await create()
      const repaired = eventRecord({
        repairs: [
          { field: 'name', from: 'a', to: 'b', rule: 'EN-ALIAS' },
          { field: 'properties.x', from: 'a', to: 'b', rule: 'PN-FORM' },
          { field: 'properties.y', from: 'a', to: 'b', rule: 'PN-FORM' },
        ],
        flags: ['bad_property'],
        occurredAt: noon - 2 * day,
      })
      const unpriced = order('A1', 100, { flags: ['missing_rate', 'bad_property'] }, 'USD')
      await store.commit(delivery([repaired, repaired, unpriced, order('A2', 100, { flags: ['default_currency'] })]))
      const answer = await ask(store)
      expect(answer.repairs).toEqual([
        { rule: 'EN-ALIAS', events: 1 },
        { rule: 'PN-FORM', events: 1 },
      ])
      expect(answer.flags).toEqual([
        { flag: 'bad_property', events: 2 },
        { flag: 'default_currency', events: 1 },
        { flag: 'missing_rate', events: 1 },
      ])
      expect(answer).toMatchObject({
        late: { live: 2, day: 0, week: 1, too_late: 0 },
        missing_rates: 1,
        currency: { own: 1, default: 1 },
        duplicates: [{ kind: 'same_id', events: 1 }],
      })
    })

    test('an order that is reported again is told from one that contradicts it', async () => {
      const store = await create()
      await store.commit(delivery([order('A1', 100), order('A1', 100), order('A1', 200)]))
      expect((await ask(store)).duplicates).toEqual([
        { kind: 'business_key', events: 1 },
        { kind: 'order_conflict', events: 1 },
      ])
    })

    test('what is refused is counted by code and rule, with the newest examples of what is kept', async () => {
      const store = await create()
      const refused = Array.from({ length: 5 }, (_, n) => quarantineRecord({ n }, { rawHash: String(n).repeat(32) }))
      const byRule = quarantineRecord({ n: 'rule' }, { code: 'bad_time', rule: 'DT-AMBIGUOUS', rawHash: 'a'.repeat(32) })
      await store.commit(delivery([...refused, byRule, rejected('gpc'), rejected('consent_missing'), rejected('gpc')]))
      const { quarantine, rejected: codes } = await ask(store)
      expect(quarantine).toMatchObject([
        { code: 'missing_required', rule: '', events: 5 },
        { code: 'bad_time', rule: 'DT-AMBIGUOUS', events: 1, examples: [{ key: 'a'.repeat(32) }] },
      ])
      expect(quarantine[0]?.examples).toEqual(
        ['4', '3', '2'].map((n) => ({
          key: n.repeat(32),
          name: 'order_completed',
          detail: 'properties.order_id is missing',
          received_at: '2026-11-21T12:00:00.000Z',
        })),
      )
      expect(codes).toEqual([
        { code: 'gpc', events: 2 },
        { code: 'consent_missing', events: 1 },
      ])
    })

    test('names that the catalogue does not know come with a guess, the most frequent first', async () => {
      const store = await create()
      const named = (name: string, differs: Partial<EventRecord> = {}) => eventRecord({ name, originalName: name, ...differs })
      await store.commit(
        delivery([
          eventRecord(),
          named('order_compl'),
          named('qqq'),
          named('qqq'),
          named('of_another_week', { occurredAt: noon - 30 * day }),
          named('of_a_bot', { bot: true }),
        ]),
      )
      await store.commit(delivery([named('qqq')], { receivedAt: noon + 60_000 }))
      await store.register(project, { kind: 'set alias', from: 'qqq', to: 'page_viewed', at: noon })
      const common = { first_seen: '2026-11-21T12:00:00.000Z', last_seen: '2026-11-21T12:00:00.000Z' }
      expect((await ask(store)).unknown_names).toEqual([
        { ...common, name: 'qqq', events: 3, last_seen: '2026-11-21T12:01:00.000Z', suggestion: null, alias: 'page_viewed' },
        { ...common, name: 'order_compl', events: 1, suggestion: 'order_completed', alias: null },
      ])
    })

    test('of very many unknown names the 20 most frequent are listed', async () => {
      const store = await create()
      const names = Array.from({ length: 25 }, (_, index) => `name_${String(index).padStart(2, '0')}`)
      await store.commit(delivery([...names, 'name_24'].map((name) => eventRecord({ name }))))
      const listed = (await ask(store)).unknown_names.map(({ name }) => name)
      expect(listed).toEqual(['name_24', ...names.slice(0, 19)])
    })
  })

  describe('its life', () => {
    test('it can be probed', async () => {
      const store = await create()
      await expect(store.probe()).resolves.toBeUndefined()
      expect(store.lag()).toEqual({ waitingEvents: 0, waitingBytes: 0, oldestMs: 0 })
    })

    test('what was being stored when it was closed is stored; what comes later is refused', async () => {
      const store = await create()
      const underWay = store.commit(delivery([eventRecord()]))
      const closed = store.close()
      await expect(underWay).resolves.toEqual([{ kind: 'stored', duplicateOf: null }])
      await expect(store.commit(delivery([eventRecord()]))).rejects.toMatchObject({ code: 'closing' })
      await expect(store.probe()).rejects.toMatchObject({ code: 'closing' })
      await closed
      await expect(store.close()).resolves.toBeUndefined()
    })
  })
}
