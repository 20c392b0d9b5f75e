import { batch, envelope } from '@footfall/testkit/builders'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, test } from 'vitest'
import { secretKey } from '../start-collector.ts'
import { type Served, serve, whenAllEnd } from './serve.ts'
import { type Answer, ask, post, saidIn, textOf } from './wire.ts'

const atEnd = whenAllEnd()

const wild = [
  `'; DROP TABLE events; --`,
  `" OR 1=1 --`,
  `x') ; DELETE FROM quarantine; --`,
  `%' ESCAPE '%`,
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `</script><svg/onload=alert(1)>`,
  `javascript:alert(1)`,
  `x\r\nSet-Cookie: a=b\r\n\r\n<html>`,
  `x\nX-Injected: 1`,
  '{{7*7}}',
  `=HYPERLINK("http://evil.example","x")`,
  `=cmd|' /C calc'!A0`,
  `+1+1`,
  `-2+3`,
  `@SUM(1)`,
  `\t=1+1`,
  `\r=1+1`,
  `x;=1+1`,
  `x\n=1+1`,
  `"=1+1"`,
  ` =1+1`,
  `＝1+1`,
]

let served: Served
const get = (path: string, ...headers: readonly string[]): Promise<Answer> =>
  ask(served.url, `${[`GET ${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${secretKey}`, ...headers].join('\r\n')}\r\n\r\n`)

const people = wild.map((text, index) => `p${index} ${text}`)

beforeAll(async () => {
  served = await serve(atEnd)
  const events = wild.flatMap((text, index) => [
    envelope({
      id: crypto.randomUUID(),
      name: text.slice(0, 64),
      anonymous_id: text,
      user_id: people[index] ?? null,
      session: { id: text, index: 1 },
      page: { url: `https://shop.example/${text}?utm_source=${text}`, title: text, referrer: text, view_id: text },
      consent: {
        analytics: 'granted',
        marketing: 'granted',
        personalization: 'granted',
        record_id: text,
        version: text.slice(0, 64),
      },
      properties: { [text]: text, product_id: text, query: text } as never,
      traits: { name: text } as never,
    }),
    // Kept aside, with the same.
    envelope({
      id: crypto.randomUUID(),
      name: text.slice(0, 64),
      user_id: people[index] ?? null,
      occurred_at: text as never,
      properties: { [text]: text } as never,
    }),
  ])
  const asServer = { Authorization: `Bearer ${secretKey}`, 'User-Agent': `x ${wild[4]}` }
  const body = JSON.stringify(batch(events, { shared: { source: wild[11], channel: wild[0] } as never }))
  for (const headers of [{}, asServer]) {
    const answer = await ask(served.url, post('/v1/events', body, headers))
    expect(answer.status).toBe(200)
  }
  for (const [index, text] of wild.entries()) {
    const record = {
      write_key: 'wk_test',
      subject: people[index],
      purposes: { analytics: 'granted' },
      policy_version: text,
      notice_url: text,
      cmp: text,
    }
    await ask(served.url, post('/v1/consent', JSON.stringify(record)))
  }
}, 120_000)

describe('what people sent', () => {
  const reads = [
    ...[
      '/v1/events?limit=500',
      '/v1/quarantine?limit=500',
      '/v1/sources',
      '/v1/aliases',
      '/v1/reports/traffic',
      '/v1/reports/quality',
    ],
    ...['/v1/reports/consent', '/v1/reports/completeness', '/v1/reports/consent?format=csv', '/v1/reports/quality?format=csv'],
    ...wild.flatMap((text, index) => [
      `/v1/events?name=${encodeURIComponent(text)}&user_id=${encodeURIComponent(people[index] ?? '')}`,
      `/v1/quarantine?source=${encodeURIComponent(text)}&code=${encodeURIComponent(text)}`,
      `/v1/consent/${encodeURIComponent(people[index] ?? '')}`,
      `/v1/subjects/${encodeURIComponent(people[index] ?? '')}`,
      `/v1/reports/quality?source=${encodeURIComponent(text)}`,
    ]),
  ]

  test('is text in every answer: none is a page, none has a header of theirs', async () => {
    for (const path of reads) {
      const { status, headers } = await get(path)
      expect([path, status]).toEqual([path, 200])
      expect(headers['content-type']).toMatch(/^(application\/(json|jsonl|x-ndjson)|text\/csv)/)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['cache-control']).toContain('no-store')
      expect(Object.keys(headers).join()).not.toMatch(/injected|set-cookie/)
    }
  })

  test('is stored as it was sent, and everything else is still there', async () => {
    const { events } = saidIn(await get('/v1/events?limit=500')) as { readonly events: readonly { original_name: string }[] }
    expect(new Set(events.map((event) => event.original_name))).toEqual(new Set(wild.map((text) => text.slice(0, 64))))
    const { verdicts } = saidIn(await get('/v1/reports/traffic')) as { readonly verdicts: Readonly<Record<string, number>> }
    const { received = 0, accepted = 0, duplicate = 0, quarantined = 0, rejected = 0 } = verdicts
    expect(accepted + duplicate + quarantined + rejected).toBe(received)
    expect(received).toBe(4 * wild.length)
  })

  test('finds only itself: no filter is more than a text', async () => {
    for (const [index, text] of wild.entries()) {
      const found = saidIn(await get(`/v1/events?user_id=${encodeURIComponent(people[index] ?? '')}`)) as {
        events: readonly { user_id: string }[]
      }
      expect(new Set(found.events.map((event) => event.user_id))).toEqual(new Set([people[index]]))
      expect(saidIn(await get(`/v1/events?user_id=${encodeURIComponent(text)}`))).toMatchObject({ events: [] })
    }
  })

  test('is no page where an address holds it either', async () => {
    for (const text of wild) {
      const answer = await get(`/${encodeURIComponent(text)}?${encodeURIComponent(text)}`)
      expect(answer.status).toBe(404)
      expect(answer.headers['content-type']).toBe('application/problem+json')
      expect(textOf(answer)).not.toContain(text)
    }
  })

  test('is erased by an id, however that is written', async () => {
    const { status } = await ask(
      served.url,
      `DELETE /v1/subjects/${encodeURIComponent(people[0] ?? '')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secretKey}\r\n\r\n`,
    )
    expect(status).toBe(200)
    const { events } = saidIn(await get('/v1/events?limit=500')) as { readonly events: readonly { user_id: string }[] }
    expect(events.some((event) => event.user_id === people[0])).toBe(false)
    expect(events.some((event) => event.user_id === people[1])).toBe(true)
  })
})

