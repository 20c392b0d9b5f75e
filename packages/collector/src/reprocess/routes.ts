import { limits } from '@footfall/events'
import type { Context } from 'hono'
import * as v from 'valibot'
import type { Project } from '../config.ts'
import { type Refusal, refuse } from '../errors.ts'
import { readBound } from '../events-query.ts'
import { decodeJson } from '../ingest/decode.ts'
import { receive } from '../ingest/receive.ts'
import { createDayOf } from '../normalise/day.ts'
import type { Rates } from '../normalise/rates.ts'
import type { Registries } from '../registry/registries.ts'
import type { Store } from '../sinks/sink.ts'
import { type ReprocessAsk, type ReprocessCursor, type Reprocessed, reprocess, reprocessStages } from './reprocess.ts'

/** What the route needs. */
export interface ReprocessRoutePorts {
  readonly store: Store
  /** Hears of what was changed. */
  readonly onReprocess: (project: Project, done: Reprocessed) => void
  readonly registries: Pick<Registries, 'of'>
  readonly rates: () => Rates | null
}

const maxNames = 500
const maxBodyBytes = 256 * 1024

/** `POST /v1/reprocess`: gives stored events the meaning that their names have today, a part at a time. */
export async function reprocessEvents(
  c: Context,
  project: Project,
  { store, registries, rates, onReprocess }: ReprocessRoutePorts,
): Promise<Response | Refusal> {
  const body = await receive(c, maxBodyBytes)
  if (body.kind === 'refused') return body
  const json = decodeJson(body.bytes, c.req.header('content-encoding'), maxBodyBytes)
  if (json.kind === 'refused') return json
  const read = readReprocess(json.value, project)
  if (read.kind === 'refused') return read
  await store.ready
  const registry = await registries.of(project.id)
  const dayOf = createDayOf(project.timeZone)
  const done = await reprocess(read.ask, { store, project, registry, rates: rates(), dayOf })
  if (!read.ask.isDryRun) onReprocess(project, done)
  const { lookedAt, changed, stillUnknown, unreadable, notAllowed, problems, next } = done
  const counts = { looked_at: lookedAt, changed, still_unknown: stillUnknown, unreadable, not_allowed: notAllowed }
  return Response.json(
    { ...counts, problems, next: next && textOf(next) },
    { headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } },
  )
}

/** The body of `POST /v1/reprocess`, before its period and cursor are looked at. */
export const ReprocessBody = v.strictObject({
  names: v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(limits.maxNameLength))), v.minLength(1), v.maxLength(maxNames)),
  ),
  from: v.optional(v.string()),
  to: v.optional(v.string()),
  dry_run: v.optional(v.boolean()),
  cursor: v.optional(v.nullable(v.string())),
})

/** Reads the body: what is misspelt must not be taken for everything. */
export function readReprocess(body: unknown, project: Project): { readonly kind: 'ask'; readonly ask: ReprocessAsk } | Refusal {
  const read = v.safeParse(ReprocessBody, Array.isArray(body) ? null : body)
  if (!read.success) {
    const fields = Object.keys(ReprocessBody.entries)
    const wrong = v.getDotPath(read.issues[0])?.split('.', 1)[0] ?? ''
    // Any other name is the sender's, and could be anything.
    return refuse(
      'bad_parameter',
      fields.includes(wrong)
        ? `${wrong} does not have its shape; names is a list of 1 to ${maxNames} names of events as they were sent.`
        : `The body is an object with some of these: ${fields.join(', ')}.`,
    )
  }
  const { names, dry_run: isDryRun = false, cursor: sentCursor, ...period } = read.output
  const from = readBound(period.from, project, 0)
  const to = readBound(period.to, project, 1)
  if (from === null || to === null) {
    return refuse('bad_parameter', 'from and to take a day such as 2026-11-21 or a time such as 2026-11-21T18:00:00Z.')
  }
  const cursor = typeof sentCursor === 'string' ? cursorIn(sentCursor) : null
  if (typeof sentCursor === 'string' && cursor === null) {
    return refuse('bad_parameter', 'cursor is not one that was given as next; leave it out to start at the beginning.')
  }
  return { kind: 'ask', ask: { names: names?.map((name) => name.toWellFormed()) ?? null, from, to, isDryRun, cursor } }
}

// Opaque, so that what is in it may change.
const Cursor = v.tuple([
  v.literal('r1'),
  v.pipe(v.string(), v.minLength(1), v.maxLength(limits.maxNameLength)),
  v.picklist(reprocessStages),
  v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
])

const textOf = ({ name, stage, after }: ReprocessCursor): string =>
  Buffer.from(JSON.stringify(['r1', name, stage, after])).toString('base64url')

function cursorIn(text: string): ReprocessCursor | null {
  try {
    const read = v.safeParse(Cursor, JSON.parse(Buffer.from(text, 'base64url').toString()))
    if (!read.success) return null
    const [, name, stage, after] = read.output
    return { name, stage, after }
  } catch {
    return null // what is no JSON is no cursor
  }
}
