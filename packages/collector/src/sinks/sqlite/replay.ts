import type { DatabaseSync } from 'node:sqlite'
import type { DayOf } from '../../normalise/day.ts'
import type { SubjectHash } from '../../privacy/subject-hash.ts'
import { type CountQuality, countVerdict } from '../../quality/count.ts'
import { idConflict } from '../../quarantine/keep.ts'
import type { Replay, ReplayFate } from '../quarantine.ts'
import { at } from './columns.ts'
import { createUnlink } from './links.ts'
import { admit, createTransact, type Received, type RecordOfEvent, type Writing, writeEvent } from './write.ts'

/** A replay on its way to the writer. */
export interface ReplayAsk extends Pick<Replay, 'project' | 'at' | 'isDryRun'> {
  readonly rows: readonly ReplayedRow[]
}

interface ReplayedRow {
  readonly key: string
  readonly record: RecordOfEvent
  readonly isPatched: boolean
}

/** Stores what became of rows of the quarantine, all in one transaction. */
export function createReplay(
  db: DatabaseSync,
  hashOf: SubjectHash,
  dayOf: (project: string) => DayOf,
): (ask: ReplayAsk) => readonly ReplayFate[] {
  const transact = createTransact(db, hashOf, dayOf)
  const find = db.prepare(`SELECT received_at, received_day, code, rule, counted_source, anonymous_id, user_id
    FROM quarantine WHERE project = ? AND raw_hash = ?`)
  const drop = db.prepare('DELETE FROM quarantine WHERE project = ? AND raw_hash = ?')
  const explain = db.prepare('UPDATE quarantine SET code = ?, rule = ?, detail = ? WHERE project = ? AND raw_hash = ?')
  const mark = db.prepare('UPDATE events SET replayed_at = ? WHERE project = ? AND event_id = ?')
  const takeBack = createTakeBack(db)

  return (ask) => {
    const { project, isDryRun } = ask
    const unlink = createUnlink(db, project)
    return transact((writingOf) => {
      const writing = writingOf(project)
      return ask.rows.map((row) => {
        const key = Buffer.from(row.key, 'hex')
        const kept = find.get(project, key) as KeptRow | undefined
        return kept === undefined ? { kind: 'gone' } : replayRow(writing, row, key, kept)
      })
    }, isDryRun)

    function replayRow(writing: Writing, { record, isPatched }: ReplayedRow, key: Uint8Array, kept: KeptRow): ReplayFate {
      const received = { project, receivedAt: kept.received_at, receivedDay: kept.received_day }
      // The day's accounts know it by the source that it was counted under then.
      const fate = fateOf(writing, received, { ...record, countedSource: kept.counted_source })
      if (isPatched && (fate.kind === 'rejected' || fate.kind === 'quarantined')) return { ...fate, kind: 'quarantined' }

      const isCounted = takeBack(received, kept)
      const count = writing.derived.quality(project, kept.received_day, kept.counted_source, kept.received_at)
      if (fate.kind === 'quarantined') {
        const { code, rule, detail } = record.kind === 'quarantine' ? record : idConflict
        explain.run(code, rule, detail, project, key)
        if (isCounted) countVerdict('quarantined', { code, rule }, count)
        return fate
      }
      drop.run(project, key)
      if (kept.anonymous_id !== null && kept.user_id !== null) unlink(kept.anonymous_id, kept.user_id)
      if (fate.kind === 'stored' && record.kind === 'event') {
        mark.run(ask.at, project, Buffer.from(String(record.cells[at.event_id]), 'hex'))
      }
      const verdict = fate.kind === 'stored' ? 'accepted' : fate.kind
      const code = fate.kind === 'rejected' ? (fate.because?.code ?? codeOf(record)) : ''
      if (isCounted) countVerdict(verdict, { code, rule: null }, count)
      count('replayed', verdict)
      return fate
    }
  }
}

interface KeptRow {
  readonly received_at: number
  readonly received_day: string
  readonly code: string
  readonly rule: string | null
  readonly counted_source: string
  readonly anonymous_id: string | null
  readonly user_id: string | null
}

/** As in a delivery, but that its number has arrived before, and that the row is there. */
function fateOf(writing: Writing, received: Received, record: RecordOfEvent): Exclude<ReplayFate, { readonly kind: 'gone' }> {
  const admitted = admit(writing, received, record)
  if (admitted.kind === 'refused') return { kind: 'rejected', because: admitted.fate.because ?? null }
  const { kept } = admitted
  if (kept.kind === 'quarantine') return { kind: 'quarantined', because: null }
  const fate = writeEvent(writing, received, kept)
  if (fate.kind === 'stored' || fate.kind === 'duplicate') return fate
  return { kind: 'quarantined', because: idConflict }
}

const codeOf = (record: RecordOfEvent): string => (record.kind === 'event' ? '' : record.code)

/** Takes an event that was kept aside out of the accounts of its day. Says whether it stood there. */
function createTakeBack(db: DatabaseSync): (received: Received, kept: KeptRow) => boolean {
  const less = db.prepare(`UPDATE daily_quality SET events = events - 1
    WHERE project = ? AND day = ? AND source = ? AND kind = ? AND key = ? AND events > 0`)
  return ({ project, receivedDay }, { code, rule, counted_source }) => {
    let isCounted = false
    const take: CountQuality = (kind, key) => {
      const isTaken = less.run(project, receivedDay, counted_source, kind, key).changes === 1
      if (kind === 'verdict') isCounted = isTaken
    }
    countVerdict('quarantined', { code, rule }, take)
    return isCounted
  }
}
