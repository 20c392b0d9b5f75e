import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { type Config, loadOptions, type Project, resolveConfig } from '../config.ts'
import { FootfallError } from '../errors.ts'
import { createDayOf } from '../normalise/day.ts'
import type { RetentionAsk } from '../privacy/retention.ts'
import { retentionAsks } from '../privacy/retention-job.ts'
import { createChores } from '../sinks/sqlite/chores.ts'
import { openForReading, openForWriting, readable, storeFile } from '../sinks/sqlite/open.ts'
import { reconcile } from '../sinks/sqlite/rebuild.ts'
import { retain } from '../sinks/sqlite/retention.ts'
import { planRetention } from '../sinks/sqlite/retention-plan.ts'
import type { Slices } from '../sinks/sqlite/slices.ts'
import { createTidying } from '../sinks/sqlite/tidy-files.ts'
import { createStoreBytes, type StoreBytes } from '../sinks/sqlite/unused-bytes.ts'
import { interrupted } from './client-command.ts'
import type { Terminal } from './command.ts'

interface Given {
  readonly config: string | undefined
  readonly 'dry-run': boolean
  readonly json: boolean
}

/**
 * `footfall retention`: removes what has been kept for long enough, as a running collector does daily; with `--dry-run` only says what
 * would go.
 *
 * @param now ms since 1970 UTC
 * @throws FootfallError `store_in_use` while a collector runs, which does it by itself
 * @throws FootfallError `interrupted` between two slices; what is left goes the next time
 */
export async function retention(given: Given, terminal: Terminal, now: number): Promise<void> {
  const { out } = terminal
  const config = resolveConfig(await loadOptions({ file: given.config }))
  const { folder } = sqliteStore(config)
  const asks = retentionAsks(config.projects, now)
  if (asks.length === 0) {
    if (given.json) return out(JSON.stringify(given['dry-run'] ? { would_remove: [] } : { removed: [], files: 'clean' }))
    return out('Everything is kept for good: set FOOTFALL_RETENTION_DAYS to limit it.')
  }
  const dayOfs = new Map(config.projects.map(({ id, timeZone }) => [id, createDayOf(timeZone)]))
  const dayOf = (project: string) => dayOfs.get(project) ?? createDayOf('UTC')
  if (given['dry-run']) plan(folder, asks, dayOf, given.json, terminal)
  else await remove(folder, config.projects, asks, dayOf, given.json, terminal)
}

type DayOf = (project: string) => ReturnType<typeof createDayOf>

function plan(folder: string, asks: readonly RetentionAsk[], dayOf: DayOf, isJson: boolean, { out, progress }: Terminal): void {
  const db = openOrSay(folder)
  const rows: object[] = []
  try {
    for (const ask of asks) {
      const { project } = ask
      const plan = planRetention(db, ask, dayOf(project), (looked) => progress(`${looked} rows looked at`))
      rows.push(...plan.map(({ kind, day, rows }) => ({ project, kind, day, rows })))
      if (isJson) continue
      progress('')
      for (const { kind, day, rows } of plan) out(`${project} ${kind} ${day} ${rows}`)
      out(`${project}: ${plan.reduce((sum, { rows }) => sum + rows, 0)} rows would go.`)
    }
  } finally {
    db.close()
    progress('')
  }
  if (isJson) out(JSON.stringify({ would_remove: rows }))
}

async function remove(
  folder: string,
  projects: readonly Project[],
  asks: readonly RetentionAsk[],
  dayOf: DayOf,
  isJson: boolean,
  { out, progress, signal }: Terminal,
): Promise<void> {
  const say = isJson ? () => {} : out
  const { db, lock } = openForWriting(folder, ({ from, to, reached }) =>
    say(`The store is brought from version ${from} to ${to}; it has come to ${reached}.`),
  )
  const bytes = createStoreBytes(storeFile(folder))
  try {
    reconcile(db, projects)
    let slices = 0
    const aged = await runToEnd(retain(db, asks, dayOf), () => {
      slices += 1
      if (slices % 50 === 0) progress(`${slices} steps done`)
      if (signal.aborted)
        throw interrupted('Stopped: what was removed is gone, and the rest goes when this is run again or the collector starts.')
    })
    for (const { project, events, quarantined } of aged)
      say(`${project}: ${events} events and ${quarantined} quarantined events were removed.`)
    progress('the files are tidied')
    const isTidy = await tidied(db, bytes)
    progress('')
    if (isJson) {
      const removed = aged.map(({ project, events, quarantined }) => ({ project, events, quarantined }))
      return out(JSON.stringify({ removed, files: isTidy ? 'clean' : 'pending' }))
    }
    if (!isTidy) {
      out(`Another program reads ${storeFile(folder)}: what was removed still stands in its free room. It goes when the`)
      out('collector starts, or this command is run again, and nobody else reads.')
    }
  } finally {
    progress('')
    db.close()
    bytes.close()
    lock.close()
  }
}

/** All slices, with a moment after each in which a signal is heard. */
async function runToEnd<T>(slices: Slices<T>, onSlice: () => void): Promise<T> {
  for (;;) {
    const { done, value } = slices.next()
    if (done === true) return value
    await setImmediate()
    onSlice()
  }
}

async function tidied(db: DatabaseSync, bytes: StoreBytes): Promise<boolean> {
  const tidying = createTidying(db, bytes, createChores())
  try {
    return await new Promise<boolean>((resolve) => tidying.begin(resolve))
  } finally {
    tidying.stop()
  }
}

function openOrSay(folder: string): DatabaseSync {
  try {
    return openForReading(folder)
  } catch (cause) {
    throw readable(cause, folder, 'opened')
  }
}

function sqliteStore({ store }: Config): { readonly folder: string } {
  if (store.kind === 'sqlite') return store
  throw new FootfallError('bad_setting', 'A store in memory is forgotten at its end; there is nothing to remove from it.')
}
