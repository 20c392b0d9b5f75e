import { readFileSync } from 'node:fs'
import { reasonOf } from '../rates-file.ts'
import { asked, badUsage, interrupted, segment } from './client-command.ts'
import type { Terminal } from './command.ts'
import { type AskedValues, type FilterValues, filterOptions } from './options.ts'
import { shown, table } from './terminal-text.ts'

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

type FilterName = keyof FilterValues

/** `footfall quarantine list`: what was refused but kept, and why. */
export async function listQuarantine(
  given: AskedValues & FilterValues & { readonly limit: string | undefined },
  { out }: Terminal,
) {
  const { request } = await asked(given)
  const parameters = { ...filterOf(given), ...(given.limit !== undefined && { limit: given.limit }) }
  const answer = (await request('GET', `/v1/quarantine${query(parameters)}`)) as {
    readonly events: readonly WireRow[]
    readonly next: string | null
  }
  if (given.json) return out(JSON.stringify(answer))
  if (answer.events.length === 0)
    return out(Object.keys(filterOf(given)).length === 0 ? 'Nothing is kept aside.' : 'Nothing like this is kept aside.')
  const cells = answer.events.map(({ key, received_at, source, name, code, rule }) => [
    ...[key, received_at, shown(source ?? '-'), shown(name ?? '-')],
    rule === null ? code : `${code} ${rule}`,
  ])
  for (const line of table(cells)) out(line)
  if (answer.next !== null) out('There are more: name a filter, or a larger --limit.')
}

/** `footfall quarantine show`: one of them, as it was sent. */
export async function showQuarantined(given: AskedValues & { readonly key: string }, { out }: Terminal): Promise<void> {
  const { request } = await asked(given)
  const row = (await request('GET', `/v1/quarantine/${segment(given.key)}`)) as WireRow & {
    readonly raw: string
    readonly context: unknown
  }
  if (given.json) return out(JSON.stringify(row))
  out(`${row.key}  ${row.received_at}`)
  out(`${row.rule === null ? row.code : `${row.code} ${row.rule}`}: ${shown(row.detail)}`)
  out(`Its request: ${shown(JSON.stringify(row.context))}`)
  out(shown(row.raw))
}

/** Which rows are meant: some of them, or expressly all. */
type WhichValues = AskedValues & FilterValues & { readonly key: readonly string[]; readonly all: boolean }

function refuseVague(given: WhichValues, verb: 'replay' | 'purge'): void {
  const ways = [given.key.length > 0, Object.keys(filterOf(given)).length > 0, given.all].filter(Boolean).length
  const command = `quarantine ${verb}`
  if (ways > 1) throw badUsage('Name keys, or a filter, or say --all.', command)
  if (ways === 0) throw badUsage(`Say what to ${verb}: keys, a filter such as --source, or --all.`, command)
}

/**
 * `footfall quarantine replay`: has rows judged again.
 *
 * @returns `false` where a row stays
 * @throws FootfallError `interrupted` between two parts, of which each is stored as a whole
 */
export async function replayQuarantine(
  given: WhichValues & { readonly patch: string | undefined; readonly 'dry-run': boolean },
  { out, progress, signal }: Terminal,
): Promise<boolean> {
  refuseVague(given, 'replay')
  const { key: keys, 'dry-run': isDryRun } = given
  const patch = given.patch === undefined ? {} : { patch: readPatch(given.patch) }
  const which = keys.length > 0 ? { keys } : given.all ? { all: true } : { filter: filterOf(given) }
  const { request } = await asked(given)
  const sums = { looked_at: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 }
  const problems: WireReplay['problems'][number][] = []
  const so = isDryRun ? 'would be ' : ''
  const counted = () =>
    `${sums.looked_at} looked at: ${sums.accepted} ${so}accepted, ${sums.duplicate} duplicates, ${sums.quarantined} stay, ${sums.rejected} ${so}refused for good.`
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const order = { ...which, ...patch, dry_run: isDryRun, cursor }
    const answer = (await request('POST', '/v1/quarantine/replay', order)) as WireReplay
    for (const count of Object.keys(sums) as (keyof typeof sums)[]) sums[count] += answer[count]
    // Enough to see what is wrong; the rows say the rest.
    problems.push(...answer.problems.slice(0, maxProblems - problems.length))
    progress(`${sums.looked_at} looked at`)
    cursor = answer.next
    if (cursor !== null && signal.aborted)
      throw interrupted(`Stopped. ${counted()}${isDryRun ? '' : ' Run the same again for the others.'}`)
  }
  progress('')
  const isDone = sums.quarantined === 0
  if (given.json) {
    out(JSON.stringify({ ...sums, problems }))
    return isDone
  }
  if (sums.looked_at === 0) out('There was nothing to read again.')
  for (const { key, code, detail } of problems) out(`${key}  ${code}: ${shown(detail)}`)
  if (sums.looked_at > 0) out(counted())
  return isDone
}

const maxProblems = 20

/** `footfall quarantine purge`: removes rows for good. */
export async function purgeQuarantine(given: WhichValues, { out }: Terminal): Promise<void> {
  refuseVague(given, 'purge')
  const { request } = await asked(given)
  const parameters = { ...filterOf(given), ...(given.all && { all: 'true' }) }
  const answer = (await request('DELETE', `/v1/quarantine${query(parameters, given.key)}`)) as { readonly purged: number }
  out(given.json ? JSON.stringify(answer) : `${answer.purged} removed for good.`)
}

const filterOf = (given: FilterValues): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Object.keys(filterOptions) as FilterName[]).flatMap((name) => {
      const value = given[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** JSON, or the name of a file that holds it. */
function readPatch(text: string): unknown {
  const isJson = text.trimStart().startsWith('{')
  try {
    return JSON.parse(isJson ? text : readFileSync(text, 'utf8'))
  } catch (cause) {
    throw badUsage(
      `--patch takes JSON such as '{"properties":{"currency":"EUR"}}', or a file with it (${shown(reasonOf(cause))}).`,
      'quarantine replay',
    )
  }
}

const query = (parameters: Readonly<Record<string, string>>, keys: readonly string[] = []): string =>
  `?${new URLSearchParams([...Object.entries(parameters), ...keys.map((key): [string, string] => ['key', key])])}`
