import { gzipSync } from 'node:zlib'
import type { ConsentSnapshot, EnvelopeInput, Receipt } from '@footfall/events'
import { batch, envelope, nextId } from '@footfall/testkit/builders'
import { describe, expect, test, vi } from 'vitest'
import type { ConsentHistory } from '../../src/consent/history.ts'
import type { ConsentAnswer } from '../../src/reports/questions.ts'
import { type Started, secretKey, startCollector, visitorAgent, writeKey } from '../start-collector.ts'

// Each of these starts a collector, half of them with a store on disk, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const server = { authorization: `Bearer ${secretKey}` }
const day = 24 * 60 * 60 * 1000

/** A collector whose clock can be set. */
async function start(store?: string): Promise<Started & { clock: { at: number } }> {
  const clock = { at: Date.now() }
  const started = await startCollector(store === undefined ? {} : { store }, { now: () => clock.at })
  return { ...started, clock }
}

type Answer = Readonly<Record<string, unknown>> & {
  readonly record_id: string
  readonly position: number | null
  readonly hash: string | null
}

async function record(
  { url }: Started,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly answer: Answer }> {
  const response = await fetch(`${url}/v1/consent`, {
    method: 'POST',
    body: JSON.stringify({ write_key: writeKey, ...body }),
    headers: { 'user-agent': visitorAgent, 'content-type': 'text/plain', ...headers },
  })
  return { status: response.status, answer: (await response.json()) as Answer }
}

const granted: ConsentSnapshot = { analytics: 'granted', personalization: 'granted', marketing: 'granted' }
const allDenied = { analytics: 'denied', personalization: 'denied', marketing: 'denied' } as const

/** An event of a visitor under a record. */
const under = (record_id: string | undefined, differs: Partial<EnvelopeInput> = {}): Partial<EnvelopeInput> =>
  envelope({ anonymous_id: 'a-1', consent: { ...granted, ...(record_id !== undefined && { record_id }) }, ...differs })

/** What a tracker sends when a visitor decides. */
const updated = (
  record_id: string,
  purposes: object,
  differs: Partial<EnvelopeInput> = {},
  more: object = {},
): Partial<EnvelopeInput> =>
  envelope({
    name: 'consent_updated',
    anonymous_id: 'a-1',
    consent: { ...(purposes as ConsentSnapshot), record_id },
    properties: { purposes, policy_version: '2026-09', record_id, ...more },
    ...differs,
  })

const withdrawal = (previous_record_id: string, differs: Partial<EnvelopeInput> = {}): Partial<EnvelopeInput> =>
  updated(nextId(), allDenied, { anonymous_id: null, session: null, ...differs }, { previous_record_id })

const codes = ({ problems }: Receipt): readonly string[] => problems.map(({ code }) => code)
const history = async ({ get }: Started, subject: string): Promise<ConsentHistory> =>
  (await (await get(`/v1/consent/${encodeURIComponent(subject)}`)).json()) as ConsentHistory
const entriesOf = async (started: Started, subject: string) =>
  (await history(started, subject)).entries.map(({ entry }) => entry as Readonly<Record<string, unknown>>)

