import type { CompletenessAnswer, ConsentAnswer, QualityAnswer, TrafficAnswer } from '@footfall/collector/reports'
import type { AliasRow, QuarantinedRow, QuarantineFilter, ReplayAnswer, ReprocessAnswer, SourceRow } from './answers.ts'
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
  /** @param source only events of this one; `undefined`: of all */
  quality(range: DayRange, source?: string): Promise<Outcome<QualityAnswer>>
  sources(): Promise<Outcome<readonly SourceRow[]>>
  setSource(id: string, settings: object): Promise<Outcome<unknown>>
  removeSource(id: string): Promise<Outcome<unknown>>
  aliases(): Promise<Outcome<readonly AliasRow[]>>
  /** From now on the name `from` means `to`; stored events follow by `reprocess`. */
  setAlias(from: string, to: string): Promise<Outcome<unknown>>
  removeAlias(from: string): Promise<Outcome<unknown>>
  /** Reads stored events of a name again, as far as one request may take. */
  reprocess(name: string, cursor: string | undefined): Promise<Outcome<ReprocessAnswer>>
  quarantine(filter: QuarantineFilter, cursor: string | undefined): Promise<Outcome<QuarantinePage>>
  quarantined(key: string): Promise<Outcome<QuarantinedRow>>
  replay(what: Replay): Promise<Outcome<ReplayAnswer>>
  purge(what: QuarantineFilter | { readonly key: string }): Promise<Outcome<{ readonly purged: number }>>
  /** Where the same figures can be downloaded as CSV. */
  readonly trafficCsvUrl: (range: DayRange) => string
  readonly liveUrl: string
  /** Where a shop sends its events, and where it finds the script: for the instructions on the empty page. */
  readonly eventsUrl: string
  readonly scriptUrl: string
}

export interface QuarantinePage {
  readonly events: readonly QuarantinedRow[]
  readonly next: string | null
}

/** What is to be judged again, and whether in earnest. */
export type Replay = ({ readonly keys: readonly string[] } | { readonly filter: QuarantineFilter }) & {
  /** JSON merge patch (RFC 7396) for each event. */
  readonly patch?: object
  readonly dry_run?: boolean
  readonly cursor?: string | undefined
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
  const answerTo = async <T>(path: string, method = 'GET', body?: object): Promise<Outcome<T>> => {
    const headers = { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) }
    const outcome = await ask(`../v1/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    if (outcome.kind !== 'ok') return outcome
    try {
      const text = await outcome.value.text()
      return { kind: 'ok', value: (text === '' ? undefined : JSON.parse(text)) as T }
    } catch {
      return { kind: 'failed', sentence: notOurs }
    }
  }
  const report = <T>(question: string): Promise<Outcome<T>> => answerTo(`reports/${question}`)
  /** The list under its name in an answer. */
  const list = async <T>(name: string): Promise<Outcome<readonly T[]>> => {
    const outcome = await answerTo<Record<string, readonly T[]>>(name)
    return outcome.kind === 'ok' ? { kind: 'ok', value: outcome.value[name] ?? [] } : outcome
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
    quality: (range, source) => report(`quality${queryOf({ from: range.from, to: range.to, source })}`),
    sources: () => list('sources'),
    setSource: (id, settings) => answerTo(pathOf('sources', id), 'PUT', settings),
    removeSource: (id) => answerTo(pathOf('sources', id), 'DELETE'),
    aliases: () => list('aliases'),
    setAlias: (from, to) => answerTo(pathOf('aliases', from), 'PUT', { to }),
    removeAlias: (from) => answerTo(pathOf('aliases', from), 'DELETE'),
    reprocess: (name, cursor) => answerTo('reprocess', 'POST', { names: [name], cursor }),
    quarantine: (filter, cursor) => answerTo(`quarantine${queryOf({ ...filter, limit: '50', cursor })}`),
    quarantined: (key) => answerTo(pathOf('quarantine', key)),
    replay: (what) => answerTo('quarantine/replay', 'POST', what),
    purge: (what) => answerTo(`quarantine${queryOf(what)}`, 'DELETE'),
    trafficCsvUrl: (range) => urlOf(`../v1/reports/traffic${writeDays(range)}&format=csv`),
    liveUrl: urlOf('../v1/live'),
    eventsUrl: urlOf('../v1/events'),
    scriptUrl: urlOf('../footfall.js'),
  }
}

// What clients wrote becomes one segment of a path, or one parameter, and nothing else.
const pathOf = (route: string, id: string): string => `${route}/${encodeURIComponent(id)}`

function queryOf(parameters: object): string {
  const given: [string, string][] = Object.entries(parameters).filter(([, value]) => value !== undefined)
  return `?${new URLSearchParams(given)}`
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
