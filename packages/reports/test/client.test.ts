import { describe, expect, test } from 'vitest'
import { createClient } from '../src/client.ts'
import { trafficOf } from './builders.ts'

interface Asked {
  readonly url: string
  readonly init: RequestInit
}

function clientThat(
  answers: (asked: Asked) => Response | Promise<Response>,
  pageUrl = 'https://shop.example/count/reports/?days=7',
) {
  const asked: Asked[] = []
  const fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const request = { url: String(input), init }
    asked.push(request)
    return answers(request)
  }
  return { asked, client: createClient({ pageUrl, fetch, timeoutMs: 30_000 }) }
}

const problem = (status: number, body: unknown): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })

describe('every route is found from where the page is', () => {
  test.each([
    {
      pageUrl: 'http://127.0.0.1:8080/reports/',
      traffic: 'http://127.0.0.1:8080/v1/reports/traffic',
      live: 'http://127.0.0.1:8080/v1/live',
    },
    {
      pageUrl: 'https://shop.example/a/b/reports/index.html?days=7#content',
      traffic: 'https://shop.example/a/b/v1/reports/traffic',
      live: 'https://shop.example/a/b/v1/live',
    },
  ])('$pageUrl', async ({ pageUrl, traffic, live }) => {
    const { client, asked } = clientThat(() => Response.json(trafficOf()), pageUrl)
    await client.traffic()
    expect(asked.map(({ url }) => url)).toEqual([traffic])
    expect(client.liveUrl).toBe(live)
  })
})

test('the secret key travels in the body, never in an address', async () => {
  const { client, asked } = clientThat(() => new Response(null, { status: 204 }))
  expect(await client.signIn('sk_1 &?')).toEqual({ kind: 'ok', value: undefined })
  expect(asked[0]?.url).toBe('https://shop.example/count/reports/session')
  expect(asked[0]?.init).toMatchObject({ method: 'POST', body: '{"secret_key":"sk_1 &?"}' })
})

test('a range is asked for by its days, and downloaded by the same', async () => {
  const { client, asked } = clientThat(() => Response.json(trafficOf()))
  const range = { from: '2026-11-01', to: '2026-11-21' }
  const outcome = await client.traffic(range)
  expect(outcome).toEqual({ kind: 'ok', value: trafficOf() })
  expect(asked[0]?.url).toBe('https://shop.example/count/v1/reports/traffic?from=2026-11-01&to=2026-11-21')
  expect(client.trafficCsvUrl(range)).toBe(`${asked[0]?.url}&format=csv`)
})

describe('whatever goes wrong becomes a sentence', () => {
  test.each([
    {
      name: 'not signed in',
      answer: problem(401, { code: 'wrong_secret_key', detail: 'sign in' }),
      expect: { kind: 'refused', sentence: 'Sign in.' },
    },
    {
      name: 'the collector says what to do',
      answer: problem(400, { detail: 'from: use YYYY-MM-DD' }),
      expect: { kind: 'failed', sentence: 'From: use YYYY-MM-DD.' },
    },
    {
      name: 'it has only a title',
      answer: problem(503, { title: 'The collector is overloaded' }),
      expect: { kind: 'failed', sentence: 'The collector is overloaded.' },
    },
    {
      name: 'a proxy answers for it',
      answer: problem(502, '<h1>Bad Gateway</h1>'),
      expect: {
        kind: 'failed',
        sentence: 'The collector answered with an error (502). Try again; if it stays, look at its log.',
      },
    },
    {
      name: 'a problem that says nothing',
      answer: problem(500, { detail: '', title: 7 }),
      expect: {
        kind: 'failed',
        sentence: 'The collector answered with an error (500). Try again; if it stays, look at its log.',
      },
    },
    {
      name: 'a problem that is no object',
      answer: problem(500, 'null'),
      expect: {
        kind: 'failed',
        sentence: 'The collector answered with an error (500). Try again; if it stays, look at its log.',
      },
    },
    {
      name: 'something else says all is well',
      answer: new Response('<form>log in to the office network</form>'),
      expect: {
        kind: 'failed',
        sentence: 'Something other than the collector answered. Check the proxy in front of it, or sign in there first.',
      },
    },
  ])('$name', async ({ answer, expect: wanted }) => {
    expect(await clientThat(() => answer).client.traffic()).toEqual(wanted)
  })

  test.each([
    { name: 'no answer', cause: new TypeError('Failed to fetch'), says: 'The collector cannot be reached.' },
    {
      name: 'no answer in time',
      cause: new DOMException('', 'TimeoutError'),
      says: 'The collector did not answer within 30 seconds.',
    },
  ])('$name', async ({ cause, says }) => {
    const { client } = clientThat(() => Promise.reject(cause))
    expect(await client.signOut()).toEqual({ kind: 'failed', sentence: expect.stringContaining(says) })
  })
})
