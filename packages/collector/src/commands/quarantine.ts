import { readFileSync } from 'node:fs'
import { reasonOf } from '../rates-file.ts'
import { askCollector } from './ask-collector.ts'
import { askedOptions, badUsage, type ClientCommand, type Request, readWords, segment, shown, table } from './client-command.ts'
import type { WorkTerminal } from './retention.ts'

interface WireRow {
  readonly key: string
  readonly name: string | null
  readonly received_at: string
  readonly code: string
  readonly rule: string | null
  readonly detail: string
  readonly source: string | null
}

interface WireReplay {
  readonly looked_at: number
  readonly accepted: number
  readonly duplicate: number
  readonly quarantined: number
  readonly rejected: number
  readonly next: string | null
  readonly problems: readonly { readonly key: string; readonly code: string; readonly detail: string }[]
}

const filterOptions = {
  name: { type: 'string' },
  code: { type: 'string' },
  rule: { type: 'string' },
  source: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
} as const

const options = {
  ...askedOptions,
  ...filterOptions,
  limit: { type: 'string' },
  patch: { type: 'string' },
  all: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const

/** Options that only some verbs take. */
const ownOptions: Readonly<Record<string, readonly string[]>> = {
  list: ['limit', ...Object.keys(filterOptions)],
  show: [],
  replay: ['patch', 'all', 'dry-run', ...Object.keys(filterOptions)],
  purge: ['all', ...Object.keys(filterOptions)],
}

/** `footfall quarantine`: shows what was refused but kept, judges it again, or removes it. A replay that leaves a row there ends with `false`. */
export const quarantine: ClientCommand = async (args, terminal) => {
  const { values, positionals } = readWords(args, options)
  const [verb = 'list', ...keys] = positionals
  const own = ownOptions[verb]
  if (own === undefined) throw badUsage('Say footfall quarantine list, show KEY, replay or purge.')
  const odd = Object.keys(values).find((name) => !Object.hasOwn(askedOptions, name) && !own.includes(name))
  if (odd !== undefined) throw badUsage(`footfall quarantine ${verb} takes no --${odd}.`)
  const filter = Object.fromEntries(
    Object.keys(filterOptions).flatMap((name) => given(name, values[name as keyof typeof values])),
  )
  const isFiltered = Object.keys(filter).length > 0
  const isAll = values.all === true
  const isJson = values.json === true
  if ([keys.length > 0, isFiltered, isAll].filter(Boolean).length > 1) throw badUsage('Name keys, or a filter, or say --all.')
  const patch = values.patch === undefined ? undefined : readPatch(values.patch)
  const ask = async () => (await askCollector({ file: values.config, url: values.url, project: values.project })).request
  switch (verb) {
    case 'list': {
      if (keys.length > 0) throw badUsage('footfall quarantine list takes no keys; show takes one.')
      return list(await ask(), { ...filter, ...(values.limit !== undefined && { limit: values.limit }) }, isJson, terminal)
    }
    case 'show': {
      const [key, ...more] = keys
      if (key === undefined || more.length > 0) throw badUsage('Name one key, as footfall quarantine list shows it.')
      return show(await ask(), key, isJson, terminal)
    }
    default: {
      if (keys.length === 0 && !isFiltered && !isAll)
        throw badUsage(`Say what to ${verb}: keys, a filter such as --source, or --all.`)
      if (verb === 'purge') return purge(await ask(), { ...filter, ...(isAll && { all: 'true' }) }, keys, isJson, terminal)
      const which = keys.length > 0 ? { keys } : isFiltered ? { filter } : { all: true }
      const isDryRun = values['dry-run'] === true
      return replay(await ask(), { ...which, ...(patch !== undefined && { patch }), dry_run: isDryRun }, isJson, terminal)
    }
  }
}

const given = (name: string, value: unknown): readonly (readonly [string, string])[] =>
  typeof value === 'string' ? [[name, value]] : []

/** JSON, or the name of a file that holds it. */
function readPatch(text: string): unknown {
  const isJson = text.trimStart().startsWith('{')
  try {
    return JSON.parse(isJson ? text : readFileSync(text, 'utf8'))
  } catch (cause) {
    throw badUsage(
      `--patch takes JSON such as '{"properties":{"currency":"EUR"}}', or a file with it (${shown(reasonOf(cause))}).`,
    )
  }
}

const query = (parameters: Readonly<Record<string, string>>, keys: readonly string[] = []): string =>
  `?${new URLSearchParams([...Object.entries(parameters), ...keys.map((key): [string, string] => ['key', key])])}`

async function list(request: Request, parameters: Readonly<Record<string, string>>, isJson: boolean, { out }: WorkTerminal) {
  const answer = (await request('GET', `/v1/quarantine${query(parameters)}`)) as {
    readonly events: readonly WireRow[]
    readonly next: string | null
  }
  if (isJson) return out(JSON.stringify(answer))
  if (answer.events.length === 0) return out('Nothing is kept aside.')
  const cells = answer.events.map(({ key, received_at, source, name, code, rule }) => [
    ...[key, received_at, shown(source ?? '-'), shown(name ?? '-')],
    rule === null ? code : `${code} ${rule}`,
  ])
  for (const line of table(cells)) out(line)
  if (answer.next !== null) out('There are more: name a filter, or a larger --limit.')
}

async function show(request: Request, key: string, isJson: boolean, { out }: WorkTerminal) {
  const row = (await request('GET', `/v1/quarantine/${segment(key)}`)) as WireRow & {
    readonly raw: string
    readonly context: unknown
  }
  if (isJson) return out(JSON.stringify(row))
  out(`${row.key}  ${row.received_at}`)
  out(`${row.rule === null ? row.code : `${row.code} ${row.rule}`}: ${shown(row.detail)}`)
  out(`Its request: ${shown(JSON.stringify(row.context))}`)
  out(shown(row.raw))
}

async function replay(request: Request, order: object, isJson: boolean, { out, progress }: WorkTerminal): Promise<boolean> {
  const sums = { looked_at: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 }
  const problems: WireReplay['problems'][number][] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const answer = (await request('POST', '/v1/quarantine/replay', { ...order, cursor })) as WireReplay
    for (const count of Object.keys(sums) as (keyof typeof sums)[]) sums[count] += answer[count]
    // Enough to see what is wrong; the rows say the rest.
    problems.push(...answer.problems.slice(0, maxProblems - problems.length))
    progress(`${sums.looked_at} looked at`)
    cursor = answer.next
  }
  progress('')
  const isDone = sums.quarantined === 0
  if (isJson) {
    out(JSON.stringify({ ...sums, problems }))
    return isDone
  }
  for (const { key, code, detail } of problems) out(`${key}  ${code}: ${shown(detail)}`)
  const { looked_at: all, accepted, duplicate, quarantined, rejected } = sums
  const isDryRun = 'dry_run' in order && order.dry_run === true
  const so = isDryRun ? 'would be ' : ''
  out(
    `${all} looked at: ${accepted} ${so}accepted, ${duplicate} duplicates, ${quarantined} stay, ${rejected} ${so}refused for good.`,
  )
  return isDone
}

const maxProblems = 20

async function purge(
  request: Request,
  parameters: Readonly<Record<string, string>>,
  keys: readonly string[],
  isJson: boolean,
  { out }: WorkTerminal,
) {
  const answer = (await request('DELETE', `/v1/quarantine${query(parameters, keys)}`)) as { readonly purged: number }
  out(isJson ? JSON.stringify(answer) : `${answer.purged} removed for good.`)
}
