import type { Context } from 'hono'
import type { Project } from '../config.ts'
import { type Refusal, refuse } from '../errors.ts'
import { createDayOf } from '../normalise/day.ts'
import type { Store } from '../sinks/sink.ts'
import { addDays, countDays, isDay } from './days.ts'
import type { TrafficAnswer, TrafficQuestion } from './questions.ts'

const defaultDays = 30
/** Ten years: longer periods are typing errors. */
const maxDays = 3660

/** `GET /v1/reports/traffic`: the parameters, checked. Without a period, the last 30 days up to today. */
export function trafficQuestion(c: Context, { id, timeZone, baseCurrency }: Project, now: number): TrafficQuestion | Refusal {
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
  return { project: id, from, to, timeZone, baseCurrency }
}

export async function trafficResponse(c: Context, store: Store, question: TrafficQuestion): Promise<Response> {
  const answer = await store.traffic(question)
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  if (!wantsCsv(c)) return Response.json(answer, { headers })
  return new Response(csvOf(answer), {
    headers: {
      ...headers,
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="traffic-${answer.from}-${answer.to}.csv"`,
    },
  })
}

const wantsCsv = (c: Context): boolean => {
  const format = c.req.query('format')
  return format === undefined ? (c.req.header('accept') ?? '').toLowerCase().startsWith('text/csv') : format === 'csv'
}

/** RFC 4180. Days and numbers only: nothing here needs quoting, and no cell can be taken for a formula. */
const csvOf = ({ days }: TrafficAnswer): string =>
  ['day,events,visitors', ...days.map(({ day, events, visitors }) => `${day},${events},${visitors}`), ''].join('\r\n')