describe.each([{ store: 'memory' }, { store: undefined }])('around the tracker, with curl (store: $store)', ({ store }) => {
  test.each<{ name: string; event: Partial<EnvelopeInput>; headers?: Record<string, string>; code: string }>([
    { name: 'no snapshot', event: { consent: null }, code: 'consent_missing' },
    { name: 'no purpose granted', event: { consent: { analytics: 'denied' } }, code: 'consent_missing' },
    { name: 'a state that is none', event: { consent: { analytics: 'yes' } as never }, code: 'consent_missing' },
    { name: 'not asked, where one has to be', event: { consent: { analytics: 'not_required' } }, code: 'consent_missing' },
    {
      name: 'marketing under a purpose of its own invention',
      event: { name: 'ad_clicked', consent: { analytics: 'granted', ads: 'granted' } as never, properties: {} },
      code: 'consent_missing',
    },
    {
      name: 'marketing while the browser objects',
      event: { name: 'ad_clicked', consent: granted, properties: {} },
      headers: { 'sec-gpc': '1' },
      code: 'gpc',
    },
  ])('$name: rejected, and nothing is kept', async ({ event, headers, code }) => {
    const started = await start(store)
    const response = await started.post(JSON.stringify(batch([envelope(event)])), headers)
    const receipt = (await response.json()) as Receipt
    expect([receipt.rejected, codes(receipt)]).toEqual([1, [code]])
    expect(await started.events()).toEqual([])
    expect(await started.quarantined()).toEqual([])
    expect(await entriesOf(started, 'visitor-1')).toEqual([])
  })

  test('a record and what cites it in one batch, in any order', async () => {
    for (const isReversed of [false, true]) {
      const started = await start(store)
      const events = [updated('r-1', granted), under('r-1'), under('r-1', { name: 'ad_viewed', properties: { ad_id: 'x' } })]
      const receipt = await started.deliver(isReversed ? events.reverse() : events)
      expect(codes(receipt)).not.toContain('consent_missing')
      expect(receipt.rejected).toBe(0)
    }
  })

  test('a withdrawal refuses all that arrives with it and after it, in any order, whenever it happened', async () => {
    for (const isReversed of [false, true]) {
      const started = await start(store)
      const now = Date.now()
      expect((await started.deliver([updated('r-1', granted), under('r-1')])).accepted).toBe(2)
      const events = [withdrawal('r-1'), under('r-1', { occurred_at: now - day }), under('r-1')]
      const receipt = await started.deliver(isReversed ? events.reverse() : events)
      expect([receipt.accepted, receipt.rejected, codes(receipt)]).toEqual([1, 2, ['consent_withdrawn', 'consent_withdrawn']])
      // Nor does leaving the record out help, nor another device's record, nor a record nobody told of.
      const after = await started.deliver([under(undefined), under('r-1', { occurred_at: now - 2 * day }), under('made-up')])
      expect([after.rejected, new Set(codes(after))]).toEqual([3, new Set(['consent_withdrawn'])])
      expect(await started.events('&name=product_added')).toHaveLength(1)
    }
  })

  test('the record, its withdrawal and later events in one batch: only the two decisions are kept', async () => {
    const started = await start(store)
    const receipt = await started.deliver([updated('r-1', granted), withdrawal('r-1'), under('r-1'), under('r-1')])
    expect([receipt.accepted, codes(receipt)]).toEqual([2, ['consent_withdrawn', 'consent_withdrawn']])
  })

  test('a withdrawal that arrives before the grant that it takes back counts all the same', async () => {
    const started = await start(store)
    await started.deliver([withdrawal('r-1')])
    const receipt = await started.deliver([updated('r-1', granted), under('r-1')])
    expect(codes(receipt)).toEqual(['consent_withdrawn'])
  })

  test('granting the same record again does not bring it back; a new record does', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted), under('r-1'), withdrawal('r-1')])
    started.clock.at += 60_000
    expect((await record(started, { record_id: 'r-1', subject: 'a-1', purposes: granted })).status).toBe(200)
    expect(codes(await started.deliver([under('r-1')]))).toEqual(['consent_withdrawn'])

    started.clock.at += 60_000
    await record(started, { record_id: 'r-2', subject: 'a-1', purposes: granted })
    const receipt = await started.deliver([under('r-2'), under('r-1')])
    expect([receipt.accepted, codes(receipt)]).toEqual([1, ['consent_withdrawn']])
  })

  test('a denial without the record: older records of the visitor are dead, a newer grant lives', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted), under('r-1')])
    started.clock.at += 1000
    await record(started, { subject: 'a-1', purposes: { analytics: 'denied' } }, server)
    expect(codes(await started.deliver([under('r-1'), under(undefined)]))).toEqual(['consent_withdrawn', 'consent_withdrawn'])
    started.clock.at += 1000
    await record(started, { record_id: 'r-2', subject: 'a-1', purposes: granted })
    const receipt = await started.deliver([under('r-1'), under('r-2')])
    expect([receipt.accepted, codes(receipt)]).toEqual([1, ['consent_withdrawn']])
  })

  test('part of a consent is taken back: the rest lives on under the new record', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted)])
    const rest = { ...granted, marketing: 'denied' }
    await started.deliver([updated('r-2', rest, { anonymous_id: null, session: null }, { previous_record_id: 'r-1' })])
    const ad = { name: 'ad_viewed', properties: { ad_id: 'x' } }
    const receipt = await started.deliver([
      // The tracker has a new identity by then.
      under('r-2', { anonymous_id: 'a-2', consent: { ...granted, marketing: 'denied', record_id: 'r-2' } }),
      under('r-1', ad),
      under('r-2', { ...ad, anonymous_id: 'a-2' }),
    ])
    expect([receipt.accepted, codes(receipt)]).toEqual([1, ['consent_withdrawn', 'consent_withdrawn']])
  })

  test("somebody else's record is refused, as is a purpose that the record does not grant", async () => {
    const started = await start(store)
    await record(started, { record_id: 'r-1', subject: 'a-1', purposes: { analytics: 'granted', marketing: 'unknown' } })
    const receipt = await started.deliver([
      under('r-1', { anonymous_id: 'a-2' }),
      under('r-1', { anonymous_id: null, user_id: 'a-1' }),
      under('r-1', { name: 'ad_viewed', properties: { ad_id: 'x' } }),
      under('r-1'),
    ])
    expect([receipt.accepted, codes(receipt)]).toEqual([1, ['consent_missing', 'consent_missing', 'consent_missing']])
  })

  test('a decision that a tracker told of goes on after a logout, under another id, and dies for both', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted, { anonymous_id: 'a-1' })])
    const before = under('r-1', { anonymous_id: 'a-1' })
    const after = () => under('r-1', { anonymous_id: 'a-2' })
    expect((await started.deliver([before, after()])).accepted).toBe(2)
    await started.deliver([updated('r-2', allDenied, { anonymous_id: null, session: null }, { previous_record_id: 'r-1' })])
    expect(codes(await started.deliver([after()]))).toEqual(['consent_withdrawn'])
    expect(await entriesOf(started, 'a-2')).toMatchObject([{ record_id: 'r-1', event_type: 'cited' }])
  })

  test('a stranger can neither deny nor grant in the name of a user whose id can be guessed', async () => {
    const started = await start(store)
    await record(started, { subject: 'customer-1', purposes: allDenied })
    const own = { anonymous_id: 'a-1', user_id: 'customer-1' }
    expect((await started.deliver([under('r-1', own)])).accepted).toBe(1)

    started.clock.at += 1000
    await record(started, { subject: 'customer-1', purposes: allDenied }, server)
    started.clock.at += 1000
    await record(started, { record_id: 'r-2', subject: 'customer-1', purposes: granted })
    await record(started, { record_id: 'r-3', subject: 'a-1', purposes: granted })
    expect(codes(await started.deliver([under('r-3', own), under('r-2', own)]))).toEqual(['consent_withdrawn', 'consent_missing'])

    started.clock.at += 1000
    await record(started, { record_id: 'r-4', subject: 'customer-1', purposes: granted }, server)
    expect((await started.deliver([under('r-4', own)])).accepted).toBe(1)
    const { current } = await history(started, 'customer-1')
    expect(current.as_user_id.analytics).toMatchObject({ state: 'granted', record_id: 'r-4' })
  })

  test('consent ends after thirteen months by our clock, or when it says so', async () => {
    const started = await start(store)
    const at = started.clock.at
    await record(started, { record_id: 'r-1', subject: 'a-1', purposes: granted, event_time: at + 900 * day })
    await record(started, { record_id: 'r-2', subject: 'a-1', purposes: granted, valid_until: new Date(at + day).toISOString() })
    const sent = () => [under('r-1', { occurred_at: started.clock.at }), under('r-2', { occurred_at: started.clock.at })]
    expect((await started.deliver(sent(), { sent_at: started.clock.at })).accepted).toBe(2)
    started.clock.at = at + 2 * day
    expect(codes(await started.deliver(sent(), { sent_at: started.clock.at }))).toEqual(['consent_expired'])
    started.clock.at = at + 397 * day
    // Told again, it is no younger.
    await record(started, { record_id: 'r-1', subject: 'a-1', purposes: granted, source: 'again' })
    expect(codes(await started.deliver(sent(), { sent_at: started.clock.at }))).toEqual(['consent_expired', 'consent_expired'])
  })

  test('what is too broken to be stored needs the same consent to be kept aside, and its number too', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted), withdrawal('r-1')])
    const broken = { name: 'order_completed', properties: { total: 'much' }, seq: 7 }
    const receipt = await started.deliver([under('r-1', broken), under('r-1', { name: 'cart_abandoned', seq: 8 })])
    expect(receipt.rejected).toBe(2)
    expect(await started.quarantined()).toEqual([])
    const { totals } = (await (await started.get('/v1/reports/completeness')).json()) as { totals: { received: number } }
    expect(totals.received).toBe(0)
  })

  test('a withdrawal counts however badly it is written', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted)])
    const { id: _, ...bad } = withdrawal('r-1')
    const receipt = await started.deliver([
      { ...bad, id: 'no uuid', properties: { purposes: allDenied, previous_record_id: 'r-1' } },
    ])
    expect(receipt.quarantined).toBe(1)
    expect(codes(await started.deliver([under('r-1')]))).toEqual(['consent_withdrawn'])
  })

  test('every event under a record has its proof, once', async () => {
    const started = await start(store)
    await started.deliver([under('r-1'), under('r-1')])
    await started.deliver([under('r-1')])
    expect(await entriesOf(started, 'a-1')).toEqual([
      expect.objectContaining({ record_id: 'r-1', method: 'cited', event_type: 'cited', purposes: granted, position: 1 }),
    ])
    expect(JSON.stringify(await history(started, 'a-1'))).not.toContain('a-1')
  })

  test('the opt-out signal of the browser is stronger than any body', async () => {
    const started = await start(store)
    const gpc = { 'sec-gpc': '1' }
    const { answer } = await record(started, { record_id: 'r-1', subject: 'a-1', purposes: granted }, gpc)
    expect(answer.position).toBe(1)
    const events = [under('r-1'), updated('r-2', granted, { anonymous_id: 'a-2' })]
    expect(((await (await started.post(JSON.stringify(batch(events)), gpc)).json()) as Receipt).accepted).toBe(2)
    const [event, decision] = await started.events()
    expect(event?.consent).toMatchObject({ analytics: 'granted', marketing: 'denied', sale_of_data: 'denied' })
    expect(decision?.properties).toMatchObject({
      purposes: { analytics: 'granted', marketing: 'denied', sale_of_data: 'denied' },
    })
    for (const subject of ['a-1', 'a-2']) {
      expect(await entriesOf(started, subject)).toEqual([
        expect.objectContaining({
          gpc: true,
          gpc_overrode: ['marketing'],
          purposes: { ...granted, marketing: 'denied', sale_of_data: 'denied' },
        }),
      ])
    }
  })

  test('fields beyond what is granted go, and are not found in what is kept', async () => {
    const started = await start(store)
    const url = 'https://shop.example/p?q=1&gclid=SECRET&utm_source=x#fbclid=SECRET'
    const event = {
      page: { url, title: 'x', referrer: 'https://ads.example/?msclkid=SECRET' },
      user_id: 'customer-1',
      traits: { plan: 'gold', email_hash: 'SECRET' },
    }
    const properties = { product_id: 'A-1', ttclid: 'SECRET', deep: [{ email_sha256: 'SECRET', link: '/x?twclid=SECRET' }] }
    await started.deliver([
      under(undefined, { ...event, properties, consent: { analytics: 'granted' } }),
      under(undefined, {
        ...event,
        name: 'order_completed',
        properties: { ...properties, total: 'x' },
        consent: { analytics: 'granted' },
      }),
      updated(nextId(), allDenied, { ...event, anonymous_id: 'GONE', user_id: 'GONE', session: { id: 'GONE' } }),
      under(undefined, { ...event, properties, consent: granted, anonymous_id: 'a-9' }),
    ])
    const [stripped, refusal, whole] = await started.events()
    const aside = await started.quarantined()
    expect(JSON.stringify([stripped, refusal, aside])).not.toMatch(/SECRET|GONE/)
    expect(stripped).toMatchObject({
      page: { url: 'https://shop.example/p?q=1&utm_source=x', referrer: 'https://ads.example/' },
      user_id: 'customer-1',
      traits: { plan: 'gold' },
      quality: { flags: expect.arrayContaining(['marketing_stripped']) },
    })
    expect(refusal).toMatchObject({ user_id: null, traits: null, anonymous_id: null, session: null })
    expect(whole).toMatchObject({ page: { url: url.replace('#fbclid=SECRET', '') }, properties: { ttclid: 'SECRET' } })
  })

  test('received = accepted + duplicate + quarantined + rejected, decisions among them or not', async () => {
    const started = await start(store)
    const repeated = updated('r-1', granted)
    await started.deliver([repeated, under('r-1'), under(undefined, { consent: null })])
    await record(started, { subject: 'a-1', purposes: allDenied })
    await started.deliver([repeated, under('r-1'), under('r-1', { name: 'order_completed', properties: {} })])
    const { verdicts } = (await (await started.get('/v1/reports/traffic')).json()) as { verdicts: unknown }
    expect(verdicts).toEqual({ received: 6, accepted: 2, duplicate: 1, quarantined: 0, rejected: 3 })
    const traffic = await (await started.get('/metrics')).text()
    expect(traffic).toContain('consent_withdrawn')
  })
})

