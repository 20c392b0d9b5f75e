import type { DatabaseSync } from 'node:sqlite'
import { type Config, loadOptions, resolveConfig } from '../config.ts'
import { FootfallError } from '../errors.ts'
import { createDayOf } from '../normalise/day.ts'
import { retentionAsks } from '../privacy/retention-job.ts'
import { createChores } from '../sinks/sqlite/chores.ts'
import { openForReading, openForWriting, readable, storeFile } from '../sinks/sqlite/open.ts'
import { reconcile } from '../sinks/sqlite/rebuild.ts'
import { retain } from '../sinks/sqlite/retention.ts'
import { planRetention } from '../sinks/sqlite/retention-plan.ts'
import { runToEnd } from '../sinks/sqlite/slices.ts'
import { createTidying } from '../sinks/sqlite/tidy-files.ts'
import { createStoreBytes, type StoreBytes } from '../sinks/sqlite/unused-bytes.ts'

/** Where a command that works for a while writes. */
export interface WorkTerminal {
  readonly out: (line: string) => void
  /** A line that the next one replaces, for people who wait. */
  readonly progress: (line: string) => void
}

/**
 * `footfall retention`: removes what has been kept for long enough, as a running collector does daily; with `--dry-run` only says what
 * would go.
 *
 * @throws FootfallError `store_in_use` while a collector runs, which does it by itself
 */
export async function retention(
  configFile: string | undefined,
  isDryRun: boolean,
  { out, progress }: WorkTerminal,
  now: number,
): Promise<void> {
  const config = resolveConfig(await loadOptions({ file: configFile }))
  const { folder } = sqliteStore(config)
  const asks = retentionAsks(config.projects, now)
  if (asks.length === 0) {
    out('Everything is kept for good: set FOOTFALL_RETENTION_DAYS to limit it.')
    return
  }
  const dayOfs = new Map(config.projects.map(({ id, timeZone }) => [id, createDayOf(timeZone)]))
  const dayOf = (project: string) => dayOfs.get(project) ?? createDayOf('UTC')
  if (isDryRun) {
    const db = openOrSay(folder)
    try {
      for (const ask of asks) {
        const plan = planRetention(db, ask, dayOf(ask.project), (rows) => progress(`${rows} rows looked at`))
        for (const { kind, day, rows } of plan) out(`${ask.project} ${kind} ${day} ${rows}`)
        out(`${ask.project}: ${plan.reduce((sum, { rows }) => sum + rows, 0)} rows would go.`)
      }
    } finally {
      db.close()
    }
    return
  }
  const { db, lock } = openForWriting(folder, ({ from, to }) => out(`The store is brought from version ${from} to ${to}.`))
  const bytes = createStoreBytes(storeFile(folder))
  try {
    reconcile(db, config.projects)
    let slices = 0
    const aged = runToEnd(retain(db, asks, dayOf), () => {
      slices += 1
      if (slices % 50 === 0) progress(`${slices} steps done`)
    })
    for (const { project, events, quarantined } of aged) {
      out(`${project}: ${events} events and ${quarantined} quarantined events were removed.`)
    }
    progress('the files are tidied')
    if (!(await tidied(db, bytes))) {
      out(`Another program reads ${storeFile(folder)}: what was removed still stands in its free room. It goes when the`)
      out('collector starts, or this command is run again, and nobody else reads.')
    }
  } finally {
    db.close()
    bytes.close()
    lock.close()
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
