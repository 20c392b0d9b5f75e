import { randomBytes } from 'node:crypto'
import type { Logger } from './log.ts'
import type { Passed } from './passage.ts'
import { createSeldom } from './seldom.ts'
import { type Span, spansOf, text } from './spans.ts'
import { readTraceparent, type TraceContext } from './trace-context.ts'
import type { Sampler, TraceSettings } from './trace-settings.ts'

/** Makes spans of answered requests and posts them, in OTLP's JSON, to whoever collects them. */
export interface Tracing {
  onPassed(passed: Passed): void
  /** Posts what waits, as far as it is taken at once. Never rejects. */
  close(): Promise<void>
}

const everyMs = 5000
/** One post: some 200 kB. */
const maxPosted = 512
/** Some 3 MB. Spans are for looking into: those that nobody takes in time are given up, and requests never wait for them. */
const maxWaiting = 4096
/** The process must not outlive its orchestrator's patience for the sake of spans. */
const closingMs = 2000
/** Who takes too much at once, or is away for a moment. @see https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])

export function createTracing(settings: TraceSettings, log: Logger): Tracing {
  const seldom = createSeldom()
  const resource = { attributes: Object.entries(settings.resource).map(([key, value]) => text(key, value)) }
  const waiting: Span[] = []
  let lost = 0
  let posting: Promise<boolean> | null = null
  /** The last post was not taken: the next is not tried before its time. */
  let isResting = false
  const ending = new AbortController()
  const timer = setInterval(() => {
    isResting = false
    void post()
  }, everyMs).unref()

  return {
    onPassed(passed) {
      const parent = readTraceparent(passed.traceparent)
      const traceId = parent?.traceId ?? newId(16)
      if (!isSampled(settings.sampler, traceId, parent)) return
      // The clock of now, not of the start: it may have been set meanwhile.
      const origin = Date.now() - performance.now()
      const spans = spansOf(passed, { traceId, parent, newSpanId: () => newId(8), origin })
      if (waiting.length + spans.length > maxWaiting) return lose(spans.length, null)
      waiting.push(...spans)
      if (waiting.length >= maxPosted && !isResting) void post()
    },
    async close() {
      clearInterval(timer)
      const late = Promise.withResolvers<void>()
      const limit = setTimeout(() => late.resolve(), closingMs)
      await Promise.race([postAll(), late.promise])
      clearTimeout(limit)
      ending.abort()
      if (waiting.length > 0) lose(waiting.length, null)
      seldom.close()
    },
  }

  function lose(spans: number, status: number | null): void {
    lost += spans
    seldom.say('lost', () => {
      log.warn({ spans: lost, status }, 'spans were lost: whoever takes the traces does not, or not fast enough')
      lost = 0
    })
  }

  async function postAll(): Promise<void> {
    await posting
    while (waiting.length > 0) if (!(await post())) return
  }

  /** One post at a time. Tells whether what was posted is done with. */
  function post(): Promise<boolean> {
    if (waiting.length === 0) return Promise.resolve(true)
    posting ??= send(waiting.slice(0, maxPosted)).finally(() => {
      posting = null
    })
    return posting
  }

  async function send(spans: readonly Span[]): Promise<boolean> {
    const status = await statusOf(spans)
    if (status === null || passingStatuses.has(status)) {
      isResting = true
      return false
    }
    isResting = false
    waiting.splice(0, spans.length)
    if (status >= 300) lose(spans.length, status)
    return true
  }

  /** `null`: nobody answered. */
  async function statusOf(spans: readonly Span[]): Promise<number | null> {
    try {
      const response = await fetch(settings.endpoint, {
        method: 'POST',
        headers: { ...settings.headers, 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'footfall' }, spans }] }] }),
        signal: AbortSignal.any([AbortSignal.timeout(settings.timeoutMs), ending.signal]),
        redirect: 'error',
      })
      await response.body?.cancel()
      return response.status
    } catch {
      return null
    }
  }
}

const newId = (bytes: number): string => randomBytes(bytes).toString('hex')

/** By the trace's id: whoever else meets the trace, and takes the same share, decides alike. */
function isSampled({ heedsParent, share }: Sampler, traceId: string, parent: TraceContext | null): boolean {
  if (heedsParent && parent !== null) return parent.isSampled
  return Number.parseInt(traceId.slice(-13), 16) < share * 16 ** 13
}