describe.each([{ store: 'memory' }, { store: undefined }])('where the ledger knows better (store: $store)', ({ store }) => {
  const secrets = {
    properties: { product_id: 'A-1', gclid: 'SECRET', deep: { email: 'SECRET' } },
    page: { url: 'https://shop.example/?q=1&fbclid=SECRET', title: 'x', referrer: '' },
    traits: { plan: 'gold', email_hash: 'SECRET' },
  }
  const noMarketing = { ...granted, marketing: 'denied' }

  test.each<{ name: string; prepare: (started: Started) => Promise<unknown>; event: Partial<EnvelopeInput> }>([
    {
      name: 'was taken back',
      prepare: (started) =>
        started.deliver([
          updated('r-1', granted),
          updated('r-2', noMarketing, { anonymous_id: null, session: null }, { previous_record_id: 'r-1' }),
        ]),
      event: under('r-1'),
    },
    {
      name: 'was never granted',
      prepare: (started) => record(started, { record_id: 'r-1', subject: 'a-1', purposes: noMarketing }),
      event: under('r-1'),
    },
    {
      name: 'was denied by the user, at the shop’s server',
      prepare: (started) => record(started, { subject: 'u-1', purposes: { marketing: 'denied' } }, server),
      event: under('r-9', { user_id: 'u-1' }),
    },
  ])('marketing $name: its fields go from an event that is kept for analytics, and from one kept aside', async (row) => {
    const started = await start(store)
    await row.prepare(started)
    const receipt = await started.deliver([
      { ...row.event, ...secrets },
      {
        ...row.event,
        ...secrets,
        id: nextId(),
        name: 'order_completed',
        properties: { ...secrets.properties, total: 'much' },
      },
      // What a repair replaced is kept with it.
      { ...row.event, id: nextId(), name: 'newsletter_subscribed', properties: { email_hash: 'SECRET', list_id: 7 } },
    ])
    expect(receipt.rejected).toBe(0)
    expect(receipt.quarantined).toBeGreaterThan(0)
    const kept = (await started.events()).filter(({ name }) => name !== 'consent_updated')
    const aside = await started.quarantined()
    expect(JSON.stringify([kept, aside])).not.toContain('SECRET')
    expect(kept[0]).toMatchObject({
      anonymous_id: 'a-1',
      properties: { product_id: 'A-1' },
      page: { url: 'https://shop.example/?q=1' },
      traits: { plan: 'gold' },
      session: { index: 1 },
      consent: { analytics: 'granted', marketing: 'denied' },
      quality: { flags: ['marketing_stripped'] },
    })
    expect(aside[0]?.raw).toMatchObject({ anonymous_id: 'a-1', consent: { analytics: 'granted', marketing: 'denied' } })
  })

  test('of a necessary event whose visitor agrees to nothing, what it is there to say is kept, and nothing else', async () => {
    const started = await start(store)
    const smuggled = {
      anonymous_id: 'GONE',
      user_id: 'GONE',
      source: 'GONE',
      channel: 'GONE',
      page: { url: 'https://shop.example/GONE', title: 'GONE', referrer: 'https://x.example/GONE', view_id: 'GONE' },
      userId: 'GONE',
      context: { email: 'GONE' },
      seq: 3,
    }
    const properties = {
      purposes: { ...allDenied, GONE: 'denied' },
      policy_version: '1',
      method: { GONE: 1 },
      profile: { name: 'GONE' },
      customer_id: 'GONE',
    }
    const consent = { analytics: 'no such state', blob: 'GONE' } as never
    const receipt = await started.deliver([
      envelope({ ...smuggled, name: 'update_consent', consent: null, properties }),
      envelope({ ...smuggled, name: 'consent_updated', consent, properties }),
      { ...envelope({ ...smuggled, name: 'consent_updated', consent, properties }), id: 'no uuid' },
      envelope({
        ...smuggled,
        name: 'email_unsubscribed',
        consent: null,
        properties: { list_name: 'x', email: 'GONE' } as never,
      }),
    ])
    expect([receipt.accepted, receipt.quarantined]).toEqual([3, 1])
    const kept = await started.events()
    const aside = await started.quarantined()
    expect(JSON.stringify([kept, aside])).not.toContain('GONE')
    expect(kept[0]).toMatchObject({
      name: 'consent_updated',
      properties: { purposes: allDenied, policy_version: '1' },
      page: null,
      source: null,
      seq: null,
      quality: { flags: ['identity_stripped'] },
    })
    expect(kept[2]).toMatchObject({ name: 'email_unsubscribed', properties: { list_id: 'x' } })
    expect(Object.keys(aside[0]?.raw as object).sort()).toEqual(['consent', 'id', 'name', 'occurred_at', 'properties'])
  })

  test('a necessary event under a decision that was taken back names nobody, aside or not', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted), withdrawal('r-1')])
    const late = { user_id: 'GONE', traits: { plan: 'GONE' }, seq: 9, anonymous_id: 'GONE', session: { id: 'GONE' } }
    const receipt = await started.deliver([
      updated('r-1', granted, late, { source: 'late' }),
      { ...updated('r-1', granted, late, { source: 'late' }), properties: {} },
    ])
    expect([receipt.accepted, receipt.quarantined]).toEqual([1, 1])
    const kept = await started.events()
    expect(JSON.stringify([kept, await started.quarantined()])).not.toContain('GONE')
    expect(kept.at(-1)).toMatchObject({
      name: 'consent_updated',
      anonymous_id: null,
      session: null,
      page: null,
      seq: null,
      consent: { ...allDenied, record_id: 'r-1' },
    })
    const { totals } = (await (await started.get('/v1/reports/completeness')).json()) as { totals: { received: number } }
    expect(totals.received).toBe(0)
  })

  test('an id that comes as a number is denied and erased like its text; what is no id at all stands in no repair', async () => {
    const started = await start(store)
    await record(started, { subject: '7654321', purposes: allDenied }, server)
    // Under a user id, what happened before an erasure stays out.
    const occurred_at = started.clock.at - 1000
    const as = (user_id: unknown) => under('r-1', { user_id: user_id as string, anonymous_id: null, session: null, occurred_at })
    expect(codes(await started.deliver([as('7654321'), as(7654321)]))).toEqual(['consent_withdrawn', 'consent_withdrawn'])

    expect((await started.deliver([as(9988776655), as([9988776655]), as(99887766550.5)])).accepted).toBe(3)
    const [first, ...others] = await started.events()
    expect(first).toMatchObject({ user_id: '9988776655', quality: { repairs: [{ field: 'user_id', rule: 'EV-TEXT' }] } })
    expect(JSON.stringify(others)).not.toContain('99887766')
    const { url } = started
    await fetch(`${url}/v1/subjects/9988776655`, { method: 'DELETE', headers: server })
    expect(codes(await started.deliver([as('9988776655'), as(9988776655)]))).toEqual(['erased', 'erased'])
    expect(JSON.stringify(await started.events())).not.toContain('99887766')
  })

  test('what a tracker gave up is counted without the id where nothing of the visitor may be kept', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted), under('r-1', { seq: 1 })], { dropped: { expired: 1 } })
    await started.deliver([withdrawal('r-1')])
    const dropsOf = async (id: string): Promise<number> =>
      (await (await started.get(`/v1/subjects/${id}`)).text()).split('\n').filter((line) => line.includes('tracker_drop')).length
    const before = await dropsOf('a-1')
    expect((await started.deliver([under('r-1', { seq: 5 })], { dropped: { queue_full: 3 } })).rejected).toBe(1)
    expect(
      (await started.deliver([under('r-1', { seq: 5, anonymous_id: 'a-2' })], { dropped: { queue_full: 4 } })).rejected,
    ).toBe(1)
    expect([before > 0, (await dropsOf('a-1')) - before, await dropsOf('a-2')]).toEqual([true, 0, 0])
    const { totals } = (await (await started.get('/v1/reports/completeness')).json()) as {
      totals: { reported: Record<string, number> }
    }
    expect(totals.reported).toEqual({ expired: 1, queue_full: 7 })
  })

  test('a posted proof of a tracker’s decision does not bind it, whichever came first', async () => {
    for (const isPostedFirst of [false, true]) {
      const started = await start(store)
      const tell = () => started.deliver([updated('r-1', granted)])
      const post = () => record(started, { record_id: 'r-1', subject: 'u-1', purposes: granted }, server)
      for (const act of isPostedFirst ? [post, tell] : [tell, post]) await act()
      // Logged in, and after a logout.
      const events = () => [under('r-1', { user_id: 'u-1' }), under('r-1', { anonymous_id: 'a-2' })]
      expect((await started.deliver(events())).accepted).toBe(2)
      await started.deliver([withdrawal('r-1')])
      expect(codes(await started.deliver(events()))).toEqual(['consent_withdrawn', 'consent_withdrawn'])
    }
  })

  test('a decision that was made on the page after a denial at the server counts, unless its time cannot be', async () => {
    const started = await start(store)
    const { clock } = started
    const hour = 60 * 60 * 1000
    const send = async (record_id: string, decided_at: number, clockError = 0) =>
      codes(
        await started.deliver(
          [
            under(record_id, {
              occurred_at: clock.at + clockError,
              consent: { ...granted, record_id, decided_at: decided_at + clockError },
            }),
          ],
          { sent_at: clock.at + clockError },
        ),
      )
    const before = clock.at
    clock.at += hour
    await record(started, { subject: 'a-1', purposes: allDenied }, server)
    clock.at += hour
    expect(await send('r-1', before)).toEqual(['consent_withdrawn'])
    expect(await send('r-2', clock.at + 150 * day)).toEqual(['consent_withdrawn'])
    // A device whose clock is ahead decided no later for that.
    expect(await send('r-3', before, 5 * hour)).toEqual(['consent_withdrawn'])
    expect(await send('r-4', clock.at - hour / 2)).toEqual([])
    expect(await send('r-5', clock.at - hour / 2, -5 * hour)).toEqual([])
    expect((await entriesOf(started, 'a-1')).at(-1)).toMatchObject({
      event_type: 'cited',
      event_time: new Date(clock.at - hour / 2).toISOString(),
      received_at: new Date(clock.at).toISOString(),
    })
  })

  test('a decision that nobody told of is too old after thirteen months, too', async () => {
    const started = await start(store)
    const decided_at = started.clock.at - 1100 * day
    expect(codes(await started.deliver([under('r-1', { consent: { ...granted, record_id: 'r-1', decided_at } })]))).toEqual([
      'consent_expired',
    ])
  })

  test('withdrawn and granted anew in one millisecond: what was received later counts', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted)])
    const occurred_at = started.clock.at
    await started.deliver([withdrawal('r-1', { occurred_at }), updated('r-3', granted, { occurred_at })])
    const receipt = await started.deliver([under('r-3'), under('r-1')])
    expect([receipt.accepted, codes(receipt)]).toEqual([1, ['consent_withdrawn']])
    await started.deliver([withdrawal('r-3', { occurred_at })])
    expect(codes(await started.deliver([under('r-3')]))).toEqual(['consent_withdrawn'])
  })

  test('the history shows a decision that was taken back as denied, also where several hold it', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted), under('r-1'), under('r-1', { anonymous_id: 'a-2' })])
    await started.deliver([withdrawal('r-1')])
    const { current } = await history(started, 'a-1')
    expect(current.as_anonymous_id.analytics).toMatchObject({ state: 'denied', record_id: 'r-1' })
    expect(codes(await started.deliver([under(undefined)]))).toEqual(['consent_withdrawn'])
  })

  test.each<{ name: string; odd: object }>([
    { name: 'withdrawn', odd: { marketing: 'withdrawn' } },
    { name: 'expired', odd: { marketing: 'expired' } },
    { name: 'null', odd: { marketing: null, sale_of_data: null, record_id: null } },
  ])('a purpose that is $name costs nothing of the one that is granted', async ({ odd }) => {
    const started = await start(store)
    const consent = { analytics: 'granted', ...odd } as ConsentSnapshot
    expect(await started.deliver([envelope({ consent })])).toMatchObject({ accepted: 1, problems: [] })
    expect((await started.events())[0]?.consent).toMatchObject({ analytics: 'granted', marketing: 'unknown' })
    const ad = envelope({ name: 'ad_viewed', properties: { ad_id: 'x' }, consent })
    expect(codes(await started.deliver([ad]))).toEqual(['consent_missing'])
  })

  test('odd words beside a decision cost neither the decision nor its proof', async () => {
    const started = await start(store)
    for (const odd of [{ version: 'x'.repeat(70) }, { source: 5 }, { source: 'x'.repeat(65) }, { decided_at: null }]) {
      const consent = { ...granted, record_id: 'r-1', ...odd } as ConsentSnapshot
      expect((await started.deliver([under('r-1', { consent })])).accepted).toBe(1)
    }
    expect(await entriesOf(started, 'a-1')).toMatchObject([{ record_id: 'r-1', purposes: granted }])
  })
})

