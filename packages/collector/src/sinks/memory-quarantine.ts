import { maxPageText, type QuarantinedText, type QuarantineFilter, quarantineBytes, quarantineFull } from './quarantine.ts'
import type { Delivery, Fate, PageOf, QuarantineRecord, Rows } from './sink.ts'
import { type StoredQuarantine, storedQuarantine } from './stored-event.ts'

/** A refused event in memory. */
export interface KeptQuarantine {
  /** From 1; stays when others go. */
  readonly position: number
  readonly project: string
  record: QuarantineRecord
  readonly receivedAt: number
  readonly receivedDay: string
  readonly bytes: number
}

/** The quarantine of a store in memory, of all projects. */
export interface MemoryQuarantine {
  readonly rows: readonly KeptQuarantine[]
  keep(delivery: Delivery, record: QuarantineRecord): Fate
  find(project: string, key: string): KeptQuarantine | undefined
  matching(filter: QuarantineFilter): readonly KeptQuarantine[]
  drop(row: KeptQuarantine): void
  stored(filter: QuarantineFilter, page: PageOf): Rows<StoredQuarantine>
  texts(filter: QuarantineFilter, page: PageOf): Rows<QuarantinedText>
}

export function createMemoryQuarantine(): MemoryQuarantine {
  const rows: KeptQuarantine[] = []
  const hashes = new Set<string>()
  let last = 0
  return {
    rows,
    keep(delivery, record) {
      const { project, receivedAt, receivedDay } = delivery
      const key = keyOf(project, record)
      if (hashes.has(key)) return { kind: 'duplicate' }
      if (!hasRoom(delivery, record)) return { kind: 'rejected', because: quarantineFull }
      hashes.add(key)
      last += 1
      rows.push({ position: last, project, record, receivedAt, receivedDay, bytes: bytesOf(record) })
      return { kind: 'quarantined' }
    },
    find: (project, key) => rows.find((kept) => kept.project === project && kept.record.rawHash === key),
    matching: (filter) => rows.filter((kept) => matches(filter, kept)),
    drop(row) {
      rows.splice(rows.indexOf(row), 1)
      hashes.delete(keyOf(row.project, row.record))
    },
    stored: (filter, page) => pageOf(rows, filter, page, ({ record, receivedAt }) => storedQuarantine(record, receivedAt)),
    texts: (filter, page) => pageOf(rows, filter, page, quarantinedText),
  }

  function hasRoom({ project, maxQuarantineBytes = Number.POSITIVE_INFINITY }: Delivery, record: QuarantineRecord): boolean {
    const held = rows.reduce((sum, kept) => (kept.project === project ? sum + kept.bytes : sum), 0)
    return held + bytesOf(record) <= maxQuarantineBytes
  }
}

const keyOf = (project: string, { rawHash }: QuarantineRecord): string => `${project} ${rawHash}`

const bytesOf = ({ raw, context }: QuarantineRecord): number => quarantineBytes(raw, JSON.stringify(context))

const matches = (filter: QuarantineFilter, { project, record, receivedAt }: KeptQuarantine): boolean =>
  project === filter.project &&
  (filter.keys === undefined || filter.keys.includes(record.rawHash)) &&
  (filter.code === undefined || record.code === filter.code) &&
  (filter.rule === undefined || (record.rule ?? '') === filter.rule) &&
  (filter.source === undefined || (record.source ?? '') === filter.source) &&
  (filter.name === undefined || record.name === filter.name) &&
  (filter.userId === undefined || sentField(record, 'user_id') === filter.userId) &&
  (filter.anonymousId === undefined || sentField(record, 'anonymous_id') === filter.anonymousId) &&
  (filter.from === undefined || receivedAt >= filter.from) &&
  (filter.to === undefined || receivedAt < filter.to)

const sentField = ({ raw }: QuarantineRecord, field: string): unknown => (JSON.parse(raw) as Record<string, unknown>)[field]

function pageOf<T>(
  kept: readonly KeptQuarantine[],
  filter: QuarantineFilter,
  { limit, after }: PageOf,
  map: (kept: KeptQuarantine) => T,
): Rows<T> {
  const found = kept.filter((entry) => entry.position > after && matches(filter, entry))
  let text = 0
  const rows = found.slice(0, limit).filter(({ record }) => {
    const isIn = text < maxPageText
    text += record.raw.length
    return isIn
  })
  return { rows: rows.map(map), next: rows.length < found.length ? (rows.at(-1)?.position ?? null) : null }
}

const quarantinedText = ({ record, receivedAt }: KeptQuarantine): QuarantinedText => {
  const { rawHash: key, id, name, code, rule, detail, source, raw, context } = record
  return { key, id, name, receivedAt, code, rule, detail, source, raw, context: JSON.stringify(context) }
}
