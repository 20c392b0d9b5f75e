import type { Link } from '../consent/chain.ts'
import {
  type ConsentCount,
  type Holding,
  type LastWord,
  type LedgerTables,
  noHolding,
  type RecordSummary,
} from '../consent/ledger.ts'

/** The ledger's tables in memory, with everything that stands in them. */
export interface MemoryLedger extends LedgerTables {
  links(project: string): readonly Link[]
  counts(project: string): readonly ConsentCount[]
}

export function createMemoryLedger(): MemoryLedger {
  const links = new Map<string, Link[]>()
  const records = new Map<string, RecordSummary>()
  /** By project and record, then by subject. */
  const holders = new Map<string, Map<string, Holding>>()
  const words = new Map<string, LastWord[]>()
  const counts = new Map<string, ConsentCount[]>()

  return {
    links: (project) => links.get(project) ?? [],
    counts: (project) => counts.get(project) ?? [],
    head: (project) => links.get(project)?.at(-1) ?? null,
    append: (project, link) => void listIn(links, project).push(link),
    findKey: (project, key) => links.get(project)?.find(({ entry }) => JSON.parse(entry).key === key) ?? null,
    record: (project, recordId) => records.get(keyOf(project, recordId)) ?? null,
    putRecord: (project, recordId, summary) => void records.set(keyOf(project, recordId), summary),
    holding: (project, recordId, subject) => holders.get(keyOf(project, recordId))?.get(subject) ?? noHolding,
    putHolding(project, recordId, subject, holding) {
      const key = keyOf(project, recordId)
      holders.set(key, (holders.get(key) ?? new Map<string, Holding>()).set(subject, holding))
    },
    soleHolder(project, recordId) {
      const subjects = [...(holders.get(keyOf(project, recordId))?.keys() ?? [])].filter(Boolean)
      return subjects.length === 1 ? (subjects[0] ?? null) : null
    },
    lastWords: (project, subject) => words.get(keyOf(project, subject)) ?? [],
    putLastWord(project, subject, word) {
      const key = keyOf(project, subject)
      const others = (words.get(key) ?? []).filter(({ voice, purpose }) => voice !== word.voice || purpose !== word.purpose)
      words.set(key, [...others, word])
    },
    count: (project, count) => void listIn(counts, project).push(count),
  }
}

const keyOf = (project: string, id: string): string => `${project} ${id}`

function listIn<T>(lists: Map<string, T[]>, key: string): T[] {
  const known = lists.get(key) ?? []
  lists.set(key, known)
  return known
}