describe.each([{ store: 'memory' }, { store: undefined }])(
  'an objection, where consent is not asked for (store: $store)',
  ({ store }) => {
    const american = { 'cf-ipcountry': 'US', 'x-forwarded-for': '8.8.8.8' }
    const startThere = async () => {
      const started = await startCollector({
        trustedProxies: ['127.0.0.1'],
        regionHeader: 'cf-ipcountry',
        ...(store !== undefined && { store }),
      })
      const send = async (event: Partial<EnvelopeInput>): Promise<Receipt> =>
        (await (await started.post(JSON.stringify(batch([event])), american)).json()) as Receipt
      return { ...started, send }
    }
    const notAsked: ConsentSnapshot = { analytics: 'not_required' }
    const objected = { analytics: 'denied' } as const

    test('that names no one is proven under its own record, and refuses what cites it', async () => {
      const started = await startThere()
      expect((await started.send(under(undefined, { consent: notAsked }))).accepted).toBe(1)
      for (let attempt = 0; attempt < 2; attempt += 1) {
        await started.send(
          updated('r-2', objected, { id: 'ffffffff-0000-4000-8000-000000000000', anonymous_id: null, session: null }),
        )
      }
      const { answer } = await record(started, { record_id: 'r-9', subject: 'a-9', purposes: granted })
      // One entry before this one: the objection, once.
      expect(answer.position).toBe(2)
      expect(codes(await started.send(under('r-2', { consent: { ...notAsked, record_id: 'r-2' } })))).toEqual([
        'consent_withdrawn',
      ])
    })

    test('that names the visitor refuses what still comes of them, and is kept without the name', async () => {
      const started = await startThere()
      await started.send(updated('r-2', objected))
      expect(await entriesOf(started, 'a-1')).toMatchObject([{ record_id: 'r-2', event_state: 'refused', purposes: objected }])
      expect(codes(await started.send(under(undefined, { consent: notAsked })))).toEqual(['consent_withdrawn'])
      expect(JSON.stringify(await started.events())).not.toContain('a-1')
    })

    test('that is posted for nobody is counted only', async () => {
      const started = await startThere()
      const { answer } = await record(started, { record_id: 'r-2', purposes: objected })
      expect(answer.position).toBeNull()
    })
  },
)

