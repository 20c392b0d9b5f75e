import { describe, expect, test, vi } from 'vitest'
import type { Decision } from '../../src/consent/decision.ts'
import {
  maxPageText,
  type QuarantineFilter,
  quarantineBytes,
  type Replayed,
  type ReplayFate,
} from '../../src/sinks/quarantine.ts'
import type { EventRecord, QuarantineRecord, RejectedRecord, SinkRecord, Store } from '../../src/sinks/sink.ts'
import { claimOf, delivery, eventRecord, noon, order, project, quarantineRecord } from './sink.contract.ts'

// Opening a store on disk takes a while on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const all = { limit: 500, after: 0 }
const day = { project, from: '2026-11-21', to: '2026-11-21', timeZone: 'UTC' }
const later = noon + 3 * 86_400_000

/** A row of the quarantine; two digits tell it from others. */
const row = (digits: string, differs: Partial<QuarantineRecord> = {}, raw: object = { n: digits }): QuarantineRecord =>
  quarantineRecord(raw, {
    rawHash: digits.repeat(16),
    code: 'bad_time',
    rule: 'DT-NUM-ORDER',
    detail: 'occurred_at has more than one reading (DT-NUM-ORDER)',
    ...differs,
  })

const again = (
  { rawHash }: QuarantineRecord,
  record: EventRecord | QuarantineRecord | RejectedRecord,
  differs: Partial<Replayed> = {},
): Replayed => ({ key: rawHash, receivedAt: noon, record, isPatched: false, ...differs })

const replayed = (store: Store, rows: readonly Replayed[], isDryRun = false): Promise<readonly ReplayFate[]> =>
  store.replay({ project, at: later, isDryRun, rows })

const keysIn = async (store: Store, filter: Partial<QuarantineFilter> = {}): Promise<readonly string[]> =>
  (await store.quarantine({ project, ...filter }, all)).rows.map(({ key }) => key.slice(0, 2))

const idsIn = async (store: Store): Promise<readonly string[]> => (await store.events({ project }, all)).rows.map(({ id }) => id)

/** Everything that a replay could change. */
async function stateOf(store: Store) {
  const { rows: events } = await store.events({ project }, all)
  return {
    events,
    quarantine: (await store.quarantine({ project }, all)).rows,
    traffic: await store.traffic({ ...day, baseCurrency: 'EUR' }),
    completeness: await store.completeness({ ...day, now: noon }),
    quality: await store.quality({ ...day, source: null }),
    consent: await store.consent(day),
    subject: await store.subject({ project, id: 'visitor-1', limit: 100, after: null }),
  }
}

async function accounts(store: Store) {
  const { totals } = await store.quality({ ...day, source: null })
  expect(totals.received).toBe(totals.accepted + totals.duplicate + totals.quarantined + totals.rejected)
  return totals
}

const refused: RejectedRecord = { kind: 'rejected', code: 'gpc', arrival: null, bearer: null, countedSource: '' }

