import { FootfallError } from '../errors.ts'

/** Where traces go, and which. */
export interface TraceSettings {
  /** Where spans are posted to, path included. */
  readonly endpoint: string
  /** Sent along with each post: may hold a key of whoever takes the spans. */
  readonly headers: Readonly<Record<string, string>>
  /** How long a post may take, in milliseconds. */
  readonly timeoutMs: number
  /** What the spans are spans of: `service.name` and what else was named. */
  readonly resource: Readonly<Record<string, string>>
  readonly sampler: Sampler
}

export interface Sampler {
  /** Does the trace that a request belongs to already decide for it? */
  readonly heedsParent: boolean
  /** Share of the other requests that are traced, 0 to 1. */
  readonly share: number
}

/** OpenTelemetry's own names, which every tool of its kind reads. */
export const traceVariables = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  'OTEL_EXPORTER_OTLP_TIMEOUT',
  'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_TRACES_EXPORTER',
  'OTEL_SDK_DISABLED',
] as const
type TraceVariable = (typeof traceVariables)[number]
export type TraceEnvironment = { readonly [name in TraceVariable]?: string | undefined }

/**
 * Reads where traces go; `null` where nobody asked for them.
 *
 * @throws FootfallError `bad_setting`
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function readTraceSettings(env: TraceEnvironment): TraceSettings | null {
  const endpoint = endpointIn(env)
  const isOff = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none'
  if (endpoint === null || isOff) return null
  checkProtocol(env)
  return {
    endpoint,
    headers: { ...headersIn(env, 'OTEL_EXPORTER_OTLP_HEADERS'), ...headersIn(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS') },
    timeoutMs: numberIn(
      env,
      env.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ? 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT' : 'OTEL_EXPORTER_OTLP_TIMEOUT',
      { least: 1, most: 60_000, otherwise: 10_000, expected: 'milliseconds from 1 to 60000' },
    ),
    resource: {
      'service.name': 'footfall',
      ...pairsIn(env, 'OTEL_RESOURCE_ATTRIBUTES'),
      ...(env.OTEL_SERVICE_NAME ? { 'service.name': env.OTEL_SERVICE_NAME } : {}),
    },
    sampler: samplerIn(env),
  }
}

function endpointIn(env: TraceEnvironment): string | null {
  const own = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
  if (own) return checkedUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', own)
  const common = env.OTEL_EXPORTER_OTLP_ENDPOINT
  return common ? `${checkedUrl('OTEL_EXPORTER_OTLP_ENDPOINT', common).replace(/\/+$/, '')}/v1/traces` : null
}

function checkedUrl(name: TraceVariable, value: string): string {
  const url = URL.parse(value)
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.hash === '') {
    return url.href
  }
  throw badVariable(name, 'an address such as http://localhost:4318, without user and fragment')
}

/** JSON is sent, which whoever takes protobuf over HTTP takes as well. */
function checkProtocol(env: TraceEnvironment): void {
  const names = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const
  const name = names.find((one) => env[one])
  if (name === undefined) return
  if (!['http/json', 'http/protobuf'].includes(env[name] ?? '')) {
    throw badVariable(name, 'http/json; spans are not sent over gRPC: name the port for HTTP, most often 4318')
  }
}

const pairsExpected = 'pairs such as key=value, separated by commas, percent-encoded'

/** `name=value,name=value`, each percent-encoded. */
function pairsIn(env: TraceEnvironment, name: TraceVariable): Readonly<Record<string, string>> {
  const parts = (env[name] ?? '').split(',').filter((part) => part.trim() !== '')
  const pairs = parts.map((part) => {
    const at = part.indexOf('=')
    const pair = at < 1 ? null : ([decoded(part.slice(0, at).trim()), decoded(part.slice(at + 1).trim())] as const)
    if (pair === null || pair[0] === null || pair[1] === null) throw badVariable(name, pairsExpected)
    return pair
  })
  return Object.fromEntries(pairs)
}

/** What a request would not take is told at the start, not by every post. */
function headersIn(env: TraceEnvironment, name: TraceVariable): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(new Headers(pairsIn(env, name)))
  } catch (cause) {
    if (cause instanceof FootfallError) throw cause
    throw badVariable(name, pairsExpected)
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function samplerIn(env: TraceEnvironment): Sampler {
  const name = env.OTEL_TRACES_SAMPLER || 'parentbased_always_on'
  const heedsParent = name.startsWith('parentbased_')
  switch (heedsParent ? name.slice('parentbased_'.length) : name) {
    case 'always_on':
      return { heedsParent, share: 1 }
    case 'always_off':
      return { heedsParent, share: 0 }
    case 'traceidratio': {
      const expected = 'a share from 0 to 1, such as 0.05'
      return { heedsParent, share: numberIn(env, 'OTEL_TRACES_SAMPLER_ARG', { least: 0, most: 1, otherwise: 1, expected }) }
    }
    default:
      throw badVariable('OTEL_TRACES_SAMPLER', 'always_on, always_off or traceidratio, also with parentbased_ before it')
  }
}

function numberIn(
  env: TraceEnvironment,
  name: TraceVariable,
  {
    least,
    most,
    otherwise,
    expected,
  }: { readonly least: number; readonly most: number; readonly otherwise: number; readonly expected: string },
): number {
  const text = env[name]
  if (!text) return otherwise
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw badVariable(name, expected)
}

// The value is not repeated: headers hold keys.
const badVariable = (name: TraceVariable, expected: string): FootfallError =>
  new FootfallError('bad_setting', `${name} has a value that cannot be used; it takes ${expected}.`)