describe.each([{ store: 'memory' }, { store: undefined }])('records (store: $store)', ({ store }) => {
  test('the ledger proves what was agreed, when, to which text', async () => {
    const started = await start(store)
    const body = {
      record_id: 'r-1',
      subject: 'a-1',
      purposes: [
        { id: 'analytics', state: 'granted', text_version: '3', lawful_basis: 'consent' },
        { id: 'marketing', state: 'denied' },
        { id: 'world_domination', state: 'granted' },
      ],
      notice_version: '2026-09',
      notice_url: 'https://shop.example/privacy',
      notice_hash: 'ab'.repeat(32),
      language: 'fr-FR',
      method: 'banner_choose',
      source: 'banner',
      cmp: { name: 'klaro', version: '0.7', raw: '{}', secret: 'x' },
      controller: 'Shop Ltd, 1 Road',
      data_categories: ['pages'],
      recipients: ['nobody'],
      retention: '25 months',
      withdrawal_method: 'the link at the foot of every page',
      event_time: '2026-11-20T10:00:00+01:00',
      ip: '203.0.113.7',
      user_agent: 'x',
    }
    const { status, answer } = await record(started, body)
    expect([status, answer]).toEqual([
      200,
      {
        record_id: 'r-1',
        received_at: new Date(started.clock.at).toISOString(),
        position: 1,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
    const { entries, current, next } = await history(started, 'a-1')
    expect(next).toBeNull()
    expect(current.as_anonymous_id).toMatchObject({
      analytics: { state: 'granted', record_id: 'r-1', position: 1 },
      marketing: { state: 'denied' },
    })
    expect(current.as_user_id).toEqual({})
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatchObject({ position: 1, hash: answer.hash })
    const { purpose_details, ...entry } = (entries[0]?.entry ?? {}) as Record<string, unknown>
    expect(purpose_details).toHaveLength(3)
    expect(entry).toMatchObject({
      schema_version: 'ff-consent/1',
      event_type: 'explicit',
      event_state: 'given',
      event_time: '2026-11-20T09:00:00.000Z',
      notice_version: '2026-09',
      language: 'fr-FR',
      purposes: { analytics: 'granted', marketing: 'denied' },
      cmp: { name: 'klaro', version: '0.7', raw: '{}' },
      subject_kind: 'device',
    })
    expect(JSON.stringify(entries)).not.toMatch(/203\.0|user_agent|"x"|wk_test|a-1/)
  })

  test('the same record twice is entered once, from a server as well', async () => {
    const started = await start(store)
    const body = { record_id: 'r-1', subject: 'a-1', purposes: granted }
    const first = await record(started, body)
    started.clock.at += 1000
    expect((await record(started, body)).answer).toMatchObject({ record_id: 'r-1', position: 1, hash: first.answer.hash })
    const timed = { subject: 'u-1', purposes: granted, event_time: started.clock.at }
    const made = await record(started, { ...timed, write_key: undefined }, server)
    expect((await record(started, { ...timed, write_key: undefined }, server)).answer.record_id).toBe(made.answer.record_id)
    // Without a name and a time it is said anew each time: grant, deny and grant are three decisions.
    for (const state of ['granted', 'denied', 'granted'])
      await record(started, { subject: 'u-2', purposes: { analytics: state } })
    expect(await entriesOf(started, 'u-2')).toHaveLength(3)
    expect((await history(started, 'u-2')).current.as_anonymous_id.analytics?.state).toBe('granted')
  })

  test('an event and a record that tell of one decision are one answer in the rates', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted)])
    await record(started, { record_id: 'r-1', subject: 'a-1', purposes: granted })
    const { totals } = (await (await started.get('/v1/reports/consent')).json()) as ConsentAnswer
    expect(totals.find(({ purpose }) => purpose === 'analytics')).toMatchObject({ granted: 1, refused: 0 })
  })

  test('a withdrawal that names no one stands in the history of the one whose record it takes back', async () => {
    const started = await start(store)
    await started.deliver([updated('r-1', granted)])
    started.clock.at += 1000
    await started.deliver([withdrawal('r-1')])
    const { current, entries } = await history(started, 'a-1')
    expect(entries.map(({ entry }) => entry)).toEqual([
      expect.objectContaining({ event_state: 'given' }),
      expect.objectContaining({ event_state: 'withdrawn', subject_from: 'previous_record_id', previous_record_id: 'r-1' }),
    ])
    expect(current.as_anonymous_id.analytics?.state).toBe('denied')
  })

  test('an anonymous answer is counted and leaves no trace; the rates say what they rest on', async () => {
    const started = await start(store)
    const ask = { purposes: { analytics: 'unknown', marketing: 'unknown' }, policy_version: '7' }
    for (let asked = 0; asked < 5; asked += 1) {
      expect((await record(started, ask)).answer).toMatchObject({ position: null, hash: null })
    }
    await record(started, { purposes: { analytics: 'denied', marketing: 'denied' }, policy_version: '7' })
    await record(started, {
      record_id: 'r-1',
      subject: 'a-1',
      purposes: { analytics: 'granted', marketing: 'denied' },
      policy_version: '7',
    })
    await record(started, {
      record_id: 'r-2',
      previous_record_id: 'r-1',
      purposes: { analytics: 'denied', marketing: 'denied' },
      policy_version: '7',
    })
    const answer = (await (await started.get('/v1/reports/consent')).json()) as ConsentAnswer
    const row = { asked: 5, granted: 1, refused: 1, withdrawn: 1, no_answer: 3 }
    expect(answer.totals).toEqual([
      { purpose: 'analytics', ...row },
      { purpose: 'marketing', ...row, granted: 0, refused: 2, withdrawn: 0 },
    ])
    expect(answer.rows[0]).toMatchObject({ purpose: 'analytics', region: null, device: 'mobile', version: '7', ...row })
    expect(Object.keys(answer.basis)).toEqual(expect.arrayContaining(['asked', 'granted', 'refused', 'withdrawn', 'no_answer']))
    const csv = await (await started.get('/v1/reports/consent?format=csv')).text()
    expect(csv.split('\r\n').slice(0, 2)).toEqual([
      'day,purpose,region,device,version,asked,granted,refused,withdrawn,no_answer',
      `${answer.rows[0]?.day},analytics,,mobile,7,5,1,1,1,3`,
    ])
  })

  test('an anonymous answer of an event counts once, however often the event is sent', async () => {
    const started = await start(store)
    const refusal = updated(nextId(), allDenied, { anonymous_id: null, session: null })
    for (let attempt = 0; attempt < 3; attempt += 1) await started.deliver([refusal])
    const { totals } = (await (await started.get('/v1/reports/consent')).json()) as ConsentAnswer
    expect(totals[0]).toMatchObject({ asked: null, refused: 1, no_answer: null })
  })

  test('histories come in pages', async () => {
    const started = await start(store)
    for (const record_id of ['r-1', 'r-2', 'r-3']) await record(started, { record_id, subject: 'a-1', purposes: granted })
    const first = (await (await started.get('/v1/consent/a-1?limit=2')).json()) as { entries: unknown[]; next: string }
    expect(first.entries).toHaveLength(2)
    const rest = (await (await started.get(`/v1/consent/a-1?limit=2&cursor=${first.next}`)).json()) as {
      entries: unknown[]
      next: null
    }
    expect([rest.entries.length, rest.next]).toEqual([1, null])
  })
})

