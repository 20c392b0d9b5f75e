import type { CompletenessAnswer, ConsentAnswer, TrafficAnswer } from '@footfall/collector/reports'
import { type DayRange, writeDays } from './period.ts'

/**
 * What came of asking the collector. `refused` means that the secret key is wrong or the session has ended; `failed` that there is
 * no answer to show. Both carry a sentence for the person at the page.
 */
export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly sentence: string }

/** Everything this page asks of the collector. */
export interface Client {
  signIn(secretKey: string): Promise<Outcome<undefined>>
  signOut(): Promise<Outcome<undefined>>
  /** Without a range: the collector's default, the last 30 days in the project's time zone. */
  traffic(range?: DayRange): Promise<Outcome<TrafficAnswer>>
  completeness(range: DayRange): Promise<Outcome<CompletenessAnswer>>
  consent(range: DayRange): Promise<Outcome<ConsentAnswer>>
  /** Where the same figures can be downloaded as CSV. */
  readonly trafficCsvUrl: (range: DayRange) => string
  readonly liveUrl: string
  /** Where a shop sends its events, and where it finds the script: for the instructions on the empty page. */
  readonly eventsUrl: string
  readonly scriptUrl: string
}

export interface ClientPorts {
  /** The page's own address: every route is found from it, so that the collector may be mounted under any path. */
  readonly pageUrl: string
  readonly fetch: typeof fetch
  /** How long an answer may take, in milliseconds. */
  readonly timeoutMs: number
}

export function createClient({ pageUrl, fetch, timeoutMs }: ClientPorts): Client {
  const urlOf = (path: string): string => new URL(path, pageUrl).href

  const ask = async (path: string, init: RequestInit = {}): Promise<Outcome<Response>> => {
    try {
      const response = await fetch(urlOf(path), { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(timeoutMs) })
      if (response.ok) return { kind: 'ok', value: response }
      const sentence = await sentenceOf(response)
      return { kind: response.status === 401 ? 'refused' : 'failed', sentence }
    } catch (cause) {
      return { kind: 'failed', sentence: isTimeout(cause) ? tooSlow(timeoutMs) : unreachable }
    }
  }

  /** The collector's own answer, made from the very type that is claimed here; there is no second source to hold it against. */
  const report = async <T>(question: string): Promise<Outcome<T>> => {
    const outcome = await ask(`../v1/reports/${question}`, { headers: { accept: 'application/json' } })
    if (outcome.kind !== 'ok') return outcome
    try {
      return { kind: 'ok', value: (await outcome.value.json()) as T }
    } catch {
      return { kind: 'failed', sentence: notOurs }
    }
  }

  return {
    async signIn(secretKey) {
      const headers = { 'content-type': 'application/json' }
      return withoutBody(await ask('session', { method: 'POST', headers, body: JSON.stringify({ secret_key: secretKey }) }))
    },
    async signOut() {
      return withoutBody(await ask('session', { method: 'DELETE' }))
    },
    traffic: (range) => report(`traffic${range === undefined ? '' : writeDays(range)}`),
    completeness: (range) => report(`completeness${writeDays(range)}`),
    consent: (range) => report(`consent${writeDays(range)}`),
    trafficCsvUrl: (range) => urlOf(`../v1/reports/traffic${writeDays(range)}&format=csv`),
    liveUrl: urlOf('../v1/live'),
    eventsUrl: urlOf('../v1/events'),
    scriptUrl: urlOf('../footfall.js'),
  }
}

const unreachable = 'The collector cannot be reached. Check that it is running and that this device is online.'
const notOurs = 'Something other than the collector answered. Check the proxy in front of it, or sign in there first.'
const tooSlow = (ms: number): string => `The collector did not answer within ${ms / 1000} seconds. It may be busy: try again.`

const withoutBody = (outcome: Outcome<Response>): Outcome<undefined> =>
  outcome.kind === 'ok' ? { kind: 'ok', value: undefined } : outcome

const isTimeout = (cause: unknown): boolean => cause instanceof DOMException && cause.name === 'TimeoutError'

// The collector says what to do in `detail` (RFC 9457); anything else in front of it, such as a proxy, only has a status.
async function sentenceOf(response: Response): Promise<string> {
  const fallback = `The collector answered with an error (${response.status}). Try again; if it stays, look at its log.`
  try {
    const problem: unknown = await response.json()
    const { detail, title } = Object(problem) as { readonly detail?: unknown; readonly title?: unknown }
    const said = [detail, title].find((text) => typeof text === 'string' && text !== '')
    return typeof said === 'string' ? asSentence(said) : fallback
  } catch {
    return fallback
  }
}

const asSentence = (text: string): string => {
  const capitalised = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capitalised) ? capitalised : `${capitalised}.`
}
