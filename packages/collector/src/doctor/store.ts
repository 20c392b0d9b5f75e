import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Config } from '../config.ts'
import { retentionAsks } from '../privacy/retention-job.ts'
import { reasonOf } from '../rates-file.ts'
import { hasPseudonyms } from '../sinks/sqlite/has-pseudonyms.ts'
import { applicationId, isBusy, newestVersion, openForReading, storeFile } from '../sinks/sqlite/open.ts'
import { type CheckedStore, quickCheck } from '../sinks/sqlite/quick-check.ts'
import { type Finding, mebibytes, ok, skipped, warning, wrong } from './finding.ts'

/** How a store is looked at. */
export interface StoreAsk {
  readonly config: Config
  readonly folder: string
  /** Ms since 1970 UTC. */
  readonly now: number
  /** For how long its pages are looked through; `null`: to the end. */
  readonly patienceMs: number | null
  readonly signal: AbortSignal
}

/** A log of this size is not emptied any more: somebody has been reading for long. */
const largeLogBytes = 512 * 2 ** 20

/** Does a collector have the store open for writing? Nothing is touched: a lock is asked for and not taken. */
export function isInUse(folder: string): boolean {
  const file = join(folder, 'footfall.lock')
  if (!existsSync(file)) return false
  try {
    const lock = new DatabaseSync(file, { readOnly: true, timeout: 0 })
    try {
      lock.prepare('SELECT count(*) FROM sqlite_schema').get()
      return false
    } finally {
      lock.close()
    }
  } catch (cause) {
    return isBusy(cause)
  }
}

/** Ms since 1970 UTC of the newest event; `null` where there is none, or no store that can be read. */
export function newestIn(folder: string): number | null {
  if (!existsSync(storeFile(folder))) return null
  try {
    const db = openForReading(folder)
    try {
      const row = db.prepare('SELECT received_at FROM events ORDER BY position DESC LIMIT 1').get()
      return row === undefined ? null : Number(row.received_at)
    } finally {
      db.close()
    }
  } catch {
    return null // what is wrong with the store is found where it is looked at
  }
}

/** Does it know anybody who decided about consent or was erased? */
export function knowsPeople(folder: string): boolean {
  try {
    return hasPseudonyms(folder)
  } catch {
    return false // as above
  }
}

/** Is the store whole, of this version, in line with the settings? */
export async function checkStore(ask: StoreAsk): Promise<readonly Finding[]> {
  const file = storeFile(ask.folder)
  if (!existsSync(file)) {
    if (!existsSync(`${file}-wal`)) return [skipped('store', 'There is no store yet: the first start makes it.')]
    const says = `${file} is gone, and its log is there.`
    return [wrong('store', says, 'Put the file back that the log belongs to; or move the log away, and restore a backup.')]
  }
  const findings = facts(ask, file)
  if (findings.some(({ status }) => status === 'wrong')) return findings
  const { patienceMs, signal } = ask
  const checked = await quickCheck({ file, isAlone: false, signal, ...(patienceMs !== null && { patienceMs }) })
  return [...findings, judgePages(checked, patienceMs)]
}

export function judgePages(checked: CheckedStore, patienceMs: number | null): Finding {
  switch (checked.kind) {
    case 'whole':
      return ok('store_pages', 'All pages of the store are as they should be.')
    case 'damaged':
      return wrong('store_pages', `The store is damaged (${oneLine(checked.finding)}).`, damagedAdvice)
    case 'unreadable':
      return wrong('store_pages', `The store cannot be read (${oneLine(checked.reason)}).`, damagedAdvice)
    case 'not finished': {
      const says = `The pages of the store were not looked through to the end${patienceMs === null ? '' : ` in ${patienceMs / 1000} seconds`}.`
      return skipped('store_pages', says, 'Run footfall doctor --full, which waits.')
    }
  }
}

const damagedAdvice =
  'Stop the collector, move all files that begin with footfall.db away and keep them, and run footfall restore with the newest backup.'

