import { existsSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { limits } from '@footfall/events'
import { FootfallError } from '../errors.ts'
import { proposedOrder, surveyDateOrder } from '../import/date-order.ts'
import { cutParcels, deliver, type ImportRequest, type Outcome, type Parcel, rehearse } from '../import/delivery.ts'
import { type Entry, entriesOf } from '../import/entries.ts'
import { type ImportMap, readMap } from '../import/import-map.ts'
import { type Mapping, mapColumns } from '../import/mapping.ts'
import { openSource } from '../import/open-source.ts'
import { previewOf } from '../import/preview.ts'
import { progressLine, withCommas } from '../import/progress.ts'
import { createRejectedRows } from '../import/rejected-rows.ts'
import { badImport, type SourceFile } from '../import/source-file.ts'
import { createTally, isComplete, type Tally } from '../import/tally.ts'
import type { SourceRow } from '../registry/source-rows.ts'
import type { AskedCollector } from './ask-collector.ts'
import { asked, badUsage, interrupted } from './client-command.ts'
import type { Terminal } from './command.ts'
import type { AskedValues } from './options.ts'
import { shown, table } from './terminal-text.ts'

interface Given extends AskedValues {
  readonly file: string
  readonly source: string | undefined
  readonly map: string | undefined
  readonly name: string | undefined
  readonly set: readonly string[]
  readonly 'dry-run': boolean
  readonly rejected: string | undefined
  readonly encoding: string | undefined
  readonly separator: string | undefined
  readonly sheet: string | undefined
}

/** How many events are shown before anything is sent. */
const sampleSize = 20
/** Requests under way at once: while one is made durable, the next is read. */
const maxUnderWay = 3

/**
 * `footfall import`: sends the rows of a file to a running collector as events. It says how each column is read before it begins, can be
 * run again without counting anything twice, and gives back what was not taken in a file of its own, with the reasons.
 *
 * @returns `false` when anything was not taken
 * @throws FootfallError `bad_import` where the file or the map cannot be used; then nothing was sent
 */
export async function importFile(given: Given, { out, progress, signal }: Terminal): Promise<boolean> {
  const { file: path, source, separator, 'dry-run': isDryRun, json: isJson } = given
  if (source === undefined || source === '' || source.length > limits.maxIdLength)
    throw badUsage('Say whose file it is, as in --source till-paris.', 'import')
  const say = isJson ? () => {} : out

  const map = withWords(given.map === undefined ? {} : await readMap(resolve(given.map)), given.name, given.set)
  const file = await openSource(path, { ...given, separator: separator === 'tab' || separator === '\\t' ? '\t' : separator })
  const mapping = mapColumns(file.kind === 'table' ? file.columns : Object.keys(map.columns ?? {}), map)
  const rejectedPath = rejectedPathFor(path, file, given.rejected)

  const collector = await asked(given)
  const request: ImportRequest = { collector, wait: (ms) => wait(ms, undefined, { signal }) }
  const registered = await registeredSource(collector, source)
  refuseOtherDays(file, registered, source)

  const survey = await surveyOf(file, mapping, progress, signal)
  const samples = await samplesOf(survey.first, source, request)
  say(`${shown(path)}: ${withCommas(survey.rows)} rows, ${file.writing}`)
  for (const line of previewLines(mapping, samples)) say(line)
  for (const line of adviceOf({ samples, survey, registered, source, file })) say(line)

  const startedAt = Date.now()
  const tally = createTally()
  const rejected = isDryRun && given.rejected === undefined ? null : createRejectedRows(rejectedPath, file)
  let rows = 0
  try {
    for await (const outcomes of outcomesOf(cutParcels(entriesOf(file, mapping), source), request, isDryRun, signal)) {
      for (const outcome of outcomes) {
        tally.add(outcome)
        rows += outcome.entry.rows.length
        const { status, code, detail } = outcome
        if (status !== 'accepted' && status !== 'duplicate')
          await rejected?.write(outcome.entry, { status, code: code ?? status, detail: detail ?? '' })
      }
      progress(progressLine(rows, survey.rows, Date.now() - startedAt))
    }
    if (signal.aborted) throw stopped()
  } catch (cause) {
    // What was not taken so far is given back all the same.
    await rejected?.close()
    // A wait that was cut short, because nobody wants to wait any more.
    if (signal.aborted) throw stopped()
    if (!(cause instanceof FootfallError) || isDryRun) throw cause
    throw new FootfallError(cause.code, `${cause.message} ${soFar()}; run the same again, and they count once.`, { cause })
  } finally {
    progress('')
  }
  const result = tally.result()
  const rejectedFile = (await rejected?.close()) === true ? rejectedPath : null
  if (isJson) out(JSON.stringify({ file: path, source, is_dry_run: isDryRun, rows, ...result, rejected_file: rejectedFile }))
  else for (const line of resultLines(result, { isDryRun, rejectedFile })) out(line)
  return isComplete(result)

  function soFar(): string {
    const { accepted, duplicate } = tally.result()
    return `${withCommas(accepted + duplicate)} events are in`
  }

  function stopped(): FootfallError {
    const where = `Stopped after ${withCommas(rows)} of ${withCommas(survey.rows)} rows`
    return interrupted(
      isDryRun
        ? `${where}; nothing was stored.`
        : `${where}: ${soFar()}; run the same again for the others, and they count once.`,
    )
  }
}

/** What stands on the command line adds to the map, and wins. */
function withWords(map: ImportMap, name: string | undefined, sets: readonly string[]): ImportMap {
  const said = sets.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw badUsage(`--set takes a field and its value, as in --set currency=EUR, and not "${shown(text)}".`, 'import')
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  return { ...map, ...(name !== undefined && { name }), constants: { ...map.constants, ...Object.fromEntries(said) } }
}

/** Beside the file, under a name that nothing has yet: an older one may hold somebody's work. */
function rejectedPathFor(path: string, file: SourceFile, named: string | undefined): string {
  if (named !== undefined) {
    if (resolve(named) === resolve(path)) throw badUsage('--rejected names the file itself.', 'import')
    return named
  }
  const ending = file.kind === 'events' || file.days === null ? extname(path) : '.csv'
  const stem = join(dirname(path), basename(path, extname(path)).replace(/\.rejected(?:-\d+)?$/, ''))
  for (let number = 1; ; number += 1) {
    const free = `${stem}.rejected${number === 1 ? '' : `-${number}`}${ending}`
    if (!existsSync(free)) return free
  }
}

async function registeredSource(collector: AskedCollector, source: string): Promise<SourceRow | null> {
  const { sources } = (await collector.request('GET', '/v1/sources')) as { readonly sources: readonly SourceRow[] }
  return sources.find(({ id, is_registered }) => id === source && is_registered) ?? null
}

/** Read with the other beginning, every day would lie four years off. */
function refuseOtherDays(file: SourceFile, registered: SourceRow | null, source: string): void {
  const days = file.kind === 'table' ? file.days : null
  const unit = registered?.time_unit
  if (days === null || (unit !== 'excel' && unit !== 'excel1904') || unit === days) return
  throw badImport(
    `The workbook counts its days from ${days === 'excel' ? 1900 : 1904}, and the source ${shown(source)} is registered to count from the other year; footfall sources set ${shown(source)} --time-unit ${days}`,
  )
}

interface Survey {
  readonly rows: number
  readonly first: readonly Entry[]
  readonly dates: ReturnType<ReturnType<typeof surveyDateOrder>['evidence']>
}

/** Goes through the whole file once: what cannot be read, or has columns that do not fit, shows before anything is sent. */
async function surveyOf(
  file: SourceFile,
  mapping: Mapping,
  progress: Terminal['progress'],
  signal: AbortSignal,
): Promise<Survey> {
  const first: Entry[] = []
  const dates = surveyDateOrder()
  let rows = 0
  for await (const entry of entriesOf(file, mapping)) {
    rows += entry.rows.length
    if (first.length < sampleSize) first.push(entry)
    dates.look(entry.event?.occurred_at)
    if (signal.aborted) throw interrupted('Stopped; nothing was sent.')
    if (rows % 10_000 === 0) progress(`${withCommas(rows)} rows looked at`)
  }
  return { rows, first, dates: dates.evidence() }
}

async function samplesOf(entries: readonly Entry[], source: string, request: ImportRequest): Promise<readonly Outcome[]> {
  const samples: Outcome[] = []
  for await (const parcel of cutParcels(oneByOne(entries), source)) samples.push(...(await rehearse(parcel, request)))
  return samples
}

async function* oneByOne<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

/** Sends, and tells what became of each event in the order of the file. */
async function* outcomesOf(
  parcels: AsyncIterable<Parcel>,
  request: ImportRequest,
  isDryRun: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly Outcome[]> {
  const underWay: Promise<readonly Outcome[]>[] = []
  for await (const parcel of parcels) {
    // What is under way is waited for: then it is known what is in.
    if (signal.aborted) break
    const sent = isDryRun ? rehearse(parcel, request) : deliver(parcel, request)
    // Heard of when its turn comes.
    sent.catch(() => {})
    underWay.push(sent)
    if (underWay.length >= maxUnderWay) yield (await underWay.shift()) ?? []
  }
  for (const sent of underWay) yield await sent
}

/** Of reasons; the file of what was not taken has all. */
const maxShown = 20

const shortText = (value: unknown): string => {
  const text = shown(String(value ?? ''))
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

function previewLines(mapping: Mapping, samples: readonly Outcome[]): readonly string[] {
  const columns = previewOf(mapping, samples)
  if (columns.length === 0) return []
  return table([
    ['  column', 'field', 'example', 'is read as'],
    ...columns.map(({ header, field, example, becomes }) => [
      `  ${header === null ? 'all rows' : shortText(header)}`,
      field ?? 'left out',
      shortText(example),
      field === null ? '' : shortText(becomes ?? (example === null ? '' : '?')),
    ]),
  ])
}

interface Findings {
  readonly samples: readonly Outcome[]
  readonly survey: Survey
  readonly registered: SourceRow | null
  readonly source: string
  readonly file: SourceFile
}

/** What a person should know, or could settle, before it begins. Nothing of it is done by itself. */
function adviceOf({ samples, survey, registered, source, file }: Findings): readonly string[] {
  const refused = createTally()
  for (const sample of samples) refused.add(sample)
  const { accepted, problems } = refused.result()
  const set = `footfall sources set ${shown(source)}`
  const lines = problems.map(
    ({ status, code, events, line, detail }) => `  ${events} ${status}: ${code}, line ${line}: ${shown(detail)}`,
  )
  const advice =
    samples.length === accepted ? [] : [`Of the first ${samples.length} events ${accepted} would be accepted:`, ...lines]
  if (registered === null) {
    advice.push(`The source ${shown(source)} is not registered, so nothing settles its time zone, dates and currency:`)
    advice.push(`  ${set} --channel pos --transport file --time-zone Europe/Paris`)
  }
  const isSaid = (code: string, words: string): boolean =>
    problems.some((problem) => problem.code === code && problem.detail.includes(words))
  const order = proposedOrder(survey.dates)
  if (survey.dates.open > 0 && registered?.date_order == null) {
    const { open, example, dayFirst, monthFirst } = survey.dates
    advice.push(`Dates with two readings: ${withCommas(open)}, such as ${shortText(example)}.`)
    if (order !== null)
      advice.push(
        `  ${withCommas(dayFirst + monthFirst)} others can only be read as ${order}. If all are written like that: ${set} --date-order ${order}`,
      )
  }
  if (file.kind === 'table' && file.days !== null && registered?.time_unit == null && isSaid('bad_time', 'DT-EXCEL-NOUNIT'))
    advice.push(`The workbook counts days: ${set} --time-unit ${file.days}`)
  if (isSaid('consent_missing', ''))
    advice.push('  What was agreed has to be said, in a column or for all, such as --set consent.analytics=granted')
  return advice
}

function resultLines(
  tally: Tally,
  { isDryRun, rejectedFile }: { readonly isDryRun: boolean; readonly rejectedFile: string | null },
): readonly string[] {
  const { accepted, duplicate, quarantined, rejected, unreadable: unread, problems } = tally
  if (accepted + duplicate + quarantined + rejected + unread === 0) return ['The file has no rows: there was nothing to send.']
  const counts = [
    [isDryRun ? 'would be accepted' : 'accepted', accepted],
    ...(isDryRun ? [] : ([['duplicate', duplicate]] as const)),
    ['quarantined', quarantined],
    ['rejected', rejected],
    ['unreadable', unread],
  ] as const
  const lines = [...table(counts.map(([name, count]) => [`  ${name}`, withCommas(count)]))]
  for (const { status, code, events, line, detail } of problems.slice(0, maxShown))
    lines.push(`  ${withCommas(events)} ${status}: ${code}, first in line ${line}: ${shown(detail)}`)
  if (isDryRun) lines.push('Nothing was stored. What is a duplicate only shows when it is.')
  if (rejectedFile !== null) {
    lines.push(`What was not taken stands in ${shown(rejectedFile)}, with the reasons: mend it and import that file.`)
    if (quarantined > 0 && !isDryRun)
      lines.push('What is quarantined is kept by the collector as well: mend it here or there, not in both places.')
  }
  if (!isDryRun && accepted === 0 && duplicate > 0 && isComplete(tally)) lines.push('Everything was there already.')
  return lines
}