describe('what cannot be a record', () => {
  const hostile = JSON.parse('{"purposes":{"analytics":"granted","__proto__":{"marketing":"granted"}},"subject":"p-1"}') as object

  test.each<{ name: string; body: unknown; headers?: Record<string, string>; expect: readonly [status: number, code: string] }>([
    { name: 'nothing', body: '', expect: [400, 'undecodable'] },
    { name: 'no JSON', body: '{', expect: [400, 'undecodable'] },
    { name: 'no object', body: '[]', expect: [400, 'bad_consent_record'] },
    { name: 'null', body: 'null', expect: [400, 'bad_consent_record'] },
    { name: 'no purposes', body: {}, expect: [400, 'bad_consent_record'] },
    { name: 'no known purpose', body: { purposes: { ads: 'granted' } }, expect: [400, 'bad_consent_record'] },
    { name: 'a state that is none', body: { purposes: { analytics: true } }, expect: [400, 'bad_consent_record'] },
    { name: 'a list of nothing', body: { purposes: [1] }, expect: [400, 'bad_consent_record'] },
    {
      name: 'too many purposes',
      body: { purposes: Array(99).fill({ id: 'analytics', state: 'granted' }) },
      expect: [400, 'bad_consent_record'],
    },
    { name: 'a subject that is none', body: { purposes: granted, subject: { $ne: null } }, expect: [400, 'bad_consent_record'] },
    { name: 'an empty subject', body: { purposes: granted, subject: '' }, expect: [400, 'bad_consent_record'] },
    { name: 'a NUL', body: { purposes: granted, subject: 'a\0b' }, expect: [400, 'bad_consent_record'] },
    {
      name: 'half a character',
      body: '{"write_key":"wk_test","purposes":{"analytics":"granted"},"subject":"\\ud800"}',
      expect: [400, 'bad_consent_record'],
    },
    { name: 'a huge string', body: { purposes: granted, notice_url: 'x'.repeat(5000) }, expect: [400, 'bad_consent_record'] },
    { name: 'a time that is none', body: { purposes: granted, event_time: 'yesterday' }, expect: [400, 'bad_consent_record'] },
    { name: 'a time beyond time', body: { purposes: granted, event_time: 9e15 }, expect: [400, 'bad_consent_record'] },
    {
      name: 'a body of 10,000 keys',
      body: Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, 1])),
      expect: [413, 'body_too_large'],
    },
    { name: 'a bomb', body: gzipSync(Buffer.alloc(2 ** 22)), expect: [413, 'body_too_large'] },
    { name: 'an unknown encoding', body: '{}', headers: { 'content-encoding': 'br' }, expect: [415, 'unsupported_encoding'] },
    { name: 'an unknown key', body: { write_key: 'wk_none', purposes: granted }, expect: [401, 'unknown_write_key'] },
    { name: 'a key that is none', body: { write_key: 7, purposes: granted }, expect: [400, 'bad_consent_record'] },
    { name: 'no key', body: JSON.stringify({ purposes: granted }), expect: [401, 'unknown_write_key'] },
    {
      name: 'a wrong secret',
      body: { purposes: granted },
      headers: { authorization: 'Bearer sk_wrong' },
      expect: [401, 'wrong_secret_key'],
    },
    {
      name: 'a foreign page',
      body: { purposes: granted },
      headers: { origin: 'https://evil.example' },
      expect: [403, 'origin_not_allowed'],
    },
  ])('$name', async ({ body, headers, expect: expected }) => {
    const { url } = await startCollector({ store: 'memory' })
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const sent = isRaw ? body : JSON.stringify({ write_key: writeKey, ...(body as object) })
    const response = await fetch(`${url}/v1/consent`, {
      method: 'POST',
      body: sent as BodyInit,
      headers: { 'content-type': 'text/plain', ...headers },
    })
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual(expected)
  })

  test('a prototype is no purpose', async () => {
    const started = await startCollector({ store: 'memory' })
    expect((await record(started, hostile)).status).toBe(200)
    expect((await entriesOf(started, 'p-1'))[0]?.purposes).toEqual({ analytics: 'granted' })
  })

  test('of an event as well: whatever stands in a decision, nothing is a 500', async () => {
    const started = await startCollector()
    for (const properties of [
      { purposes: null },
      { purposes: [] },
      { purposes: { analytics: { granted: true } }, record_id: 7 },
      { purposes: allDenied, record_id: '\0', previous_record_id: '\ud800', policy_version: 'x'.repeat(9999) },
      { purposes: { ...granted, constructor: 'granted' }, record_id: 'toString', previous_record_id: '__proto__' },
    ]) {
      const response = await started.post(JSON.stringify(batch([envelope({ name: 'consent_updated', properties })])))
      expect(response.status).toBe(200)
    }
    const odd = { ...granted, record_id: '\0\ud800', version: '\0', source: '\ud800' }
    const receipt = await started.deliver([
      envelope({ consent: odd }),
      envelope({ consent: odd, anonymous_id: '\0', user_id: '\0' }),
    ])
    expect(receipt.accepted).toBe(2)
    expect((await (await started.get('/v1/consent/%00')).json()) as object).toHaveProperty('entries')
    expect((await started.get('/v1/consent/%E0%A4%A')).status).toBeLessThan(500)
  })
})

