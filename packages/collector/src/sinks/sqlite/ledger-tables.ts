import type { DatabaseSync } from 'node:sqlite'
import type { DecisionPurpose } from '@footfall/events'
import type { Link } from '../../consent/chain.ts'
import type { Voice } from '../../consent/decision.ts'
import { type Holding, type LastWord, type LedgerTables, noHolding, type RecordSummary } from '../../consent/ledger.ts'

/** The ledger's tables in the embedded store. */
export function createLedgerTables(db: DatabaseSync): LedgerTables {
  const head = db.prepare('SELECT position, hash FROM consent_ledger WHERE project = ? ORDER BY position DESC LIMIT 1')
  const append = db.prepare('INSERT INTO consent_ledger (project, position, entry, hash) VALUES (?, ?, ?, ?)')
  const findKey = db.prepare('SELECT position, entry, hash FROM consent_ledger WHERE project = ? AND key = ?')
  const record = db.prepare('SELECT * FROM consent_records WHERE project = ? AND record_id = ?')
  const putRecord = db.prepare('INSERT OR REPLACE INTO consent_records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const holding = db.prepare('SELECT how FROM consent_holders WHERE project = ? AND record_id = ? AND subject = ?')
  const putHolding = db.prepare('INSERT OR REPLACE INTO consent_holders VALUES (?, ?, ?, ?)')
  const holders = db.prepare("SELECT subject FROM consent_holders WHERE project = ? AND record_id = ? AND subject > '' LIMIT 2")
  const lastWords = db.prepare('SELECT * FROM consent_last_words WHERE project = ? AND subject = ?')
  const putLastWord = db.prepare('INSERT OR REPLACE INTO consent_last_words VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const count = db.prepare(`INSERT INTO consent_days VALUES (?, ?, ?, ?, ?, ?, ?, 1)
    ON CONFLICT (project, day, purpose, region, device, version, answer) DO UPDATE SET answers = answers + 1`)

  return {
    head: (project) => (head.get(project) as unknown as Link | undefined) ?? null,
    append(project, { position, entry, hash }) {
      append.run(project, position, entry, hash)
    },
    findKey: (project, key) => (findKey.get(project, key) as unknown as Link | undefined) ?? null,
    record(project, recordId) {
      const row = record.get(project, recordId)
      return row === undefined ? null : summaryOf(row as unknown as RecordRow)
    },
    putRecord(project, recordId, summary) {
      const { denied, granted, isExplicit, isOwned, decidedAt, receivedAt, position, validUntil } = summary
      const flags = [Number(isExplicit), Number(isOwned)] as const
      putRecord.run(project, recordId, denied, granted, ...flags, decidedAt, receivedAt, position, validUntil)
    },
    holding(project, recordId, subject) {
      const row = holding.get(project, recordId, subject) as { how: number } | undefined
      return row === undefined ? noHolding : holdingOf(row.how)
    },
    putHolding(project, recordId, subject, how) {
      putHolding.run(project, recordId, subject, numberOf(how))
    },
    soleHolder(project, recordId) {
      const [first, ...others] = holders.all(project, recordId) as unknown as { subject: string }[]
      return first === undefined || others.length > 0 ? null : first.subject
    },
    lastWords: (project, subject) => (lastWords.all(project, subject) as unknown as LastWordRow[]).map(lastWordOf),
    putLastWord(project, subject, word) {
      const { voice, purpose, state, decidedAt, position, recordId, deniedAt, deniedPosition } = word
      putLastWord.run(project, subject, voice, purpose, state, decidedAt, position, recordId, deniedAt, deniedPosition)
    },
    count(project, { day, purpose, region, device, version, answer }) {
      count.run(project, day, purpose, region ?? '', device, version ?? '', answer)
    },
  }
}

interface RecordRow {
  readonly denied: number
  readonly granted: number
  readonly is_explicit: number
  readonly is_owned: number
  readonly decided_at: number
  readonly received_at: number
  readonly position: number
  readonly valid_until: number | null
}

const summaryOf = (row: RecordRow): RecordSummary => ({
  denied: row.denied,
  granted: row.granted,
  isExplicit: row.is_explicit === 1,
  isOwned: row.is_owned === 1,
  decidedAt: row.decided_at,
  receivedAt: row.received_at,
  position: row.position,
  validUntil: row.valid_until,
})

const holdingOf = (how: number): Holding => ({ cited: (how & 1) !== 0, device: (how & 2) !== 0, person: (how & 4) !== 0 })
const numberOf = ({ cited, device, person }: Holding): number => Number(cited) + 2 * Number(device) + 4 * Number(person)

export interface LastWordRow {
  readonly voice: string
  readonly purpose: string
  readonly state: string
  readonly decided_at: number
  readonly position: number
  readonly record_id: string
  readonly denied_at: number
  readonly denied_position: number
}

export const lastWordOf = (row: LastWordRow): LastWord => ({
  voice: row.voice as Voice, // these three were written from their types
  purpose: row.purpose as DecisionPurpose,
  state: row.state as LastWord['state'],
  decidedAt: row.decided_at,
  position: row.position,
  recordId: row.record_id,
  deniedAt: row.denied_at,
  deniedPosition: row.denied_position,
})