/** What every store does with what it keeps aside. `create` gives an open, empty one and sees to its end. */
export function quarantineContract(create: () => Promise<Store>): void {
  const withRows = async (...records: readonly SinkRecord[]): Promise<Store> => {
    const store = await create()
    await store.commit(delivery(records))
    return store
  }

  describe('a quarantine that has only so much room', () => {
    const room = (rows: number): number => rows * quarantineBytes(JSON.stringify({ n: 'a1' }), '{}')
    const fatesOf = async (store: Store, rows: readonly SinkRecord[], maxQuarantineBytes: number, of = project) =>
      (await store.commit(delivery(rows, { maxQuarantineBytes, project: of }))).map(({ kind }) => kind)
    const bare = (digits: string): QuarantineRecord => row(digits, { context: {} })

    test('keeps what there is room for; the rest is rejected, and counted as such', async () => {
      const store = await create()
      const records = ['a1', 'b2', 'c3'].map(bare)
      expect(await fatesOf(store, records, room(2))).toEqual(['quarantined', 'quarantined', 'rejected'])
      const [fate] = await store.commit(delivery([bare('d4')], { maxQuarantineBytes: room(2) }))
      expect(fate).toMatchObject({ kind: 'rejected', because: { code: 'quarantine_full' } })
      expect(await keysIn(store)).toEqual(['a1', 'b2'])
      expect(await accounts(store)).toMatchObject({ received: 4, quarantined: 2, rejected: 2 })
    })

    test('knows what it has when that comes again', async () => {
      const store = await create()
      await fatesOf(store, [bare('a1')], room(1))
      expect(await fatesOf(store, [bare('a1'), bare('b2')], room(1))).toEqual(['duplicate', 'rejected'])
    })

    test('has what it holds for all, and for each delivery what that one may fill', async () => {
      const store = await create()
      expect(await fatesOf(store, [bare('a1'), bare('b2')], room(1))).toEqual(['quarantined', 'rejected'])
      expect(await fatesOf(store, [bare('b2'), bare('c3'), bare('d4')], room(3))).toEqual(
        Array(2).fill('quarantined').concat('rejected'),
      )
      expect(await fatesOf(store, [bare('e5')], room(1))).toEqual(['rejected'])
    })

    test('is one for each project, and takes nothing from events', async () => {
      const store = await create()
      await fatesOf(store, [bare('a1')], room(1))
      expect(await fatesOf(store, [bare('a1')], room(1), 'other')).toEqual(['quarantined'])
      expect(await fatesOf(store, [eventRecord(), bare('b2')], room(1))).toEqual(['stored', 'rejected'])
    })

    test.each([
      { way: 'was purged', remove: (store: Store) => store.purge({ project, keys: ['a1'.repeat(16)] }) },
      { way: 'was replayed', remove: (store: Store) => replayed(store, [again(bare('a1'), eventRecord())]) },
      { way: 'was erased', remove: (store: Store) => store.erase({ project, id: 'somebody', at: later }) },
    ])('has room again when something $way', async ({ remove }) => {
      const store = await create()
      const theirs = row('a1', { context: {} }, { anonymous_id: 'somebody' })
      const full = quarantineBytes(theirs.raw, '{}')
      expect(await fatesOf(store, [theirs, bare('b2')], full)).toEqual(['quarantined', 'rejected'])
      await remove(store)
      expect(await fatesOf(store, [bare('b2'), bare('c3')], full)).toEqual(['quarantined', 'rejected'])
    })
  })

  describe('rows of the quarantine', () => {
    test('are found by what they are', async () => {
      const store = await withRows(
        row('a1', { source: 'till' }),
        row('b2', { rule: 'DT-YEAR2' }),
        row('c3', { source: 'till', code: 'bad_money', rule: null, name: 'refund' }),
      )
      await store.commit(delivery([row('a1')], { project: 'other' }))
      const filters: Readonly<Record<string, Partial<QuarantineFilter>>> = {
        nothing: {},
        'a code': { code: 'bad_time' },
        'a rule': { rule: 'DT-NUM-ORDER' },
        'no rule': { rule: '' },
        'a source': { source: 'till' },
        'no source': { source: '' },
        keys: { keys: ['c3'.repeat(16), 'a1'.repeat(16), 'ff'.repeat(16)] },
        'no keys': { keys: [] },
        'a name': { name: 'refund' },
        'the begin of receipt, inclusive': { from: noon },
        'the begin of receipt, later': { from: noon + 1 },
        'the end of receipt, exclusive': { to: noon },
        'the end of receipt, later': { to: noon + 1 },
        'all of it': { code: 'bad_money', source: 'till', name: 'refund', rule: '' },
        'what would be SQL': { source: "till' OR 1=1 --" },
      }
      const found = new Map<string, string>()
      for (const [by, filter] of Object.entries(filters)) found.set(by, (await keysIn(store, filter)).join(' '))
      expect(Object.fromEntries(found)).toEqual({
        nothing: 'a1 b2 c3',
        'a code': 'a1 b2',
        'a rule': 'a1',
        'no rule': 'c3',
        'a source': 'a1 c3',
        'no source': 'b2',
        keys: 'a1 c3',
        'no keys': '',
        'a name': 'c3',
        'the begin of receipt, inclusive': 'a1 b2 c3',
        'the begin of receipt, later': '',
        'the end of receipt, exclusive': '',
        'the end of receipt, later': 'a1 b2 c3',
        'all of it': 'c3',
        'what would be SQL': '',
      })
    })

    test('can be read as they are kept, to the letter', async () => {
      const raw = '{"name":"x","__proto__":{"a":1},"n":1e21,"text":"\\u0000 \\ud800 日本"}'
      const kept = { ...row('a1', { id: 'no uuid', name: 'x', source: 'till', context: { received_at: 'then', a: [1] } }), raw }
      const store = await withRows(kept)
      const { code, rule, detail } = kept
      expect(await store.quarantined({ project }, all)).toEqual({
        rows: [
          {
            key: 'a1'.repeat(16),
            ...{ id: 'no uuid', name: 'x', source: 'till', receivedAt: noon, code, rule, detail, raw },
            context: '{"received_at":"then","a":[1]}',
          },
        ],
        next: null,
      })
    })

    test.each(['quarantine', 'quarantined'] as const)('long ones come few at a time, each once: %s', async (read) => {
      const text = 'x'.repeat(maxPageText / 2)
      const digits = ['a1', 'b2', 'c3', 'd4', 'e5']
      const store = await withRows(...digits.map((two) => row(two, {}, { text, two })))
      const pages: string[][] = []
      for (let after: number | null = 0; after !== null; ) {
        const page: { rows: readonly { key: string }[]; next: number | null } = await store[read](
          { project },
          { limit: 4, after },
        )
        pages.push(page.rows.map(({ key }) => key.slice(0, 2)))
        after = page.next
      }
      expect(pages).toEqual([['a1', 'b2'], ['c3', 'd4'], ['e5']])
    })

    test('name no source when their visitor agrees to nothing: a page can write there whatever it likes', async () => {
      const store = await create()
      const claim = claimOf({ recordId: 'r1' })
      const decision: Decision = {
        ...{ key: 'k', recordId: 'r2', previousRecordId: 'r1', subject: null, isBinding: true, voice: 'device' },
        states: { analytics: 'denied', personalization: 'denied', marketing: 'denied' },
        ...{ decidedAt: noon, validUntil: null, version: null, region: null, device: 'desktop', about: {} },
      }
      const bearer = { anonymousId: 'v', userId: null, claim, purpose: 'necessary' } as const
      const kept = row(
        'a1',
        { source: 'anna@example.com', bearer },
        { source: 'anna@example.com', consent: {}, anonymous_id: 'v' },
      )
      await store.commit(delivery([{ kind: 'decision', decision }, kept]))
      expect((await store.quarantine({ project }, all)).rows).toMatchObject([
        { source: null, raw: { consent: { analytics: 'denied' } } },
      ])
      expect(JSON.stringify(await store.quarantined({ project }, all))).not.toContain('anna')
    })

    test('stay where they are while others go', async () => {
      const rows = ['a1', 'b2', 'c3', 'd4'].map((two) => row(two))
      const store = await withRows(...rows)
      const { next } = await store.quarantine({ project }, { limit: 2, after: 0 })
      await store.purge({ project, keys: [rows[0]?.rawHash ?? ''] })
      const rest = await store.quarantine({ project }, { limit: 5, after: next ?? 0 })
      expect(rest.rows.map(({ key }) => key.slice(0, 2))).toEqual(['c3', 'd4'])
    })
  })

  describe('a replay', () => {
    test('brings the event in, takes the row away, and moves its verdict on the day of receipt', async () => {
      const kept = row('a1', { countedSource: 'till' })
      const store = await withRows(kept, row('b2', { countedSource: 'till' }))
      const event = order('A1', 4990, { countedSource: 'somewhere else' })
      expect(await replayed(store, [again(kept, event)])).toEqual([{ kind: 'stored', duplicateOf: null }])

      expect(await idsIn(store)).toEqual([event.id])
      expect((await store.events({ project }, all)).rows).toMatchObject([{ received_at: '2026-11-21T12:00:00.000Z' }])
      expect(await keysIn(store)).toEqual(['b2'])
      const { days, quarantine } = await store.quality({ ...day, source: null })
      expect(days).toEqual([
        { day: '2026-11-21', source: 'till', received: 2, accepted: 1, duplicate: 0, quarantined: 1, rejected: 0, replayed: 1 },
      ])
      expect(quarantine).toMatchObject([{ code: 'bad_time', rule: 'DT-NUM-ORDER', events: 1 }])
      expect((await store.quality({ ...day, source: 'till' })).late).toMatchObject({ live: 1 })
      const { totals, verdicts } = await store.traffic({ ...day, baseCurrency: 'EUR' })
      expect(totals).toMatchObject({ orders: 1, revenue: { minor: 4990 } })
      expect(verdicts).toMatchObject({ received: 2, accepted: 1, quarantined: 1 })
    })

    test('of the last row of a kind leaves no count of nothing behind', async () => {
      const kept = row('a1')
      const store = await withRows(kept)
      await replayed(store, [again(kept, eventRecord())])
      expect((await store.quality({ ...day, source: null })).quarantine).toEqual([])
    })

    test('repeated changes nothing', async () => {
      const kept = row('a1')
      const store = await withRows(kept)
      const rows = [again(kept, eventRecord())]
      await replayed(store, rows)
      const before = await stateOf(store)
      expect(await replayed(store, rows)).toEqual([{ kind: 'gone' }])
      expect(await stateOf(store)).toEqual(before)
    })

    test('of an event that is stored already takes the row away, as a duplicate', async () => {
      const event = eventRecord()
      const kept = row('a1')
      const store = await withRows(event, kept)
      expect(await replayed(store, [again(kept, event)])).toEqual([{ kind: 'duplicate' }])
      expect(await idsIn(store)).toEqual([event.id])
      expect(await keysIn(store)).toEqual([])
      expect(await accounts(store)).toMatchObject({ received: 2, accepted: 1, duplicate: 1, quarantined: 0, replayed: 1 })
    })

    test('of an event whose id another one has leaves the row, which says so', async () => {
      const event = eventRecord()
      const kept = row('a1')
      const store = await withRows(event, kept)
      const other = { ...eventRecord({ name: 'other' }), id: event.id }
      expect(await replayed(store, [again(kept, other)])).toMatchObject([
        { kind: 'quarantined', because: { code: 'id_conflict' } },
      ])
      expect((await store.quarantine({ project }, all)).rows).toMatchObject([{ code: 'id_conflict', rule: null }])
      expect(await accounts(store)).toMatchObject({ received: 2, accepted: 1, quarantined: 1, replayed: 0 })
      const { quarantine } = await store.quality({ ...day, source: null })
      expect(quarantine).toMatchObject([{ code: 'id_conflict', rule: '', events: 1 }])
    })

    test('of two events with one id takes the first', async () => {
      const [one, two] = [row('a1'), row('b2')]
      const store = await withRows(one, two)
      const event = eventRecord()
      const fates = await replayed(store, [again(one, event), again(two, { ...event, contentHash: 'f'.repeat(16) })])
      expect(fates).toMatchObject([{ kind: 'stored' }, { kind: 'quarantined', because: { code: 'id_conflict' } }])
      expect(await keysIn(store)).toEqual(['b2'])
    })

    test('of an order that was reported again meanwhile is marked and counted once', async () => {
      const kept = row('a1')
      const first = order('A1', 4990)
      const store = await withRows(first, kept)
      expect(await replayed(store, [again(kept, order('A1', 4990))])).toEqual([{ kind: 'stored', duplicateOf: first.id }])
      expect((await store.traffic({ ...day, baseCurrency: 'EUR' })).totals.orders).toBe(1)
      expect(await accounts(store)).toMatchObject({ received: 2, accepted: 2, quarantined: 0 })
    })

    test('of an order whose first report has aged out, while another has not, is not counted once more', async () => {
      const kept = row('a1')
      const [first, copy] = [order('A1', 4990), order('A1', 4990, { isServer: true })]
      const store = await create()
      await store.commit(delivery([first], { receivedAt: noon - 86_400_000, receivedDay: '2026-11-20' }))
      await store.commit(delivery([copy, kept]))
      await store.retain([{ project, cutoffs: { necessary: noon, analytics: noon } }])
      expect(await replayed(store, [again(kept, order('A1', 4990))])).toEqual([{ kind: 'stored', duplicateOf: first.id }])
      const { totals, excluded } = await store.traffic({ ...day, baseCurrency: 'EUR' })
      expect({ orders: totals.orders, revenue: totals.revenue.minor, ...excluded }).toMatchObject({
        ...{ orders: 1, revenue: 4990, duplicates: 2 },
      })
    })

    test('of what fails again leaves the row as it was, with the new reason', async () => {
      const kept = row('a1', { detail: 'before' }, { total: '1.299', text: 'kept' })
      const store = await withRows(kept)
      const [before] = (await store.quarantined({ project }, all)).rows
      const failed = row('ff', { code: 'ambiguous_money', rule: 'MN-THREE', detail: 'after' }, { other: 'raw' })
      expect(await replayed(store, [again(kept, failed)])).toEqual([{ kind: 'quarantined', because: null }])
      const [after] = (await store.quarantined({ project }, all)).rows
      expect(after).toEqual({ ...before, code: 'ambiguous_money', rule: 'MN-THREE', detail: 'after' })
      expect(await accounts(store)).toMatchObject({ received: 1, quarantined: 1, replayed: 0 })
      const { quarantine } = await store.quality({ ...day, source: null })
      expect(quarantine.map(({ code, rule, events }) => ({ code, rule, events }))).toEqual([
        { code: 'ambiguous_money', rule: 'MN-THREE', events: 1 },
      ])
    })

    test('of what may not be kept any more leaves nothing but a count', async () => {
      const kept = row('a1')
      const store = await withRows(kept)
      expect(await replayed(store, [again(kept, refused)])).toEqual([{ kind: 'rejected', because: null }])
      expect(await keysIn(store)).toEqual([])
      expect(await accounts(store)).toMatchObject({ received: 1, quarantined: 0, rejected: 1, replayed: 1 })
      expect((await store.quality({ ...day, source: null })).rejected).toEqual([{ code: 'gpc', events: 1 }])
    })

    test('of an event whose consent was taken back meanwhile is refused', async () => {
      const claim = claimOf({ recordId: 'r1', decidedAt: noon })
      const bearer = { anonymousId: 'visitor-1', userId: null, claim, purpose: 'analytics' } as const
      const kept = [row('a1', { bearer }), row('b2', { bearer })] as const
      const store = await withRows(...kept)
      const decision: Decision = {
        ...{ key: 'k', recordId: 'r2', previousRecordId: 'r1', subject: 'visitor-1', isBinding: true, voice: 'device' },
        states: { analytics: 'denied' },
        ...{ decidedAt: later, validUntil: null, version: null, region: null, device: 'desktop', about: {} },
      }
      await store.commit(delivery([{ kind: 'decision', decision }], { receivedAt: later, receivedDay: '2026-11-24' }))
      const fates = await replayed(store, [
        again(kept[0], eventRecord({ claim: { ...claim } })),
        again(kept[1], row('b2', { bearer: { ...bearer, claim: { ...claim } } })),
      ])
      expect(fates).toMatchObject(Array(2).fill({ kind: 'rejected', because: { code: 'consent_withdrawn' } }))
      expect([await idsIn(store), await keysIn(store)]).toEqual([[], []])
      expect(await accounts(store)).toMatchObject({ received: 2, rejected: 2, quarantined: 0 })
    })

    test('brings nobody back who was erased', async () => {
      const kept = row('a1', {}, { anonymous_id: 'visitor-1', user_id: 'customer-1' })
      const nameless = row('b2')
      const store = await withRows(kept, nameless)
      await store.erase({ project, id: 'customer-1', at: later })
      const event = (): EventRecord => eventRecord({ userId: 'customer-1' })
      const fates = await replayed(store, [again(kept, event()), again(nameless, event())])
      expect(fates).toMatchObject([{ kind: 'gone' }, { kind: 'rejected', because: { code: 'erased' } }])
      expect([await idsIn(store), await keysIn(store)]).toEqual([[], []])
    })

    test('enters no number again: it had arrived', async () => {
      const kept = row('a1', { arrival: { anonymousId: 'visitor-1', seq: 1, at: noon, day: '2026-11-21', browser: 'Firefox' } })
      const store = await withRows(kept)
      await replayed(store, [again(kept, eventRecord({ seq: 1 }))])
      expect((await store.completeness({ ...day, now: noon })).totals).toMatchObject({ received: 1, missing: 0 })
    })

    test.each([
      { what: 'stays in the quarantine', record: row('ff', { code: 'bad_money', rule: null }) },
      { what: 'is refused', record: refused },
      { what: 'is refused by the ledger', record: eventRecord({ claim: claimOf({ states: {} }) }) },
    ])('with a patch that $what changes nothing', async ({ record }) => {
      const kept = row('a1')
      const store = await withRows(kept)
      const before = await stateOf(store)
      expect(await replayed(store, [again(kept, record, { isPatched: true })])).toMatchObject([{ kind: 'quarantined' }])
      expect(await stateOf(store)).toEqual(before)
    })

    test('with a patch brings the event in', async () => {
      const kept = row('a1')
      const store = await withRows(kept)
      expect(await replayed(store, [again(kept, eventRecord(), { isPatched: true })])).toMatchObject([{ kind: 'stored' }])
      expect(await keysIn(store)).toEqual([])
    })

    test('forgets that two ids belong together when nothing is left that says so', async () => {
      const ids = { anonymous_id: 'device-9', user_id: 'customer-9' }
      const [one, two] = [row('a1', {}, { ...ids, n: 1 }), row('b2', {}, { ...ids, n: 2 })]
      const store = await withRows(one, two)
      const known = async () => (await store.subject({ project, id: 'customer-9', limit: 9, after: null })).known.devices.length
      await replayed(store, [again(one, refused)])
      expect(await known()).toBe(1)
      await replayed(store, [again(two, refused)])
      expect(await known()).toBe(0)
    })

    test('keeps together what the event that it brings in says', async () => {
      const kept = row('a1', {}, { anonymous_id: 'device-9', user_id: 'customer-9' })
      const store = await withRows(kept)
      await replayed(store, [again(kept, eventRecord({ anonymousId: 'device-9', userId: 'customer-9' }))])
      const { known } = await store.subject({ project, id: 'customer-9', limit: 9, after: null })
      expect(known).toMatchObject({ users: ['customer-9'], devices: [{ id: 'device-9' }] })
    })

    test('that is only tried says what would become of each row, and changes nothing', async () => {
      const stored = eventRecord()
      const claim = claimOf({ recordId: 'r9' })
      const rows = ['a1', 'b2', 'c3', 'd4', 'e5', 'f6', 'a7', 'b8'].map((two) => row(two))
      const store = await withRows(stored, ...rows)
      const at = (index: number): QuarantineRecord => rows[index] ?? row('99')
      const fresh = eventRecord({ claim })
      const asked: readonly Replayed[] = [
        again(at(0), fresh),
        again(at(0), fresh),
        again(at(1), stored),
        again(at(2), { ...stored, contentHash: 'f'.repeat(16) }),
        again(at(3), row('ff', { code: 'bad_money', rule: null })),
        again(at(4), refused),
        again(at(5), refused, { isPatched: true }),
        again(at(6), eventRecord({ claim: claimOf({ states: {} }) })),
        again(at(7), fresh),
        again(row('99'), eventRecord()),
      ]
      const before = await stateOf(store)
      const foreseen = await replayed(store, asked, true)
      expect(await stateOf(store)).toEqual(before)
      expect(foreseen.map(({ kind }) => kind)).toEqual(
        // in the order of the rows
        ['stored', 'gone', 'duplicate', 'quarantined', 'quarantined', 'rejected', 'quarantined', 'rejected', 'duplicate', 'gone'],
      )
      expect(await replayed(store, asked)).toEqual(foreseen)
      expect(await accounts(store)).toMatchObject({
        received: 9,
        accepted: 2,
        duplicate: 2,
        quarantined: 3,
        rejected: 2,
        replayed: 5,
      })
    })
  })

  describe('a purge', () => {
    test('removes what it means, for good, and leaves the counts', async () => {
      const store = await withRows(row('a1', { source: 'till' }), row('b2', { source: 'till' }), row('c3'))
      await store.commit(delivery([row('a1', { source: 'till' })], { project: 'other' }))
      expect(await store.purge({ project, source: 'till' })).toBe(2)
      expect(await keysIn(store)).toEqual(['c3'])
      expect(await keysIn(store, { project: 'other' })).toEqual(['a1'])
      expect(await store.purge({ project, source: 'till' })).toBe(0)
      expect(await accounts(store)).toMatchObject({ received: 3, quarantined: 3, replayed: 0 })
    })

    test('of many rows removes them all', async () => {
      const rows = Array.from({ length: 450 }, (_, n) => row('a1', { rawHash: n.toString(16).padStart(32, '0') }))
      const store = await withRows(...rows)
      expect(await store.purge({ project, code: 'bad_time' })).toBe(450)
      expect(await keysIn(store)).toEqual([])
    })

    test('lets an event that is delivered again be kept aside again', async () => {
      const store = await withRows(row('a1'))
      await store.purge({ project, keys: ['a1'.repeat(16)] })
      expect(await store.commit(delivery([row('a1')]))).toEqual([{ kind: 'quarantined' }])
    })

    test('forgets that two ids belong together', async () => {
      const store = await withRows(row('a1', {}, { anonymous_id: 'device-9', user_id: 'customer-9' }))
      await store.purge({ project })
      const { known } = await store.subject({ project, id: 'customer-9', limit: 9, after: null })
      expect(known).toMatchObject({ users: [], devices: [] })
    })
  })
}
