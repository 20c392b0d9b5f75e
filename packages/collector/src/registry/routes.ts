import type { Context } from 'hono'
import type { Project } from '../config.ts'
import { type Refusal, refuse } from '../errors.ts'
import { decodeJson } from '../ingest/decode.ts'
import { receive } from '../ingest/receive.ts'
import { createDayOf } from '../normalise/day.ts'
import { addDays } from '../reports/days.ts'
import type { Store } from '../sinks/sink.ts'
import { historyDays, longSilenceDays } from './health.ts'
import { checkAlias } from './read-alias.ts'
import { checkSourceId, readSource } from './read-source.ts'
import type { Registries } from './registries.ts'
import { maxAliases, maxSources, type RegistryChange } from './registry.ts'
import { type SourceRow, sourceRows } from './source-rows.ts'
import { maxUnregistered } from './unregistered.ts'

/** What the routes of the registry lead to. */
export interface RegistryPorts {
  readonly registries: Registries
  readonly store: Pick<Store, 'ready' | 'heardSources'>
  readonly now: () => number
}

type Answered = Promise<Response | Refusal>

/** `GET /v1/sources` */
export async function listSources(_c: Context, project: Project, ports: RegistryPorts): Answered {
  return privateJson({ sources: await rowsOf(project, ports) })
}

/** `PUT /v1/sources/{id}`: says everything about a source anew. */
export async function putSource(c: Context, project: Project, ports: RegistryPorts): Answered {
  const id = c.req.param('id') ?? ''
  const body = await jsonOf(c)
  if (body.kind === 'refused') return body
  const source = readSource(id, body.value)
  if ('kind' in source) return source
  const refused = await change(project, ports, { kind: 'set source', source })
  if (refused !== null) return refused
  return privateJson((await rowsOf(project, ports, id))[0] ?? null)
}

/** `DELETE /v1/sources/{id}`: forgets what was said about it. Its events stay as they were read. */
export async function deleteSource(c: Context, project: Project, ports: RegistryPorts): Answered {
  const id = c.req.param('id') ?? ''
  return checkSourceId(id) ?? (await change(project, ports, { kind: 'remove source', id })) ?? c.body(null, 204)
}

/** `GET /v1/aliases` */
export async function listAliases(_c: Context, project: Project, { registries }: RegistryPorts): Answered {
  const { aliases, aliasedAt } = await registries.of(project.id)
  return privateJson({ aliases: [...aliases].sort(byName).map(([from, to]) => wireAlias(from, to, aliasedAt.get(from) ?? 0)) })
}

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number => (one < other ? -1 : 1)

/** `PUT /v1/aliases/{from}` */
export async function putAlias(c: Context, project: Project, ports: RegistryPorts): Answered {
  const from = c.req.param('from') ?? ''
  const body = await jsonOf(c)
  if (body.kind === 'refused') return body
  const { value } = body
  const to =
    typeof value === 'object' && value !== null && Object.hasOwn(value, 'to') ? (value as { readonly to: unknown }).to : null
  const wrong = checkAlias(from, to)
  if (wrong !== null || typeof to !== 'string') return wrong ?? refuse('bad_alias', 'to is no text.')
  const at = ports.now()
  return (await change(project, ports, { kind: 'set alias', from, to, at })) ?? privateJson(wireAlias(from, to, at))
}

/** `DELETE /v1/aliases/{from}`: events that it has named already keep their name, until they are processed again. */
export async function deleteAlias(c: Context, project: Project, ports: RegistryPorts): Answered {
  return (await change(project, ports, { kind: 'remove alias', from: c.req.param('from') ?? '' })) ?? c.body(null, 204)
}

const wireAlias = (from: string, to: string, at: number) => ({ from, to, created_at: new Date(at).toISOString() })

async function rowsOf(project: Project, { registries, store, now }: RegistryPorts, only?: string): Promise<readonly SourceRow[]> {
  const at = now()
  const dayOf = createDayOf(project.timeZone)
  const today = dayOf(at)
  await store.ready
  const registry = await registries.of(project.id)
  const heard = await store.heardSources({
    project: project.id,
    from: addDays(today, -historyDays),
    limit: maxSources + maxUnregistered,
  })
  const isOver = addDays(today, -longSilenceDays)
  const shown = heard.filter(({ source, lastSeen }) => registry.sources.has(source) || dayOf(lastSeen) > isOver)
  return sourceRows({ registry, heard: shown, dayOf, now: at, ...(only !== undefined && { only }) })
}

async function change({ id }: Project, { registries }: RegistryPorts, asked: RegistryChange): Promise<Refusal | null> {
  switch (await registries.change(id, asked)) {
    case 'done':
      return null
    case 'absent':
      return refuse('not_found', 'The registry has no such entry.')
    case 'full': {
      const most = asked.kind === 'set source' ? `${maxSources} sources` : `${maxAliases} aliases`
      return refuse('registry_full', `A project has at most ${most}; remove one first.`)
    }
  }
}

const maxBodyBytes = 16 * 1024

async function jsonOf(c: Context) {
  const body = await receive(c, maxBodyBytes)
  return body.kind === 'refused' ? body : decodeJson(body.bytes, c.req.header('content-encoding'), maxBodyBytes)
}

const privateJson = (value: unknown): Response =>
  Response.json(value, { headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } })
