import type { Context } from 'hono'
import type { Config, Project } from '../config.ts'
import { type Refusal, refuse } from '../errors.ts'
import { cursorOf, pageQuery } from '../events-query.ts'
import { decodeJson } from '../ingest/decode.ts'
import { receive } from '../ingest/receive.ts'
import { createDayOf } from '../normalise/day.ts'
import type { Rates } from '../normalise/rates.ts'
import type { Registries } from '../registry/registries.ts'
import type { Store } from '../sinks/sink.ts'
import { qualityOfQuarantined } from '../sinks/stored-event.ts'
import { filterNames, isKey, readFilter, readOrder, readWhich } from './read-order.ts'
import { type ReplayOutcome, replay } from './replay.ts'

/** What the routes of the quarantine need, and whom they tell. */
export interface QuarantinePorts {
  readonly config: Pick<Config, 'regionRules'>
  readonly store: Store
  readonly registries: Pick<Registries, 'of'>
  readonly rates: () => Rates | null
  readonly now: () => number
  readonly onReplay: (project: Project, outcome: ReplayOutcome) => void
  readonly onPurge: (project: Project, rows: number) => void
}

type Answered = Promise<Response | Refusal>

/** `GET /v1/quarantine` */
export async function listQuarantine(c: Context, project: Project, { store }: QuarantinePorts): Answered {
  const given = c.req.query()
  const known = [...filterNames, 'limit', 'cursor']
  // A misspelt filter must not look like an answer.
  if (!Object.keys(given).every((name) => known.includes(name))) return noSuchParameter(known)
  const page = pageQuery(c)
  if ('kind' in page) return page
  const read = readFilter(given, project)
  if (read.kind === 'refused') return read
  await store.ready
  const { rows, next } = await store.quarantine(read.filter, page)
  return privateJson({ events: rows, next: cursorOf(next) })
}

const noSuchParameter = (known: readonly string[]): Refusal =>
  refuse('bad_parameter', `There is no such parameter; there are ${known.join(', ')}.`)

/** `GET /v1/quarantine/{key}`: one row, with the text of its event to the letter. */
export async function showQuarantined(c: Context, project: Project, { store }: QuarantinePorts): Answered {
  const key = (c.req.param('key') ?? '').toLowerCase()
  await store.ready
  const { rows } = isKey(key)
    ? await store.quarantined({ project: project.id, keys: [key] }, { limit: 1, after: 0 })
    : { rows: [] }
  const [row] = rows
  if (row === undefined) return refuse('not_found', 'There is no such row in the quarantine: it was replayed, purged or erased.')
  const { receivedAt, raw, id, name, code, rule, detail, source } = row
  const context: unknown = JSON.parse(row.context)
  const common = { key, id, name, received_at: new Date(receivedAt).toISOString(), status: 'quarantined' }
  return privateJson({ ...common, code, rule, detail, source, raw, context, quality: qualityOfQuarantined(context) })
}

const maxBodyBytes = 64 * 1024
/** No body at all asks for nothing in particular. */
const empty = { kind: 'done', value: {} } as const

/** `POST /v1/quarantine/replay`: judges rows again, a page at a time. */
export async function replayQuarantine(c: Context, project: Project, ports: QuarantinePorts): Answered {
  const body = await receive(c, maxBodyBytes)
  if (body.kind === 'refused') return body
  const json = body.bytes.byteLength === 0 ? empty : decodeJson(body.bytes, c.req.header('content-encoding'), maxBodyBytes)
  if (json.kind === 'refused') return json
  const read = readOrder(json.value, project)
  if (read.kind === 'refused') return read
  const { store, registries, rates, config, now } = ports
  await store.ready
  const today = {
    project,
    rules: config.regionRules,
    registry: await registries.of(project.id),
    rates: rates(),
    dayOf: createDayOf(project.timeZone),
  }
  const outcome = await replay(store, read.order, read.page, today, now())
  if (!read.order.isDryRun) ports.onReplay(project, outcome)
  const { lookedAt, accepted, duplicate, quarantined, rejected, next, problems } = outcome
  const counts = { looked_at: lookedAt, accepted, duplicate, quarantined, rejected }
  return privateJson({ ...counts, next: cursorOf(next), problems })
}

/** `DELETE /v1/quarantine` */
export async function purgeQuarantine(c: Context, project: Project, ports: QuarantinePorts): Answered {
  const { key: _, all, ...given } = c.req.query()
  const known = [...filterNames, 'key', 'all']
  if (!Object.keys(given).every((name) => known.includes(name))) return noSuchParameter(known)
  if (all !== undefined && all !== 'true') return refuse('bad_parameter', 'all is true, or left out.')
  const which = readWhich({ ...given, keys: c.req.queries('key') ?? [], isAll: all === 'true' }, project)
  if (which.kind === 'refused') return which
  await ports.store.ready
  const purged = await ports.store.purge(which.filter)
  ports.onPurge(project, purged)
  return privateJson({ purged })
}

const privateJson = (value: unknown): Response =>
  Response.json(value, { headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } })
