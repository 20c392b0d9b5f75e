import type { DatabaseSync } from 'node:sqlite'
import type { QuarantineFilter } from '../quarantine.ts'
import { createUnlink } from './links.ts'
import { quarantineConditions } from './select-quarantine.ts'
import { inSlices, rowsPerStep, type Slices } from './slices.ts'
import { leaveUntidy } from './tidy-files.ts'

/**
 * Removes rows of the quarantine, slice by slice, and answers how many. What comes in meanwhile stays.
 *
 * What was removed still stands in the files, until they are tidied.
 */
export function* purge(db: DatabaseSync, filter: QuarantineFilter): Slices<number> {
  const { purged } = yield* inSlices(db, purgeSteps(db, filter), { purged: 0 }, (sums) => {
    if (sums.purged > 0) leaveUntidy(db)
  })
  return purged
}

/** Rows that are looked at in one step: those that are not meant are many. */
const rowsLookedAt = 20 * rowsPerStep

function* purgeSteps(db: DatabaseSync, filter: QuarantineFilter): Generator<{ purged?: number }, void, void> {
  const { where, values } = quarantineConditions(filter)
  const newest = db.prepare('SELECT coalesce(max(position), 0) AS position FROM quarantine').get() as { position: number }
  const windowEnd = db.prepare(`SELECT max(position) AS last FROM (SELECT position FROM quarantine
    WHERE position > ? AND position <= ? ORDER BY position LIMIT ${rowsLookedAt})`)
  const drop = db.prepare(`DELETE FROM quarantine WHERE position IN (SELECT position FROM quarantine
      WHERE ${where} AND position > :after AND position <= :last LIMIT ${rowsPerStep})
    RETURNING anonymous_id, user_id`)
  const unlink = createUnlink(db, filter.project)
  for (let after = 0; ; ) {
    const { last } = windowEnd.get(after, newest.position) as { last: number | null }
    if (last === null) return
    for (let isMore = true; isMore; ) {
      const dropped = drop.all({ ...values, after, last })
      for (const { anonymous_id, user_id } of dropped) {
        if (typeof anonymous_id === 'string' && typeof user_id === 'string') unlink(anonymous_id, user_id)
      }
      isMore = dropped.length === rowsPerStep
      yield { purged: dropped.length }
    }
    after = last
  }
}
