import { sourceSettings, type WireSource } from '../registry/read-source.ts'
import type { SourceRow } from '../registry/source-rows.ts'
import type { AskedCollector } from './ask-collector.ts'
import { asked, segment } from './client-command.ts'
import type { Given, Terminal } from './command.ts'
import type { AskedValues } from './options.ts'
import { shown, table } from './terminal-text.ts'

/** `--time-zone` of `time_zone`. */
const optionOf = (name: string): string => name.replaceAll('_', '-')

/** `footfall sources list`: where events come from, and how each source does. */
export async function listSources(given: AskedValues, { out }: Terminal): Promise<boolean> {
  const rows = await rowsOf(await asked(given))
  if (given.json) out(JSON.stringify({ sources: rows }))
  else for (const line of linesOf(rows)) out(line)
  // So that a watch kept by a shell notices.
  return !rows.some(({ status }) => status === 'silent' || status === 'collapsing')
}

/** `footfall sources set`: what is not named stays as it is. */
export async function setSource(given: AskedValues & Given & { readonly id: string }, { out }: Terminal): Promise<void> {
  const { id } = given
  const collector = await asked(given)
  const settings = { ...(await settingsOf(collector, id)), ...settingsIn(given) }
  const row = (await collector.request('PUT', `/v1/sources/${segment(id)}`, settings)) as SourceRow
  if (given.json) return out(JSON.stringify(row))
  for (const line of settingLines(row)) out(line)
  out(`What is received from now on is read by this. For what is in quarantine: footfall quarantine replay --source ${shown(id)}`)
}

/** `footfall sources remove` */
export async function removeSource(given: AskedValues & { readonly id: string }, { out }: Terminal): Promise<void> {
  const { id } = given
  const collector = await asked(given)
  await collector.request('DELETE', `/v1/sources/${segment(id)}`)
  out(given.json ? JSON.stringify({ id }) : `${shown(id)} is not registered any more.`)
}

/** What was said on the command line, as the wire has it; `none` takes a setting back. */
function settingsIn(values: Given): Readonly<Record<string, unknown>> {
  const given = [...sourceSettings.keys()].flatMap((name): [string, unknown][] => {
    const text = values[optionOf(name)]
    return typeof text !== 'string' ? [] : [[name, text === 'none' ? null : readValue(name, text)]]
  })
  return Object.fromEntries(given)
}

function readValue(name: keyof WireSource, text: string): unknown {
  if (name === 'tax_inclusive') return yesOrNo.get(text) ?? text
  const isNumber = name === 'sampling' || name === 'expected_per_day'
  return isNumber && /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text
}

const yesOrNo: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['true', true],
  ['no', false],
  ['false', false],
])

async function rowsOf(collector: AskedCollector): Promise<readonly SourceRow[]> {
  return ((await collector.request('GET', '/v1/sources')) as { readonly sources: readonly SourceRow[] }).sources
}

/** What stands in the registry, so that what is not named stays. */
async function settingsOf(collector: AskedCollector, id: string): Promise<object> {
  const row = (await rowsOf(collector)).find((candidate) => candidate.id === id)
  return row?.is_registered === true ? Object.fromEntries(settingsOn(row)) : {}
}

const settingsOn = (row: SourceRow) => [...sourceSettings.keys()].map((name) => [name, row[name]] as const)

const settingLines = (row: SourceRow): readonly string[] => [
  shown(row.id),
  ...settingsOn(row).flatMap(([name, value]) => (value === null ? [] : [`  ${optionOf(name)} ${value}`])),
]

function linesOf(rows: readonly SourceRow[]): readonly string[] {
  if (rows.length === 0) {
    const advice = 'Register one: footfall sources set ID --channel pos --time-zone Europe/Paris'
    return ['No source is registered, and none has been heard of.', advice]
  }
  return table([
    ['SOURCE', 'CHANNEL', 'STATUS', 'LAST SEEN', 'RECEIVED 7D', 'QUARANTINED', 'REGISTERED'],
    ...rows.map(({ id, channel, status, last_seen, received_7d, error_rate, is_registered }) => [
      id === '' ? '(none named)' : shown(id),
      channel ?? '-',
      status,
      last_seen?.slice(0, 16).replace('T', ' ') ?? 'never',
      String(received_7d),
      error_rate === null ? '-' : `${(error_rate * 100).toFixed(1)}%`,
      is_registered ? 'yes' : 'no',
    ]),
  ])
}
