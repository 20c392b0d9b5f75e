import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { FootfallError } from '../../errors.ts'
import { createDayOf } from '../../normalise/day.ts'
import type { StoredProject } from './protocol.ts'
import { inTransaction } from './slices.ts'

/**
 * Brings the store in line with the projects' settings: enters new ones, and makes the derived tables anew where the time zone, and
 * with it every day, has changed.
 *
 * @throws FootfallError `base_currency_changed`: sums of amounts in two currencies would be wrong without anybody noticing.
 */
export function reconcile(db: DatabaseSync, projects: readonly StoredProject[]): void {
  const find = db.prepare('SELECT time_zone, base_currency FROM projects WHERE id = ?')
  const enter = db.prepare('INSERT INTO projects (id, time_zone, base_currency) VALUES (?, ?, ?)')
  const setTimeZone = db.prepare('UPDATE projects SET time_zone = ? WHERE id = ?')
  for (const { id, timeZone, baseCurrency } of projects) {
    const known = find.get(id) as { time_zone: string; base_currency: string } | undefined
    if (known === undefined) {
      enter.run(id, timeZone, baseCurrency)
      continue
    }
    if (known.base_currency !== baseCurrency) throw currencyChanged(known.base_currency, baseCurrency)
    if (known.time_zone === timeZone) continue
    inTransaction(db, () => {
      rebuildDerived(db, id, timeZone)
      setTimeZone.run(timeZone, id)
    })
  }
}

const rebuildSql = join(import.meta.dirname, 'rebuild-derived.sql')

/** Makes one project's derived tables anew from its events. Within the caller's transaction. */
export function rebuildDerived(db: DatabaseSync, project: string, timeZone: string): void {
  const dayOf = createDayOf(timeZone)
  db.function('local_day', { deterministic: true }, (instant) => dayOf(Number(instant)))
  for (const statement of readFileSync(rebuildSql, 'utf8').split(';\n')) {
    if (statement.trim() !== '') db.prepare(statement).run({ project })
  }
}

const currencyChanged = (stored: string, set: string): FootfallError =>
  new FootfallError(
    'base_currency_changed',
    `The store keeps amounts in ${stored}, but the base currency is set to ${set}; set FOOTFALL_BASE_CURRENCY=${stored}, or start with a new data folder.`,
  )