function facts({ config, folder, now }: StoreAsk, file: string): readonly Finding[] {
  try {
    const db = openForReading(folder)
    try {
      const version = judgeVersion(db, file)
      // Of what it is not, no table is known.
      if (version.some(({ status }) => status === 'wrong')) return version
      return [...version, ...judgeCurrencies(db, config), ...judgeAge(db, config, now)]
    } finally {
      db.close()
    }
  } catch (cause) {
    return [wrong('store', `${file} cannot be read (${oneLine(reasonOf(cause))}).`, damagedAdvice)]
  }
}

function judgeVersion(db: DatabaseSync, file: string): readonly Finding[] {
  const { user_version: version, application_id: id } = {
    ...db.prepare('PRAGMA user_version').get(),
    ...db.prepare('PRAGMA application_id').get(),
  } as { readonly user_version: number; readonly application_id: number }
  if (id !== applicationId)
    return [wrong('store', `${file} is no store of Footfall.`, 'Set FOOTFALL_DATA_DIR to the folder that has one.')]
  const newest = newestVersion()
  if (version > newest)
    return [
      wrong(
        'store',
        `The store has version ${version}, this program knows ${newest}.`,
        'Install the version that wrote it, or a newer one.',
      ),
    ]
  const bytes = statSync(file).size
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
  const says = `${mebibytes(bytes)}, version ${version}${log > 0 ? `, with a log of ${mebibytes(log)}` : ''}.`
  if (version < newest) {
    return [
      warning(
        'store',
        says,
        `The next start brings it to version ${newest}: make a backup before, and room for about as much again.`,
      ),
    ]
  }
  if (log > largeLogBytes)
    return [warning('store', says, 'Another program has been reading for long, and the log cannot be emptied: end it.')]
  return [ok('store', says)]
}

function judgeCurrencies(db: DatabaseSync, { projects }: Config): readonly Finding[] {
  const find = db.prepare('SELECT base_currency FROM projects WHERE id = ?')
  return projects.flatMap(({ id, baseCurrency }) => {
    const stored = find.get(id)?.base_currency
    if (stored === undefined || stored === baseCurrency) return []
    const says = `The store keeps the amounts of ${id} in ${stored}, the base currency is set to ${baseCurrency}.`
    return [wrong('base_currency', says, `Set FOOTFALL_BASE_CURRENCY=${stored}: the collector does not start otherwise.`)]
  })
}

const dayMs = 86_400_000
/** It runs daily: what is there on the third day was left by it. */
const overdueMs = 2 * dayMs

/** Is anything there that should have gone? */
function judgeAge(db: DatabaseSync, { projects }: Config, now: number): readonly Finding[] {
  const asks = retentionAsks(projects, now)
  if (asks.length === 0) return [ok('retention', 'Everything is kept for good.')]
  const oldestEvent = db.prepare('SELECT min(received_at) AS at FROM events WHERE project = ?')
  const oldestKept = db.prepare('SELECT min(received_at) AS at FROM quarantine WHERE project = ?')
  const overdue = asks.filter(({ project, cutoffs: { quarantine, ...purposes } }) => {
    const isOver = (row: Record<string, unknown> | undefined, cutoff: number | undefined): boolean =>
      cutoff !== undefined && typeof row?.at === 'number' && row.at < cutoff - overdueMs
    // Of purposes that are kept for longer, older events are as they should be.
    const all = Object.values(purposes)
    const longest = all.length < 4 ? undefined : Math.min(...all)
    return isOver(oldestEvent.get(project), longest) || isOver(oldestKept.get(project), quarantine)
  })
  if (overdue.length === 0) return [ok('retention', 'Nothing is there that has been kept for long enough.')]
  const says = `${overdue.map(({ project }) => project).join(', ')} has events that were to go days ago.`
  return [
    warning(
      'retention',
      says,
      'A collector that runs removes them daily: look into its log. Without one, run footfall retention.',
    ),
  ]
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 300)
