import type { EnvelopeInput } from '@footfall/events'
import { nextId } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { secretKey, startCollector, writeKey } from '../start-collector.ts'

const now = Date.UTC(2026, 10, 22, 18)

/** What a till, a mailer or a back office sends: no page, no tracker, no clock of its own. */
async function deliver(event: Partial<EnvelopeInput>, source: object | null) {
  const { url, events } = await startCollector({ store: 'memory' }, { now: () => now })
  const headers = { authorization: `Bearer ${secretKey}`, 'user-agent': 'python-requests/2.31' }
  if (source !== null) {
    const put = await fetch(`${url}/v1/sources/s-1`, { method: 'PUT', headers, body: JSON.stringify(source) })
    expect(put.status).toBe(200)
  }
  const body = JSON.stringify({ write_key: writeKey, events: [{ id: nextId(), source: 's-1', ...event }] })
  const receipt = (await (await fetch(`${url}/v1/events`, { method: 'POST', headers, body })).json()) as {
    accepted: number
    problems: { status: string; code: string }[]
  }
  return { receipt, stored: (await events())[0] }
}

const consent = { analytics: 'granted' } as const
const purchase = {
  name: 'pos_purchase_completed',
  consent,
  properties: { receipt_id: 4711, store_id: 'S', total: '12,50', currency: 'EUR' },
}
const pos = { channel: 'pos', time_zone: 'Europe/Paris', date_order: 'DMY' }

test.each<{ name: string; event: Partial<EnvelopeInput>; source: object | null; expected: object }>([
  {
    name: 'a till in its own time zone and date order',
    event: { ...purchase, occurred_at: '03/04/2026 10:15' },
    source: pos,
    expected: { occurred_at: '2026-04-03T08:15:00.000Z', channel: 'pos', bot: false, ip: null, device: { type: 'unknown' } },
  },
  {
    name: 'amounts in cents, in the currency of the source',
    event: { ...purchase, occurred_at: now, properties: { receipt_id: '1', store_id: 'S', total: 1250 } },
    source: { ...pos, money_unit: 'minor', currency: 'CHF' },
    expected: {
      money: { total: { minor: 1250, currency: 'CHF' } },
      quality: { flags: expect.arrayContaining(['default_currency']) },
    },
  },
  {
    name: 'the address and the browser of whom it speaks for',
    event: {
      ...purchase,
      occurred_at: now,
      ip: '198.51.100.77',
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
    },
    source: pos,
    expected: { ip: '198.51.100.0', device: { type: 'desktop', browser: 'Firefox', os: 'Linux' }, bot: false },
  },
  {
    name: 'history, which no page may send',
    event: { ...purchase, occurred_at: '2020-01-02T03:04:05Z' },
    source: null,
    expected: { occurred_at: '2020-01-02T03:04:05.000Z', quality: { flags: ['too_late'] } },
  },
  {
    name: 'a time that is not said, which is that of the receipt',
    event: purchase,
    source: pos,
    expected: { occurred_at: '2026-11-22T18:00:00.000Z', quality: { flags: expect.arrayContaining(['time_from_receipt']) } },
  },
  {
    name: 'a mail that was opened, of somebody who agreed to marketing',
    event: {
      name: 'Email Opened',
      occurred_at: now,
      user_id: 'cust_42',
      consent: { marketing: 'granted', analytics: 'granted' },
      properties: { campaign_id: 'spring', email_hash: '542d2401'.repeat(8) },
    },
    source: { channel: 'email' },
    expected: { name: 'email_opened', user_id: 'cust_42', channel: 'email', properties: { email_hash: '542d2401'.repeat(8) } },
  },
])('a server with the secret key is understood: $name', async ({ event, source, expected }) => {
  const { receipt, stored } = await deliver(event, source)
  expect(receipt.accepted).toBe(1)
  expect(stored).toMatchObject(expected)
})

test.each<{ name: string; event: Partial<EnvelopeInput>; code: string }>([
  { name: 'no id', event: { ...purchase, id: undefined as unknown as string, occurred_at: now }, code: 'missing_required' },
  { name: 'no consent', event: { ...purchase, consent: null, occurred_at: now }, code: 'consent_missing' },
  { name: 'a day ahead', event: { ...purchase, occurred_at: '2026-11-24T00:00:00Z' }, code: 'bad_time' },
  { name: 'a date of two readings', event: { ...purchase, occurred_at: '03/04/2026 10:15' }, code: 'bad_time' },
])('a server is not believed everything: $name', async ({ event, code }) => {
  const { receipt, stored } = await deliver(event, null)
  expect([receipt.problems[0]?.code, stored]).toEqual([code, undefined])
})

test('the secret key names the project: a server needs no write key', async () => {
  const { url, events } = await startCollector({ store: 'memory' }, { now: () => now })
  const headers = { authorization: `Bearer ${secretKey}` }
  const body = JSON.stringify({ events: [{ id: nextId(), ...purchase, occurred_at: now }] })
  const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body })
  expect([response.status, await response.json()]).toMatchObject([200, { accepted: 1, problems: [] }])
  expect(await events()).toMatchObject([{ name: 'pos_purchase_completed' }])
})

test('what other trackers write of the address of a device is truncated wherever it stands', async () => {
  const { deliver, events, quarantined } = await startCollector({ store: 'memory' })
  const said = { ...purchase, context: { ip: '198.51.100.77' }, client_ip: '198.51.100.77' }
  const addresses = { ip: '198.51.100.77', clientIp: '2001:db8:1:2:3::7', shipping: '1.2.3.4' }
  await deliver([{ id: nextId(), ...said, properties: { ...purchase.properties, ...addresses } }])
  await deliver([{ id: nextId(), ...said, properties: { user_ip: '198.51.100.77' } }])
  const [stored] = await events()
  expect(stored?.properties).toMatchObject({ ip: '198.51.100.0', clientIp: '2001:db8:1::', shipping: '1.2.3.4' })
  expect(await quarantined()).toHaveLength(1)
  expect(JSON.stringify([await events(), await quarantined()])).not.toContain('198.51.100.77')
})

test('a page is known by its own address and browser, whatever it says; nothing keeps what it said', async () => {
  const { deliver, events, quarantined, post } = await startCollector({ store: 'memory' })
  const { consent, name, properties } = purchase
  const said = { ip: '198.51.100.77', user_agent: 'Googlebot/2.1', consent, name, properties: { ...properties, receipt_id: '1' } }
  await deliver([{ id: nextId(), ...said }])
  expect(await events()).toMatchObject([
    {
      ip: '127.0.0.0',
      bot: false,
      device: { type: 'mobile' },
      quality: { repairs: [{ field: 'ip', rule: 'EV-SERVER' }, { field: 'user_agent' }] },
    },
  ])
  const unread = { id: nextId(), ...said, properties: {} }
  await deliver([unread])
  await post(JSON.stringify({ write_key: '', events: [{ ...unread, id: nextId() }] }), { authorization: `Bearer ${secretKey}` })
  const kept = await quarantined()
  expect(kept).toHaveLength(2)
  expect(JSON.stringify([kept, await events()])).not.toMatch(/198\.51\.100\.77|Googlebot/)
  expect(kept.map(({ context }) => (context as { ip: string }).ip)).toEqual(['127.0.0.0', '198.51.100.0'])
})