test('pages of listed origins may post; what cannot be read has the headers all the same', async () => {
  const { url } = await startCollector({ store: 'memory', origins: 'https://shop.example' })
  const origin = 'https://shop.example'
  const preflight = await fetch(`${url}/v1/consent`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  })
  const refused = await fetch(`${url}/v1/consent`, { method: 'POST', body: '{', headers: { origin } })
  const taken = await fetch(`${url}/v1/consent`, {
    method: 'POST',
    body: JSON.stringify({ write_key: writeKey, purposes: { analytics: 'unknown' } }),
    headers: { origin },
  })
  expect([preflight.status, refused.status, taken.status]).toEqual([204, 400, 200])
  for (const { headers } of [preflight, refused, taken]) expect(headers.get('access-control-allow-origin')).toBe(origin)
})

test('the history needs the secret key', async () => {
  const { url } = await startCollector({ store: 'memory' })
  expect((await fetch(`${url}/v1/consent/a-1`)).status).toBe(401)
  expect((await fetch(`${url}/v1/reports/consent`, { headers: { authorization: `Bearer ${writeKey}` } })).status).toBe(401)
})

test('the site says that it honours the signal', async () => {
  const { url } = await startCollector({ store: 'memory' })
  expect(await (await fetch(`${url}/.well-known/gpc.json`)).json()).toEqual({ gpc: true, lastUpdate: '2026-11-22' })
})
