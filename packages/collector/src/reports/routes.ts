import { limits } from '@footfall/events'
import type { Context } from 'hono'
import type { Project } from '../config.ts'
import { csvRow } from '../csv.ts'
import { type Refusal, refuse } from '../errors.ts'
import { createDayOf } from '../normalise/day.ts'
import type { Store } from '../sinks/sink.ts'
import { addDays, countDays, isDay } from './days.ts'
import type { CompletenessAnswer, ConsentAnswer, PeriodQuestion, QualityAnswer, TrafficAnswer } from './questions.ts'

const defaultDays = 30
/** Ten years: longer periods are typing errors. */
const maxDays = 3660

/** The parameters of every report, checked. Without a period, the last 30 days up to today. */
function periodQuestion(c: Context, { id, timeZone }: Project, now: number): PeriodQuestion | Refusal {
  const today = createDayOf(timeZone)(now)
  const to = c.req.query('to') ?? today
  const from = c.req.query('from') ?? (isDay(to) ? addDays(to, 1 - defaultDays) : to)
  for (const [name, day] of Object.entries({ from, to })) {
    if (!isDay(day)) return refuse('bad_parameter', `${name} is not a day; write it as 2026-11-21.`)
  }
  if (from > to) return refuse('bad_parameter', 'from is later than to; exchange them.')
  if (countDays(from, to) > maxDays) return refuse('bad_parameter', `The period is longer than ${maxDays} days; shorten it.`)
  if (!['json', 'csv'].includes(c.req.query('format') ?? 'json'))
    return refuse('bad_parameter', 'format is neither json nor csv.')
  return { project: id, from, to, timeZone }
}

/** `GET /v1/reports/traffic` */
export async function trafficResponse(c: Context, store: Store, project: Project, now: number): Promise<Response | Refusal> {
  const period = periodQuestion(c, project, now)
  if ('kind' in period) return period
  await store.ready
  const answer = await store.traffic({ ...period, baseCurrency: project.baseCurrency })
  return reportResponse(c, answer, trafficTable)
}

/** `GET /v1/reports/completeness` */
export async function completenessResponse(c: Context, store: Store, project: Project, now: number): Promise<Response | Refusal> {
  const period = periodQuestion(c, project, now)
  if ('kind' in period) return period
  await store.ready
  const answer = await store.completeness({ ...period, now })
  return reportResponse(c, answer, completenessTable)
}

/** `GET /v1/reports/quality` */
export async function qualityResponse(c: Context, store: Store, project: Project, now: number): Promise<Response | Refusal> {
  const period = periodQuestion(c, project, now)
  if ('kind' in period) return period
  const source = c.req.query('source') ?? null
  if (source !== null && source.length > limits.maxIdLength) {
    return refuse('bad_parameter', `No source is longer than ${limits.maxIdLength} characters.`)
  }
  await store.ready
  return reportResponse(c, await store.quality({ ...period, source }), qualityTable)
}

/** `GET /v1/reports/consent` */
export async function consentResponse(c: Context, store: Store, project: Project, now: number): Promise<Response | Refusal> {
  const period = periodQuestion(c, project, now)
  if ('kind' in period) return period
  await store.ready
  return reportResponse(c, await store.consent(period), consentTable)
}

interface Answer {
  readonly question: string
  readonly from: string
  readonly to: string
}

function reportResponse<A extends Answer>(c: Context, answer: A, tableOf: (answer: A) => Table): Response {
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  if (!wantsCsv(c)) return Response.json(answer, { headers })
  return new Response(tableOf(answer).map(csvRow).join(''), {
    headers: {
      ...headers,
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${answer.question}-${answer.from}-${answer.to}.csv"`,
    },
  })
}

const wantsCsv = (c: Context): boolean => {
  const format = c.req.query('format')
  return format === undefined ? (c.req.header('accept') ?? '').toLowerCase().startsWith('text/csv') : format === 'csv'
}

type Table = readonly (readonly (string | number)[])[]

const trafficTable = ({ days }: TrafficAnswer): Table => [
  ['day', 'events', 'visitors'],
  ...days.map(({ day, events, visitors }) => [day, events, visitors]),
]

/** One number a line, so that a table program can sum up whatever it is asked for. */
const completenessTable = ({ rows }: CompletenessAnswer): Table => [
  ['day', 'browser', 'outcome', 'reason', 'events'],
  ...rows.flatMap(({ day, browser, received, late, lost_by_reason: lost, reported }) =>
    [
      ['received', '', received] as const,
      ['late', '', late] as const,
      ...Object.entries(lost).map(([reason, events]) => ['lost', reason, events] as const),
      ...Object.entries(reported).map(([reason, events]) => ['reported', reason, events] as const),
    ].map((cells) => [day, browser ?? '', ...cells]),
  ),
]

const qualityTable = ({ days }: QualityAnswer): Table => [
  ['day', 'source', 'received', 'accepted', 'duplicate', 'quarantined', 'rejected', 'replayed'],
  ...days.map(({ day, source, received, accepted, duplicate, quarantined, rejected, replayed }) => [
    ...[day, source],
    ...[received, accepted, duplicate, quarantined, rejected, replayed],
  ]),
]

/** What is not known is left empty: it is no zero. */
const consentTable = ({ rows }: ConsentAnswer): Table => [
  ['day', 'purpose', 'region', 'device', 'version', 'asked', 'granted', 'refused', 'withdrawn', 'no_answer'],
  ...rows.map(({ day, purpose, region, device, version, asked, granted, refused, withdrawn, no_answer }) => [
    ...[day, purpose, region ?? '', device, version ?? ''],
    ...[asked ?? '', granted, refused, withdrawn, no_answer ?? ''],
  ]),
]