describe('no cell of a table begins like a formula', () => {
  const tables = [
    ...[
      '/v1/reports/consent?format=csv',
      '/v1/reports/quality?format=csv',
      '/v1/reports/completeness?format=csv',
      '/v1/reports/traffic?format=csv',
    ],
    ...people.slice(1).map((person) => `/v1/subjects/${encodeURIComponent(person)}?format=csv`),
  ]
  // By whichever mark a table program splits: as it was written, by semicolons, by tabs.
  test.each([',', ';', '\t'])('split at %j', async (delimiter) => {
    for (const path of tables) {
      const answer = await get(path)
      expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+"$/)
      const rows: string[][] = parse(textOf(answer), { delimiter, relax_quotes: true, relax_column_count: true })
      expect(rows.length).toBeGreaterThan(0)
      for (const cell of rows.flat()) expect(cell).not.toMatch(/^[\s"]*[=+\-@＝＋－＠|%](?!\d+(?:\.\d+)?$)/)
    }
  })

  test('and the whole is there to the letter, as JSON in the last cell', async () => {
    for (const [index, text] of wild.entries()) {
      if (index === 0) continue
      const rows: string[][] = parse(textOf(await get(`/v1/subjects/${encodeURIComponent(people[index] ?? '')}?format=csv`)))
      const events = rows
        .filter(([kind]) => kind === 'event')
        .map((row) => JSON.parse(row.at(-1) ?? '') as { original_name: string })
      expect(events.map((event) => event.original_name)).toContain(text.slice(0, 64))
    }
  })
})
