import { sourceSettings, type WireSource } from '../registry/read-source.ts'
import type { SourceRow } from '../registry/source-rows.ts'
import { type AskedCollector, askCollector } from './ask-collector.ts'
import { askedOptions, badUsage, type ClientCommand, readWords, segment, shown, table } from './client-command.ts'

/** `--time-zone` of `time_zone`. */
const optionOf = (name: string): string => name.replaceAll('_', '-')

const options = {
  ...askedOptions,
  ...Object.fromEntries([...sourceSettings.keys()].map((name) => [optionOf(name), { type: 'string' as const }])),
}

/** `footfall sources`: shows where events come from and how they do, and registers what is known about it. */
export const sources: ClientCommand = async (args, { out }) => {
  const { values, positionals } = readWords(args, options)
  const given = settingsIn(values)
  const [verb = 'list', id, ...more] = positionals
  const isJson = values.json === true
  const ask = () => askCollector({ file: textIn(values.config), url: textIn(values.url), project: textIn(values.project) })
  if (verb !== 'set' && Object.keys(given).length > 0) throw badUsage('Only footfall sources set takes settings of a source.')
  if (verb === 'list' && id === undefined) {
    const rows = await rowsOf(await ask())
    if (isJson) out(JSON.stringify({ sources: rows }))
    else for (const line of linesOf(rows)) out(line)
    // So that a watch kept by a shell notices.
    return !rows.some(({ status }) => status === 'silent' || status === 'collapsing')
  }
  if (verb === 'set' && id !== undefined && more.length === 0) {
    const collector = await ask()
    const row = (await collector.request('PUT', `/v1/sources/${segment(id)}`, {
      ...(await settingsOf(collector, id)),
      ...given,
    })) as SourceRow
    if (isJson) return out(JSON.stringify(row))
    for (const line of settingLines(row)) out(line)
    return out(
      `What is received from now on is read by this. For what is in quarantine: footfall quarantine replay --source ${id}`,
    )
  }
  if (verb === 'remove' && id !== undefined && more.length === 0) {
    await (await ask()).request('DELETE', `/v1/sources/${segment(id)}`)
    return out(isJson ? JSON.stringify({ id }) : `${shown(id)} is not registered any more.`)
  }
  throw badUsage('Say footfall sources list, set ID --channel pos --time-zone Europe/Paris …, or remove ID.')
}

const textIn = (value: string | boolean | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

/** What was said on the command line, as the wire has it; `none` takes a setting back. */
function settingsIn(values: Readonly<Record<string, string | boolean | undefined>>): Readonly<Record<string, unknown>> {
  const given = [...sourceSettings.keys()].flatMap((name): [string, unknown][] => {
    const text = textIn(values[optionOf(name)])
    return text === undefined ? [] : [[name, text === 'none' ? null : readValue(name, text)]]
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
  if (rows.length === 0) return ['No source is registered, and none has been heard of.']
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
