import * as v from 'valibot'
import { type CollectorOptions, clientOf, dataDirOf, keysGiven, loadOptions, type Surroundings } from '../config.ts'
import { FootfallError } from '../errors.ts'
import { keptKeys } from '../keys.ts'

/** Which collector a command asks, and about which project. */
export interface Asked extends Partial<Surroundings> {
  /** Address of the collector, its path included where it has one. @defaultValue the setting `url`, or `http://HOST:PORT` */
  readonly url?: string | undefined
  /** @defaultValue `default` */
  readonly project?: string | undefined
}

/** A running collector, as commands see it. */
export interface AskedCollector {
  /** Without a slash at its end. */
  readonly url: string
  /** `null` where only the secret key is known here. */
  readonly writeKey: string | null
  /**
   * Asks with the secret key.
   *
   * @param path begins with a slash: `/v1/sources`
   * @param body is sent as JSON
   * @returns the answer's JSON; `null` where it has none
   * @throws CollectorRefusal when it says no
   * @throws FootfallError `collector_unreachable` when nobody answers as a collector does
   */
  request(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown>
}

/** What a collector answered instead of doing what it was asked for. Its message is the collector's own sentence. */
export class CollectorRefusal extends FootfallError {
  /** HTTP status. */
  readonly status: number
  /** The problem's stable code. */
  readonly problem: string
  /** When to ask again, in milliseconds; `null` where asking again changes nothing. */
  readonly retryAfterMs: number | null

  constructor(status: number, problem: Problem) {
    super('collector_refused', `${oneLine(problem.detail)} (${problem.code})`)
    this.status = status
    this.problem = problem.code
    this.retryAfterMs = problem.retry_after_ms ?? null
  }
}

/** Longer than any answer of a collector that works: its own questions end by themselves. */
const patienceMs = 120_000

/**
 * Finds a running collector and the key to ask it with, in the settings and in the data folder. Makes nothing.
 *
 * @throws FootfallError `no_secret_key`, `bad_setting`, `unknown_setting`, `bad_config_file`, `bad_keys_file`
 */
export async function askCollector({ url: named, project = 'default', ...surroundings }: Asked = {}): Promise<AskedCollector> {
  const options = await loadOptions(surroundings)
  const url = clientOf({ ...options, ...(named !== undefined && { url: named }) })
  const { secretKey, writeKey } = keysOf(options, project)
  if (secretKey === undefined) {
    const set = project === 'default' ? 'set FOOTFALL_SECRET_KEY to it' : 'leave --project out and set FOOTFALL_SECRET_KEY to it'
    const sentence = `The secret key of the project ${project} is not known here; ${set}, or FOOTFALL_DATA_DIR to the collector's data folder.`
    throw new FootfallError('no_secret_key', sentence)
  }
  return { url, writeKey: writeKey ?? null, request: (method, path, body) => request(url, secretKey, method, path, body) }
}

/** Those that were set win over those that the collector made. */
function keysOf(
  options: CollectorOptions,
  project: string,
): { readonly writeKey: string | undefined; readonly secretKey: string | undefined } {
  const { writeKey, secretKey } = keysGiven(options, project)
  const kept = writeKey && secretKey ? undefined : keptKeys(dataDirOf(options)).get(project)
  return { writeKey: (writeKey ?? kept?.writeKeys)?.[0], secretKey: (secretKey ?? kept?.secretKeys)?.[0] }
}

async function request(url: string, secretKey: string, method: string, path: string, body: unknown): Promise<unknown> {
  const response = await reach(url, path, {
    method,
    headers: { authorization: `Bearer ${secretKey}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
    // Nobody who is not the collector is to see the key, and a POST that is redirected becomes a GET.
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  })
  if (response.status >= 300 && response.status < 400)
    throw unreachable(url, `it sends on to ${oneLine(response.headers.get('location') ?? 'another address')}`)
  const answer = await jsonOf(response, url)
  if (response.ok) return answer
  const problem = v.safeParse(Problem, answer)
  if (problem.success) throw new CollectorRefusal(response.status, problem.output)
  throw unreachable(url, `it answers ${response.status}, and not as a collector does`)
}

async function reach(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url + path, init)
  } catch (cause) {
    throw unreachable(url, reasonOf(cause), cause)
  }
}

async function jsonOf(response: Response, url: string): Promise<unknown> {
  let text: string
  try {
    text = await response.text()
  } catch (cause) {
    throw unreachable(url, reasonOf(cause), cause)
  }
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unreachable(url, `it answers ${response.status}, and not as a collector does`, cause)
  }
}

const Problem = v.object({ code: v.string(), detail: v.string(), retry_after_ms: v.optional(v.number()) })
type Problem = v.InferOutput<typeof Problem>

const unreachable = (url: string, reason: string, cause?: unknown): FootfallError =>
  new FootfallError(
    'collector_unreachable',
    `No collector can be asked at ${url} (${reason}); start one with footfall serve, or name its address with --url or FOOTFALL_URL.`,
    { cause },
  )

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  if (cause.name === 'TimeoutError') return `no answer within ${patienceMs / 1000} seconds`
  const { code } = (cause.cause ?? cause) as NodeJS.ErrnoException
  return code ?? oneLine(cause.message)
}

/** What others wrote must not move the cursor of a terminal. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').slice(0, 500)
