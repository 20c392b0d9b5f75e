import { type RefusalCode, refusals } from '../errors.ts'
import type { Passed, Way } from './passage.ts'
import type { TraceContext } from './trace-context.ts'

/** A span in OTLP's JSON. @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly status: { readonly code: number }
}

export interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue: string } | { readonly intValue: string }
}

const kinds = { internal: 1, server: 2 } as const
const statuses = { unset: 0, error: 2 } as const

export interface SpanContext {
  readonly traceId: string
  readonly parent: TraceContext | null
  /** 16 hexadecimal digits, another one each time. */
  readonly newSpanId: () => string
  /** Ms since 1970 UTC at which `performance.now()` was 0. */
  readonly origin: number
}

/** A request and its stages as spans. What it says is what `Passed` says: no address, id, key, URL or property. */
export function spansOf(passed: Passed, { traceId, parent, newSpanId, origin }: SpanContext): readonly Span[] {
  const spanId = newSpanId()
  const timed = (from: number, to: number) => ({
    startTimeUnixNano: nanos(origin + from),
    endTimeUnixNano: nanos(origin + to),
  })
  const method = methodOf(passed.way)
  const status = statusOf(passed.way, passed.code)
  const request: Span = {
    traceId,
    spanId,
    ...(parent === null ? {} : { parentSpanId: parent.spanId }),
    name: `${method} ${passed.route}`,
    kind: kinds.server,
    ...timed(passed.startedAt, passed.endedAt),
    attributes: [
      text('http.request.method', method),
      text('http.route', passed.route),
      integer('http.response.status_code', status),
      ...(passed.project === null ? [] : [text('footfall.project', passed.project)]),
      integer('footfall.events', passed.events),
      ...(passed.code === null ? [] : [text('error.type', passed.code)]),
    ],
    status: { code: status >= 500 ? statuses.error : statuses.unset },
  }
  const stages = passed.stages.map(
    ({ stage, from, to }): Span => ({
      traceId,
      spanId: newSpanId(),
      parentSpanId: spanId,
      name: stage,
      kind: kinds.internal,
      ...timed(from, to),
      attributes: [],
      status: { code: statuses.unset },
    }),
  )
  return [request, ...stages]
}

/** Ways differ in it, and it in nothing else. */
const methodOf = (way: Way): string => (way === 'pixel' ? 'GET' : 'POST')

/** The picture is the answer whatever comes of its event. */
const statusOf = (way: Way, code: RefusalCode | null): number => (code === null || way === 'pixel' ? 200 : refusals[code].status)

/** 64 bits, which no number holds exactly: JSON takes them as text. */
const nanos = (ms: number): string => String(BigInt(Math.round(ms * 1000)) * 1000n)

export const text = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } })
const integer = (key: string, value: number): Attribute => ({ key, value: { intValue: String(value) } })
