import { expect, test } from 'vitest'
import { secretKey, startCollector, visitorAgent, writeKey } from './start-collector.ts'

/** What a mail's reader sees of the collector: the same 43 bytes, whatever it thinks. */
const picture =
  'GIF89a\u0001\u0000\u0001\u0000\u0080\u0000\u0000\u0000\u0000\u0000ÿÿÿ!ù\u0004\u0001\u0000\u0000\u0000\u0000,\u0000\u0000\u0000\u0000\u0001\u0000\u0001\u0000\u0000\u0002\u0002D\u0001\u0000;'

async function setUp() {
  const started = await startCollector({ store: 'memory' })
  const { url } = started
  const open = async (query: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${url}/v1/pixel.gif?${new URLSearchParams(query)}`, {
      headers: { 'user-agent': visitorAgent, ...headers },
    })
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      200,
      'image/gif',
      'no-store, private, max-age=0',
    ])
    expect(Buffer.from(await response.arrayBuffer()).toString('latin1')).toBe(picture)
  }
  const decide = async (subject: string, state: 'granted' | 'denied', more: object = {}, isServer = true) => {
    const headers: Record<string, string> = isServer ? { authorization: `Bearer ${secretKey}` } : {}
    const body = JSON.stringify({ write_key: writeKey, subject, purposes: { marketing: state, analytics: state }, ...more })
    const response = await fetch(`${url}/v1/consent`, { method: 'POST', body, headers })
    return ((await response.json()) as { record_id: string }).record_id
  }
  const rejected = async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(/footfall_events_total\{[^}]*code="consent_missing"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0)
  }
  return { ...started, open, decide, rejected }
}

const mail = { write_key: writeKey, message_id: 'M-1', campaign_id: 'spring', user_id: 'cust_42' }

test('the opening of a mail is an event of somebody who agreed to it, and of nobody else', async () => {
  const { open, decide, events, quarantined, rejected } = await setUp()
  await open(mail)
  expect([await events(), await quarantined(), await rejected()]).toEqual([[], [], 1])
  const record = await decide('cust_42', 'granted')
  await open(mail)
  await open({ ...mail, user_id: 'cust_43' })
  expect(await events()).toMatchObject([
    {
      name: 'email_opened',
      user_id: 'cust_42',
      channel: 'email',
      properties: { message_id: 'M-1', campaign_id: 'spring' },
      consent: { marketing: 'granted', record_id: record },
      bot: false,
      quality: { status: 'clean' },
    },
  ])
  expect(await rejected()).toBe(2)
  await decide('cust_42', 'denied', { previous_record_id: record })
  await open(mail)
  await open({ ...mail, record_id: record })
  expect(await events()).toHaveLength(1)
})

test('what a page says about a user is no proof, and what a device says about itself is', async () => {
  const { open, decide, events } = await setUp()
  await decide('cust_42', 'granted', {}, false)
  await open(mail)
  expect(await events()).toEqual([])
  await decide('device-1', 'granted', {}, false)
  await open({ write_key: writeKey, message_id: 'M-1', anonymous_id: 'device-1' })
  expect(await events()).toMatchObject([{ anonymous_id: 'device-1', user_id: null }])
})

test('a mail may name the decision that it was sent under', async () => {
  const { open, decide, events } = await setUp()
  const first = await decide('cust_42', 'granted', { record_id: 'r-1' })
  await decide('cust_42', 'granted', { record_id: 'r-2' })
  await open({ ...mail, record_id: first })
  expect(await events()).toMatchObject([{ consent: { record_id: 'r-1' } }])
  await decide('cust_43', 'granted', { record_id: 'r-3' })
  // Somebody else's.
  await open({ ...mail, record_id: 'r-3' })
  expect(await events()).toHaveLength(1)
})

test('a picture that is loaded twice under one id is one opening, and under none each is', async () => {
  const { open, decide, events } = await setUp()
  await decide('cust_42', 'granted')
  const id = '0198f3a0-0000-7000-8000-00000000abcd'
  await open({ ...mail, id })
  await open({ ...mail, id })
  expect(await events()).toHaveLength(1)
  await open(mail)
  await open(mail)
  expect(await events()).toHaveLength(3)
})

test.each([
  { name: "Apple's, which loads what nobody opened", agent: 'Mozilla/5.0', isMachine: true },
  {
    name: "Google's",
    agent: 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    isMachine: false,
  },
  { name: "Yahoo's", agent: 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html', isMachine: false },
])('a picture that a mail program loads is told apart: $name', async ({ agent, isMachine }) => {
  const { open, decide, events } = await setUp()
  await decide('cust_42', 'granted')
  await open(mail, { 'user-agent': agent })
  const [event] = await events()
  expect(event?.bot).toBe(true)
  expect(event?.properties).toEqual({ message_id: 'M-1', campaign_id: 'spring', ...(isMachine && { is_machine_open: true }) })
})

test('a page without scripts is a view of somebody who agreed', async () => {
  const { open, decide, events } = await setUp()
  const view = { write_key: writeKey, name: 'page_viewed', user_id: 'cust_42' }
  await open(view, { referer: 'https://shop.example/p/1?email=a@b.example' })
  expect(await events()).toEqual([])
  await decide('cust_42', 'granted')
  await open(view, { referer: 'https://shop.example/p/1?email=a@b.example' })
  await open({ ...view, url: 'https://shop.example/p/2', title: 'Two' })
  const pages = (await events()).map(({ page }) => page as { url: string })
  expect(pages).toMatchObject([
    { url: expect.stringContaining('https://shop.example/p/1') },
    { url: 'https://shop.example/p/2', title: 'Two' },
  ])
  expect(JSON.stringify(pages)).not.toContain('a@b.example')
})

test('what is no mail and no page, or comes from nowhere, changes nothing', async () => {
  const { url, open, decide, events, quarantined, rejected } = await setUp()
  await decide('cust_42', 'granted')
  await open({})
  await open({ ...mail, write_key: 'wk_other' })
  await open({ ...mail, name: 'order_completed', order_id: 'O-1' })
  await open({ ...mail, name: 'consent_updated' })
  await open({ ...mail, user_id: 'x'.repeat(300) })
  await open({ ...mail, user_id: '', anonymous_id: '\u0000' })
  await open(mail, { 'sec-gpc': '1' })
  expect((await fetch(`${url}/v1/pixel.gif?${new URLSearchParams(mail)}`, { method: 'HEAD' })).status).toBe(200)
  expect([await events(), await quarantined()]).toEqual([[], []])
  expect(await rejected()).toBe(2)
})

test('a store that is away costs no picture', async () => {
  const { collector, url } = await startCollector({ store: 'memory' })
  await collector.close()
  const response = await fetch(`${url}/v1/pixel.gif?${new URLSearchParams(mail)}`)
  expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 43])
})
